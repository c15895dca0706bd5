"""Every encoding: found, at the place of the encoded text, once."""

from __future__ import annotations

import base64
import gzip
import html
import json
import quopri
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect import Detection, Limits, detect
from aliscan.detect.budget import Budget, Exhausted
from aliscan.detect.reading import Edit, Reading
from aliscan.detect.views import VIEWS
from aliscan.finding import Match
from tests.support import keys

PAIR = "alibaba-access-key-pair"


def only(found: Detection) -> Match:
    """The one match there is; its parts are an id and a secret."""
    assert not found.unread
    (match,) = found.matches
    return match


def b64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def escaped(pattern: str) -> Callable[[str], str]:
    return lambda value: "".join(pattern.format(ord(c)) for c in value)


VALUE_BY_VALUE: dict[str, Callable[[str], str]] = {
    "base64": b64,
    "base64 of a line": lambda v: b64(v + "\n"),
    "base64 without padding": lambda v: b64(v).rstrip("="),
    "base64 twice": lambda v: b64(b64(v)),
    "base64 three times": lambda v: b64(b64(b64(v))),
    "base64 of UTF-16": lambda v: base64.b64encode(v.encode("utf-16-le")).decode(),
    "base64 in atob": lambda v: f'atob("{b64(v)}")',
    "base32": lambda v: base64.b32encode(v.encode()).decode(),
    "hex": lambda v: v.encode().hex(),
    "hex in capitals": lambda v: v.encode().hex().upper(),
    "hex with colons": lambda v: v.encode().hex(":"),
    "hex array": lambda v: "{" + ", ".join(f"0x{c:02x}" for c in v.encode()) + "}",
    "decimal array": lambda v: "[" + ",".join(str(c) for c in v.encode()) + "]",
    "java escapes": escaped("\\u{:04x}"),
    "java escapes in capitals": escaped("\\u{:04X}"),
    "javascript escapes": escaped("\\u{{{:x}}}"),
    "python escapes": escaped("\\x{:02x}"),
    "octal escapes": escaped("\\{:03o}"),
    "escaped escapes": lambda v: json.dumps(escaped("\\u{:04x}")(v))[1:-1],
    "first letter escaped": lambda v: f"\\u{ord(v[0]):04x}{v[1:]}",
    "newline escape before": lambda v: "\\n" + v,
    "url encoding of every letter": escaped("%{:02X}"),
    "url encoding twice": lambda v: urllib.parse.quote(escaped("%{:02X}")(v)),
    "after an encoded equal sign": lambda v: "x%3D" + v,
    "numeric entities": escaped("&#{};"),
    "hex entities": escaped("&#x{:x};"),
    "quotes as entities": lambda v: html.escape(f'"{v}"'),
    "two literals": lambda v: f'"{v[:5]}" + "{v[5:]}"',
    "two literals without an operator": lambda v: f"'{v[:5]}' '{v[5:]}'",
    "two literals of PHP": lambda v: f"'{v[:5]}' . '{v[5:]}'",
    "two literals of Visual Basic": lambda v: f'"{v[:5]}" & _\n      "{v[5:]}"',
    "a continued line": lambda v: f'"{v[:7]}\\\n{v[7:]}"',
}


@pytest.mark.parametrize("name", VALUE_BY_VALUE)
def test_value_by_value(name: str) -> None:
    encode = VALUE_BY_VALUE[name]
    ident, secret = keys.key_id(), keys.secret()
    text = f"# 阿里云\naccessKeyId: {encode(ident)}\naccessKeySecret: {encode(secret)}\n"
    match = only(detect(text.encode()))
    assert match.rule == PAIR
    assert [p.secret.reveal().decode() for p in match.parts] == [ident, secret]
    for part, value in zip(match.parts, (ident, secret), strict=True):
        encoded = encode(value).encode()
        stretch = text.encode()[part.start : part.end]
        assert stretch in encoded
        assert len(stretch) * 2 > len(encoded)
    assert [p.place.line for p in match.parts] == [2, 3] if "\n" not in encode(ident) else True
    column = text.split("\n")[1].encode().find(text.encode()[match.parts[0].start : match.parts[0].end]) + 1
    assert match.parts[0].place.column == column or "\n" in encode(ident)


