"""`aliscan ci` with every provider's variables, against real clones (F36, F40)."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aliscan.sources.providers import PROVIDERS
from tests.conftest import aliscan
from tests.support import ci_events, keys
from tests.support.repo import Repo


@dataclass(frozen=True)
class Checkout:
    """A clone in a CI job, with a topic branch that was pushed and adds a key in its last commit."""

    repo: Repo
    ids: dict[str, str]

    def ci(self, env: dict[str, str], *args: str) -> subprocess.CompletedProcess[bytes]:
        filled: dict[str, Any] = dict(ci_events.fill(env, self.ids))
        extra = filled.pop("ARGS", "")
        return aliscan("ci", *filter(None, [extra]), *args, cwd=self.repo.path, **filled)

    def github(self, event: str, *args: str, **more: object) -> subprocess.CompletedProcess[bytes]:
        env, payload = ci_events.github(event, self.ids, **more)
        path = self.repo.path.parent / "event.json"
        path.write_text(json.dumps(payload))
        variables: dict[str, Any] = {**env, "GITHUB_EVENT_PATH": str(path), **_env(more)}
        return aliscan("ci", *args, cwd=self.repo.path, **variables)


def _env(more: dict[str, object]) -> dict[str, str]:
    ref = more.get("ref")
    return {"GITHUB_REF": ref} if isinstance(ref, str) else {}


def pair() -> str:
    return f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A bare repository: main with two commits, topic forked from the first with three."""
    os.environ.setdefault("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path_factory.mktemp("ci")
    bare = Repo.init(folder / "up.git", "--bare", "-b", "main")
    work = Repo.init(folder / "work", "-b", "main")
    work.git("config", "user.name", "T")
    work.git("config", "user.email", "t@example.invalid")
    ids = {"zeros": "0" * 40, "unknown": "12" * 20}
    ids["fork"] = work.commit("one", **{"a.txt": "a\n"})
    work.git("checkout", "-q", "-b", "topic")
    ids["before"] = work.commit("first of topic", **{"t.txt": "t\n"})
    work.commit("leak", **{"leak.py": pair()})
    ids["head"] = work.commit("takes it out", **{"leak.py": "clean\n"})
    work.git("checkout", "-q", "main")
    ids["base"] = work.commit("two", **{"b.txt": "b\n"})
    work.git("checkout", "-q", "-b", "test-merge")
    work.git("merge", "-q", "--no-edit", "topic")
    ids["merge"] = work.git("rev-parse", "HEAD")
    work.git("push", "-q", str(bare.path), "main", "topic", "test-merge")
    return bare.path, ids


@pytest.fixture
def checkout(upstream: tuple[Path, dict[str, str]], tmp_path: Path) -> Checkout:
    subprocess.run(["git", "clone", "-q", f"file://{upstream[0]}", str(tmp_path / "job")], check=True)
    repo = Repo(tmp_path / "job")
    repo.git("checkout", "-q", "--detach", upstream[1]["merge"])
    return Checkout(repo, upstream[1])


def ranged(done: subprocess.CompletedProcess[bytes], ids: dict[str, str], base: str, head: str) -> bool:
    span = f"{ids[base][:12]}..{ids[head][:12]}" if base else f"everything up to {ids[head][:12]}"
    return f": {span} (" in done.stderr.decode()


@pytest.mark.parametrize("name", ci_events.PULLS)
def test_pull_request(checkout: Checkout, name: str) -> None:
    env, base, head = ci_events.PULLS[name]
    done = checkout.ci(env)
    assert ranged(done, checkout.ids, base, head), done
    assert done.returncode == 1, done
    assert b"leak.py:1" in done.stdout
    assert done.stderr.decode().startswith(
        "aliscan ci: " + name.split(" with --")[0].split(" short")[0].split(" merged")[0]
    )


@pytest.mark.parametrize("name", ci_events.PUSHES)
def test_push(checkout: Checkout, name: str) -> None:
    env, base, head = ci_events.PUSHES[name]
    done = checkout.ci(env)
    assert ranged(done, checkout.ids, base, head), done
    assert done.returncode == (1 if head == "head" else 0), done


def test_every_provider_has_an_event() -> None:
    seen = " ".join((*ci_events.PULLS, *ci_events.PUSHES))
    assert [p.name for p in PROVIDERS if p.name not in seen] == ["GitHub Actions"]


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "merge_group"])
def test_github_pull_request(checkout: Checkout, event: str) -> None:
    done = checkout.github(event)
    assert ranged(done, checkout.ids, "base", "head"), done
    assert done.returncode == 1


