"""`aliscan disable` against RAM and IMS on this machine: who acts, what is asked, what is changed."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aliscan.finding import IncompleteError
from aliscan.verify.client import Client, Identity
from aliscan.verify.disable import Directory, Owner
from tests.conftest import aliscan
from tests.support import keys
from tests.support.sts_server import Cloud, serving


class Account:
    """An account with a leaked key of ``user`` and an administrator's key, and how to reach it."""

    def __init__(self, user: str = "dev", *, admin: str = "admin") -> None:
        self.leaked, self.admin, self.secret = keys.key_id(), keys.key_id(), keys.secret()
        self.cloud = Cloud(
            secrets={self.admin: self.secret},
            owners={self.leaked: user, keys.key_id(): "dev", keys.key_id(): "ops", self.admin: admin},
            callers={self.admin: admin},
        )

    @property
    def identity(self) -> dict[str, str]:
        return {"ALIBABA_CLOUD_ACCESS_KEY_ID": self.admin, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": self.secret}

    def disable(self, *args: str, **env: str) -> subprocess.CompletedProcess[bytes]:
        done = aliscan(
            "disable", self.leaked, "--ram-endpoint", self.cloud.url, "--ims-endpoint", self.cloud.url, *args,
            cwd=None, stdin=b"", ALIBABA_CLOUD_ECS_METADATA_DISABLED="true", **env,
        )  # fmt: skip
        for value in (self.leaked, self.admin, self.secret):
            assert value.encode() not in done.stdout + done.stderr
        assert b"Traceback" not in done.stderr
        return done

    def actions(self) -> list[str]:
        return [headers["x-acs-action"] for _path, headers, _parameters in self.cloud.requests]


def test_dry_run_changes_nothing_and_says_what_it_would() -> None:
    account = Account()
    with serving(account.cloud):
        done = account.disable("--dry-run", **account.identity)
    assert done.returncode == 0
    assert b"RAM user dev" in done.stdout
    assert b"2026-11-01" in done.stdout
    assert account.cloud.url.encode() in done.stderr, "whom it asks is said first"
    assert "UpdateAccessKey" not in account.actions()


def test_last_use_is_asked_before_anything_changes_and_nothing_is_deleted() -> None:
    account = Account()
    with serving(account.cloud):
        assert account.disable("--yes", **account.identity).returncode == 0
    asked = account.actions()
    assert asked.index("GetAccessKeyLastUsed") < asked.index("UpdateAccessKey")
    assert not any("Delete" in action for action in asked)
    assert account.cloud.status == {account.leaked: "Inactive"}


def test_who_may_change_but_not_list_still_disables() -> None:
    account = Account()
    account.cloud.answers["ListAccessKeys"] = 403, {"Code": "NoPermission"}
    with serving(account.cloud):
        done = account.disable("--yes", "--user", "dev", **account.identity)
    assert done.returncode == 0
    assert account.cloud.status == {account.leaked: "Inactive"}


def test_named_user_is_not_searched_for() -> None:
    account = Account()
    with serving(account.cloud):
        assert account.disable("--yes", "--user", "dev", **account.identity).returncode == 0
    assert account.actions() == ["GetAccessKeyLastUsed", "UpdateAccessKey", "ListAccessKeys"]


@pytest.mark.parametrize("named", [(), ("--main-account",)])
def test_main_account_goes_by_ims(named: tuple[str, ...]) -> None:
    account = Account(user="", admin="")
    with serving(account.cloud):
        done = account.disable("--yes", *named, **account.identity)
    assert done.returncode == 0
    assert b"the main account" in done.stdout
    assert b"aliyun ims UpdateAccessKey" in done.stdout, "how to undo it"
    changed = [h for _p, h, _q in account.cloud.requests if h["x-acs-action"] == "UpdateAccessKey"]
    assert [h["x-acs-version"] for h in changed] == ["2019-08-15"]
    assert account.cloud.status == {account.leaked: "Inactive"}


def test_a_ram_user_does_not_see_the_main_accounts_key_and_is_told_who_does() -> None:
    account = Account(user="")
    with serving(account.cloud):
        done = account.disable("--yes", **account.identity)
    assert done.returncode == 3
    assert b"another key of the main account" in done.stderr
    assert account.cloud.status == {}


def test_already_inactive() -> None:
    account = Account()
    account.cloud.status[account.leaked] = "Inactive"
    with serving(account.cloud):
        done = account.disable("--yes", **account.identity)
    assert done.returncode == 0
    assert b"already" in done.stdout
    assert "UpdateAccessKey" not in account.actions()


@pytest.mark.parametrize(
    ("action", "answer", "status", "words"),
    [
        ("ListUsers", (403, {"Code": "NoPermission", "Message": "no"}), 3, b"--user NAME"),
        ("UpdateAccessKey", (403, {"Code": "NoPermission", "Message": "no"}), 3, b"AliyunRAMFullAccess"),
        ("UpdateAccessKey", (403, {"Code": "Forbidden", "Message": "leakage"}), 3, b"use the console"),
        ("ListUsers", (429, {"Code": "Throttling.User"}), 3, b"come back later"),
        ("UpdateAccessKey", (200, {"RequestId": "r"}), 3, b"still active"),
        ("UpdateAccessKey", (404, {"Code": "EntityNotExist.User.AccessKey"}), 3, b"no such key"),
        ("UpdateAccessKey", (200, "<html>"), 3, b"web page"),
        ("UpdateAccessKey", (302, ""), 3, b"redirect"),
        ("UpdateAccessKey", (500, {"Code": "InternalError"}), 3, b"InternalError"),
        ("GetAccessKeyLastUsed", (403, {"Code": "NoPermission"}), 0, b"not to be told"),
        ("GetAccessKeyLastUsed", (200, {}), 0, b"never"),
        ("GetAccessKeyLastUsed", (200, {"AccessKeyLastUsed": {"LastUsedDate": "1970-01-01"}}), 0, b"never"),
    ],
)  # fmt: skip
def test_what_the_vendor_may_answer(action: str, answer: tuple[int, Any], status: int, words: bytes) -> None:
    account = Account()
    account.cloud.answers[action] = answer
    with serving(account.cloud):
        done = account.disable("--yes", **account.identity)
    assert done.returncode == status, done.stderr
    assert words in done.stdout + done.stderr
    assert bool(account.cloud.status) is (status == 0)
    assert b"inactive now" not in done.stdout or status == 0


def test_an_identity_that_does_not_work() -> None:
    account = Account()
    with serving(account.cloud):
        wrong = {**account.identity, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": keys.secret()}
        done = account.disable("--yes", **wrong)
    assert done.returncode == 3
    assert b"does not work itself (SignatureDoesNotMatch)" in done.stderr


def test_what_is_no_id() -> None:
    for key, words in (
        ("x", b"not an AccessKey id"),
        ("", b"not an AccessKey id"),
        ("LTAI" + "\u0660" * 12, b"not an AccessKey id"),
        (keys.secret(), b"not an AccessKey id"),
        (keys.sts_id(), b"a temporary id cannot be disabled"),
    ):
        done = aliscan("disable", "-", stdin=key.encode() + b"\n")
        assert done.returncode == 2
        assert words in done.stderr
        assert len(key) < 5 or key.encode() not in done.stderr


def on_a_terminal(account: Account, typed: bytes) -> tuple[int, bytes]:
    """Run the command in a terminal of its own, type, and return exit code and all that it printed."""
    arguments = [
        str(Path(sys.executable).with_name("aliscan")), "disable", account.leaked,
        "--ram-endpoint", account.cloud.url, "--ims-endpoint", account.cloud.url,
    ]  # fmt: skip
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        arguments, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, **account.identity}
    )
    os.close(theirs)
    shown = b""
    while b"Type the last four" not in shown:
        shown += os.read(terminal, 4096)
    os.write(terminal, typed + b"\n")
    with suppress(OSError):  # the other end is closed
        while more := os.read(terminal, 4096):
            shown += more
    os.close(terminal)
    return process.wait(), shown


