"""The configuration: what is taken, what is refused and how, and that the JSON Schema says the same."""

from __future__ import annotations

import json
import time
from importlib import resources
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from aliscan.detect.rules import all_rules
from aliscan.finding import AliscanError, Severity
from aliscan.triage import config
from tests.support import keys

SCHEMA = json.loads(resources.files("aliscan").joinpath("schemas/config.schema.json").read_text())
RULE = all_rules()[0].id


def toml(value: Any) -> str:
    """A TOML value; dicts as inline tables."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float) and not isinstance(value, bool):
        return repr(value) if "." in repr(value) or "e" in repr(value) else f"{value}.0"
    return json.dumps(value).replace("\x7f", "\\u007f")


def document(table: dict[str, Any]) -> bytes:
    return "".join(f"{json.dumps(k)} = {toml(v)}\n" for k, v in table.items()).encode()


def test_everything_at_once() -> None:
    read = config.parse(
        b"""
threshold = "high"
baseline = "ci/known.json"
public_remotes = ["gitee.com", "git.example.com:8443/open", "!github.com/inside"]
placeholders = ["0123456789abcdef"]

[paths]
allow = ["docs/**", "!docs/keys.md"]

[rules]
"""
        + f'"{RULE}" = "low"\n'.encode()
        + b"""
