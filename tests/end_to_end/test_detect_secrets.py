"""The real detect-secrets commands with our plugin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

import aliscan as aliscan_package
from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo

BIN = Path(sys.executable).parent


def run(
    repo: Repo, command: str, *args: str, stdin: bytes = b"", **env: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run one of the programs that detect-secrets installs."""
    return subprocess.run(
        [str(BIN / command), *args], cwd=repo.path, input=stdin, capture_output=True, check=False,
        env={**os.environ, **env},
    )  # fmt: skip


def plugin() -> str:
    return aliscan("plugin-path").stdout.decode().removesuffix("\n")


def scan(repo: Repo, *args: str) -> dict[str, Any]:
    """A baseline of the repository, by the command line of the documents."""
    repo.git("add", "-A", "-f")
    done = run(repo, "detect-secrets", "scan", "-p", plugin(), *args)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ours(baseline: dict[str, Any]) -> set[tuple[str, str, int, str]]:
    return {
        (name, item["type"], item["line_number"], item["hashed_secret"])
        for name, items in baseline["results"].items()
        for item in items
        if item["type"].startswith("alibaba-")
    }


def hashed(value: str) -> str:
    return sha1(value.encode()).hexdigest()


def test_a_pair_over_several_lines_and_a_lone_id(repo: Repo) -> None:
    key_id, secret, other = keys.key_id(), keys.secret(), keys.old_key_id()
    repo.write("conf.yml", f"# 配置\naccessKeyId: {key_id}\nregion: cn-hangzhou\naccessKeySecret: {secret}\n")
    repo.write("id.txt", f"\nthe key {other} is old\n")
    assert ours(scan(repo)) == {
        ("conf.yml", "alibaba-access-key-pair", 4, hashed(secret)),
        ("id.txt", "alibaba-access-key-id", 2, hashed(other)),
    }


# Each stands for one of detect-secrets' default filters; the file holds nothing but the line.
SWALLOWED = {
    "a.py": 'client = AcsClient("{id}", "{secret}", "cn-hangzhou")',
    "b.py": 'accessKeyId = "{id}"; access_key_secret = load("{secret}")',
    "package-lock.json": '{{"id": "{id}", "secret": "{secret}"}}',
    "swagger-ui.html": "<p>{id}</p><p>secret {secret}</p>",
    "logo.svg": "<desc>{id} secret {secret}</desc>",
    "go.sum": "{id} secret {secret}",
    "c.conf": "user_id: {id}, secret {secret}",
}


@pytest.mark.parametrize("name", SWALLOWED)
def test_default_filters_do_not_swallow_ours(repo: Repo, name: str) -> None:
    secret = keys.secret()
    repo.write(name, SWALLOWED[name].format(id=keys.key_id(), secret=secret) + "\n")
    assert ours(scan(repo)) == {(name, "alibaba-access-key-pair", 1, hashed(secret))}
    done = run(repo, "detect-secrets-hook", "-p", plugin(), name)
    assert done.returncode == 1
    assert b"alibaba-access-key-pair" in done.stdout


def test_other_plugins_find_what_they_found_before(repo: Repo) -> None:
    """Lines and files that are looked at only because of us give nothing new from others."""
    for name, template in SWALLOWED.items():
        extra = f'password = get("{keys.secret()}")\ntoken = "{keys.draw(keys.HEX, 40)}"\n'
        repo.write(name, template.format(id=keys.key_id(), secret=keys.secret()) + "\n" + extra)
    with_ours = scan(repo)
    without = json.loads(run(repo, "detect-secrets", "scan").stdout)
    theirs = {
        name: [i for i in items if not i["type"].startswith("alibaba-")]
        for name, items in with_ours["results"].items()
    }
    assert {n: i for n, i in theirs.items() if i} == without["results"]
    assert without["filters_used"] == with_ours["filters_used"]


