"""Tables with a column of passwords: what is a header, and which cell is the password's."""

from __future__ import annotations

import pytest

from aliscan.detect.structure import Structure
from aliscan.detect.tables import cell_beside

HOST = "rm-a.example"


def cell(text: str) -> str | None:
    data = text.encode()
    at = data.index(HOST.encode())
    found = cell_beside(data, at, at + len(HOST))
    return None if found is None else data[found.start : found.end].decode()


@pytest.mark.parametrize("sign", ["|", "\t", ";", ","])
def test_the_cell_below_the_header(sign: str) -> None:
    header, row = sign.join(["host", "user", "Password"]), sign.join([HOST, "app", "`Xq7mZ2kP`"])
    assert cell(f"{header}\n{row}") == "Xq7mZ2kP"
    assert cell(f"text\n\n{header}\r\n{row}\r\n") == "Xq7mZ2kP"
    assert cell(f"{header}\n{sign.join([HOST, 'app'])}") == "", "a short row"
    assert cell(f"{header}\n{sign.join([HOST, 'app', '${PASSWORD}'])}") == "", "not meant"


def test_a_header_is_the_first_row() -> None:
    assert cell(f"| name | value |\n| password | Xq7mZ2kP |\n| host | {HOST} |\n") is None
    assert cell(f"| host | password |\ntext\n| {HOST} | Xq7mZ2kP |\n") is None, "two tables"
    assert cell(f"connect(host, password);\nconnect({HOST}, Xq7mZ2kP);\n") is None, "a program"


def test_a_sign_within_quotes_parts_no_cells() -> None:
    assert cell(f'name,host,password\n"Shop, of acme",{HOST},Xq7mZ2kP\n') == "Xq7mZ2kP"


def apart(text: str, key: str = "KEY", word: str = "word") -> int:
    return Structure(text.encode()).apart(text.index(key), text.index(word))


def test_another_entry_is_sixteen_times_as_far() -> None:
    for text in (
        "- a: KEY\n- b: word",
        "- a: word\n- b: KEY",
        "a:\n  b: KEY\nc:\n  d: word",
        "a:\n  b: word\nc:\n  d: KEY",
        '[{"a": "KEY"}, {"b": "word"}]',
        "(1, 'word'), (2, 'KEY')",
    ):
        assert apart(text) == 16, text


def test_the_same_entry_is_near_its_own_line_nearer() -> None:
    for text in ("a: KEY  word", '{"word": {"a": "KEY"}}', '{"o": {"a": "KEY"}, "n": "word"}'):
        assert apart(text) == 1, text
    for text in ("- a: KEY\n  b: word", "word:\n  - a: 1\n    b: KEY", "word:\n  a:\n    b: KEY"):
        assert apart(text) == 2, text


def test_what_heads_a_block() -> None:
    for text, expected in (
        ("word:\n  a:\n    b: KEY", True),
        ("word:\n  a: 1\nc:\n  b: KEY", False),
        ("word: x\n  b: KEY", False),
        ("word: KEY", False),
    ):
        structure = Structure(text.encode())
        assert structure.heads(text.index("word"), text.index("KEY")) is expected, text