@pytest.mark.parametrize("pad", ["", "x", "xy", "中"])
@pytest.mark.parametrize(
    "wrap",
    [base64.b64encode, base64.encodebytes, base64.urlsafe_b64encode, lambda d: base64.b64encode(d)[1:]],
)
def test_whole_file_in_base64_at_any_alignment(pad: str, wrap: Callable[[bytes], bytes]) -> None:
    ident, secret = keys.key_id(), keys.secret()
    plain = (
        f"{pad}{{'endpoint': 'oss-cn-hangzhou.aliyuncs.com', 'id': '{ident}', 'secret': '{secret}'}} ~~~???"
    )
    match = only(detect(b"payload: " + wrap(plain.encode()) + b"\nnext: line\n"))
    assert (match.rule, match.parts[0].via) == (PAIR, ("base64",))
    assert [p.secret.reveal().decode() for p in match.parts] == [ident, secret]


def test_a_value_in_a_wrapped_text_has_the_line_where_it_begins() -> None:
    ident, secret = keys.key_id(), keys.secret()
    plain = b"# nothing to see here\n" * 9 + f"{ident}\n{secret}\n".encode()
    match = only(detect(b"-----\n" + base64.encodebytes(plain)))
    at = 9 * 22
    assert match.parts[0].place.line == 2 + at // 57
    assert match.parts[0].place.column == 1 + (at % 57) * 4 // 3


@pytest.mark.parametrize("before", range(76))
def test_a_line_of_a_wrapped_text_may_end_anywhere(before: int) -> None:
    text = f"{'-' * before}\n{keys.key_id()} {keys.secret()}\n"
    assert only(detect(base64.encodebytes(text.encode()), b"a.txt")).rule == PAIR


@pytest.mark.parametrize(
    "start",
    ["阿里云", "# 配置", "| 名称 |", '{"密钥": 1', "// 注", "/* 用户", "<!-- 值", "【一】", "“", "12、"],
)
def test_base64_of_a_text_that_begins_in_chinese(start: str) -> None:
    text = f"{start}\ndashscope key: {keys.model_key()}\n"
    (match,) = detect(f"data: {b64(text)}\n".encode(), b"a.yaml").matches
    assert match.rule == "alibaba-model-studio-key"


def test_docker_config_in_a_kubernetes_secret() -> None:
    ident, secret = keys.key_id(), keys.secret()
    config = json.dumps({"auths": {"registry.cn-hangzhou.aliyuncs.com": {"auth": b64(f"{ident}:{secret}")}}})
    match = only(detect(f"kind: Secret\ndata:\n  .dockerconfigjson: {b64(config)}\n".encode()))
    assert [p.via for p in match.parts] == [("base64", "base64")] * 2
    assert [p.place.line for p in match.parts] == [3, 3]


def test_helm_release_is_gzip_in_base64_twice() -> None:
    ident, secret = keys.key_id(), keys.secret()
    packed = gzip.compress(json.dumps({"id": ident, "secret": secret}).encode())
    twice = base64.b64encode(base64.b64encode(packed)).decode()
    match = only(detect(f"data:\n  release: {twice}\n".encode()))
    assert [p.secret.reveal().decode() for p in match.parts] == [ident, secret]
    assert match.parts[0].via == ("base64", "base64")
    assert match.parts[0].place.line == 2


def test_quoted_printable_mail() -> None:
    ident, secret = keys.key_id(), keys.secret()
    line = f"你好，请使用 AccessKeyId={ident} 和 AccessKeySecret={secret} 谢谢\n"
    match = only(detect(b"Subject: x\n\n" + quopri.encodestring(line.encode())))
    assert [p.secret.reveal().decode() for p in match.parts] == [ident, secret]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_unicode_files_have_the_places_of_an_editor(encoding: str) -> None:
    ident, secret = keys.key_id(), keys.secret()
    text = f"中文，说明\r\n密钥 id={ident}\r\nsecret={secret}\r\n"
    data = text.encode(encoding)
    match = only(detect(data))
    assert [(p.place.line, p.place.column) for p in match.parts] == [(2, 7), (3, 8)]
    wide = "utf-16-le" if encoding == "utf-16" else "utf-32-le" if encoding == "utf-32" else encoding
    for part, value in zip(match.parts, (ident, secret), strict=True):
        assert data[part.start : part.end] == value.encode(wide.replace("-sig", ""))