def test_github_pushes(checkout: Checkout) -> None:
    ids = checkout.ids
    assert ranged(checkout.github("push"), ids, "before", "head")
    assert ranged(checkout.github("push", before=ids["zeros"], created=True), ids, "base", "head")
    forced = checkout.github("push", before=ids["unknown"], forced=True)
    assert ranged(forced, ids, "base", "head")
    assert b"before 121212" in forced.stderr
    deleted = checkout.github("push", deleted=True, after=ids["zeros"])
    assert deleted.returncode == 0
    assert b"deleted" in deleted.stderr


def test_github_schedule_scans_everything(checkout: Checkout) -> None:
    on_main = Checkout(checkout.repo, {**checkout.ids, "head": checkout.ids["base"]})
    done = on_main.github("schedule")
    assert ranged(done, checkout.ids, "", "base")
    assert done.returncode == 0
    assert f"of commit {checkout.ids['base'][:12]}" in done.stdout.decode()


def test_github_tag_message(checkout: Checkout) -> None:
    repo, ids = checkout.repo, checkout.ids
    repo.git("config", "user.name", "T")
    repo.git("config", "user.email", "t@example.invalid")
    repo.git("tag", "-a", "v1", "-m", pair(), ids["base"])
    done = checkout.github("push", ref="refs/tags/v1", before=ids["zeros"], after=ids["base"])
    assert done.returncode == 1, done
    assert b"<tag " in done.stdout


def test_github_without_its_payload_scans_more_not_less(checkout: Checkout) -> None:
    env: dict[str, Any] = ci_events.github("push", checkout.ids)[0]
    done = aliscan("ci", cwd=checkout.repo.path, **env, GITHUB_EVENT_PATH="/nowhere")
    assert ranged(done, checkout.ids, "base", "head"), done


def test_branch_of_a_fork_called_like_the_target(checkout: Checkout) -> None:
    """A clone of the fork: its origin/main is the change itself, and comparing with it would scan nothing."""
    repo, ids = checkout.repo, checkout.ids
    for ref in ("refs/remotes/origin/main", "refs/heads/main"):
        repo.git("update-ref", ref, ids["head"])
    env = {"JENKINS_URL": "x", "CHANGE_ID": "8", "CHANGE_TARGET": "main", "GIT_COMMIT": "{head}"}
    done = checkout.ci(env)
    assert done.returncode == 1
    assert b"CHANGE_TARGET main holds the head already" in done.stderr


def test_head_that_is_not_here_is_never_replaced(checkout: Checkout) -> None:
    env = {"GITLAB_CI": "true", "CI_COMMIT_SHA": "{unknown}", "CI_COMMIT_BEFORE_SHA": "{before}"}
    done = checkout.ci(env)
    assert done.returncode == 3
    assert b"GIT_DEPTH" in done.stderr


def test_github_pull_request_of_a_shallow_merge_checkout(
    upstream: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """F31, 4.4: actions/checkout without fetch-depth: 0; found is found, clean is not clean."""
    path, ids = upstream
    command = ["git", "clone", "-q", "--depth=1", "-b", "test-merge", f"file://{path}", str(tmp_path / "job")]
    subprocess.run(command, check=True)
    done = Checkout(Repo(tmp_path / "job"), ids).github("pull_request")
    assert done.returncode == 3, done
    assert b"fetch-depth: 0" in done.stdout + done.stderr


def test_where_a_shallow_clone_ends_in_the_change(repo: Repo, tmp_path: Path) -> None:
    """4.4: cut inside the change is exit 3; cut at its base, or merged with the base since, nothing lacks."""
    base = repo.commit("base", a="1")
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit("one", b="1")
    repo.commit("two", b="2")
    for depth, expected in ((1, 3), (2, 0), (3, 0)):
        clone = Repo(tmp_path / f"depth{depth}")
        repo.git("clone", "-q", f"--depth={depth}", "-b", "topic", f"file://{repo.path}", str(clone.path))
        clone.git("fetch", "-q", "--depth=1", "origin", f"{base}:refs/remotes/origin/main")
        done = aliscan("ci", "--base", "origin/main", cwd=clone.path)
        assert done.returncode == expected, (depth, done)
        assert (b"git fetch --unshallow" in done.stdout) == bool(expected)
    repo.git("checkout", "-q", "main")
    repo.commit("more", a="2")
    repo.commit("and more", a="3")
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "-m", "merge", "main~1")
    clone = Repo(tmp_path / "whole")
    repo.git("clone", "-q", "-b", "topic", f"file://{repo.path}", str(clone.path))
    assert aliscan("ci", "--base", "origin/main", cwd=clone.path).returncode == 0


