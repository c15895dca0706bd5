"""Comments that allow: detect-secrets' notation as detect-secrets itself takes it, and ours."""

from __future__ import annotations

import time

import pytest
from detect_secrets.filters.allowlist import is_line_allowlisted
from detect_secrets.util.code_snippet import CodeSnippet
from hypothesis import given, settings
from hypothesis import strategies as st

from aliscan.triage.pragmas import allows, scrub
from tests.support import keys

PIECES = st.sampled_from(
    ["#", "//", "/*", "*/", "'", "--", "<!--", "-->", " ", "\t", "x", "= 1", "pragma:", "pragma: ",
     "allowlist", "whitelist", " secret", "-secret", " nextline", "-nextline", "pragma: allowlist secret",
     "pragma: whitelist-secret", "pragma: allowlist nextline secret", "# pragma: allowlist secret", "中"]
)  # fmt: skip
LINES = st.lists(PIECES, max_size=7).map("".join)


def theirs(name: str, previous: str, line: str) -> bool:
    """What detect-secrets says of ``line`` with the line before it."""
    return bool(is_line_allowlisted(name, line, CodeSnippet([previous, line], 0, 1)))


@settings(max_examples=1000, deadline=None)
@given(previous=LINES, line=LINES, name=st.sampled_from(["a.py", "a.yaml", "a.yml", ".yaml"]))
def test_takes_what_detect_secrets_takes(previous: str, line: str, name: str) -> None:
    found = allows(f"{previous}\n{line}\n".encode(), name.encode())
    assert any(a.covers == 2 for a in found) is theirs(name, previous, line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = 1  # aliscan: allow[a-rule] because", (1, 1, ("a-rule",), "because")),
        ("x = 1  // aliscan: allow[a-rule,b-rule]", (1, 1, ("a-rule", "b-rule"), "")),
        ("  # aliscan: allow[ a-rule , b-rule ]: two", (1, 2, ("a-rule", "b-rule"), "two")),
        ("/* aliscan: allow[a-rule] one */", (1, 2, ("a-rule",), "one")),
        ("<!-- aliscan: allow[a-rule] one -->", (1, 2, ("a-rule",), "one")),
        ("{# aliscan: allow[a-rule] one #}", (1, 2, ("a-rule",), "one")),
        ('  "//": "aliscan: allow[a-rule] one",', (1, 2, ("a-rule",), "one")),
        ("rem aliscan: allow[a-rule]", (1, 2, ("a-rule",), "")),
        ("; aliscan: allow[a-rule] 测试", (1, 2, ("a-rule",), "测试")),
        ("x # aliscan: allow everything", (1, 1, (), "everything")),
    ],
)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_ours(line: str, end: str, expected: tuple[int, int, tuple[str, ...], str]) -> None:
    (allow,) = allows((line + end).encode())
    assert (allow.line, allow.covers, allow.rules, allow.reason) == expected


NOT_OURS = ["aliscan: allowed[x]", "myaliscan: allow[x]", "a://aliscan:allow[x]", "aliscan: allow-list[x]",
            "aliscan allow[x]"]  # fmt: skip


@pytest.mark.parametrize("line", NOT_OURS)
def test_not_ours(line: str) -> None:
    assert allows(line.encode()) == ()


def test_lines_are_counted_by_lf_and_from_a_given_one() -> None:
    data = b"\r\r\x0b\xe2\x80\xa8\n\xff\xfe? # pragma: allowlist secret\r\n"
    assert [a.covers for a in allows(data)] == [2]
    assert [a.covers for a in allows(data, line=10)] == [11]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(LINES, st.just("# aliscan: allow[a]")), max_size=8),
    st.sampled_from(["utf-16", "utf-16-le"]),
)
def test_encodings_agree(lines: list[str], encoding: str) -> None:
    text = "key = value\n" + "\n".join(lines).replace("中", "")
    assert allows(text.encode(encoding)) == allows(text.encode())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_hurt(noise: bytes) -> None:
    for data in (noise, noise + b"# aliscan: allow[" + noise, b"# pragma: allowlist secret" + noise):
        for allow in allows(data):
            assert allow.reason.isprintable()


def test_long_lines_take_linear_time() -> None:
    start = time.process_time()
    for data in (
        b"aliscan: allow[" * 200_000,
        b"# pragma: allowlist secret" * 100_000,
        b"<!--" * 300_000 + b"pragma: allowlist secret",
        b"pragma:" + b" " * 1_000_000,
        b"\n" * 1_000_000 + b"# aliscan: allow[a]",
        b"# aliscan: allow[a]\n" * 50_000,
        b"#" * 1_000_000 + b" aliscan: allow[a] " + b"x" * 1_000_000,
    ):
        allows(data)
    assert time.process_time() - start < 10


def test_scrub_takes_credentials_out() -> None:
    values = [keys.secret(), keys.key_id(), keys.old_key_id()]
    text = scrub(" and ".join(values))
    assert not any(value[:-2].removeprefix("LTAI") in text for value in values)
    assert text.count("****") == 3
    assert scrub("an example of the documentation of 2024") == "an example of the documentation of 2024"
    assert scrub("a\x1b[31m\n\u202eb") == "a\\x1b[31m\\n\\u202eb"
