"""The main job, end to end."""

from __future__ import annotations

import json

from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo


def test_staged_pair_is_refused_and_clean_commit_passes(repo: Repo) -> None:
    secret = keys.secret()
    repo.stage("a.py", f'id = "{keys.key_id()}"\nsecret = "{secret}"\n')
    done = aliscan("hook", "pre-commit", cwd=repo.path)
    assert done.returncode == 1
    assert b"alibaba-access-key-pair" in done.stderr
    assert secret.encode() not in done.stdout + done.stderr
    repo.stage("a.py", "id = environ['ID']\n")
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 0


def test_json_pair_has_both_places(repo: Repo) -> None:
    path = repo.write("b.txt", f"# 中文\nAccessKey {keys.key_id()}\n\nsecret {keys.secret()}\n")
    done = aliscan("scan", "--format", "json", str(path))
    assert done.returncode == 1
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["rule"] == "alibaba-access-key-pair"
    assert [(p["kind"], p["line"], p["column"]) for p in finding["parts"]] == [
        ("access-key-id", 2, 11),
        ("access-key-secret", 4, 8),
    ]
