"""The bounds of the other families, from both sides."""

from __future__ import annotations

import base64
import os

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from aliscan.detect.rules import alipay, model_studio, serverless_devs
from aliscan.finding import Confidence, Severity
from tests.detect.rules.support import candidates, values
from tests.detect.rules.test_products import openssl
from tests.support import keys

HIGH, MEDIUM, LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW


def sure(family: str, text: str, path: bytes = b"") -> list[Confidence]:
    """How sure the family is of each of its candidates."""
    return [c.confidence for c in candidates(family, text, path)]


# Model Studio


def signature(r: int = 32, s: int = 32, **change: int) -> bytes:
    """DER of two integers, with some bytes changed by position."""
    body = b"\x02" + bytes([r]) + os.urandom(r) + b"\x02" + bytes([s]) + os.urandom(s)
    der = bytearray(b"\x30" + bytes([len(body)]) + body)
    for at, byte in change.items():
        der[int(at[1:])] = byte
    return base64.b64encode(bytes(der)).rstrip(b"=")


def test_a_signature_is_a_sequence_of_two_integers() -> None:
    for r, s in ((32, 32), (33, 32), (32, 33), (33, 33), (31, 32), (1, 1)):
        assert model_studio._is_signature(signature(r, s))
    for at, byte in (
        (0, 0x31),
        (1, 67),
        (1, 69),
        (2, 3),
        (3, 31),
        (3, 33),
        (3, 90),
        (36, 3),
        (37, 31),
        (37, 33),
    ):
        assert not model_studio._is_signature(signature(**{f"_{at}": byte})), at
    whole = signature()
    assert not model_studio._is_signature(whole[:-4]), "cut"
    assert not model_studio._is_signature(whole + b"QUJD"), "more behind it"
    assert not model_studio._is_signature(base64.b64encode(b"\x30\x05\x02\x01\x07\x02\x00")), "too short"
    assert model_studio._is_signature(base64.urlsafe_b64encode(base64.b64decode(whole + b"==")).rstrip(b"="))


def hexkey() -> str:
    return "sk-" + keys.draw(keys.HEX, 32)


def test_a_word_about_a_vendor_counts_within_1000_bytes() -> None:
    k = hexkey()
    for distance, near in ((987, MEDIUM), (988, LOW)):  # the word itself has nine characters
        assert sure("model_studio", f"dashscope{' ' * distance} zz={k}") == [near]
        assert sure("model_studio", f"zz={k}{' ' * (distance + 4)}dashscope") == [near]
    far = "." * 3000 + "aliyun"
    assert sure("model_studio", f"bocha{' ' * 991} zz={k} {far}") == []
    assert sure("model_studio", f"kimi-k2{' ' * 989} zz={k} {far}") == []
    assert sure("model_studio", f"kimi-k2{' ' * 991} zz={k} {far}") == [LOW], "a model's name says little"
    assert sure("model_studio", f"zz={k}{' ' * 1001}dashscope {' ' * 3000} bocha") == []
    assert sure("model_studio", k) == []
    assert sure("model_studio", k, b"qwen/a.py") == [LOW]


def test_the_nearer_word_speaks_for_a_key() -> None:
    k, other = hexkey(), hexkey()
    for text, expected in (
        (f"qwen zz={k}     deepseek", [MEDIUM]),
        (f"qwen     zz={k} deepseek", []),
        (f"dashscope.aliyuncs.com           zz={k} deepseek", [HIGH]),
        (f"qwen zz={k} x zz={other} deepseek", [MEDIUM]),
        (f"qwen\nzz={k}\n\ndeepseek", [MEDIUM]),
        (f"qwen\n\nzz={k}\ndeepseek", []),
        (f"qwen        zz={k}\ndeepseek: [", [MEDIUM]),
        (f"qwen        zz={k}\ndeepseek x", [MEDIUM]),  # on the key's own line
        (f"qwen{' ' * 60}zz={k}\ndeepseek x", []),
        (f"qwen_key = {k}  deepseek", [HIGH]),
        (f"deepseek_key = {k}  qwen", []),
    ):
        assert sure("model_studio", text) == expected, text


