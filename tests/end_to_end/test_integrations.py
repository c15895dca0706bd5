"""What users paste: the action's steps and the templates' scripts run for real, in a repository with a leak.

Only the installation is ours to shorten: pip is told to take this checkout and to build nothing anew.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.formats.samples import pair
from tests.support.repo import Repo

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "integrations"


def load(path: Path) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


@dataclass(frozen=True)
class Change:
    """A repository whose ``topic`` adds to ``main``: base and head are commit ids."""

    repo: Repo
    base: str
    head: str
    secret: str


@pytest.fixture(params=[True, False], ids=["leak", "clean"])
def change(request: pytest.FixtureRequest, repo: Repo) -> Change:
    _match, ident, secret = pair()
    base = repo.commit(README="x")
    repo.git("update-ref", "refs/remotes/origin/main", base)
    repo.git("checkout", "-q", "-b", "topic")
    text = f'id = "{ident}"\nsecret = "{secret}"\n' if request.param else "nothing\n"
    # what a stranger would put there to be executed by whatever is careless
    for name in ("argparse.py", "venv.py", "pip.py", "aliscan.py", "sitecustomize.py"):
        repo.stage(name, "raise SystemExit('executed from the checkout')\n")
    head = repo.commit(**{"app.py": text})
    return Change(repo, base, head, secret if request.param else "")


def bash(script: str, change: Change, tmp_path: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run a pasted script as the platform does, with a venv that is there already in the place of pip's."""
    tools = tmp_path / "tools"
    tools.mkdir(exist_ok=True)
    stub = tools / "python3"
    # `python3 -I -m venv DIR` makes a folder whose Python is the one of the tests; "pip install" is noted.
    stub.write_text(
        "#!/bin/bash\n"
        '[ "$1 $2 $3" = "-I -m venv" ] || { echo "not isolated: $*" >&2; exit 9; }\n'
        'mkdir -p "$4/bin"\n'
        f'cat >"$4/bin/python" <<EOF\n#!/bin/bash\n'
        f'[ "\\$1" = -I ] || {{ echo "not isolated: \\$*" >&2; exit 9; }}\n'
        f'if [ "\\$3 \\$4" = "pip install" ]; then echo "\\$PWD \\$*" >>"{tmp_path}/pip"; exit; fi\n'
        f'exec "{sys.executable}" "\\$@"\nEOF\n'
        'chmod +x "$4/bin/python"\n'
    )
    stub.chmod(0o755)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "CI_", "GITLAB_", "GITEE"))}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
        cwd=change.repo.path, capture_output=True, check=False,
        env={**clean, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", **env},
    )  # fmt: skip


def verdict(done: subprocess.CompletedProcess[bytes], change: Change) -> None:
    """Exit 1 for the leak, 0 without; nothing of the checkout ran; no value was shown."""
    assert done.returncode == (1 if change.secret else 0), done
    assert b"executed from the checkout" not in done.stdout + done.stderr
    if change.secret:
        assert change.secret.encode() not in done.stdout + done.stderr


def action_env(change: Change, tmp_path: Path, event: str = "pull_request", **inputs: str) -> dict[str, str]:
    """What the runner gives to the action's steps, with a recorded payload."""
    payload = {
        "action": "synchronize",
        "number": 7,
        "pull_request": {
            "number": 7,
            "base": {"ref": "main", "sha": change.base},
            "head": {"ref": "topic; echo pwned", "sha": change.head},
        },
        "repository": {"default_branch": "main"},
    }
    (tmp_path / "event.json").write_text(json.dumps(payload))
    (tmp_path / "temp").mkdir(exist_ok=True)
    return {
        "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "GITHUB_BASE_REF": "main",
        "GITHUB_HEAD_REF": "topic", "GITHUB_SHA": change.head, "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_WORKSPACE": str(change.repo.path), **inputs,
    }  # fmt: skip


def run_action(change: Change, tmp_path: Path, event: str = "pull_request", **inputs: str) -> Any:
    """Run every step of action.yml; stops at the first that fails, as the runner does."""
    action = load(ROOT / "action.yml")
    given = {name: str(spec.get("default", "")) for name, spec in action["inputs"].items()} | inputs
    values = {"github.action_path": str(ROOT), **{f"inputs.{k}": v for k, v in given.items()}}
    done = None
    for step in action["runs"]["steps"]:
        assert "${{" not in step["run"], "an expression in a script is an injection"
        env = {k: values[re.sub(r"\$\{\{ (.*) }}", r"\1", v)] for k, v in step.get("env", {}).items()}
        done = bash(step["run"], change, tmp_path, **action_env(change, tmp_path, event), **env)
        if done.returncode:
            break
    return done


