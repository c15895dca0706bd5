"""`aliscan baseline`, as a user runs it, and beside the real detect-secrets."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo


def pair() -> str:
    return f"id = '{keys.key_id()}'\nsecret = '{keys.secret()}'\n"


def entries(repo: Repo) -> list[dict[str, Any]]:
    document = json.loads((repo.path / ".secrets.baseline").read_bytes())
    return [entry for listed in document["results"].values() for entry in listed]


def run(repo: Repo, *args: str, status: int = 0, stdin: bytes = b"") -> str:
    done = aliscan("baseline", *args, cwd=repo.path, stdin=stdin)
    assert done.returncode == status, done
    return (done.stdout + done.stderr).decode()


def test_create_accepts_and_only_new_findings_count(repo: Repo) -> None:
    repo.commit(**{"a.py": pair(), "b/caf\xe9.txt": pair()})
    assert "2 accepted" in run(repo, "create")
    assert aliscan("scan", cwd=repo.path).returncode == 0
    assert aliscan("scan", "--no-baseline", cwd=repo.path).returncode == 1
    repo.git("add", "-A")
    repo.stage("c.py", pair())
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 1
    repo.git("rm", "-qf", "c.py")
    repo.stage("a.py", "# moved\n\n" + (repo.path / "a.py").read_text())
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 0


def test_a_hook_judges_with_the_staged_baseline(repo: Repo) -> None:
    text = pair()
    repo.stage("a.py", text)
    run(repo, "create")
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 1
    repo.git("add", ".secrets.baseline")
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 0


def test_create_replaces_nothing_unasked(repo: Repo) -> None:
    run(repo, "create")
    before = (repo.path / ".secrets.baseline").read_bytes()
    repo.write("a.py", pair())
    assert "--force" in run(repo, "create", status=2)
    assert (repo.path / ".secrets.baseline").read_bytes() == before
    assert "1 accepted" in run(repo, "create", "--force")


def test_update_changes_nothing_when_lines_move(repo: Repo) -> None:
    text = pair()
    repo.write("a.py", text)
    run(repo, "create")
    before = (repo.path / ".secrets.baseline").read_bytes()
    repo.write("a.py", "\n" * 50 + text)
    assert "0 added, 0 taken out, 1 kept" in run(repo, "update")
    assert (repo.path / ".secrets.baseline").read_bytes() == before


def test_update_and_prune(repo: Repo) -> None:
    repo.write("a.py", pair())
    repo.write("b.py", pair())
    run(repo, "create")
    repo.write("a.py", "")
    repo.write("c.py", pair())
    assert "c.py" not in (out := run(repo, "update", "--prune"))
    assert "- a.py:2 alibaba-access-key-pair" in out
    assert "+ c.py:2 alibaba-access-key-pair" in run(repo, "update")
    assert {e["filename"] for e in entries(repo)} == {"b.py", "c.py"}


def test_check_tells_new_gone_and_real(repo: Repo) -> None:
    for name in ("a.py", "b.py"):
        repo.write(name, pair())
    run(repo, "create")
    assert "2 entries, 0 new, 0 gone, 0 real leaks" in run(repo, "check")
    run(repo, "audit", stdin=b"y\nn\n")
    out = run(repo, "check", status=1)
    assert "a.py:2: alibaba-access-key-pair: a real leak" in out
    repo.write("a.py", "")
    repo.write("c.py", pair())
    out = run(repo, "check", status=1)
    assert "2 entries, 1 new, 1 gone, 0 real leaks" in out


def test_works_from_a_subfolder_and_honours_the_configuration(repo: Repo) -> None:
    repo.write(".aliscan.toml", 'baseline = "ci/known.json"\npaths.allow = ["docs/"]\n')
    repo.write("ci/x", "")
    repo.write("docs/a", pair())
    repo.write("sub/a.py", pair() + "# pragma\n" + pair().replace("\n", " # pragma: allowlist secret\n"))
    done = aliscan("baseline", "create", cwd=repo.path / "sub")
    assert done.returncode == 0, done
    document = json.loads((repo.path / "ci/known.json").read_bytes())
    assert {k: len(v) for k, v in document["results"].items()} == {"sub/a.py": 1}
    assert aliscan("scan", cwd=repo.path).returncode == 0


PLUGIN = b'{"version": "1.5.0", "plugins_used": [{"name": "X", "path": "file://evil.py"}], "results": {}}'


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"version": "9.9.9", "results": {}}', PLUGIN])
def test_a_broken_baseline_is_exit_2_everywhere(repo: Repo, content: bytes) -> None:
    repo.write("evil.py", "open('marker', 'w')")
    repo.stage("a.py", pair())
    repo.stage(".secrets.baseline", content)
    for command in (
        ["scan"],
        ["hook", "pre-commit"],
        ["baseline", "check"],
        ["baseline", "update"],
        ["baseline", "audit"],
    ):
        done = aliscan(*command, cwd=repo.path)
        assert done.returncode == 2, (command, done)
        assert done.stderr.count(b"\n") == 1
        assert b".secrets.baseline" in done.stderr
    assert (repo.path / ".secrets.baseline").read_bytes() == content
    assert not (repo.path / "marker").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no links")
def test_a_link_out_of_the_repository_is_not_written_through(repo: Repo, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("precious")
    (repo.path / ".secrets.baseline").symlink_to(outside)
    for action in (["create", "--force"], ["update"]):
        assert "out of the repository" in run(repo, *action, status=2)
    assert outside.read_text() == "precious"


# --- audit at a terminal


def at_terminal(repo: Repo, *args: str, answers: list[bytes]) -> tuple[int, str]:
    """Run aliscan with a pseudo-terminal; each answer is typed when a question stands there."""
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(repo.path)
        program = str(Path(sys.executable).with_name("aliscan"))
        os.execv(program, [program, *args])
    seen, waiting = b"", list(answers)
    while True:
        if not select.select([terminal], [], [], 120)[0]:
            os.kill(pid, signal.SIGKILL)  # a test that waits for ever tells nobody why
            break
        try:
            chunk = os.read(terminal, 4096)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
        if seen.endswith(b"(q)uit: ") and waiting:
            os.write(terminal, waiting.pop(0))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_audit_at_a_terminal(repo: Repo) -> None:
    texts = {name: pair() for name in ("a.py", "b.py", "c.py")}
    for name, text in texts.items():
        repo.write(name, f"# {name}\n{text}# end\n")
    run(repo, "create")
    status, seen = at_terminal(
        repo, "baseline", "audit", answers=[b"y\n", b"b\n", b"n\n", b"?\n", b"yes\n", b"skip\n"]
    )
    assert status == 0, seen
    assert {e["filename"]: e.get("is_secret") for e in entries(repo)} == {
        "a.py": False,
        "b.py": True,
        "c.py": None,
    }
    assert "2 labelled, 1 of them real; 1 left" in seen
    assert "must be rotated" in seen
    for text in texts.values():
        assert text.split("'")[3] not in seen
        assert text.split("'")[1] not in seen
    assert ">    3 secret = '****" in seen


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_ctrl_c_keeps_the_answers_and_is_not_exit_0(repo: Repo) -> None:
    for name in ("a.py", "b.py"):
        repo.write(name, pair())
    run(repo, "create")
    status, _seen = at_terminal(repo, "baseline", "audit", answers=[b"n\n", b"\x03"])
    assert status == 130
    assert [e.get("is_secret") for e in entries(repo)] == [False, None]


def test_end_of_input_is_quit_and_masks_values_of_others(repo: Repo) -> None:
    token = keys.draw(keys.BASE62, 40)
    repo.write("a.py", f"token = '{token}'\n{pair()}")
    run(repo, "create")
    out = run(repo, "audit")
    assert token not in out
    assert "0 labelled" in out
    repo.write("a.py", "")
    assert "no longer there" in run(repo, "audit", stdin=b"s\n")


# --- the real detect-secrets


def detect_secrets(
    repo: Repo, *args: str, stdin: bytes = b"", name: str = "detect-secrets"
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [str(Path(sys.executable).with_name(name)), *args], cwd=repo.path, input=stdin,
        capture_output=True, check=False, env={**os.environ, "TERM": "dumb"},
    )  # fmt: skip


@pytest.fixture
def shared(repo: Repo) -> Repo:
    """A repository with our plugin for detect-secrets in it, a key, and our baseline."""
    assert aliscan("plugin-path", "--shared", cwd=repo.path).returncode == 0
    repo.write("a.py", pair())
    repo.write("b.py", pair())
    run(repo, "create")
    return repo


AUDIT = "from detect_secrets.audit.audit import audit_baseline; audit_baseline('.secrets.baseline')"


def test_detect_secrets_audits_what_we_write_and_we_read_its_labels(shared: Repo) -> None:
    """By its function: its console program forgets every custom plugin before it audits (1.5.0; a
    baseline that it wrote itself with -p ends in the same KeyError)."""
    done = subprocess.run(
        [sys.executable, "-c", AUDIT], cwd=shared.path, input=b"n\ny\n", capture_output=True, check=False,
        env={**os.environ, "TERM": "dumb"},
    )  # fmt: skip
    assert done.returncode == 0, done
    assert done.stdout.count(b"Secret Type:") == 2
    assert b"Saving progress" in done.stdout
    # its question is whether the value may be committed: "no" is a real secret
    assert {e["filename"]: e["is_secret"] for e in entries(shared)} == {"a.py": True, "b.py": False}
    assert "a.py:2: alibaba-access-key-pair: a real leak" in run(shared, "check", status=1)
    assert "2 kept" in run(shared, "update")
    assert {e["filename"]: e["is_secret"] for e in entries(shared)} == {"a.py": True, "b.py": False}
    assert aliscan("scan", cwd=shared.path).returncode == 0
    assert aliscan("scan", "--strict", cwd=shared.path).returncode == 1


def test_detect_secrets_hook_passes_with_our_baseline(shared: Repo) -> None:
    shared.git("add", "-A")
    args = ("--baseline", ".secrets.baseline", "--no-verify")
    done = detect_secrets(shared, *args, "a.py", "b.py", name="detect-secrets-hook")
    assert done.returncode == 0, done
    shared.stage("c.py", pair())
    assert detect_secrets(shared, *args, "c.py", name="detect-secrets-hook").returncode == 1


def test_we_read_what_detect_secrets_writes(repo: Repo) -> None:
    assert aliscan("plugin-path", "--shared", cwd=repo.path).returncode == 0
    repo.stage("a.py", pair() + f"password = '{keys.draw(keys.BASE62, 18)}'\n")
    done = detect_secrets(repo, "scan", "-p", ".aliscan_detect_secrets_plugin.py", "a.py")
    assert done.returncode == 0, done
    repo.write(".secrets.baseline", done.stdout)
    before = {(e["type"], e["hashed_secret"]) for e in entries(repo)}
    assert {t for t, _ in before} >= {"alibaba-access-key-pair", "Secret Keyword"}
    assert aliscan("scan", cwd=repo.path).returncode == 0
    assert "0 new, 0 gone" in run(repo, "check")
    assert "0 added, 0 taken out" in run(repo, "update")
    assert {(e["type"], e["hashed_secret"]) for e in entries(repo)} == before
    assert "generated_at" not in json.loads((repo.path / ".secrets.baseline").read_bytes())
