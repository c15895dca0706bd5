"""The baseline as it is read: data, never code, and broken ones say so."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from aliscan.triage.baseline import BaselineError, parse
from tests.support import keys

SHA1 = "0123456789abcdef0123456789abcdef01234567"


def document(**change: Any) -> dict[str, Any]:
    entry = {
        "type": "Secret Keyword",
        "filename": "a",
        "hashed_secret": SHA1,
        "line_number": 3,
        "is_verified": False,
    }
    return {"version": "1.5.0", "plugins_used": [], "filters_used": [], "results": {"a": [entry]}, **change}


def read(value: Any) -> Any:
    return parse(json.dumps(value).encode(), ".secrets.baseline")


def test_entries_and_labels() -> None:
    base = document()["results"]["a"][0]
    found = read(
        document(
            results={
                "a": [base, {**base, "type": "t", "is_secret": True}],
                "b": [{**base, "is_secret": False}],
            }
        )
    )
    assert [(e.path, e.label, e.line) for e in found.entries] == [
        ("a", None, 3),
        ("a", True, 3),
        ("b", False, 3),
    ]
    assert {k[0]: e.label for k, e in found.index().items()} == {"a": True, "b": False}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": "2.0.0"}, "2.0.0"),
        ({"version": "0.14.3"}, "0.14.3"),
        ({"version": None}, "none"),
        ({"version": "1.5.0\x1b[2K"}, r"\\x1b"),
        ({"results": []}, "no results"),
        ({"results": {"a": {}}}, "must be a list"),
        ({"results": {"a": [1]}}, "an entry of a"),
        ({"results": {"a": [{"type": "t", "hashed_secret": "x"}]}}, "an entry of a"),
        ({"results": {"a": [{"type": "t", "hashed_secret": SHA1, "is_secret": "no"}]}}, "an entry of a"),
        ({"results": {"a": [{"type": "t", "hashed_secret": SHA1, "is_secret": 2}]}}, "an entry of a"),
        ({"results": {"a": [{"type": "t", "hashed_secret": SHA1, "line_number": "1"}]}}, "an entry of a"),
        ({"plugins_used": {}}, "list of objects"),
        ({"plugins_used": [{"name": "X", "path": 3}]}, "must be text"),
        ({"plugins_used": [{"name": "X", "path": "file:///tmp/evil.py"}]}, "names a file to execute"),
        ({"filters_used": [{"path": "file://filt.py::f"}]}, "names a file to execute"),
        ({"filters_used": [{"path": "file://x/detect_secrets_plugin.py::f"}]}, "names a file to execute"),
    ],
)
def test_what_is_no_baseline(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BaselineError, match=words) as raised:
        read(document(**change))
    assert str(raised.value).startswith(".secrets.baseline")
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"null", b"{", b'{"version": "1.5.0"', b"\xff", b"[" * 100_000, b'{"a":' * 50_000, b"NaN",
     b'{"version": Infinity}', b"1" * 100_000, '{"é'.encode("latin-1")],
)  # fmt: skip
def test_bytes_that_are_no_baseline(data: bytes) -> None:
    with pytest.raises(BaselineError):
        parse(data, ".secrets.baseline")


def test_own_plugin_may_be_named() -> None:
    for path in ("file:///venv/aliscan/detect_secrets_plugin.py", "file://.aliscan_detect_secrets_plugin.py"):
        assert read(document(plugins_used=[{"name": "AlibabaStsToken", "path": path}])).entries


def test_nothing_that_a_baseline_names_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """6.4: the file that is named exists, and would leave a mark; even under the name of our plugin."""
    monkeypatch.chdir(tmp_path)
    for name in ("evil.py", "detect_secrets_plugin.py"):
        (tmp_path / name).write_text("open('marker', 'w')")
    for kind in ("plugins_used", "filters_used"):
        for name in ("evil.py", "detect_secrets_plugin.py", "evil.py::f"):
            value = document(**{kind: [{"name": "X", "path": f"file://{tmp_path}/{name}"}]})
            with contextlib.suppress(BaselineError):
                read(value)
    assert not os.path.exists("marker")


def test_messages_hold_no_credential() -> None:
    secret = keys.secret()
    for change in (
        {"version": secret},
        {"results": {secret: [1]}},
        {"filters_used": [{"path": f"file://{secret}"}]},
    ):
        with pytest.raises(BaselineError) as raised:
            read(document(**change))
        assert secret not in str(raised.value)


def test_a_million_entries() -> None:
    entry = {"type": "t", "filename": "a", "hashed_secret": SHA1}
    one = json.dumps(entry)
    parts = (f'"{i}": [{",".join([one] * 1000)}]' for i in range(1000))
    data = ('{"version": "1.5.0", "results": {' + ",".join(parts) + "}}").encode()
    start = time.process_time()
    found = parse(data, "x")
    assert len(found.entries) == 1_000_000
    assert len(found.index()) == 1000
    assert time.process_time() - start < 30
