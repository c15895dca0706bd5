"""Advice stands in every report, in the user's language, with the vendor's pages."""

from __future__ import annotations

import html
import io
import json as loads
from dataclasses import replace

import pytest

from aliscan import formats
from aliscan.advice import practice
from aliscan.advice.steps import RESULTS, place_of, steps
from aliscan.advice.told import about, advice, together
from aliscan.detect.rules import all_rules
from aliscan.finding import Finding, Origin, Report, Suppression
from aliscan.formats import json
from aliscan.verify.identity import Status, Verification
from aliscan.verify.report import with_answer
from tests.formats.samples import pair

LANGUAGES = ("en", "zh")


def found(path: bytes = b"src/a.go", answer: Verification | None = None) -> Finding:
    match, _id, _secret = pair(path)
    finding = Finding(match, Origin("file", path), match.severity)
    return with_answer(finding, answer) if answer else finding


def rendered(name: str, *findings: Finding) -> str:
    """A report without what its notation adds: line breaks, escapes."""
    out = io.StringIO()
    formats.load(name).write(Report(findings, (), 1, 1), out)
    text = out.getvalue()
    if name in ("json", "sarif", "gitlab"):
        text = loads.dumps(loads.loads(text), ensure_ascii=False)
    elif name == "jsonl":
        text = "".join(loads.dumps(loads.loads(line), ensure_ascii=False) for line in text.splitlines())
    elif name in ("html", "junit"):
        text = html.unescape(text.replace("<code>", "").replace("</code>", ""))
    return text.replace('\\"', '"')


def squeezed(text: str) -> str:
    return "".join(text.replace("`", "").split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", formats.FORMATS)
def test_every_format_has_the_steps_and_the_official_pages(
    name: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALISCAN_LANG", language)
    finding = found()
    text = squeezed(rendered(name, finding))
    for step in about(finding).steps:
        assert squeezed(str(step.text)) in text, f"{name}: {step.text}"
    assert len(about(finding).practices) >= 6
    for one in about(finding).practices:
        assert one.page in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("name", formats.FORMATS)
def test_every_format_says_what_a_verification_means(
    name: str, status: Status, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALISCAN_LANG", language)
    text = squeezed(rendered(name, found(answer=Verification(status))))
    assert squeezed(str(RESULTS[status.value])) in text


@pytest.mark.parametrize("name", formats.FORMATS)
def test_no_advice_about_what_is_suppressed_and_none_without_findings(name: str) -> None:
    hidden = replace(found(), suppressed=Suppression("pragma", "x"))
    for text in (rendered(name, hidden), rendered(name)):
        assert name == "sarif" or "aliscan disable" not in text


def test_each_advice_once_in_json_however_many_findings() -> None:
    many = [found(b"src/%d.go" % n) for n in range(30)] + [found(b"k8s/a.yaml")]
    document = json.document(Report(tuple(many), (), 1, 1))
    assert set(document["advice"]) == {
        "alibaba-access-key-pair/default/go",
        "alibaba-access-key-pair/kubernetes/kubernetes",
    }
    assert (
        document["advice"]["alibaba-access-key-pair/kubernetes/kubernetes"]["example"]["language"]
        == "Kubernetes"
    )


def test_all_eleven_practices_are_given_where_they_apply() -> None:
    identities = ("", "Account", "RAMUser", "AssumedRoleUser")
    given = {
        p.name for rule in all_rules() for i in identities for p in advice(rule.id, b"", "live", i).practices
    }
    assert given == {p.name for p in practice.PRACTICES}
    account = {p.name for p in practice.fitting("Account")}
    assert {"mfa", "no-account-key", "ram-users"} <= account


@pytest.mark.parametrize("status", [s.value for s in Status])
@pytest.mark.parametrize("rule", [rule.id for rule in all_rules()])
def test_steps_come_in_order_for_every_rule_and_result(rule: str, status: str) -> None:
    phases = [step.phase for step in steps(rule, b"a.py", status)]
    assert phases == sorted(phases)
    assert {2, 4, 5, 6} <= set(phases), "usage, replacement, history, platform are always there"
    assert (1 in phases) is (status not in ("dead",) and not _over(rule, status))


def _over(rule: str, status: str) -> bool:
    if rule in ("alibaba-sts-token", "alibaba-vod-auth"):
        return status == "expired"
    return status == "disabled" and (rule.startswith("alibaba-access-key") or "serverless" in rule)


def test_a_key_of_the_main_account_is_not_to_be_replaced_by_another() -> None:
    texts = [str(s.text) for s in steps("alibaba-access-key-pair", b"a.py", "live", "Account")]
    assert any("main account: do not replace it" in t for t in texts)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (b"a.py", "default"), (b"deployments.yaml", "default"), (b"s.yaml", "serverless"),
        (b"fn/s.yml", "serverless"), (b".s/access.yaml", "serverless"), (b"charts/x/a.yaml", "kubernetes"),
        (b"values.yaml", "kubernetes"), (b"a/my-secret.yaml", "kubernetes"), (b"k8s/x.yml", "kubernetes"),
        (b".github/workflows/ci.yml", "ci"), (b".gitlab-ci.yml", "ci"), (b"Jenkinsfile", "ci"),
        (b"web/App.vue", "browser"), (b"android/app/Main.kt", "browser"), (b"server/Main.kt", "default"),
        (b"miniprogram/app.js", "browser"), (b"\xff\xfe", "default"), (b"", "default"),
    ],
)  # fmt: skip
def test_the_replacement_fits_the_file(path: bytes, place: str) -> None:
    assert place_of(path) == place


def test_steps_for_several_say_what_each_is_for() -> None:
    joint = together([advice("alibaba-access-key-pair"), advice("alibaba-model-studio-key")])
    rules = {step.text.en.partition(":")[0]: who for step, who in joint.steps}
    assert rules["Disable it first"] == ("alibaba-access-key-pair",)
    assert rules["Take it out of the history"] == ()
    assert "AccessKey id with its secret: Disable it first" in rendered_text()


def rendered_text() -> str:
    from aliscan.formats.advised import joined

    other = replace(found(), match=replace(found().match, rule="alibaba-model-studio-key"))
    return "\n".join(joined([found(), other])[0])