def test_confirmed_by_the_last_four_characters_only() -> None:
    account = Account()
    with serving(account.cloud):
        status, shown = on_a_terminal(account, b"yes")
        assert (status, account.cloud.status) == (2, {})
        assert b"nothing was changed" in shown
        status, shown = on_a_terminal(account, account.leaked[-4:].encode())
        assert (status, account.cloud.status) == (0, {account.leaked: "Inactive"})
    assert b"undo" in shown.lower()
    assert account.leaked.encode() not in shown


def profile(account: Account, how: str) -> None:
    """Write the account's key to where the vendor's tools look for it."""
    home = Path(os.environ["HOME"])
    if how == "cli":
        file = home / ".aliyun" / "config.json"
        document = {
            "current": "default",
            "profiles": [
                {
                    "name": "default", "mode": "AK", "region_id": "cn-hangzhou",
                    "access_key_id": account.admin, "access_key_secret": account.secret,
                }
            ],
        }  # fmt: skip
        text = json.dumps(document)
    else:
        file = home / ".alibabacloud" / ("credentials.ini" if how == "ini" else "credentials")
        text = (
            f"[default]\nenable = true\ntype = access_key\naccess_key_id = {account.admin}\n"
            f"access_key_secret = {account.secret}\n"
        )
    file.parent.mkdir()
    file.write_text(text)


