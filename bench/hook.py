"""What a commit pays for the hook: ``python bench/hook.py [rounds]``.

One small clean file, beside an empty Python and detect-secrets' hook; then 2,000 staged files, beside
git itself listing and reading the same objects. All commands of a table take turns; medians.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from measure import table, times

BIN = Path(sys.executable).parent
FILES = 2000


def repository(folder: str) -> Path:
    """A repository with one commit."""
    path = Path(folder)
    os.environ.update({f"GIT_{who}_{what}": "bench@localhost" for who in ("AUTHOR", "COMMITTER")
                       for what in ("NAME", "EMAIL")})  # fmt: skip
    git(path, "init", "-q", ".")
    (path / "README").write_text("a repository\n")
    git(path, "add", "-A")
    git(path, "commit", "-q", "-m", "first")
    return path


def git(path: Path, *args: str) -> bytes:
    """Run git; its output."""
    return subprocess.run(["git", *args], cwd=path, check=True, capture_output=True).stdout


def one_file(rounds: int) -> None:
    """A commit of one small file."""
    with tempfile.TemporaryDirectory() as folder:
        path = repository(folder)
        (path / "app.py").write_text("import os\n\nprint(os.environ['HOME'])\n" * 20)
        git(path, "add", "-A")
        commands = {
            "python -I -c pass": [sys.executable, "-I", "-c", "pass"],
            "aliscan hook pre-commit": [BIN / "aliscan", "hook", "pre-commit"],
            "detect-secrets-hook app.py": [BIN / "detect-secrets-hook", "app.py"],
        }
        table("one small clean file", times(commands, path, rounds), "python -I -c pass")


def many_files(rounds: int) -> None:
    """A commit of 2,000 files of Python's own library."""
    with tempfile.TemporaryDirectory() as folder:
        path = repository(folder)
        sources = sorted(Path(sysconfig.get_paths()["stdlib"]).rglob("*.py"))
        sources = [s for s in sources if "site-packages" not in s.parts]
        for number in range(FILES):
            source = sources[number % len(sources)]
            target = path / f"{number // 100}/{number}.py"
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, target)
            with target.open("ab") as file:  # every object is one of its own
                file.write(b"# %d\n" % number)
        git(path, "add", "-A")
        git(path, "gc", "-q")
        raw = git(path, "diff-index", "--cached", "--raw", "--abbrev=64", "HEAD").splitlines()
        (path / ".git/oids").write_bytes(b"".join(line.split()[3] + b"\n" for line in raw))
        size = sum(f.stat().st_size for f in path.glob("*/*.py")) / 1e6
        both = "git diff-index --cached HEAD >/dev/null; git cat-file --batch --buffer <.git/oids >/dev/null"
        commands = {
            "git diff-index, git cat-file": ["sh", "-c", both],
            "aliscan hook pre-commit": [BIN / "aliscan", "hook", "pre-commit"],
        }
        table(
            f"{len(raw):,} files, {size:.0f} MB",
            times(commands, path, rounds),
            "git diff-index, git cat-file",
        )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    one_file(count)
    many_files(max(5, count // 2))