def test_base_beats_detection(checkout: Checkout) -> None:
    ids = checkout.ids
    done = checkout.github("push", f"--base={ids['fork']}", "--head=origin/topic")
    assert ranged(done, ids, "fork", "head")
    assert ranged(checkout.github("push", "--full"), ids, "", "head")


def test_unknown_ci_and_yunxiao_demand_a_base(checkout: Checkout) -> None:
    done = checkout.ci({})
    assert done.returncode == 2
    assert b"--base" in done.stderr
    done = checkout.ci({"PIPELINE_ID": "1", "BUILD_EXECUTOR": "x", "CI_COMMIT_SHA": "{head}"})
    assert done.returncode == 2
    assert b"--base" in done.stderr
    assert checkout.ci({}, "--base", "origin/main", "--head", "origin/topic").returncode == 1
    assert checkout.ci({}, "--base", "nowhere").returncode == 3
    assert checkout.ci({}, "--base", "--output=x").returncode == 2


def test_branch_names_of_strangers_are_no_options_and_no_ids(checkout: Checkout) -> None:
    """2.7: a branch called like an id or an option is neither."""
    ids = checkout.ids
    checkout.repo.git("update-ref", f"refs/heads/{ids['fork'][:8]}", ids["head"])
    env = {"BITBUCKET_COMMIT": "{head}", "BITBUCKET_PR_ID": "1",
           "BITBUCKET_PR_DESTINATION_COMMIT": "{fork:.8}",
           "BITBUCKET_PR_DESTINATION_BRANCH": "--output=pwned"}  # fmt: skip
    done = checkout.ci(env)
    assert ranged(done, ids, "fork", "head"), done
    assert not (checkout.repo.path / "pwned").exists()


