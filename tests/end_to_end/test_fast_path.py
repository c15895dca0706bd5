"""A clean change imports next to nothing, whichever gate it passes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.gates import HOOKS, way
from tests.support.repo import Repo

FORBIDDEN = (
    "dataclasses", "typing", "inspect", "detect_secrets", "git", "regex", "rich", "requests",
    "cryptography", "yaml", "hyperscan", "json", "logging", "multiprocessing", "hashlib", "subprocess",
    "shutil", "tempfile", "threading", "aliscan.plugin", "aliscan.triage.policy", "aliscan.detect.search",
    "aliscan.advice", "argparse", "gettext",
)  # fmt: skip
FOR_HOOKS = ("aliscan.formats",)


@pytest.mark.parametrize("name", [*HOOKS, "ci"])
def test_a_clean_change_imports_nothing_heavy(repo: Repo, name: str) -> None:
    asked = way(repo, name, "x = 1\n")
    code = (
        "import sys; before = set(sys.modules)\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from aliscan.cli import main\n"
        "status = main(sys.argv[1:])\n"
        "after = sorted(set(sys.modules) - before)\n"
        "import json; print(json.dumps([status, after]), file=sys.stderr)"
    )
    # -S: what an editable install's finder imports at start is not ours
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, *asked.args], cwd=repo.path, input=asked.stdin,
        capture_output=True, check=True,
    )  # fmt: skip
    status, loaded = json.loads(done.stderr.splitlines()[-1])
    assert status == 0
    forbidden = {*FORBIDDEN, *(FOR_HOOKS if name in HOOKS else ())}
    assert sorted(set(loaded) & forbidden) == []


@pytest.mark.parametrize("name", ["pre-commit", "pre-push"])
def test_a_word_that_says_nothing_loads_no_policy(repo: Repo, name: str) -> None:
    """Nearly every change speaks of a secret somewhere; its configuration is read for a finding only."""
    repo.commit("config", **{".aliscan.toml": "this is no configuration\n"})
    done = way(repo, name, "aliyun_access_key_secret = os.environ['SECRET']\n").ask()
    assert done.returncode == 0, done