@pytest.mark.parametrize("how", ["cli", "ini", "file"])
def test_the_vendors_own_credential_chain(how: str) -> None:
    pytest.importorskip("alibabacloud_credentials", reason="the extra `disable` is not installed")
    account = Account()
    profile(account, how)
    with serving(account.cloud):
        done = account.disable("--yes")
    assert done.returncode == 0, done.stderr
    assert account.cloud.status == {account.leaked: "Inactive"}


def test_environment_before_files() -> None:
    account, other = Account(), Account()
    profile(other, "cli")
    with serving(account.cloud):
        assert account.disable("--yes", **account.identity).returncode == 0


@pytest.mark.parametrize("how", ["cli", "ini"])
def test_a_chain_that_finds_only_the_leaked_key(how: str) -> None:
    pytest.importorskip("alibabacloud_credentials", reason="the extra `disable` is not installed")
    account = Account()
    account.admin = account.leaked
    profile(account, how)
    done = account.disable("--yes")
    assert done.returncode == 2
    assert b"the leaked key itself" in done.stderr


def test_a_chain_that_finds_nothing() -> None:
    pytest.importorskip("alibabacloud_credentials", reason="the extra `disable` is not installed")
    done = Account().disable("--yes")
    assert done.returncode == 2
    assert b"aliyun configure" in done.stderr


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "alibabacloud_credentials.py").write_text("raise ImportError\n")
    done = Account().disable("--yes", PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert b"pip install 'aliscan[disable]'" in done.stderr
    chinese = Account().disable("--yes", "--lang", "zh", PYTHONPATH=str(tmp_path))
    assert "没有可用于操作的身份" in chinese.stderr.decode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["Users", "User", "UserName", "AccessKeys", "AccessKey", "AccessKeyId", "IsTruncated",
                         "Marker", "AccessKeyLastUsed", "LastUsedDate", "ServiceName", "Code", "Message"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([200, 400, 404]), JSON)
def test_any_answer_is_an_answer_or_a_sentence(fuzzed: Cloud, status: int, body: Any) -> None:
    fuzzed.answers = dict.fromkeys(
        ("ListUsers", "ListAccessKeys", "GetAccessKeyLastUsed", "UpdateAccessKey"), (status, body)
    )
    (key_id, secret), *_ = fuzzed.secrets.items()
    client = Client(timeout=5, sleep=lambda _s: None)
    directory = Directory(client, Identity(key_id, secret.encode()), fuzzed.url, fuzzed.url)
    for question in (
        lambda: directory.find("x" * 16),
        lambda: directory.last_used("x" * 16, Owner("u")),
        lambda: directory.deactivate("x" * 16, Owner()),
    ):
        with suppress(IncompleteError):
            question()


@pytest.fixture(scope="module")
def fuzzed() -> Any:
    with serving(Cloud(secrets={keys.key_id(): keys.secret()})) as cloud:
        yield cloud
