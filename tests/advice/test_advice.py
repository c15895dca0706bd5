"""Every piece of advice is there in both languages, with every official page, and its examples parse."""

from __future__ import annotations

import io
import json
import re
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aliscan.advice import examples, practice, steps
from aliscan.advice.texts import Text
from aliscan.commands import advise
from aliscan.detect.rules import all_rules
from aliscan.finding import AliscanError
from aliscan.verify.identity import Status
from tests.conftest import aliscan

CHINESE = re.compile("[\u4e00-\u9fff]")
PAGES = {93720, 93724, 93733, 116414, 28635, 93684, 116401, 93738, 116146, 28756}


def texts() -> list[Text]:
    found = [t for p in practice.PRACTICES for t in (p.what, p.why)]
    places = (b"a.py", b"k8s/a.yaml", b"a.vue", b"s.yaml", b".gitlab-ci.yml")
    for rule in all_rules():
        for path in places:
            for identity in ("", "Account"):
                found += [s.text for s in steps.steps(rule.id, path, identity=identity)]
    found += [language.note for language in examples.LANGUAGES.values()]
    return found + list(steps.RESULTS.values())


def test_both_languages() -> None:
    for text in texts():
        assert text.en
        assert not CHINESE.search(text.en)
        assert CHINESE.search(text.zh)


def test_all_eleven_practices_with_their_pages() -> None:
    assert len(practice.PRACTICES) == 11
    assert {int(re.findall(r"\d+", p.page)[0]) for p in practice.PRACTICES} == PAGES
    shown = aliscan("advise").stdout.decode()
    for page in [
        *(p.page for p in practice.PRACTICES),
        practice.BEST_PRACTICE,
        practice.WHAT_HAPPENS,
        practice.CONSOLE,
        practice.RAM_CONSOLE,
    ]:
        assert page in shown


def test_every_rule_and_result_has_advice() -> None:
    for rule in all_rules():
        assert len(steps.steps(rule.id)) >= 4
        assert practice.fitting(rule.id), "rotation at intervals is for every kind of key"
    assert set(steps.RESULTS) == {s.value for s in Status}
    assert practice.fitting("Account")


def test_chinese_command_line() -> None:
    assert "禁用" in aliscan("advise", "alibaba-access-key-pair", "--lang", "zh").stdout.decode()


def test_advice_for_a_report(tmp_path: Path) -> None:
    report = {
        "findings": [{"rule": "alibaba-access-key-pair", "path": "k8s/a.py", "notes": {"verified": "live"}}]
    }
    path = tmp_path / "r.json"
    path.write_text(json.dumps(report))
    shown = aliscan("advise", str(path)).stdout.decode()
    assert "right now" in shown
    assert "RRSA" in shown
    assert "oss2" in shown
    (tmp_path / "x.json").write_text("[]")
    assert aliscan("advise", str(tmp_path / "x.json")).returncode == 2
    assert aliscan("advise", "no-such-rule").returncode == 2


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | st.sampled_from(["live", "Account", "a/b.go"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["findings", "rule", "path", "line", "notes", "verified", "identity", "suppressed"]),
        inner, max_size=6,
    ),
    max_leaves=14,
)  # fmt: skip


FINDINGS = st.lists(st.fixed_dictionaries({"rule": JSON, "path": JSON, "notes": JSON}))


@given(JSON | st.fixed_dictionaries({"findings": FINDINGS}))
def test_any_json_is_advised_on_or_refused_in_one_sentence(document: Any) -> None:
    """A report comes from anywhere: what is in it is printed inert, or it is no report."""
    out = io.StringIO()
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(document, file)
        file.flush()
        try:
            entries = advise._findings(file.name)
        except AliscanError:
            return
    advise._report(entries, out)
    assert all(c.isprintable() or c in "\n\t" for c in out.getvalue())
    out.getvalue().encode()
