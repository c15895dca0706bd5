"""A clean commit imports next to nothing."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.support.repo import Repo

FORBIDDEN = (
    "argparse", "dataclasses", "typing", "inspect", "detect_secrets", "git", "regex", "rich", "requests",
    "cryptography", "yaml", "hyperscan", "json", "gettext", "logging", "multiprocessing", "hashlib",
    "aliscan.formats", "aliscan.plugin", "aliscan.triage.policy", "aliscan.detect.search",
)  # fmt: skip


def test_clean_commit_imports_nothing_heavy(repo: Repo) -> None:
    repo.commit("first", **{"a.py": "x = 1\n"})
    repo.stage("b.py", "y = 2\n")
    code = (
        "import sys; before = set(sys.modules)\n"
        "from aliscan.cli import main\n"
        "status = main(['hook', 'pre-commit'])\n"
        "after = sorted(set(sys.modules) - before)\n"
        "import json; print(json.dumps([status, after]))"
    )
    # -S: what an editable install's finder imports at start is not ours
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(_root())!r})\n{code}"]
    done = subprocess.run(command, cwd=repo.path, capture_output=True, check=True)
    status, loaded = json.loads(done.stdout)
    assert status == 0
    assert sorted(set(loaded) & set(FORBIDDEN)) == []


def _root() -> str:
    from pathlib import Path

    return str(Path(__file__).parents[2])
