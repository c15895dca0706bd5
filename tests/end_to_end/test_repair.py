"""From found to repaired, with the real command line and a server on this machine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo
from tests.support.sts_server import Cloud, serving


def test_verify_says_who_and_raises_the_severity(tmp_path: Path) -> None:
    key_id, secret = keys.key_id(), keys.secret()
    (tmp_path / "a.py").write_text(f"id='{key_id}'\nsecret='{secret}'\n")
    with serving(Cloud(secrets={key_id: secret})) as cloud:
        done = aliscan("verify", "--endpoint", cloud.url, "--format", "json", str(tmp_path))
    assert done.returncode == 1
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["notes"]["verified"] == "live"
    assert finding["notes"]["identity"] == "RAMUser"
    assert cloud.url.encode() in done.stderr, "it says where it asks before it does"
    assert secret.encode() not in done.stdout + done.stderr


def test_wrong_pair_tries_the_other_secret_of_the_file(tmp_path: Path) -> None:
    key_id, right, wrong = keys.key_id(), keys.secret(), keys.secret()
    (tmp_path / "a.py").write_text(
        f"id='{key_id}'\nsecret='{wrong}'\n" + "\n" * 9 + f"ALIYUN_SECRET='{right}'\n"
    )
    with serving(Cloud(secrets={key_id: right})) as cloud:
        done = aliscan("scan", "--verify", "--endpoint", cloud.url, "--format", "json", str(tmp_path))
    notes = [f["notes"] for f in json.loads(done.stdout)["findings"]]
    assert any(n.get("verified") == "live" for n in notes)


def test_one_question_per_key_and_a_cache_without_values(tmp_path: Path) -> None:
    key_id, secret = keys.key_id(), keys.secret()
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(f"id='{key_id}'\nsecret='{secret}'\n")
    with serving(Cloud(secrets={key_id: secret})) as cloud:
        for _ in range(2):
            aliscan("verify", "--verify-cache", "--endpoint", cloud.url, str(tmp_path))
    assert len(cloud.requests) == 1
    (cache,) = Path(os.environ["XDG_CACHE_HOME"]).rglob("verify.json")
    assert key_id not in cache.read_text()
    assert secret not in cache.read_text()
    assert cache.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("user", ["dev", "ops", ""])
def test_disable(user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leaked, admin, secret = keys.key_id(), keys.key_id(), keys.secret()
    owners = {leaked: user, keys.key_id(): "dev", keys.key_id(): "ops"}
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", admin)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret)
    with serving(Cloud(secrets={admin: secret}, owners=owners)) as cloud:
        where = ("--ram-endpoint", cloud.url, "--ims-endpoint", cloud.url)
        dry = aliscan("disable", leaked, "--dry-run", *where)
        assert (dry.returncode, cloud.status) == (0, {})
        assert b"2026-11-01" in dry.stdout, "the last use is shown first"
        unsure = aliscan("disable", leaked, *where)
        assert (unsure.returncode, cloud.status) == (2, {}), "without a terminal nothing is confirmed"
        done = aliscan("disable", leaked, "--yes", *where)
    assert (done.returncode, cloud.status) == (0, {leaked: "Inactive"})
    assert b"undo" in done.stdout.lower()
    assert secret.encode() not in done.stdout + done.stderr + dry.stdout


@pytest.mark.parametrize("command", ["history", "ci"])
def test_verify_on_history_and_ci(repo: Repo, command: str) -> None:
    key_id, secret = keys.key_id(), keys.secret()
    base = repo.commit("first", **{"a.txt": "x"})
    for number in range(3):
        repo.commit("leak", **{f"a{number}.py": f"id='{key_id}'\nsecret='{secret}'\n"})
    repo.commit("gone", **{"a0.py": "", "a1.py": "", "a2.py": ""})
    role = {"IdentityType": "Account", "AccountId": "1" * 16, "Arn": f"acs:ram::{'1' * 16}:root"}
    with serving(Cloud(secrets={key_id: secret}, answers={"GetCallerIdentity": (200, role)})) as cloud:
        arguments = ["."] if command == "history" else ["--base", base]
        done = aliscan(
            command, *arguments, "--verify", "--endpoint", cloud.url, "--format", "json", cwd=repo.path
        )
    assert done.returncode == 1, done.stderr
    findings = json.loads(done.stdout)["findings"]
    assert findings
    assert {f["notes"]["identity"] for f in findings} == {"Account"}
    assert len(cloud.requests) == 1, "one question, however many places and commits"
    assert cloud.url.encode() in done.stderr


def test_no_hook_and_no_configuration_can_ask(repo: Repo) -> None:
    """Only a person at the command line: not a repository, and not a hook."""
    pair = f"id='{keys.key_id()}'\nsecret='{keys.secret()}'\n"
    with serving(Cloud()) as cloud:
        for text in (
            "verify = true\n",
            f"endpoint = '{cloud.url}'\nverify = true\n",
            f"[verify]\nendpoint = '{cloud.url}'\n",
        ):
            repo.stage(".aliscan.toml", text)
            repo.stage("a.py", pair)
            for arguments in (["hook", "pre-commit"], ["scan", "."], ["hook", "pre-commit", "--verify"]):
                assert aliscan(*arguments, cwd=repo.path).returncode != 0
    assert not cloud.requests


def test_a_suppressed_finding_is_told_too_and_still_does_not_count(tmp_path: Path) -> None:
    key_id, secret = keys.key_id(), keys.secret()
    comment = "  # aliscan: allow[alibaba-access-key-pair] known"
    (tmp_path / "a.py").write_text(f"id='{key_id}'{comment}\nsecret='{secret}'{comment}\n")
    with serving(Cloud(secrets={key_id: secret})) as cloud:
        done = aliscan("verify", "--endpoint", cloud.url, "--format", "json", str(tmp_path))
    assert done.returncode == 0
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["suppressed"]
    assert finding["notes"]["verified"] == "live"


def test_disable_needs_another_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    leaked = keys.key_id()
    none = aliscan("disable", leaked)
    assert none.returncode == 2
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", leaked)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", keys.secret())
    same = aliscan("disable", leaked)
    assert same.returncode == 2
    assert b"another" in same.stderr