def test_pragma_is_honoured(repo: Repo) -> None:
    repo.write("same.py", f'key = "{keys.key_id()}"  # pragma: allowlist secret\n')
    repo.write("next.py", f'# pragma: allowlist nextline secret\nkey = "{keys.key_id()}"\n')
    repo.write(
        "pair.py", f'id = "{keys.key_id()}"\nsecret = call("{keys.secret()}")  # pragma: allowlist secret\n'
    )
    assert ours(scan(repo)) == set()
    found = {(name, line) for name, _, line, _ in ours(scan(repo, "--only-allowlisted"))}
    assert found == {("same.py", 1), ("next.py", 2), ("pair.py", 2)}


def test_excluded_lines_and_files_stay_excluded(repo: Repo) -> None:
    repo.write("a.py", f'client = AcsClient("{keys.key_id()}", "{keys.secret()}")  # example\n')
    repo.write("b.py", f'key = "{keys.key_id()}"\n')
    assert ours(scan(repo, "--exclude-lines", "example", "--exclude-files", "b.py")) == set()


def test_hook_and_audit_with_a_shared_baseline(repo: Repo, tmp_path: Path) -> None:
    """The baseline names a file of the repository; it works in another clone, at another place."""
    secret = keys.secret()
    repo.write("app.py", f'client = AcsClient("{keys.key_id()}", "{secret}")\n')
    done = aliscan("plugin-path", "--shared", cwd=repo.path)
    assert done.returncode == 0
    shared = done.stdout.decode().strip()
    repo.git("add", "-A")
    done = run(repo, "detect-secrets", "scan", "-p", shared)
    repo.write(".secrets.baseline", done.stdout)
    assert str(repo.path).encode() not in done.stdout
    assert f'"path": "file://{shared}"'.encode() in done.stdout
    repo.commit("c", x="1")
    repo.git("add", "-A")
    repo.commit("all")
    repo.git("clone", "-q", ".", str(tmp_path / "elsewhere"))
    clone = Repo(tmp_path / "elsewhere")

    done = run(clone, "detect-secrets-hook", "--baseline", ".secrets.baseline", "app.py")
    assert done.returncode == 0, done
    clone.write("new.py", f'client = AcsClient("{keys.key_id()}", "{keys.secret()}")\n')
    done = run(clone, "detect-secrets-hook", "--baseline", ".secrets.baseline", "new.py")
    assert done.returncode == 1
    assert b"alibaba-access-key-pair" in done.stdout

    # rewriting keeps the path relative
    clone.git("add", "-A")
    assert run(clone, "detect-secrets", "scan", "--baseline", ".secrets.baseline").returncode == 0
    text = (clone.path / ".secrets.baseline").read_text()
    assert f'"path": "file://{shared}"' in text
    assert str(clone.path) not in text

    # plain `detect-secrets audit` loads no plugin from a file (Yelp/detect-secrets issue 611)
    done = run(clone, "aliscan", "detect-secrets", "audit", "--report", ".secrets.baseline")
    assert done.returncode == 0
    assert secret in done.stdout.decode()
    done = run(clone, "aliscan", "detect-secrets", "audit", ".secrets.baseline", stdin=b"n\n" * 6)
    assert done.returncode == 0, done
    labelled = json.loads((clone.path / ".secrets.baseline").read_text())["results"]
    assert all(i.get("is_secret") is True for i in labelled["app.py"] if i["type"].startswith("alibaba-"))