def test_the_action_stops_a_pull_request_with_a_leak(change: Change, tmp_path: Path) -> None:
    done = run_action(change, tmp_path, sarif="out.sarif")
    verdict(done, change)
    assert (tmp_path / "output").read_text() == f"exit-code={done.returncode}\n"
    assert (tmp_path / "pip").read_text().split(" ", 1)[0] == str(tmp_path / "temp")
    assert str(ROOT) in (tmp_path / "pip").read_text()
    results = json.loads((change.repo.path / "out.sarif").read_text())["runs"][0]["results"]
    assert len(results) == bool(change.secret)
    assert (tmp_path / "summary").read_text().startswith("# ")
    if change.secret:
        assert b"::error file=app.py,line=1," in done.stdout


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run"])
def test_the_action_refuses_to_run_beside_strangers_with_rights(
    event: str, change: Change, tmp_path: Path
) -> None:
    done = run_action(change, tmp_path, event)
    assert done.returncode == 2
    assert b"run aliscan on pull_request" in done.stdout


def test_inputs_are_never_commands(change: Change, tmp_path: Path) -> None:
    done = run_action(change, tmp_path, sarif="$(touch pwned) `touch pwned`; touch pwned", threshold="low; x")
    assert done.returncode == 2
    assert not (change.repo.path / "pwned").exists()


def test_the_workflow_is_pinned_and_has_no_rights() -> None:
    workflow = load(FOLDER / "github-workflow.yml")
    assert workflow[True] == {"pull_request": None}  # YAML 1.1 reads the key `on` as true
    assert workflow["permissions"] == {"contents": "read"}
    for step in workflow["jobs"]["aliscan"]["steps"]:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])
    lines = (FOLDER / "github-workflow.yml").read_text().splitlines()
    assert all(re.search(r"# v[\d.]+$", line) for line in lines if "uses:" in line)


def test_the_gitlab_job(change: Change, tmp_path: Path) -> None:
    job = load(FOLDER / "gitlab-ci.yml")["aliscan"]
    script = "\n".join([*job["before_script"], *job["script"]])
    done = bash(
        script, change, tmp_path, ALISCAN="a", TMPDIR=str(tmp_path), CI_PROJECT_DIR=str(change.repo.path),
        GITLAB_CI="true", CI_PIPELINE_SOURCE="merge_request_event", CI_MERGE_REQUEST_IID="7",
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main", CI_MERGE_REQUEST_DIFF_BASE_SHA=change.base,
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME="topic", CI_COMMIT_SHA=change.head, CI_DEFAULT_BRANCH="main",
    )  # fmt: skip
    verdict(done, change)
    report = json.loads((change.repo.path / job["artifacts"]["reports"]["secret_detection"]).read_text())
    assert len(report["vulnerabilities"]) == bool(change.secret)
    assert (change.repo.path / "aliscan.html").exists()


def test_the_gitee_pipeline(change: Change, tmp_path: Path) -> None:
    (step,) = load(FOLDER / "gitee-go.yml")["stages"][0]["steps"]
    script = "\n".join(step["commands"]).replace("/tmp", str(tmp_path))
    done = bash(
        script, change, tmp_path, ALISCAN="a", GITEE_PIPELINE_NAME="aliscan", GITEE_PULL_ID="3",
        GITEE_BRANCH="main", GITEE_COMMIT=change.base, GITEE_SOURCE_BRANCH="topic",
        GITEE_SOURCE_COMMIT=change.head,
    )  # fmt: skip
    verdict(done, change)
    assert "扫描" in done.stdout.decode()


def test_the_yunxiao_job(change: Change, tmp_path: Path) -> None:
    job = load(FOLDER / "yunxiao-flow.yml")["stages"]["aliscan_stage"]["jobs"]["aliscan_job"]
    script = job["steps"]["aliscan_step"]["with"]["run"].replace("/tmp", str(tmp_path))
    done = bash(
        script, change, tmp_path, PIPELINE_ID="1", BUILD_EXECUTOR="x", CI_COMMIT_SHA=change.head,
        CI_COMMIT_ID=change.head[:8], CI_COMMIT_REF_NAME="topic",
    )  # fmt: skip
    verdict(done, change)


def test_the_jenkins_stage(change: Change, tmp_path: Path) -> None:
    text = (FOLDER / "Jenkinsfile").read_text()
    (script,) = re.findall(r"sh '''(.*?)'''", text, re.DOTALL)
    done = bash(
        script, change, tmp_path, ALISCAN="a", WORKSPACE_TMP=str(tmp_path / "ws@tmp"),
        JENKINS_URL="http://127.0.0.1:8080/", CHANGE_ID="8", CHANGE_TARGET="main", CHANGE_BRANCH="topic",
        BRANCH_NAME="PR-8", GIT_COMMIT=change.head,
    )  # fmt: skip
    verdict(done, change)
    assert "<testsuites" in (change.repo.path / "aliscan-junit.xml").read_text()


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("vendor.github-actions", "action.yml"),
        ("vendor.github-workflows", "integrations/github-workflow.yml"),
        ("vendor.gitlab-ci", "integrations/gitlab-ci.yml"),
    ],
)
def test_what_is_pasted_is_valid_for_its_platform(schema: str, path: str) -> None:
    options = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        schema,
        *options,
        str(ROOT / path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
