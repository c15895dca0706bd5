"""STS: the triple in any order and encoding is one finding, what is cut or made up is none."""

from __future__ import annotations

import itertools
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.finding import Severity
from tests.detect.rules.support import candidates, found, growth, values
from tests.support import keys

RULE = "alibaba-sts-token"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("make", [keys.sts_token, keys.old_sts_token])
def test_triple_in_any_order(order: tuple[int, ...], make: object) -> None:
    assert callable(make)
    triple = [keys.sts_id(), keys.sts_secret(), make()]
    names = ["AccessKeyId", "AccessKeySecret", "SecurityToken"]
    text = "{" + ", ".join(f'"{names[i]}": "{triple[i]}"' for i in order) + "}"
    assert values("sts", text) == [tuple(triple[i] for i in order)]
    assert [m[0] for m in found(text)] == [RULE]


def test_assume_role_answer_tells_when_it_expires() -> None:
    i, s, t = keys.sts_id(), keys.sts_secret(), keys.sts_token()
    text = (
        f'{{"Credentials": {{"AccessKeySecret": "{s}", "Expiration": "2024-05-06T07:08:09Z",\n'
        f'"AccessKeyId": "{i}", "SecurityToken": "{t}"}}}}'
    )
    (c,) = candidates("sts", text)
    assert ("expiration", "2024-05-06T07:08:09Z") in c.notes
    assert c.severity is Severity.MEDIUM


def test_environment_names() -> None:
    i, s, t = keys.sts_id(), keys.sts_secret(), keys.sts_token(length=1100)
    text = (
        f"export ALIBABA_CLOUD_ACCESS_KEY_ID={i}\nexport ALIBABA_CLOUD_ACCESS_KEY_SECRET={s}\n"
        f"export ALIBABA_CLOUD_SECURITY_TOKEN={t}\n"
    )
    assert found(text) == [(RULE, i, s, t)]


def test_several_credentials_in_one_file_stay_apart() -> None:
    triples = [(keys.sts_id(), keys.sts_secret(), keys.sts_token()) for _ in range(5)]
    text = "\n".join(f'"{i}", "{s}" "{t}"' for i, s, t in triples)
    assert values("sts", text) == triples


def test_a_lone_id_before_a_triple_is_its_own() -> None:
    lone, i, s, t = keys.sts_id(), keys.sts_id(), keys.sts_secret(), keys.sts_token()
    text = f"id was {lone}\n{'-' * 300}\nsecret={s}\ntoken={t}\nid={i}\n"
    assert values("sts", text) == [(lone,), (s, t, i)]


def test_far_values_are_not_joined() -> None:
    i, t = keys.sts_id(), keys.sts_token()
    assert values("sts", f"{i}{' .' * 800}{t}") == [(i,), (t,)]


def test_token_in_a_url() -> None:
    i, t = keys.sts_id(), keys.sts_token()
    url = (
        "https://b.oss-cn-hangzhou.aliyuncs.com/o.jpg?Expires=1788714415&OSSAccessKeyId="
        f"{i}&Signature=abcdefghijklmnopqrstuvwxyz%3D&security-token={quote(t, safe='')}"
    )
    (c,) = candidates("sts", url)
    assert c.severity is Severity.LOW
    assert ("expiration", "2026-09-06T17:06:55Z") in c.notes
    assert values("sts", url) == [(i, t)]


@pytest.mark.parametrize("escape", [
    lambda t: t.replace("/", "\\/"),
    lambda t: t.replace("+", "\\u002B").replace("=", "\\u003d"),
    lambda t: quote(t, safe=""),
    lambda t: quote(t, safe="/").replace("%2B", "%2b"),
])  # fmt: skip
def test_escaped_token(escape: object) -> None:
    assert callable(escape)
    t = keys.sts_token()
    assert values("sts", f'"securityToken": "{escape(t)}"') == [(t,)]


def test_id_with_secret_and_lone_id() -> None:
    i, s = keys.sts_id(), keys.sts_secret()
    (pair,) = candidates("sts", f"ak: {i}\nsk: {s}\n")
    (lone,) = candidates("sts", f"ak: {i}\n")
    assert (pair.severity, len(pair.spans)) == (Severity.MEDIUM, 2)
    assert (lone.severity, len(lone.spans)) == (Severity.LOW, 1)


def test_id_in_a_nested_url() -> None:
    i = keys.sts_id()
    assert values("sts", f"url=https%3A%2F%2Fb%3FOSSAccessKeyId%3D{i}%26x") == [(i,)]


@pytest.mark.parametrize("text", [
    "STS.Name of the StatefulSet, sts.amazonaws.com, STS.Client",
    "STS.NUCe19W1FKaHAYAhe********",
    "STS.ExampleExampleExampleExamp",
    "STS." + "Nxxxxxxxx" + "X" * 16,
    "STS.NAbCdEfGhJkMnPqRsTuVwXyZa",
])  # fmt: skip
def test_silence(text: str) -> None:
    assert values("sts", text) == []


def test_only_a_whole_word_is_an_id() -> None:
    i = keys.sts_id()
    assert values("sts", f"{i}7 x{i} {i[:-1]} {i[4:]} my.{i}") == []


def test_a_cut_or_starred_token_is_none() -> None:
    t = keys.sts_token().rstrip("=")
    assert values("sts", f"{t[:90]} {t}**** {t}...") == []


def test_secret_alone_is_anybodys() -> None:
    assert values("sts", f"secret: {keys.sts_secret()}\nSTS.") == []


def test_a_piece_of_the_token_is_no_secret() -> None:
    # A slash on both sides of 44 base58 characters inside the token.
    t = keys.sts_token()
    t = t[:200] + "+" + keys.sts_secret() + "+" + t[246:]
    assert values("sts", f"{keys.sts_id()} {t}")[0][1:] == (t,)


@given(st.lists(st.sampled_from(["id", "secret", "token", " ", "\n", "STS.", "CAIS", '"', "é", "\x00"])))
def test_any_mixture_claims_no_byte_twice(words: list[str]) -> None:
    make = {"id": keys.sts_id, "secret": keys.sts_secret, "token": keys.sts_token}
    text = "|".join(make[w]() if w in make else w for w in words).encode()
    spans = sorted((s.start, s.end) for c in candidates("sts", text) for s in c.spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    assert sum(len(c.spans) for c in candidates("sts", text)) >= words.count("id") + words.count("token")


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    candidates("sts", data + b"STS." + data + b"1q6Ft5B2yfSj" + data + b"IARKAA" + data)


@pytest.mark.parametrize("unit", [
    "STS.", "CAIS", "1q6Ft5B2yfSjI", "CAISabc1q6Ft5B2yfSjI", "CAESabcIARKAA ", "STS.{} ", "{}", "%2B",
])  # fmt: skip
def test_linear(unit: str) -> None:
    assert growth("sts", unit.format(keys.sts_id()[4:])) < 12