def test_comments_speak_for_comments() -> None:
    a, b = hexkey(), hexkey()
    text = f"# api.deepseek.com\n# {a}\nx dashscope.aliyuncs.com\n{b}\n"
    assert values("model_studio", text) == [(b,)]
    text = f"# dashscope.aliyuncs.com\n# {a}\nx api.deepseek.com\n{b}\n"
    assert values("model_studio", text) == [(a,)]


ENDPOINT = "dashscope.aliyuncs"


@pytest.mark.parametrize(("words", "expected"), [(7, [HIGH]), (8, [])])
def test_eight_words_on_each_side_are_asked(words: int, expected: list[Confidence]) -> None:
    k = hexkey()
    assert sure("model_studio", f"zz={k}{' kimi-k2' * words} {ENDPOINT}") == expected
    assert sure("model_studio", f"{ENDPOINT}{' kimi-k2' * words} zz={k}") == expected


@pytest.mark.parametrize(("room", "expected"), [(99, []), (101, [HIGH])])
def test_an_endpoint_in_a_comment_above_is_eight_times_as_far(room: int, expected: list[Confidence]) -> None:
    k = hexkey()
    for sign in ("#", "//", "*", "--", ";"):
        text = f"{sign} {ENDPOINT}\n      zz={k}{' ' * room}bocha"
        assert sure("model_studio", text) == expected, sign
    assert sure("model_studio", f"{ENDPOINT}\n      zz={k}{' ' * room}bocha") == [HIGH]
    assert sure("model_studio", f"# qwen\n      zz={k}{' ' * 60}bocha") == [MEDIUM], "endpoints only"
    long = f"# x\n{'.' * 250}{ENDPOINT}\n      zz={k}{' ' * room}bocha"
    assert sure("model_studio", long) == [HIGH], "a line that is cut off is code"


@pytest.mark.parametrize(("room", "expected"), [(63, [MEDIUM]), (65, [])])
def test_the_name_of_what_follows_is_four_times_as_far(room: int, expected: list[Confidence]) -> None:
    k = hexkey()
    assert sure("model_studio", f"qwen{' ' * (room - 3)}zz={k} deepseek: [") == expected


@pytest.mark.parametrize(("room", "expected"), [(155, [MEDIUM]), (157, [])])
def test_a_blank_line_puts_eight_times_as_far(room: int, expected: list[Confidence]) -> None:
    k = hexkey()
    assert sure("model_studio", f"qwen{' ' * (room - 3)}zz={k}\n\ndeepseek") == expected


@pytest.mark.parametrize(("word", "weight"), [("api.deepseek.com", 2), ("kimi-k2", 12), ("bocha", 4)])
def test_how_much_a_word_counts(word: str, weight: int) -> None:
    k = hexkey()
    for more, expected in ((-1, [MEDIUM]), (1, [])):
        room = weight * 60 // 4 - 20 + more
        assert sure("model_studio", f"qwen{' ' * (room - 3)}zz={k}{' ' * 40}{word}") == expected, (word, more)


# STS


@pytest.mark.parametrize(("distance", "parts"), [(1200, [3]), (1201, [1, 2])])
def test_values_of_one_triple_are_at_most_1200_bytes_apart(distance: int, parts: list[int]) -> None:
    text = keys.sts_id() + " " * distance + keys.sts_token() + " " + keys.sts_secret()
    assert sorted(map(len, values("sts", text))) == parts
    text = keys.sts_token() + " " + keys.sts_secret() + " " * distance + keys.sts_id()
    assert sorted(map(len, values("sts", text))) == parts


def test_where_a_kind_comes_twice_the_cut_is_at_the_widest_gap() -> None:
    a, s, t, b = keys.sts_id(), keys.sts_secret(), keys.sts_token(), keys.sts_id()
    assert values("sts", f"{a} {s} {t}     {b}") == [(a, s, t), (b,)]
    assert values("sts", f"{a}{' ' * 40}{s} {t} {b}") == [(a,), (s, t, b)]
    assert values("sts", f"{a}{' ' * 8}{s}    {t}    {b}") == [(a, s, t), (b,)], "not more than twice as wide"
    assert values("sts", f"{a}{' ' * 9}{s}    {t}    {b}") == [(a,), (s, t, b)]