def change(
    checkout: Checkout, base: dict[str, str], head: dict[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """A pull request that adds ``head`` to a base that holds ``base``."""
    repo = checkout.repo
    repo.git("config", "user.name", "T")
    repo.git("config", "user.email", "t@example.invalid")
    repo.git("checkout", "-q", "--detach", checkout.ids["fork"])
    old = repo.commit("base", **base)
    new = repo.commit("head", **head)
    return checkout.ci({}, "--base", old, "--head", new)


def allowed(text: str) -> str:
    return "".join(
        f"{line}  # aliscan: allow[alibaba-access-key-pair] a test\n" for line in text.splitlines()
    )


def test_a_change_cannot_allow_itself(checkout: Checkout) -> None:
    """F36"""
    leak = pair()
    done = change(checkout, {}, {"a.py": leak, ".aliscan.toml": '[paths]\nallow = ["*"]\n'})
    assert done.returncode == 1
    assert b".aliscan.toml" in done.stdout
    done = change(checkout, {}, {"a.py": allowed(leak)})
    assert done.returncode == 1
    assert b"asks-to-be-allowed" in done.stdout or b"asks to be allowed" in done.stdout
    done = change(checkout, {"a.py": allowed(leak)}, {"a.py": "# moved\n" + allowed(leak)})
    assert done.returncode == 0, done
    done = change(checkout, {".aliscan.toml": '[paths]\nallow = ["samples/"]\n'}, {"samples/a.py": leak})
    assert done.returncode == 0, done


def test_a_first_push_cannot_allow_the_second(checkout: Checkout) -> None:
    """F36: what a push found on its own branch is the pusher's; the default branch decides."""
    repo = checkout.repo
    repo.git("config", "user.name", "T")
    repo.git("config", "user.email", "t@example.invalid")
    repo.git("checkout", "-q", "--detach", checkout.ids["base"])
    before = repo.commit("first push", **{".aliscan.toml": '[paths]\nallow = ["*"]\n'})
    after = repo.commit("second push", **{"a.py": pair()})
    env = {"GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": before, "CI_COMMIT_SHA": after,
           "CI_COMMIT_BRANCH": "mine", "CI_DEFAULT_BRANCH": "main"}  # fmt: skip
    assert checkout.ci(env).returncode == 1
    on_main = {**env, "CI_COMMIT_BRANCH": "main"}  # there the first push was let in
    assert checkout.ci(on_main).returncode == 0


def test_baseline_of_the_change_does_not_count(checkout: Checkout) -> None:
    leak = pair()
    repo = checkout.repo
    repo.write("a.py", leak)
    made = aliscan("baseline", "create", cwd=repo.path)
    if made.returncode == 2 and b"invalid choice" in made.stderr:
        pytest.skip("aliscan baseline is not there yet")
    baseline = (repo.path / ".secrets.baseline").read_text()
    (repo.path / "a.py").unlink()
    (repo.path / ".secrets.baseline").unlink()
    done = change(checkout, {}, {"a.py": leak, ".secrets.baseline": baseline})
    assert done.returncode == 1
    assert b".secrets.baseline" in done.stdout
    assert change(checkout, {".secrets.baseline": baseline}, {"a.py": leak}).returncode == 0


def test_policy_that_would_be_broken(checkout: Checkout) -> None:
    """F37"""
    done = change(checkout, {}, {".aliscan.toml": "threshold = 5\n"})
    assert done.returncode == 2
    assert b"threshold" in done.stderr


def test_old_leak_at_a_new_path(checkout: Checkout) -> None:
    """2.3: a copy is no new object; F28: nor does the allowed path cover the other."""
    leak = pair()
    config = '[paths]\nallow = ["samples/"]\n'
    done = change(checkout, {"samples/a.py": leak, ".aliscan.toml": config}, {"prod/a.py": leak})
    assert done.returncode == 1
    assert b"prod/a.py:1" in done.stdout


def test_what_the_base_removed_is_not_new(checkout: Checkout) -> None:
    repo, ids = checkout.repo, checkout.ids
    repo.git("config", "user.name", "T")
    repo.git("config", "user.email", "t@example.invalid")
    repo.git("checkout", "-q", "--detach", ids["fork"])
    old = repo.commit("leak of long ago", **{"old.py": pair()})
    head = repo.commit("topic", **{"t.py": "t\n"})
    repo.git("checkout", "-q", "--detach", old)
    base = repo.commit("takes it out", **{"old.py": "clean\n"})
    assert checkout.ci({}, "--base", base, "--head", head).returncode == 0


def test_merge_of_the_base_into_the_change(checkout: Checkout) -> None:
    """5.10: base..head on commits stays right when the base was merged in."""
    repo, ids = checkout.repo, checkout.ids
    repo.git("config", "user.name", "T")
    repo.git("config", "user.email", "t@example.invalid")
    done = checkout.ci({}, "--base", ids["base"], "--head", ids["merge"])
    assert done.returncode == 1
    assert b"leak.py:1" in done.stdout


def test_nothing_of_the_checkout_runs(checkout: Checkout) -> None:
    """R7: modules, hooks and configuration of the checkout are not touched."""
    marker = checkout.repo.path.parent / "ran"
    for name in ("argparse.py", "regex.py", "aliscan.py", "sitecustomize.py", "json.py"):
        checkout.repo.write(name, f"open({str(marker)!r}, 'w')\n")
    trap = checkout.repo.write("trap", f"#!/bin/sh\ntouch {marker}\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "core.pager", "gpg.program"):
        checkout.repo.git("config", key, str(trap))
    checkout.repo.git("config", "log.showSignature", "true")
    assert checkout.github("pull_request").returncode == 1
    assert not marker.exists()


def test_not_a_repository_and_broken_policy(tmp_path: Path, checkout: Checkout) -> None:
    """F35, F37"""
    done = aliscan("ci", "--base", "x", cwd=tmp_path)
    assert done.returncode == 2
    assert b"no repository" in done.stderr
    done = change(checkout, {".aliscan.toml": "nonsense = 1\n"}, {"a.py": pair()})
    assert done.returncode == 2


def test_missing_objects_are_gaps(checkout: Checkout) -> None:
    repo = checkout.repo
    repo.git("config", "user.name", "T")
    repo.git("config", "user.email", "t@example.invalid")
    repo.git("checkout", "-q", "--detach", checkout.ids["base"])
    head = repo.commit("c", **{"lost.txt": "lost\n", "kept.py": pair()})
    oid = repo.git("rev-parse", "HEAD:lost.txt")
    (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    done = checkout.ci({}, "--base", checkout.ids["base"], "--head", head)
    assert done.returncode == 1
    assert oid[:12].encode() in done.stdout


def test_reports_to_files_name_the_range(checkout: Checkout, tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    done = checkout.github("pull_request", "--format", f"json={out}")
    assert done.returncode == 1
    report = json.loads(out.read_text())
    notes = {n["name"]: n["text"] for n in report["notes"]}
    assert checkout.ids["base"][:12] in notes["range"]
    assert checkout.ids["base"][:12] in notes["policy"]
