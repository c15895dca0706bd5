"""What is written is what is read back, whatever the paths hold."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.hooks import script

WORDS = st.binary(min_size=1, max_size=40).map(lambda b: b.replace(b"\0", b""))


@given(WORDS)
def test_quoted_word_survives_sh(word: bytes) -> None:
    done = subprocess.run(["sh", "-c", b"printf %s " + script.quote(word)], capture_output=True, check=True)
    assert done.stdout == word


@given(kept=WORDS, python=WORDS, everywhere=st.booleans(), event=st.sampled_from([*script.EVENTS, "update"]))
def test_script_says_what_it_was_made_of(kept: bytes, python: bytes, everywhere: bool, event: str) -> None:
    text = script.render(event, python, kept=kept, everywhere=everywhere, previous=python, library=kept)
    assert script.parse(text) == script.Script(
        event, kept, python, everywhere, active=event in script.EVENTS, intact=True
    )


@pytest.mark.parametrize("event", [*script.EVENTS, "post-checkout", "reference-transaction"])
@pytest.mark.parametrize("everywhere", [True, False])
def test_sh_accepts_the_script(tmp_path: Path, event: str, everywhere: bool) -> None:
    path = tmp_path / "hook"
    path.write_bytes(
        script.render(event, b"/it's/py\nthon", kept=b"k", everywhere=everywhere, previous=b"/p q")
    )
    subprocess.run(["sh", "-n", str(path)], check=True)


def test_a_changed_script_is_not_intact() -> None:
    text = script.render("pre-commit", b"/usr/bin/python3")
    found = script.parse(text.replace(b"exec ", b"true "))
    assert found is not None
    assert not found.intact


@pytest.mark.parametrize("text", [b"", b"#!/bin/sh\nexit 0\n", b"\xff\xfe", b"# aliscan hook\n"])
def test_another_script_is_not_ours(text: bytes) -> None:
    assert script.parse(text) is None


def test_markers_in_a_path_are_not_filled_in() -> None:
    found = script.parse(script.render("pre-commit", b"/opt/@CODE@/python", kept=b"@PYTHON@"))
    assert found is not None
    assert (found.python, found.kept) == (b"/opt/@CODE@/python", b"@PYTHON@")