def test_tokens_have_a_shortest_and_a_longest() -> None:
    i = keys.sts_id()
    whole = keys.sts_token(length=1100).rstrip("=")
    assert len(values("sts", f"{i} {whole[:100]}")[0]) == 2
    assert len(values("sts", f"{i} {whole[:99]}")[0]) == 1
    long = keys.sts_token(length=5000).rstrip("=")
    fill = (long * 2)[60:]
    assert len(values("sts", f"{i} {(long + fill)[:6000]}")[0]) == 2
    assert len(values("sts", f"{i} {(long + fill)[:6001]}")[0]) == 1
    assert len(values("sts", f"{i} {whole}...")[0]) == 1
    assert len(values("sts", f"{i} {whole}*")[0]) == 1
    assert len(values("sts", f"{i} {whole}.")[0]) == 2


def test_expiry_is_looked_for_within_300_bytes() -> None:
    i, s = keys.sts_id(), keys.sts_secret()
    for text, there in (
        (f"{i} {s}{' ' * 268}Expiration: 2024-05-06T07:08:09Z"[: 29 + 1 + 44 + 600], None),
        (f"{i} {s} Expiration: 2024-05-06T07:08:09Z", True),
        (f"EXPIRATION=1714979289 {i} {s}", True),
        (f"{i} {s}{' ' * 310}Expiration: 2024-05-06T07:08:09Z", False),
        (f"Expiration: 2024-05-06T07:08:09Z{' ' * 301}{i} {s}", False),
        (f"Expiration: 2024-05-06T07:08:09Z{' ' * 260}{i} {s}", True),
    ):
        (c,) = candidates("sts", text)
        if there is not None:
            assert (dict(c.notes).get("expiration") == "2024-05-06T07:08:09Z") is there, text


