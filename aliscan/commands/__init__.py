"""One file a command: `add_arguments(parser)` and `run(options) -> int` (the exit code)."""
