"""What decides in a hook: configuration, baseline and options, for every hook the same."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo

HOOKS = ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push", "pre-receive"]


def start(
    repo: Repo, hook: str, text: str, *options: str, config: str = ""
) -> subprocess.CompletedProcess[bytes]:
    """Start a hook as git does, for a change that brings ``text``; the configuration is there already."""
    if config:
        repo.commit("config", **{".aliscan.toml": config})
    repo.git("rm", "-q", "--cached", "--ignore-unmatch", "a.py")
    base = repo.commit("base", **{"readme.txt": "hello\n"})
    arguments: list[str] = []
    stdin = b""
    if hook == "commit-msg":
        repo.write("message", text)
        arguments = ["message"]
    elif hook in ("pre-push", "pre-receive"):
        # a server's HEAD is what it had before the push
        repo.git("checkout", "-q", "-b", "change")
        head = repo.commit("change", **{"a.py": text})
        repo.git("checkout", "-q", "main")
        line = (
            f"refs/heads/x {head} refs/heads/x {base}\n"
            if hook == "pre-push"
            else f"{base} {head} refs/heads/x\n"
        )
        stdin = line.encode()
        arguments = ["origin", "https://git.example.com/me/app.git"] if hook == "pre-push" else []
        repo.git("update-ref", "-d", "refs/heads/change")
    else:
        repo.stage("a.py", text)
    return aliscan("hook", hook, *options, *arguments, cwd=repo.path, stdin=stdin)


@pytest.mark.parametrize("hook", HOOKS)
def test_options_stand_before_what_git_gives(repo: Repo, hook: str) -> None:
    text = f"{keys.key_id()}\n"
    assert start(repo, hook, text).returncode == 1
    for options in (
        ["--threshold", "critical"],
        ["--threshold=critical"],
        ["--lang", "en", "--severity=high"],
    ):
        done = start(repo, hook, text, *options)
        assert done.returncode == 0, done


@pytest.mark.parametrize("hook", HOOKS)
def test_the_configuration_counts_and_can_be_left_out(repo: Repo, hook: str) -> None:
    text = f"{keys.key_id()}\n"
    config = 'threshold = "critical"\n'
    assert start(repo, hook, text, config=config).returncode == 0
    assert start(repo, hook, text, "--no-config").returncode == 1


@pytest.mark.parametrize("hook", HOOKS)
def test_an_option_that_is_wrong_refuses(repo: Repo, hook: str) -> None:
    for options in (["--threshold=none"], ["--no-such-option"], ["--config", "/nowhere.toml"],
                    ["--baseline", "/nowhere"], ["--config=a", "--no-config"]):  # fmt: skip
        done = start(repo, hook, f"{keys.key_id()}\n", *options)
        assert done.returncode == 2, (options, done)


@pytest.mark.parametrize("hook", HOOKS)
def test_chinese(repo: Repo, hook: str) -> None:
    done = start(repo, hook, f"{keys.key_id()}\n", "--lang=zh")
    assert done.returncode == 1
    assert "拒绝" in done.stderr.decode() or "被拒" in done.stderr.decode()


@pytest.mark.parametrize(
    "name", ["--strict", "--no-config", "--threshold=critical", "--threshold", "--", "--help", "--lang=zh"]
)
def test_what_git_gives_is_never_taken_for_an_option(repo: Repo, name: str) -> None:
    """1.9: git lets a remote be called so, and its arguments are the last ones."""
    base = repo.commit("base", **{"readme.txt": "hello\n"})
    head = repo.commit("leak", **{"a.py": f"{keys.key_id()}\n"})
    line = f"refs/heads/main {head} refs/heads/main {base}\n".encode()
    for url in ("https://example.com/x", name, "--threshold=critical"):
        done = aliscan("hook", "pre-push", name, url, cwd=repo.path, stdin=line)
        assert done.returncode == 1, (url, done)
    repo.write(name, f"{keys.key_id()}\n")
    for before in ([], ["--"], ["--threshold=medium"], ["--threshold", "medium"]):
        assert aliscan("hook", "commit-msg", *before, name, cwd=repo.path).returncode == 1, before
    for framework in ("PRE_COMMIT_REMOTE_NAME", "PRE_COMMIT_REMOTE_URL"):
        # a push inside a hook of the framework: where it is unclear what is meant nothing passes
        done = aliscan("hook", "pre-push", name, "u", cwd=repo.path, stdin=line, **{framework: "x"})
        assert done.returncode in (1, 2), done


@pytest.mark.parametrize(
    ("url", "config", "public"),
    [
        ("git@git.example.com:me/app.git", "", False),
        ("git@git.example.com:me/app.git", 'public_remotes = ["git.example.com"]', True),
        ("https://git.example.com:8443/me/app", 'public_remotes = ["git.example.com/me"]', True),
        ("https://git.example.com/you/app", 'public_remotes = ["git.example.com/me"]', False),
        ("https://git.example.com/mean/app", 'public_remotes = ["git.example.com/me"]', False),
        ("https://not-git.example.com.evil.net/a", 'public_remotes = ["git.example.com"]', False),
        ("https://github.com/inside/app", "", True),
        ("ssh://git@GitHub.com./inside/app", "", True),
        ("https://github.com/inside/app", 'public_remotes = ["!github.com/inside"]', False),
        ("https://github.com/other/app", 'public_remotes = ["!github.com/inside"]', True),
        ("/srv/git/github.com/app.git", "", False),
    ],
)
def test_public_remotes(repo: Repo, url: str, config: str, public: bool) -> None:
    """A refused push says when the world reads what it would have published."""
    repo.write(".aliscan.toml", config)
    base = repo.commit("base", **{"readme.txt": "hello\n"})
    head = repo.commit("leak", **{"a.py": f"{keys.key_id()}\n"})
    line = f"refs/heads/main {head} refs/heads/main {base}\n".encode()
    done = aliscan("hook", "pre-push", "origin", url, cwd=repo.path, stdin=line)
    assert done.returncode == 1
    assert (b"public-facing" in done.stderr) is public, done.stderr


def test_public_remotes_of_a_bare_repository(repo: Repo, tmp_path: Path) -> None:
    """It has no files on disk: the policy of its HEAD counts."""
    repo.commit("config", **{".aliscan.toml": 'public_remotes = ["git.example.com"]\n'})
    head = repo.commit("leak", **{"a.py": f"{keys.key_id()}\n"})
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare.git"))
    line = f"refs/heads/main {head} refs/heads/main {'0' * 40}\n".encode()
    done = aliscan("hook", "pre-push", "o", "git.example.com:a/b", cwd=tmp_path / "bare.git", stdin=line)
    assert done.returncode == 1
    assert b"git.example.com is a public-facing site" in done.stderr