def test_how_bad_what_is_left_of_a_triple_is() -> None:
    i, s, t = keys.sts_id(), keys.sts_secret(), keys.sts_token()
    assert [(c.severity, c.rank) for c in candidates("sts", f"{i} {s} {t}")] == [(Severity.MEDIUM, 32)]
    assert [(c.severity, c.rank) for c in candidates("sts", t)] == [(Severity.MEDIUM, 16)]
    assert [(c.severity, c.rank) for c in candidates("sts", i)] == [(Severity.LOW, 16)]
    signed = f"?security-token={t}&OSSAccessKeyId={i}&Signature=abc"
    assert [c.severity for c in candidates("sts", signed)] == [Severity.LOW]
    assert [c.severity for c in candidates("sts", f"{signed} {s}")] == [Severity.MEDIUM]
    letters = "STS." + keys.draw("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 25)
    assert sure("sts", letters) == [MEDIUM]
    assert sure("sts", letters[:-1] + "7") == [HIGH]


# Serverless Devs


def test_values_of_one_alias_stand_within_2500_bytes() -> None:
    i, s = openssl(keys.key_id()), openssl(keys.secret())
    for distance, parts in ((2500, [2]), (2501, [1])):
        text = f"a: {i}" + " " * distance + f"{s}\n"
        assert [len(c.spans) for c in candidates("serverless_devs", text)] == parts
    both = f"a: {i}\nb: {s}\nc: {openssl(keys.key_id())}\nd: {openssl(keys.secret())}\n"
    assert [len(c.spans) for c in candidates("serverless_devs", both)] == [2, 2]
    assert [c.severity for c in candidates("serverless_devs", f"b: {s}\n")] == [Severity.HIGH]
    assert [c.severity for c in candidates("serverless_devs", both)] == [Severity.CRITICAL] * 2
    assert candidates("serverless_devs", f"a: {i}\n") == [], "an id is no secret"
    for twice in (f"{i} {openssl(keys.key_id())} {s}", f"{i} {s} {openssl(keys.secret())}"):
        told = candidates("serverless_devs", twice)
        assert sorted(len(c.spans) for c in told) in ([2], [1, 2]), "no kind twice"
        assert told[0].rule == "alibaba-serverless-devs-access"
    others = f"a: {openssl('1' * 16)} b: {i} c: {s} d: {openssl(keys.sts_token())}"
    assert [len(c.spans) for c in candidates("serverless_devs", others)] == [3], "a number is none of them"


@pytest.mark.parametrize("size", [1, 15, 16, 17, 31, 32, 100])
def test_decrypt_undoes_openssl(size: int) -> None:
    plain = "k" * size
    assert serverless_devs.decrypt(openssl(plain).encode()) == plain.encode()
    raw = base64.b64decode(openssl(plain))
    assert serverless_devs.decrypt(base64.b64encode(raw[:-1])) is None
    assert serverless_devs.decrypt(base64.b64encode(raw[:16])) is None
    assert serverless_devs.decrypt(b"!" + base64.b64encode(raw)) is None
    assert serverless_devs.decrypt(openssl(plain, b"another").encode()) != plain.encode()


# Alipay


@pytest.fixture(scope="module")
def der() -> dict[str, bytes]:
    key = rsa.generate_private_key(65537, 2048)
    none = serialization.NoEncryption()
    made = {
        name: key.private_bytes(serialization.Encoding.DER, form, none)
        for name, form in (
            ("pkcs1", serialization.PrivateFormat.TraditionalOpenSSL),
            ("pkcs8", serialization.PrivateFormat.PKCS8),
        )
    }
    made["public"] = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return made


def test_a_private_key_is_whole(der: dict[str, bytes]) -> None:
    def is_key(raw: bytes) -> bool:
        return alipay.is_private_key(base64.b64encode(raw))

    assert not is_key(der["public"])
    for name in ("pkcs1", "pkcs8"):
        raw = der[name]
        assert is_key(raw)
        assert is_key(raw + b"\0\0")
        assert not is_key(raw + b"\0\0\0")
        assert not is_key(raw[:-1])
        for at in (0, 1, 3, 4, 6):
            assert not is_key(raw[:at] + bytes([raw[at] ^ 0x10]) + raw[at + 1 :]), at
    small = rsa.generate_private_key(65537, 1024).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert is_key(small)
    assert not is_key(b"\x30\x81\x80" + b"\x02\x01\x00\x02" + bytes(124)), "too short"
    assert is_key(b"\x30\x82\x01\x28" + b"\x02\x01\x00\x02" + bytes(292)), "300 bytes"
    assert not is_key(b"\x30\x82\x01\x27" + b"\x02\x01\x00\x02" + bytes(291))
    assert not is_key(b"\x30\x82\x01\x28" + b"\x02\x01\x00\x03" + bytes(292))


def test_whose_a_private_key_is(der: dict[str, bytes]) -> None:
    k = base64.b64encode(der["pkcs8"]).decode()
    assert values("alipay", f"alipay {k}")
    assert not values("alipay", f"wechat {k}")
    assert not values("alipay", k)
    assert values("alipay", k, b"alipay.yml")
    assert not values("alipay", f"{k} wechat", b"alipay.yml")
    assert values("alipay", f"alipay{' ' * 3994}{k}"), "4000 bytes above"
    assert not values("alipay", f"alipay{' ' * 3996}{k}")
    assert values("alipay", f"{k}{' ' * 1999} alipay")
    assert not values("alipay", f"{k}{' ' * 2001} alipay"), "below counts twice as far"
    assert values("alipay", f"wechat alipay {k}")
    assert not values("alipay", f"alipay wechat {k}")
    assert values("alipay", f"alipay{' ' * 14}{k}{' ' * 11}wechat")
    assert not values("alipay", f"alipay{' ' * 14}{k}{' ' * 9}wechat")
    assert not values("alipay", f"alipay 微信 WeChat WX_PAY {k}")
    assert values("alipay", f"apiclientls {k}{' ' * 5}alipay"), "of two words that overlap the first counts"
