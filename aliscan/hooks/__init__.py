"""Plain git hooks: the script, where git looks for it, putting it there, proving that it works."""