[limits]
depth = 2
seconds = 1.5
""",
        ".aliscan.toml",
    )
    assert read.threshold is Severity.HIGH
    assert read.baseline == "ci/known.json"
    assert read.paths.match(b"docs/a")
    assert not read.paths.match(b"src/a")
    assert read.severity(RULE, Severity.CRITICAL) is Severity.LOW
    assert read.limits == {"depth": 2, "seconds": 1.5}
    assert read.placeholders == {"0123456789abcdef"}


def test_pyproject_table() -> None:
    data = b'[project]\nname = "x"\n[tool.aliscan]\nthreshold = "low"\n'
    assert config.present(data, "pyproject.toml")
    assert config.parse(data, "pyproject.toml", table=config.TABLE).threshold is Severity.LOW
    assert not config.present(b"[tool.ruff]\n", "pyproject.toml")
    assert not config.present(b'# aliscan\n[tool]\nother = "aliscan"\n', "pyproject.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("threshhold = 'low'", [":1:", "threshhold", "did you mean threshold?"]),
        ("\n\n[path]\nallow = []", [":3:", "did you mean paths?"]),
        ("[paths]\nignore = []", [":2:", "ignore", "known here: allow"]),
        ("[rules]\nalibaba-acess-key-id = 'off'", [":2:", "did you mean alibaba-access-key-id?"]),
        ("threshold = 'severe'", [":1:", "threshold", "low, medium, high, critical"]),
        ("threshold = 3", ["threshold must be one of"]),
        ("paths = 3", ["paths must be a table"]),
        ("rules = []", ["rules must be a table"]),
        ("[paths]\nallow = 'docs'", ["paths.allow must be a list of texts"]),
        ("[paths]\nallow = ['# x']", ["comment"]),
        ("[paths]\nallow = ['']", ["matches nothing"]),
        ("[limits]\ndepth = true", [":2:", "limits.depth", "whole number"]),
        ("[limits]\nseconds = nan", ["limits.seconds"]),
        ("[limits]\nmembers = -1", ["from 0"]),
        ("[limits]\nmembers = " + "9" * 4000, ["from 0"]),
        ("baseline = '../x'", ["baseline must be a path below the top"]),
        ("baseline = '/x'", ["below the top"]),
        ("placeholders = ['xyz']", ["never a value"]),
        ("public_remotes = ['https://x']", ["no host"]),
        ("a = [", ["not TOML"]),
        ("a = 1\na = 2", ["not TOML"]),
        ("a = " + "[" * 100_000, [".aliscan.toml: nested too deeply"]),
        ("a = " + "9" * 100_000, [".aliscan.toml: nested too deeply, or a number"]),
        ("#" * 300_000, ["larger than 256 KiB"]),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, words: list[str]) -> None:
    with pytest.raises(config.ConfigError) as raised:
        config.parse(text.encode(), ".aliscan.toml")
    message = str(raised.value)
    assert message.startswith(".aliscan.toml")
    assert [w for w in words if w not in message] == []
    assert len(message) < 300
    assert "\n" not in message


@pytest.mark.parametrize("data", [b"\xff\xfea", b"a = '\xe9'", b"\xef\xbb\xbfthreshold = 'low'", b"a = '\0'"])
def test_bytes_that_are_no_toml(data: bytes) -> None:
    with pytest.raises(config.ConfigError):
        config.parse(data, ".aliscan.toml")


def test_all_rules_off_is_refused() -> None:
    """F37: zero active rules is a broken policy, not a clean repository."""
    text = "[rules]\n" + "".join(f'{r.id} = "off"\n' for r in all_rules())
    with pytest.raises(config.ConfigError, match="every rule off"):
        config.parse(text.encode(), ".aliscan.toml")


def test_messages_hold_no_credential() -> None:
    secret, ident = keys.secret(), keys.key_id()
    for text in (
        f"{ident} = 1",
        f"'{secret}' = 1",
        f"threshold = '{secret}'",
        f"placeholders = ['{secret}']",
        f"[paths]\nallow = ['#{ident}']",
        f"[rules]\n{ident} = 'off'",
        f"public_remotes = ['{secret}']",
        f"a = '{secret}\n",
        f"[{ident}]\n[{ident}]\n",
        f"{ident} = {secret}",
    ):
        with pytest.raises(config.ConfigError) as raised:
            config.parse(text.encode(), ".aliscan.toml")
        assert secret not in str(raised.value)
        assert ident not in str(raised.value)


def test_absurd_files_are_refused_quickly() -> None:
    start = time.process_time()
    for text in (
        ".".join("a" * 100_000) + " = 1",
        "[" + ".".join("a" * 100_000) + "]\n",
        "[[a]]\n" * 40_000,
        "a = {" * 40_000,
        "'" * 200_000,
        '"' + "\\u0041" * 40_000,
        "[paths]\nallow = [" + "'a'," * 50_000 + "]",
    ):
        with pytest.raises(AliscanError):
            config.parse(text.encode(), ".aliscan.toml")
    assert time.process_time() - start < 20


WORDS = st.sampled_from(
    ["low", "medium", "high", "critical", "off", "on", "severe", "", "docs/", "/", "!a", "!", "#x", "a b",
     "github.com", "!gitee.com/x", "A.com", "0123456789abcdef", "x/../y", "..", "a\\b", "C:x", "a\x7f",
     "ok/path", "中文", " ", "a" * 1025, "/ /"]
)  # fmt: skip
LEAVES = st.one_of(
    WORDS,
    st.integers(-2, 20),
    st.booleans(),
    st.sampled_from([0.5, 2.5, 4000.5]),  # to a schema 2.0 is an integer, to us it is not
    st.lists(WORDS, max_size=3),
)
RULES = st.dictionaries(
    st.sampled_from([r.id for r in all_rules()[:3]] + ["Not A Rule", "x_y"]), LEAVES, max_size=2
)
TABLES = st.one_of(
    LEAVES,
    RULES,
    st.dictionaries(st.sampled_from(["allow", "depth", "members", "seconds", "x"]), LEAVES, max_size=2),
)
KEYS = ["threshold", "baseline", "public_remotes", "paths", "rules", "limits", "placeholders", "other"]


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), TABLES, max_size=3))
def test_schema_agrees_with_the_validator(table: dict[str, Any]) -> None:
    rules = table.get("rules")
    # The schema cannot know which rules a release has.
    assume(not isinstance(rules, dict) or not {"allow", "depth", "members", "seconds", "x"} & rules.keys())
    valid = not list(Draft202012Validator(SCHEMA).iter_errors(table))
    try:
        config.parse(document(table), ".aliscan.toml")
        taken = True
    except config.ConfigError:
        taken = False
    assert taken is valid, table


def test_schema_is_one_and_names_every_key() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    with pytest.raises(config.ConfigError) as raised:
        config.parse(b"zzzzzz = 1", "x")
    assert all(key in str(raised.value) for key in SCHEMA["properties"])