def test_a_missing_aliscan_is_no_silent_pass(repo: Repo) -> None:
    """The shared file in an environment without aliscan: an error, never "nothing found"."""
    aliscan("plugin-path", "--shared", cwd=repo.path)
    repo.write("a.py", f'key = "{keys.key_id()}"\n')
    code = (
        "import sys; sys.modules['aliscan'] = None; from detect_secrets.pre_commit_hook import main; "
        "sys.exit(main(['-p', '.aliscan_detect_secrets_plugin.py', 'a.py']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=repo.path, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"aliscan" in done.stderr


@pytest.mark.skipif(
    "site-packages" in aliscan_package.__file__, reason="detect-secrets is in the same folder as aliscan"
)
def test_plugin_works_from_an_environment_without_aliscan(repo: Repo, tmp_path: Path) -> None:
    """detect-secrets by pipx or pre-commit: the plugin file brings the package that it stands in."""
    secret = keys.secret()
    repo.write("a.py", f'id = "{keys.key_id()}"\nsecret = "{secret}"\n')
    repo.git("add", "-A")
    code = (
        "import sys; "
        "sys.meta_path = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]; "
        "sys.path = [p for p in sys.path if not __import__('os').path.exists(p + '/aliscan/version.py')]; "
        "from detect_secrets.main import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "scan", "-p", plugin()],
        cwd=repo.path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ours(json.loads(done.stdout)) == {("a.py", "alibaba-access-key-pair", 2, hashed(secret))}


def test_a_string_on_the_command_line(repo: Repo) -> None:
    done = run(repo, "detect-secrets", "scan", "-p", plugin(), "--string", f'key = "{keys.key_id()}"')
    line = next(x for x in done.stdout.decode().splitlines() if x.startswith("AlibabaAccessKeyId"))
    assert "True" in line


def test_no_connection_is_made(repo: Repo) -> None:
    """With verification on, as the hook has it by default, and a socket that raises."""
    repo.write("a.py", f'client = AcsClient("{keys.key_id()}", "{keys.secret()}")\n')
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise SystemExit(99)\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "from detect_secrets.pre_commit_hook import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "-p", plugin(), "a.py"], cwd=repo.path, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"alibaba-access-key-pair" in done.stdout


@pytest.mark.parametrize("tool", ["scan", "hook"])
def test_in_a_locale_without_utf8(repo: Repo, tool: str) -> None:
    """detect-secrets leaves a file with Chinese text out there, exit 0; our command does not."""
    repo.stage("a.py", f'# 密钥\nid = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n')
    trap: dict[str, Any] = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run(repo, "detect-secrets-hook", "-p", plugin(), "a.py", **trap)
    assert done.returncode == 0  # the trap is there
    done = run(repo, "aliscan", "detect-secrets", tool, "a.py", **trap)
    assert b"alibaba-access-key-pair" in done.stdout
    assert done.returncode == (1 if tool == "hook" else 0)


def test_lines_behind_those_that_detect_secrets_shows(repo: Repo) -> None:
    """It rewrites YAML before it looks and loses comments at the end: the values are still reported."""
    secret = keys.secret()
    repo.write("a.yaml", f"a: 1\n# {keys.key_id()}\n# secret {secret}\n")
    repo.write("b.ini", f"[a]\nb = 1\n; {keys.key_id()}\n; secret {secret}\n")
    assert ours(scan(repo)) == {
        ("a.yaml", "alibaba-access-key-pair", 3, hashed(secret)),
        ("b.ini", "alibaba-access-key-pair", 4, hashed(secret)),
    }


def test_a_key_in_a_file_name_is_not_printed(repo: Repo) -> None:
    key, name = keys.key_id(), keys.secret()
    text = f"id = '{keys.key_id()}'\nsecret = '{keys.secret()}'\n"
    repo.stage(f"{key}.py", text)
    repo.stage(f"{name}.py", text)
    scanned = run(repo, "aliscan", "detect-secrets", "scan")
    assert scanned.returncode == 0
    assert key.encode() not in scanned.stdout + scanned.stderr
    assert f"{name}.py" in json.loads(scanned.stdout)["results"]  # a baseline must fit its files
    hooked = run(repo, "aliscan", "detect-secrets", "hook", f"{key}.py", f"{name}.py")
    assert hooked.returncode == 1
    for word in (key, name):
        assert word.encode() not in hooked.stdout + hooked.stderr


@pytest.mark.parametrize("tool", ["scan", "hook"])
def test_without_git_there_is_one_sentence(repo: Repo, tool: str, tmp_path: Path) -> None:
    done = aliscan("detect-secrets", tool, cwd=repo.path, PATH=str(tmp_path))
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"git was not found on PATH" in done.stderr