def test_utf_16_appended_to_utf_8() -> None:
    ident, secret = keys.key_id(), keys.secret()
    data = b"# notes\n" + f"{ident}\r\n".encode("utf-16-le") + f"{secret}\r\n".encode("utf-16-le")
    assert only(detect(data)).rule == PAIR


@pytest.mark.parametrize("length", [24, 30])
def test_net_user_strings_have_a_length_before_them_that_looks_like_a_digit(length: int) -> None:
    ident, secret = keys.key_id(), keys.secret()
    heap = b"\0"
    for value in (ident, secret):
        raw = value.encode("utf-16-le")
        heap += bytes([len(raw) + 1]) + raw + b"\0"
    assert only(detect(b"MZ" + bytes(range(200)) + heap + b"\x03\0\0\0")).rule == PAIR


def test_gbk_counts_characters_and_knows_where_one_ends() -> None:
    ident, secret = keys.key_id(), keys.secret()
    text = f"密钥：丂{ident}，{secret}"  # 丂 ends in 0x40; the next in a letter
    match = only(detect(text.encode("gbk")))
    assert [p.place.column for p in match.parts] == [5, 30]
    letter = next(c for c in map(chr, range(0x4E00, 0x9FA5)) if c.encode("gbk", "ignore")[1:] == b"Z")
    match = only(detect(f"密钥{letter}{ident}{letter}{secret}".encode("gbk")))
    assert [p.secret.reveal().decode() for p in match.parts] == [ident, secret]
    assert [p.place.column for p in match.parts] == [4, 29]


def test_mixed_halves_make_one_pair() -> None:
    ident, secret = keys.key_id(), keys.secret()
    match = only(detect(f"id: {ident}\naccessKeySecret: {b64(secret)}\n".encode()))
    assert [p.via for p in match.parts] == [(), ("base64",)]


def test_pictures_and_random_base64_are_silent() -> None:
    import random

    rng = random.Random(5)
    for _ in range(20):
        picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + rng.randbytes(20_000))
        found = detect(b"aliyun <img src='data:image/png;base64," + picture + b"'>")
        assert found.matches == ()


def test_what_takes_too_long_or_has_too_many_layers_is_said() -> None:
    text = b"aliyun " + base64.b64encode(f"{keys.key_id()} {keys.secret()}".encode())
    assert detect(text).unread == ()
    assert "longer than" in detect(text, limits=Limits(seconds=1e-9)).unread[0]
    with pytest.raises(Exhausted, match="too many layers"):
        Budget(Limits(), 1 << 20).spend(40 << 20, "the text")


@given(data=st.binary(max_size=300), depth=st.integers(0, 3))
def test_any_bytes_pass(data: bytes, depth: int) -> None:
    for view in VIEWS:
        reading = Reading(data).edited(view.NAME, view.edits(data), Budget(Limits(), len(data)))
        if reading is None:
            continue
        for start in range(0, len(reading.data), 7):
            for end in range(start + 1, len(reading.data) + 1, 11):
                a, b, via = reading.locate(start, end)
                assert 0 <= a <= b <= len(data)
                assert via in ((), (view.NAME,))
    detect(data + b" aliyun", limits=Limits(depth=depth))


@given(
    data=st.binary(min_size=21, max_size=60),
    cuts=st.lists(st.integers(0, 20), min_size=2, max_size=8),
    texts=st.lists(st.binary(max_size=5), min_size=4, max_size=4),
)
def test_what_no_edit_touches_keeps_its_place(data: bytes, cuts: list[int], texts: list[bytes]) -> None:
    points = sorted(cuts)[: len(cuts) & ~1]
    edits = [Edit(a, b, t) for a, b, t in zip(points[::2], points[1::2], texts, strict=False)]
    reading = Reading(data).edited("x", edits, Budget(Limits(), len(data)))
    assert reading is not None
    tail = len(data) - points[-1]
    assert reading.locate(len(reading.data) - tail, len(reading.data))[:2] == (points[-1], len(data))
    assert reading.data.endswith(data[points[-1] :])
