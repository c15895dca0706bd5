"""The vendor's own SDK and our client get the same answers from the stand-in server."""

from __future__ import annotations

from typing import Any

import pytest

from aliscan.verify.client import Client, Identity
from aliscan.verify.identity import ask
from tests.support import keys
from tests.support.sts_server import Cloud, serving

pytest.importorskip("alibabacloud_tea_openapi", reason="the vendor's SDK is not installed")


def sdk(product: str, cloud: Cloud, key_id: str, secret: str, token: str | None = None) -> Any:
    """A client of the vendor's SDK for a product (``sts20150401``), pointed at the stand-in."""
    import importlib

    from alibabacloud_tea_openapi.models import Config

    client = importlib.import_module(f"alibabacloud_{product}.client").Client
    return client(
        Config(
            access_key_id=key_id, access_key_secret=secret, security_token=token, protocol="http",
            endpoint=cloud.url.removeprefix("http://"), read_timeout=5000, connect_timeout=5000,
        )
    )  # fmt: skip


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(secrets={keys.key_id(): keys.secret()})


@pytest.mark.parametrize("token", [None, "CAIS" + "x" * 60])
def test_sts_says_to_the_sdk_what_it_says_to_us(cloud: Cloud, token: str | None) -> None:
    key_id, secret = next(iter(cloud.secrets.items()))
    with serving(cloud):
        theirs = sdk("sts20150401", cloud, key_id, secret, token).get_caller_identity().body
        ours = ask(Client(), Identity(key_id, secret.encode(), token or ""), cloud.url)
    assert (theirs.identity_type, theirs.account_id, theirs.arn) == (ours.kind, ours.account, ours.arn)
    mine, its = (
        {k: v for k, v in headers.items() if k.startswith("x-acs-")} for _p, headers, _q in cloud.requests
    )
    assert set(mine) >= {"x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce"}
    for name in ("x-acs-action", "x-acs-version", "x-acs-security-token"):
        assert mine.get(name) == its.get(name)


@pytest.mark.parametrize(
    ("right", "code"), [(True, "SignatureDoesNotMatch"), (False, "InvalidAccessKeyId.NotFound")]
)
def test_both_are_refused_with_the_same_code(cloud: Cloud, right: bool, code: str) -> None:
    key_id = next(iter(cloud.secrets)) if right else keys.key_id()
    with serving(cloud):
        with pytest.raises(Exception, match=code) as error:
            sdk("sts20150401", cloud, key_id, keys.secret()).get_caller_identity()
        answer = Client().call(cloud.url, "GetCallerIdentity", "2015-04-01", Identity(key_id, b"x"))
    assert getattr(error.value, "code", "") == answer.code == code


def test_ram_lists_and_disables_for_the_sdk_too(cloud: Cloud) -> None:
    models = pytest.importorskip("alibabacloud_ram20150501.models", reason="the vendor's RAM SDK is not here")
    leaked = keys.key_id()
    cloud.owners = {leaked: "dev"}
    with serving(cloud):
        client = sdk("ram20150501", cloud, *next(iter(cloud.secrets.items())))
        listed = client.list_access_keys(models.ListAccessKeysRequest(user_name="dev")).body
        assert [key.access_key_id for key in listed.access_keys.access_key] == [leaked]
        used = client.get_access_key_last_used(
            models.GetAccessKeyLastUsedRequest(user_access_key_id=leaked, user_name="dev")
        ).body
        assert used.access_key_last_used.last_used_date == "2026-11-01T00:00:00Z"
        client.update_access_key(
            models.UpdateAccessKeyRequest(user_access_key_id=leaked, user_name="dev", status="Inactive")
        )
    assert cloud.status == {leaked: "Inactive"}
