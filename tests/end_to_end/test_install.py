"""Installed hooks, with the real git."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo


def pair() -> str:
    return f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'


def try_commit(repo: Repo, name: str | bytes = "leak.py", content: str | None = None) -> int:
    repo.stage(name, pair() if content is None else content)
    done = repo.run("commit", "-m", "x")
    assert b"Traceback" not in done.stderr
    return done.returncode


def hook(repo: Repo, name: str, body: str, folder: str = ".git/hooks") -> Path:
    path = repo.write(f"{folder}/{name}", f"#!/bin/sh\n{body}\n")
    path.chmod(0o750)
    return path


def state(path: Path) -> tuple[bytes, int, int, int]:
    info = path.lstat()
    return path.read_bytes(), stat.S_IMODE(info.st_mode), info.st_mtime_ns, info.st_ino


def test_a_commit_is_refused_and_goes_through_without_the_key(repo: Repo) -> None:
    assert aliscan("install", cwd=repo.path).returncode == 0
    assert try_commit(repo) == 1
    assert try_commit(repo, content="id = environ['ID']\n") == 0
    assert aliscan("uninstall", cwd=repo.path).returncode == 0
    assert try_commit(repo) == 0


def test_existing_hook_is_chained_first_with_its_status(repo: Repo) -> None:
    log = repo.path / "log"
    hook(repo, "pre-commit", f'echo "$GIT_INDEX_FILE" >> "{log}"; test ! -e fail')
    aliscan("install", cwd=repo.path)
    assert try_commit(repo, content="clean\n") == 0
    assert log.read_text().strip().endswith("index")
    assert try_commit(repo) == 1
    repo.write("fail", "")
    assert try_commit(repo, content="clean again\n") == 1
    assert len(log.read_text().splitlines()) == 3


def test_a_hook_that_changes_the_index_cannot_slip_a_key_in(repo: Repo) -> None:
    leak = repo.path.parent / "leak"
    leak.write_text(pair())
    hook(repo, "pre-commit", f"cp '{leak}' b; git add b")
    aliscan("install", cwd=repo.path)
    assert try_commit(repo, content="clean\n") == 1


def test_uninstall_puts_everything_back(repo: Repo) -> None:
    before = state(hook(repo, "pre-commit", "exit 0"))
    target = repo.write("elsewhere.sh", "#!/bin/sh\nexit 0\n")
    link = repo.path / ".git/hooks/pre-merge-commit"
    link.symlink_to("../../elsewhere.sh")
    names = sorted(os.listdir(repo.path / ".git/hooks"))
    for _ in range(3):
        assert aliscan("install", cwd=repo.path).returncode == 0
    assert state(repo.path / ".git/hooks/pre-commit") != before
    assert aliscan("uninstall", cwd=repo.path).returncode == 0
    assert state(repo.path / ".git/hooks/pre-commit") == before
    assert os.readlink(link) == "../../elsewhere.sh"
    assert target.read_text() == "#!/bin/sh\nexit 0\n"
    assert sorted(os.listdir(repo.path / ".git/hooks")) == names


def test_installing_again_is_the_same(repo: Repo) -> None:
    aliscan("install", cwd=repo.path)
    first = (repo.path / ".git/hooks/pre-commit").read_bytes()
    aliscan("install", cwd=repo.path)
    assert (repo.path / ".git/hooks/pre-commit").read_bytes() == first


def test_a_hook_put_over_ours_is_kept_too(repo: Repo) -> None:
    hook(repo, "pre-commit", "echo first >> ran")
    aliscan("install", cwd=repo.path)
    path = repo.path / ".git/hooks/pre-commit"
    path.rename(path.with_suffix(".legacy"))  # as `pre-commit install` does
    hook(repo, "pre-commit", 'echo second >> ran; exec "${0%/*}/pre-commit.legacy" "$@"')
    aliscan("install", cwd=repo.path)
    assert try_commit(repo) == 1
    assert (repo.path / "ran").read_text().split() == ["second", "first"]
    aliscan("uninstall", cwd=repo.path)
    assert "second" in path.read_text()
    assert "first" in path.with_suffix(".legacy").read_text()


def test_a_hook_without_run_bit_stays_off(repo: Repo) -> None:
    hook(repo, "pre-commit", "exit 1").chmod(0o644)
    aliscan("install", cwd=repo.path)
    assert try_commit(repo, content="clean\n") == 0


def test_stdin_and_arguments_reach_both(tmp_path: Path) -> None:
    repo, remote = Repo.init(tmp_path / "r"), Repo.init(tmp_path / "bare", "--bare")
    hook(repo, "pre-push", 'echo "$1" > args; cat > seen; exit 7')
    aliscan("install", "--hooks", "pre-push", cwd=repo.path)
    repo.commit()
    done = repo.run("push", str(remote.path), "HEAD:refs/heads/a")
    assert done.returncode != 0
    assert (repo.path / "args").read_text().strip() == str(remote.path)
    assert (repo.path / "seen").read_text().split()[2] == "refs/heads/a"


@pytest.mark.parametrize("scope", ["--local", "--worktree"])
def test_hooks_path_of_the_repository_is_honoured(repo: Repo, scope: str) -> None:
    repo.git("config", "extensions.worktreeConfig", "true")
    repo.git("config", scope, "core.hooksPath", "my hooks")
    (repo.path / "sub").mkdir()
    assert aliscan("install", cwd=repo.path / "sub").returncode == 0
    assert (repo.path / "my hooks/pre-commit").exists()
    assert not (repo.path / ".git/hooks/pre-commit").exists()
    assert try_commit(repo) == 1
    aliscan("uninstall", cwd=repo.path)
    assert not (repo.path / "my hooks/pre-commit").exists()


def test_a_global_hooks_path_of_another_is_refused(repo: Repo, tmp_path: Path) -> None:
    repo.git("config", "--global", "core.hooksPath", str(tmp_path / "theirs"))
    done = aliscan("install", cwd=repo.path)
    assert done.returncode == 2
    assert b"install --global" in done.stderr
    assert not (tmp_path / "theirs").exists()


def test_global_hooks_run_the_previous_and_the_own(repo: Repo, tmp_path: Path) -> None:
    theirs = tmp_path / "their hooks"
    theirs.mkdir()
    for folder, word in ((theirs, "previous"), (repo.path / ".git/hooks", "own")):
        for name in ("pre-commit", "post-commit"):
            path = folder / name
            path.write_text(f"#!/bin/sh\necho {word}-{name} >> '{repo.path}/ran'\n")
            path.chmod(0o755)
    repo.git("config", "--global", "core.hooksPath", str(theirs))
    config = Path(os.environ["HOME"]) / ".gitconfig"
    before = config.read_bytes()
    for _ in range(2):
        done = aliscan("install", "--global", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert try_commit(repo) == 1
    assert try_commit(repo, content="clean\n") == 0
    ran = (repo.path / "ran").read_text().split()
    assert ran == ["previous-pre-commit", "own-pre-commit"] * 2 + ["previous-post-commit", "own-post-commit"]
    other = Repo.init(tmp_path / "other")
    assert try_commit(other) == 1
    assert aliscan("install", cwd=other.path).returncode == 0
    assert not (other.path / ".git/hooks/pre-commit").exists()
    assert aliscan("uninstall", "--global", cwd=tmp_path).returncode == 0
    assert config.read_bytes() == before
    assert not (Path(os.environ["XDG_CONFIG_HOME"]) / "aliscan").exists()
    assert try_commit(other) == 0


def test_global_hooks_do_not_stop_a_repository_that_is_only_being_made(tmp_path: Path) -> None:
    """git 2.53 runs reference-transaction while `git init` writes HEAD: nothing is a repository yet."""
    assert aliscan("install", "--global", cwd=tmp_path).returncode == 0
    made = tmp_path / "new/.git"
    made.mkdir(parents=True)
    script = Path(os.environ["XDG_CONFIG_HOME"]) / "aliscan/hooks/reference-transaction"
    done = subprocess.run(
        [script, "prepared"], cwd=made.parent, env={**os.environ, "GIT_DIR": str(made)}, input=b"",
        capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert subprocess.run(["git", "init", "-q", tmp_path / "other"], check=False).returncode == 0


def test_global_hooks_in_worktree_and_bare_repository(repo: Repo, tmp_path: Path) -> None:
    repo.commit()
    hook(repo, "pre-commit", "echo own >> ran")
    aliscan("install", "--global", cwd=tmp_path)
    repo.git("worktree", "add", "-q", "../wt")
    tree = Repo(tmp_path / "wt")
    assert try_commit(tree) == 1
    assert (tree.path / "ran").read_text() == "own\n"
    bare = Repo.init(tmp_path / "bare", "--bare")
    hook(bare, "post-receive", "cat > seen", "hooks")
    repo.git("push", "-q", str(bare.path), "HEAD:refs/heads/x")
    assert "refs/heads/x" in (bare.path / "seen").read_text()


def test_linked_worktree_and_submodule(repo: Repo, tmp_path: Path) -> None:
    repo.commit()
    repo.git("worktree", "add", "-q", "../wt")
    tree = Repo(tmp_path / "wt")
    assert aliscan("install", cwd=tree.path).returncode == 0
    assert try_commit(tree) == 1
    assert try_commit(repo) == 1
    outer = Repo.init(tmp_path / "outer")
    outer.git("submodule", "--quiet", "add", str(repo.path), "inner")
    inner = Repo(outer.path / "inner")
    assert try_commit(inner) == 0
    assert aliscan("install", cwd=inner.path).returncode == 0
    assert try_commit(inner, "second.py") == 1


@pytest.mark.parametrize("name", [b"a b", b'it\'s "q"', b"new\nline", b"caf\xe9", "中文".encode(), b"$(id)`"])
def test_odd_paths(tmp_path: Path, name: bytes) -> None:
    repo = Repo.init(tmp_path / os.fsdecode(name))
    hook(repo, "pre-commit", "echo x >> ran")
    done = aliscan("install", cwd=repo.path)
    assert done.returncode == 0, done.stderr
    assert try_commit(repo) == 1
    assert (repo.path / "ran").exists()
    assert aliscan("uninstall", cwd=repo.path).returncode == 0


@pytest.mark.parametrize(
    "module", ["argparse", "aliscan", "regex", "re", "subprocess", "json", "sitecustomize"]
)
def test_a_module_in_the_repository_is_never_executed(
    repo: Repo, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = repo.path / "executed"
    repo.stage(f"{module}.py", f"open({str(marker)!r}, 'w').close()\n")
    repo.stage(f"{module}2/__init__.py", "")
    aliscan("install", cwd=repo.path)
    monkeypatch.setenv("PYTHONPATH", str(repo.path))
    monkeypatch.setenv("PYTHONSTARTUP", f"{module}.py")
    assert repo.run("commit", "-m", "clean").returncode == 0
    repo.stage("leak.py", pair())
    assert repo.run("commit", "-m", "leak").returncode == 1
    assert not marker.exists()


def test_stale_interpreter_blocks_with_a_sentence(repo: Repo) -> None:
    aliscan("install", cwd=repo.path)
    path = repo.path / ".git/hooks/pre-commit"
    path.write_bytes(path.read_bytes().replace(os.fsencode(sys.executable), b"/nowhere/python"))
    repo.stage("a", "clean")
    done = repo.run("commit", "-m", "x")
    assert done.returncode == 1
    assert b"/nowhere/python" in done.stderr
    assert b"aliscan install" in done.stderr


def test_interpreter_without_aliscan_blocks_with_a_sentence(repo: Repo, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "v"], check=True)
    aliscan("install", cwd=repo.path)
    path = repo.path / ".git/hooks/pre-commit"
    path.write_bytes(
        path.read_bytes().replace(os.fsencode(sys.executable), os.fsencode(tmp_path / "v/bin/python"))
    )
    repo.stage("a", "clean")
    done = repo.run("commit", "-m", "x")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"aliscan install" in done.stderr


def test_python_that_does_not_see_the_package_by_itself(repo: Repo, tmp_path: Path) -> None:
    """`pip install --user` and PYTHONPATH: python -I searches neither."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "v"], check=True)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [str(tmp_path / "v/bin/python"), "-m", "aliscan", "install"]
    done = subprocess.run(command, cwd=repo.path, capture_output=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    assert try_commit(repo, content="clean\n") == 0
    assert try_commit(repo) == 1


@pytest.mark.parametrize("command", [["install"], ["uninstall"], ["install", "--hooks", "nonsense"]])
def test_wrong_usage_is_a_sentence(tmp_path: Path, command: list[str]) -> None:
    done = aliscan(*command, cwd=tmp_path)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert done.stderr


def test_a_folder_that_cannot_be_written_is_a_sentence(repo: Repo) -> None:
    repo.git("config", "core.hooksPath", "/dev/null")
    done = aliscan("install", cwd=repo.path)
    assert done.returncode == 2
    assert b"/dev/null/pre-commit" in done.stderr
    assert b"Traceback" not in done.stderr
