"""F38: no command, no format, no error prints a whole secret, wherever one was planted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aliscan.formats import FORMATS
from tests.conftest import aliscan
from tests.support import keys
from tests.support.gates import EVERY, way
from tests.support.repo import Repo
from tests.support.sts_server import Cloud, serving


class Planted:
    """A repository with keys in contents, names, messages, refs, authors, configuration."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.values: list[str] = []
        repo.stage("a.py", f"id = '{self.key_id()}'\nsecret = '{self.secret()}'\n")
        repo.stage("comment.py", f"{self.key_id()} # aliscan: allow[alibaba-access-key-id] {self.secret()}\n")
        repo.stage(f"dir/{self.key_id()}/{self.secret()}.txt", f"AccessKeySecret={self.secret()}\n")
        repo.stage("utf16.txt", f"id = {self.key_id()}\nsecret = {self.secret()}\n".encode("utf-16"))
        repo.git("commit", "-q", "--no-verify", "-m", f"subject {self.key_id()}\n\nsecret={self.secret()}")
        repo.git("branch", f"wip/{self.key_id()}")
        repo.git("tag", "-a", "v1", "-m", f"tag {self.key_id()} {self.secret()}")
        repo.stage("next.py", f"id = '{self.key_id()}'\nsecret = '{self.secret()}'\n")

    def key_id(self) -> str:
        self.values.append(keys.key_id())
        return self.values[-1]

    def secret(self) -> str:
        self.values.append(keys.secret())
        return self.values[-1]

    def leaked(self, text: bytes) -> list[int]:
        """Which values (by number, so that a failure does not print them) are in ``text``, whole or half."""
        halves = [(v[: len(v) // 2], v[len(v) // 2 :]) for v in self.values]
        return [i for i, two in enumerate(halves) if any(half.encode() in text for half in two)]


@pytest.fixture
def planted(repo: Repo) -> Planted:
    return Planted(repo)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_of_scan_and_history(planted: Planted, name: str, tmp_path: Path) -> None:
    for command in ("scan", "history"):
        out = tmp_path / f"{command}.out"
        done = aliscan(command, "--format", f"{name}={out}", "--format", "text", cwd=planted.repo.path)
        assert done.returncode == 1, (command, done.stderr)
        text = done.stdout + done.stderr + out.read_bytes()
        assert planted.leaked(text) == [], command


def test_hooks_and_baseline(planted: Planted, tmp_path: Path) -> None:
    repo = planted.repo
    message = tmp_path / "message"
    message.write_text(f"a {planted.key_id()}\n\nsecret = {planted.secret()}\n")
    push = f"refs/heads/main {repo.git('rev-parse', 'HEAD')} refs/heads/main {'0' * 40}\n".encode()
    for args, stdin in (
        (["hook", "pre-commit"], b""),
        (["hook", "commit-msg", str(message)], b""),
        (["hook", "pre-push", "origin", f"https://user:{planted.secret()}@example.com/x.git"], push),
        (["baseline", "create"], b""),
        (["baseline", "audit"], b"s\n" * 20),
        (["baseline", "check"], b""),
        (["baseline", "update"], b""),
        (["doctor"], b""),
    ):
        done = aliscan(*args, cwd=repo.path, stdin=stdin, ALISCAN_DEBUG="1", PYTHONDEVMODE="1")
        assert planted.leaked(done.stdout + done.stderr) == [], args


def test_errors(planted: Planted) -> None:
    value, ident = planted.secret(), planted.key_id()
    path = planted.repo.path
    for args in (
        ["scan", f"missing/{value}"],
        ["scan", "--config", ident],
        ["scan", "--baseline", value],
        ["scan", "--threshold", value],
        ["scan", "--format", value],
        ["scan", "--output", f"missing/{value}/x"],
        ["scan", f"--{value}"],
        [value],
        ["hook", ident],
        ["hook", "commit-msg", ident],
        ["history", f"missing-{ident}"],
        ["baseline", value],
        ["baseline", "check", value],
        ["baseline", "check", "--baseline", ident],
    ):
        done = aliscan(*args, cwd=path, ALISCAN_DEBUG="1", PYTHONDEVMODE="1")
        assert done.returncode in (1, 2, 3), (args[0], done.returncode)
        assert planted.leaked(done.stdout + done.stderr) == [], args[:1]
        assert b"Traceback" not in done.stderr
    for text in (f"{ident} = 1", f"threshold = '{value}'", f"x = '{value}", f"placeholders = ['{value}']"):
        planted.repo.write(".aliscan.toml", text)
        done = aliscan("scan", cwd=path)
        assert done.returncode == 2
        assert planted.leaked(done.stdout + done.stderr) == []


DEBUG = dict.fromkeys(("ALISCAN_DEBUG", "PYTHONDEVMODE", "GIT_TRACE", "GIT_TRACE_SETUP", "GIT_TRACE2"), "1")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_of_ci_and_verify(planted: Planted, name: str, tmp_path: Path) -> None:
    repo = planted.repo
    head = repo.git("rev-parse", "HEAD")
    event = tmp_path / "event.json"
    wip = f"wip/{planted.values[0]}"
    event.write_text(json.dumps({"ref": f"refs/heads/{wip}", "before": "0" * 40, "after": head,
                                 "repository": {"default_branch": planted.secret()}}))  # fmt: skip
    github = {
        "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_SHA": head, "GITHUB_REF_NAME": wip,
        "GITHUB_REF": f"refs/heads/{wip}", "GITHUB_HEAD_REF": planted.secret(),
        "GITHUB_EVENT_PATH": str(event), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }  # fmt: skip
    jenkins = {"JENKINS_URL": "x", "BRANCH_NAME": wip, "GIT_COMMIT": head, "CHANGE_TARGET": planted.secret()}
    said = {value: (403, {"Code": value, "Message": f"no {value}"}) for value in planted.values}
    commands: list[tuple[list[str], dict[str, str]]] = []
    with serving(Cloud(answers=dict(said))) as cloud:
        verify = ["--endpoint", cloud.url, "--model-studio-endpoint", cloud.url]
        commands += [
            (["ci", "--full", "--head", "HEAD"], {}),
            (["ci"], github),
            (["ci", "--full"], jenkins),
            (["ci", "--full", "--head", "HEAD", "--verify", *verify], {}),
            (["verify", *verify], {}),
        ]
        for command, env in commands:
            out = tmp_path / "out"
            command += ["--format", f"{name}={out}", "--format", "text"]
            done = aliscan(*command, cwd=repo.path, stdin=b"", **DEBUG, **env)
            assert done.returncode == 1, (command, done.stderr)
            text = done.stdout + done.stderr + out.read_bytes()
            text += (tmp_path / "summary").read_bytes() if (tmp_path / "summary").exists() else b""
            assert planted.leaked(text) == [], command
        assert cloud.requests


def test_a_server_and_a_merge(planted: Planted) -> None:
    repo = planted.repo
    head, zero = repo.git("rev-parse", "HEAD"), "0" * 40
    ref = f"refs/heads/{planted.key_id()}/{planted.secret()}"
    for args, stdin in (
        (["hook", "pre-receive"], f"{zero} {head} {ref}\n"),
        (["hook", "pre-receive"], f"{planted.secret()} {ref} {head}\n"),
        (["hook", "pre-receive"], f"{zero} {head} {ref}\0\n"),
        (["hook", "pre-push", planted.secret(), planted.key_id()], f"{ref} {head} {ref} {zero}\n"),
        (["hook", "pre-push", "o", "u"], f"{planted.secret()} {ref}\n"),
        (["hook", "pre-merge-commit"], ""),
    ):
        done = aliscan(*args, cwd=repo.path, stdin=stdin.encode(), **DEBUG)
        assert done.returncode in (1, 2), (args[:2], done.stderr)
        assert planted.leaked(done.stdout + done.stderr) == [], args[:2]
    for name in ("SECONDS", "ON_TIMEOUT", "COMMENTS"):
        wrong = {f"ALISCAN_PRE_RECEIVE_{name}": planted.secret()}
        line = f"{zero} {head} refs/heads/x\n".encode()
        done = aliscan("hook", "pre-receive", cwd=repo.path, stdin=line, **wrong, **DEBUG)
        assert done.returncode == 2
        assert planted.leaked(done.stdout + done.stderr) == [], name


def test_advice_and_repair(planted: Planted, tmp_path: Path) -> None:
    repo = planted.repo
    report = tmp_path / "report.json"
    aliscan("scan", "--format", f"json={report}", cwd=repo.path)
    broken = tmp_path / "broken.json"
    broken.write_text(f'{{"findings": [{{"rule": "{planted.secret()}", "parts": "{planted.key_id()}"}}]}}')
    plan = tmp_path / "plan"
    own, secret = planted.key_id(), planted.secret()
    identity = {"ALIBABA_CLOUD_ACCESS_KEY_ID": own, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secret}
    leaked = planted.values[0]
    owners = {leaked: "dev", planted.key_id(): "dev"}
    refusal = {"Code": "NoPermission", "Message": f"{own} {secret} may not {leaked}"}
    answers = {"UpdateAccessKey": (403, refusal)}
    with serving(Cloud(secrets={own: secret}, owners=owners, answers=dict(answers))) as cloud:
        where = ("--ram-endpoint", cloud.url, "--ims-endpoint", cloud.url)
        for args in (
            ["advise", str(report)],
            ["advise", str(broken)],
            ["advise", planted.values[0]],
            ["advise", "-"],
            ["rewrite-plan", "--quiet"],
            ["rewrite-plan", "--quiet", "--write-secrets", str(plan)],
            ["rewrite-plan", "--quiet", "--write-secrets", f"missing/{secret}"],
            ["disable", leaked, "--dry-run", *where],
            ["disable", leaked, *where],
            ["disable", leaked, "--yes", *where],
            ["disable", secret, "--yes", *where],
            ["disable", own, "--yes", *where],
            ["disable", "-", "--yes", *where],
            ["detect-secrets", "scan", "a.py"],  # it names files as they are
            ["plugin-path", secret],
            ["completion", secret],
            ["install", "--hooks", secret],
            ["uninstall", f"missing/{secret}"],
        ):
            stdin = planted.values[0].encode()
            done = aliscan(*args, cwd=repo.path, stdin=stdin, **identity, **DEBUG)
            assert planted.leaked(done.stdout + done.stderr) == [], args[:1]
            assert b"Traceback" not in done.stderr, args[:1]
    assert plan.exists()


# Everything that judges texts goes through this; when it fails, the value is at hand.
BROKEN = """
import sys
from aliscan.detect import search
def claim(claims):
    value = next(iter(claims)).places[0][3].decode()
    raise KeyError(value, {value: Exception(value)})
search.claim = claim
sys.argv[0] = "aliscan"
from aliscan.cli import main
sys.exit(main())
"""


@pytest.mark.parametrize("name", EVERY)
def test_a_crash_in_the_middle(planted: Planted, name: str) -> None:
    text = f"id = '{planted.key_id()}'\nsecret = '{planted.secret()}'\n"
    asked = way(planted.repo, name, text)
    done = subprocess.run(
        [sys.executable, "-c", BROKEN, *asked.args], cwd=planted.repo.path, input=asked.stdin,
        capture_output=True, check=False, env={**os.environ, **DEBUG},
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert planted.leaked(done.stdout + done.stderr) == []
    assert b"Traceback" not in done.stderr
