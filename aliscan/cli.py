"""The command line: one table, one parser; a command's module is imported when it runs.

Also the one place where errors become a sentence and an exit code.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    import argparse
    from types import ModuleType

    from aliscan.git import Asked

# command -> its one-line help (a msgid); the module is aliscan.commands.<command with _>
COMMANDS = {
    "scan": "scan files, directories or standard input",
    "hook": "run as a git hook",
    "install": "install git hooks for a repository, or for all of yours",
    "uninstall": "take those hooks out again and put back what was there",
    "doctor": "tell whether a hook of ours is really live here",
    "baseline": "accept the findings of today; only new ones stop a commit",
    "ci": "the gate of a pull request or push in continuous integration",
    "history": "scan the whole history of a repository",
    "rewrite-plan": "plan how to take leaked values out of the history",
    "verify": "ask Alibaba Cloud whether found keys are live, and whose they are",
    "disable": "set a leaked AccessKey inactive, with another identity",
    "advise": "say what to do about a finding, in order",
    "detect-secrets": "run detect-secrets with the plugin",
    "plugin-path": "print the plugin file for detect-secrets",
    "completion": "print a completion script for a shell",
}


GATES = (["hook"], ["ci"])  # what git and CI wait for


def run() -> int:
    """What the program `aliscan` and installed hooks start: `main`, made for a process of its own."""
    import gc

    gc.set_threshold(50_000, 20, 20)  # of what imports and a few thousand blobs leave, nothing is garbage
    try:
        status = _flushed(main())
    except SystemExit as end:  # argparse
        status = _flushed(end.code if isinstance(end.code, int) else 0)
    except KeyboardInterrupt:  # while `main` imports what it needs to say so itself
        status = 130
    if sys.argv[1:2] in [*GATES, ["scan"]]:
        import os

        # To take Python apart in order costs a fifth of a hook's time, and none of these leaves anything
        # behind that would have to be put away.
        os._exit(status)
    return status


def _flushed(status: int) -> int:
    """The exit code, when all that was printed has gone out: Python would end with 120 otherwise."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError) as error:
            from aliscan.finding import EXIT_INCOMPLETE

            status = status or EXIT_INCOMPLETE
            if isinstance(error, OSError):
                from aliscan.commands.output import silence

                silence(stream)
    return status


def main(argv: list[str] | None = None) -> int:
    """Run aliscan with ``argv`` (default: the process's arguments) and return the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    if sys.stderr is None:  # closed by who started us: what is said goes nowhere, and nothing fails for it
        import os

        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    ahead = _look_up(arguments) if arguments[:1] == ["ci"] else None
    from aliscan.finding import EXIT_INCOMPLETE, EXIT_INTERRUPTED, AliscanError

    _keep_quiet(threads=arguments[:1] not in GATES)  # none of them has any
    try:
        status = _run(arguments, ahead)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except AliscanError as error:
        from contextlib import suppress

        from aliscan.masking import mask

        with suppress(OSError):  # nobody reads it; the status tells
            if sys.stderr is not None:
                print(f"aliscan: {mask(str(error))}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return _closed_pipe()
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:
        from aliscan import crash

        crash.tell(error)
        return EXIT_INCOMPLETE


def _look_up(arguments: list[str]) -> Asked:
    """Let git look up the ends of the change while we import what asks for them: a third of it all."""
    from aliscan.hardened import look_up

    options = ("--head", "--base", "--policy")
    names = [value for n, value in enumerate(arguments) if n and arguments[n - 1] in options]
    return names, look_up(names)


def _run(arguments: list[str], ahead: Asked | None) -> int:
    if arguments[:2] == ["hook", "pre-commit"] and len(arguments) == 2:
        # The way of every commit: argparse alone would cost a quarter of the time that it has.
        from aliscan.commands.hook import pre_commit

        return pre_commit()
    if arguments[:1] == ["hook"] and len(arguments) > 1 and arguments[1] != "pre-commit":
        # No parser here either: what git gives a hook are never options (R6).
        from aliscan.commands import hooks

        if arguments[1] in hooks.HOOKS:
            return hooks.start(arguments[1], arguments[2:])
    if arguments[:1] == ["ci"]:
        from aliscan.commands import ci

        status = ci.start(arguments[1:], ahead)
        if status is not None:
            return status
    if arguments[:1] == ["scan"]:
        from aliscan.commands import scan

        status = scan.start(arguments[1:])
        if status is not None:
            return status
    if any(a.startswith("--lang") for a in arguments):
        from aliscan.parser import choose_language

        choose_language(arguments)
    if arguments and arguments[0] in COMMANDS:
        command = arguments[0]
        options = of_command(command).parse_args(arguments[1:])
    else:
        options = parser(arguments).parse_args(arguments)
        command = options.command
        if not command:
            parser([]).print_help()
            return 2
    options.command = command
    options.whole_parser = lambda: parser([], complete=True)
    done: int = _module(command).run(options)
    return done


def _module(command: str) -> ModuleType:
    import importlib

    return importlib.import_module(f"aliscan.commands.{command.replace('-', '_')}")


def of_command(name: str) -> argparse.ArgumentParser:
    """The parser of one command, as `parser` holds it: the others are not made for nothing."""
    from aliscan.parser import Parser

    made = Parser(prog=f"aliscan {name}", description=COMMANDS[name])
    _module(name).add_arguments(made)
    return made


def parser(arguments: list[str], *, complete: bool = False) -> argparse.ArgumentParser:
    """The parser for ``arguments``: every command is listed, only the named one is filled in.

    ``complete`` fills in all of them, for shell completion and the documents.
    """
    from aliscan.parser import Parser
    from aliscan.version import __version__

    top = Parser(
        prog="aliscan",
        description="Finds Alibaba Cloud credentials before they leak.",
        epilog="Exit codes: 0 nothing found, 1 found, 2 usage or configuration is wrong, "
        "3 could not look at everything.",
    )
    top.add_argument("--version", action="version", version=f"aliscan {__version__}")
    commands = top.add_subparsers(
        prog="aliscan", dest="command", metavar="COMMAND", title="commands", parser_class=Parser
    )
    for name, text in COMMANDS.items():
        sub = commands.add_parser(name, help=text, description=text)
        if complete or name in arguments:
            _module(name).add_arguments(sub)
    return top


def _keep_quiet(*, threads: bool) -> None:
    """What Python prints of an error by itself may hold a value: its hooks become ours."""
    sys.excepthook = _late
    sys.unraisablehook = _unraisable
    if threads:
        import threading

        threading.excepthook = lambda args: _late(args.exc_type, args.exc_value, args.exc_traceback)


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    """An error where Python can only print it, as in the callback that ends each import.

    A Ctrl-C that falls there would be lost, and a gate that goes on may pass.
    """
    if isinstance(args.exc_value, KeyboardInterrupt):
        import os

        from aliscan.finding import EXIT_INTERRUPTED

        os._exit(EXIT_INTERRUPTED)
    _late(args.exc_type, args.exc_value, args.exc_traceback)


def _late(kind: object, error: BaseException | None, trace: object) -> None:
    """An error that no `except` of ours sees: in a thread, in a destructor, while Python ends."""
    if error is not None and not isinstance(error, (SystemExit, KeyboardInterrupt, BrokenPipeError)):
        from aliscan import crash

        crash.tell(error)


def _closed_pipe() -> int:
    """``aliscan scan | head``: the reader left; what was not printed must not look like "clean"."""
    from aliscan.commands.output import silence
    from aliscan.finding import EXIT_INCOMPLETE

    silence(sys.stdout)
    silence(sys.stderr)
    return EXIT_INCOMPLETE
