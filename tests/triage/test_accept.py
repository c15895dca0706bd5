"""The baseline as it is written: stable, and nothing of it lost on the way."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from aliscan.triage import accept
from aliscan.triage.baseline import Baseline, Entry, parse

OURS = frozenset({"alibaba-access-key-pair", "alibaba-access-key-id"})
ENTRIES = st.lists(
    st.builds(
        Entry,
        st.sampled_from(["a.py", "b/c.txt", "中文.md", "caf\udce9", "x\ny"]),
        st.sampled_from([f"{i:040x}" for i in range(6)]),
        st.sampled_from([*OURS, "Secret Keyword", "AWS Access Key"]),
        st.integers(0, 9),
        st.sampled_from([None, True, False]),
        st.booleans(),
    ),
    max_size=12,
    unique_by=lambda e: (e.path, e.hashed, e.type),
).map(tuple)


def baseline(entries: tuple[Entry, ...]) -> Baseline:
    return replace(accept.new(), entries=entries)


@settings(max_examples=300, deadline=None)
@given(ENTRIES, st.randoms(use_true_random=False))
def test_round_trip_and_order(entries: tuple[Entry, ...], random: object) -> None:
    text = accept.render(baseline(entries))
    back = parse(text.encode("ascii"), "x")
    assert sorted(back.entries, key=repr) == sorted(entries, key=repr)
    assert accept.render(back) == text
    mixed = list(entries)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert accept.render(baseline(tuple(mixed))) == text


@settings(max_examples=300, deadline=None)
@given(ENTRIES, ENTRIES)
def test_update_keeps_what_is_there_and_what_is_not_ours(
    old: tuple[Entry, ...], found: tuple[Entry, ...]
) -> None:
    now = tuple(e for e in found if e.type in OURS)
    change = accept.update(baseline(old), now, OURS)
    there = {(e.path, e.hashed, e.type) for e in now}
    assert set(change.kept) == {e for e in old if e.type not in OURS or (e.path, e.hashed, e.type) in there}
    assert set(change.gone) == {e for e in old if e.type in OURS} - set(change.kept)
    assert {(e.path, e.hashed, e.type) for e in change.baseline.entries if e.type in OURS} == there
    again = accept.update(change.baseline, now, OURS)
    assert (again.added, again.gone, again.baseline) == ((), (), change.baseline)


def test_lines_that_move_change_nothing() -> None:
    entry = Entry("a", "0" * 40, "alibaba-access-key-id", 3, True)
    moved = replace(entry, line=9, label=None)
    change = accept.update(baseline((entry,)), [moved], OURS)
    assert accept.render(change.baseline) == accept.render(baseline((entry,)))


def test_label_of_the_same_value_under_another_type_is_taken_over() -> None:
    old = Entry("a", "0" * 40, "Secret Keyword", 3, False)
    (added,) = accept.update(baseline((old,)), [Entry("a", "0" * 40, "alibaba-access-key-id", 3)], OURS).added
    assert added.label is False


def test_no_time_in_it_and_foreign_keys_stay() -> None:
    data = {
        "version": "1.4.0",
        "generated_at": "2024",
        "plugins_used": [{"name": "X"}],
        "custom": 1,
        "results": {},
    }
    written = json.loads(accept.render(parse(json.dumps(data).encode(), "x")))
    assert written == {"version": "1.4.0", "plugins_used": [{"name": "X"}], "custom": 1, "results": {},
                       "filters_used": written["filters_used"]}  # fmt: skip
