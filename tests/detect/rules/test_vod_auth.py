"""PlayAuth and UploadAuth: the triple inside base64 is shown, at the place of its base64."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detect.rules.support import candidates, found, growth, values
from tests.support import keys


def auth(**more: str) -> tuple[str, tuple[str, str, str]]:
    """A PlayAuth and the values in it, in their order."""
    t, i, s = keys.sts_token(), keys.sts_id(), keys.sts_secret()
    inner = {
        "SecurityToken": t,
        "AuthInfo": "{}",
        "AccessKeyId": i,
        **more,
        "AccessKeySecret": s,
        "Region": "x",
    }
    return base64.b64encode(json.dumps(inner, separators=(",", ":")).encode()).decode(), (t, i, s)


def test_triple_inside() -> None:
    word, triple = auth()
    assert values("vod_auth", f"playauth: '{word}'") == [triple]
    assert found(f"playauth: '{word}'") == [("alibaba-vod-auth", *triple)]


def test_expiry_inside() -> None:
    word, _ = auth(ExpireUTCTime="2021-05-20T06:59:49Z")
    assert candidates("vod_auth", word)[0].notes == (("expiration", "2021-05-20T06:59:49Z"),)


def test_place_is_the_base64_of_each_value() -> None:
    word, triple = auth()
    (c,) = candidates("vod_auth", "x\n" + word)
    for span, value in zip(c.spans, triple, strict=True):
        piece = ("x\n" + word)[span.start : span.end]
        assert value.encode() in base64.b64decode(piece + "=" * (-len(piece) % 4))


def test_percent_encoded() -> None:
    word, triple = auth()
    text = word.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    assert values("vod_auth", f"?auth={text}&x") == [triple]


@pytest.mark.parametrize("cut", [30, 60, 200])
def test_a_cut_one_is_none(cut: int) -> None:
    assert values("vod_auth", auth()[0][:cut] + "...") == []


@given(st.text(max_size=80))
def test_any_json(value: str) -> None:
    inner = json.dumps({"SecurityToken": value}, separators=(",", ":")).encode()
    assert values("vod_auth", base64.b64encode(inner)) == []


@pytest.mark.parametrize("unit", ["eyJTZWN1cml0eVRva2VuIjoi", "eyJTZWN1cml0eVRva2VuIjoiQ0FJUw== ", "{}\n"])
def test_linear(unit: str) -> None:
    assert growth("vod_auth", unit.format(auth()[0]), 40) < 12
