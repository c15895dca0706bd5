"""The policy as a whole: what silences, what only asks to, and what is never silenced."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest

from aliscan.detect import detect
from aliscan.finding import AliscanError, Blob, Finding, Origin, Severity
from aliscan.git import Git
from aliscan.triage import policy as policies
from aliscan.triage.policy import Choices, Policy, load
from aliscan.triage.pragmas import Allow, allows
from aliscan.triage.shelf import Commit, Disk, Index
from aliscan.triage.trust import base_allows
from tests.support import keys
from tests.support.repo import Repo


class Shelf:
    """Files that exist only here: `load` needs bytes and a name, nothing else."""

    def __init__(self, **files: bytes) -> None:
        self.files = {name.replace("__", "."): data for name, data in files.items()}

    def read(self, name: bytes) -> bytes | None:
        return self.files.get(name.decode().lstrip("."))

    def label(self, name: bytes) -> str:
        return name.decode()


def policy(toml: str = "", baseline: bytes | None = None, **choices: object) -> Policy:
    files = {"aliscan__toml": toml.encode()} if toml else {}
    if baseline is not None:
        files["secrets__baseline"] = baseline
    return load(Shelf(**files), Choices(**choices))  # type: ignore[arg-type]


def judged(policy: Policy, text: str, path: bytes = b"src/a.py", kind: str = "file") -> list[Finding]:
    blob = Blob(Origin(kind, path), text.encode())
    return [policy.judge(blob, match) for match in detect(blob.data, path).matches]


def pair() -> tuple[str, str]:
    return keys.key_id(), keys.secret()


def held(finding: Finding) -> str:
    return finding.suppressed.kind if finding.suppressed else ""


def test_without_policy_everything_counts() -> None:
    (finding,) = judged(policy(), "\n".join(pair()))
    assert held(finding) == ""
    assert finding.severity is Severity.CRITICAL


def test_finding_names_the_members_that_were_opened() -> None:
    ident, secret = pair()
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("conf/app.yml", f"accessKeyId: {ident}\naccessKeySecret: {secret}\n")
    blob = Blob(Origin("file", b"app.jar"), data.getvalue())
    (match,) = detect(blob.data, b"app.jar").matches
    assert policy().judge(blob, match).origin == Origin("file", b"app.jar", member=(b"conf/app.yml",))


def test_paths_rules_and_severities() -> None:
    text = "\n".join(pair())
    toml = '[paths]\nallow = ["tests/", "!tests/real/"]\n'
    assert held(judged(policy(toml), text, b"a/tests/x.py")[0]) == "path"
    assert held(judged(policy(toml), text, b"a/test.py")[0]) == ""
    (finding,) = judged(policy('[rules]\nalibaba-access-key-pair = "off"'), text)
    assert held(finding) == "rule"
    (finding,) = judged(policy('[rules]\nalibaba-access-key-pair = "low"'), text)
    assert (held(finding), finding.severity) == ("", Severity.LOW)


def test_placeholder_is_the_value_that_does_harm() -> None:
    ident, secret = pair()
    of_secret = hashlib.sha256(secret.encode()).hexdigest()[:16]
    of_id = hashlib.sha256(ident.encode()).hexdigest()[:16]
    (finding,) = judged(policy(f'placeholders = ["{of_secret}"]'), f"{ident}\n{secret}")
    assert held(finding) == "placeholder"
    (finding,) = judged(policy(f'placeholders = ["{of_id}"]'), f"{ident}\n{secret}")
    assert held(finding) == ""


@pytest.mark.parametrize(
    ("template", "allowed"),
    [
        ("{i}\n{s}  # pragma: allowlist secret", True),
        ("{i}  # pragma: allowlist secret\n{s}", True),
        ("# pragma: allowlist nextline secret\n{i}\n{s}", True),
        ("{i}\n# pragma: allowlist nextline secret\n{s}", True),
        ("{i}\r\n{s}  # pragma: whitelist secret\r\n", True),
        ("{i}\n{s}  // aliscan: allow[alibaba-access-key-pair] an example", True),
        ("<!-- aliscan: allow[alibaba-access-key-pair] -->\n{i}\n{s}", True),
        ("{i}\n{s}  # aliscan: allow[alibaba-access-key-id]", False),
        ("{i}\n{s}  # aliscan: allow", False),
        ("x = 1  # aliscan: allow[alibaba-access-key-pair]\n{i}\n{s}", False),
        ("# aliscan: allow[alibaba-access-key-pair]\n\n{i}\n{s}", False),
        ("{i}\n\n# pragma: allowlist secret\n{s}", False),
    ],
)
def test_comments(template: str, allowed: bool) -> None:
    ident, secret = pair()
    (finding,) = judged(policy(), template.format(i=ident, s=secret))
    assert held(finding) == ("pragma" if allowed else "")


def test_wrong_rule_in_a_comment_is_said() -> None:
    ident, secret = pair()
    (finding,) = judged(policy(), f"{ident}\n{secret} # aliscan: allow[alibaba-sts-token]")
    assert dict(finding.notes)["allow"].endswith("not this rule")


def test_reason_never_holds_a_value() -> None:
    ident, secret = pair()
    (finding,) = judged(
        policy(), f"{ident} # aliscan: allow[alibaba-access-key-pair] for {secret} \x1b[2K ok"
    )
    assert finding.suppressed is not None
    assert secret not in finding.suppressed.reason
    assert "\x1b" not in finding.suppressed.reason
    assert finding.suppressed.reason.startswith("for ****")


def baseline_of(path: str, value: str, **more: object) -> bytes:
    hashed = hashlib.sha1(value.encode()).hexdigest()
    entry = {"type": "x", "filename": path, "hashed_secret": hashed, **more}
    return json.dumps({"version": "1.5.0", "results": {path: [entry]}}).encode()


def test_baseline_binds_value_to_path() -> None:
    ident, secret = pair()
    known = policy(baseline=baseline_of("src/a.py", secret))
    assert held(judged(known, f"\n\n{ident}\n{secret}")[0]) == "baseline"
    assert held(judged(known, f"{ident}\n{secret}", b"src/b.py")[0]) == ""
    assert held(judged(known, f"{ident}\n{keys.secret()}")[0]) == ""
    only_id = policy(baseline=baseline_of("src/a.py", ident))
    assert held(judged(only_id, f"{ident}\n{secret}")[0]) == ""


def test_known_real_leak_counts_when_strict() -> None:
    ident, secret = pair()
    data = baseline_of("src/a.py", secret, is_secret=True)
    (finding,) = judged(policy(baseline=data), f"{ident}\n{secret}")
    assert finding.suppressed is not None
    assert "rotate" in finding.suppressed.reason
    assert held(judged(policy(baseline=data, strict=True), f"{ident}\n{secret}")[0]) == ""


def test_object_under_allowed_and_other_path_counts() -> None:
    text = "\n".join(pair()).encode()
    rules = policy('[paths]\nallow = ["docs/"]')
    (match,) = detect(text).matches
    allowed, other = Origin("blob", b"docs/a"), Origin("blob", b"prod/a")
    assert held(rules.verdict(match, (allowed, allowed))) == "path"
    finding = rules.verdict(match, (allowed, other))
    assert (held(finding), finding.origin) == ("", other)


def test_name_of_a_file_cannot_allow_itself() -> None:
    ident = keys.key_id()
    name = f"{ident} # pragma: allowlist secret"
    (finding,) = judged(policy(), name, name.encode(), kind="name")
    assert held(finding) == ""


def test_both_files_are_an_error() -> None:
    shelf = Shelf(aliscan__toml=b"", pyproject__toml=b"[tool.aliscan]\n")
    with pytest.raises(AliscanError, match="both"):
        load(shelf)
    load(Shelf(aliscan__toml=b"", pyproject__toml=b"[tool.other]\naliscan = 1\n"))


def test_shelves_agree_and_see_their_own_version(in_repo: Repo) -> None:
    in_repo.commit(**{".aliscan.toml": 'threshold = "low"\n'})
    base = in_repo.git("rev-parse", "HEAD")
    in_repo.stage(".aliscan.toml", 'threshold = "high"\n')
    in_repo.write(".aliscan.toml", 'threshold = "critical"\n')
    git = Git()
    assert load(Commit(git, base)).threshold is Severity.LOW
    assert load(Index(git)).threshold is Severity.HIGH
    assert load(Disk(bytes(in_repo.path))).threshold is Severity.CRITICAL


def test_comment_of_a_change_only_asks(in_repo: Repo) -> None:
    """F36: a pull request cannot bring a key together with the comment that allows it."""
    ident, secret = pair()
    old = f"{ident}\n{secret} # pragma: allowlist secret\n"
    base = in_repo.commit(**{"a.py": old})
    gate = load(Commit(Git(), base), trust=base_allows(Git(), base))
    assert held(judged(gate, "# moved\n" + old, b"a.py")[0]) == "pragma"
    assert held(judged(gate, old, b"b.py")[0]) == ""
    fresh = "\n".join(pair()) + " # pragma: allowlist secret\n"
    (finding,) = judged(gate, fresh, b"a.py")
    assert held(finding) == ""
    assert "asks-to-be-allowed" in dict(finding.notes)


def test_strict_names_what_has_no_effect() -> None:
    ident, secret = pair()
    text = f"# aliscan: allow[alibaba-access-key-pair] gone\n\n{ident}\n{secret} # pragma: allowlist secret\n"
    blob = Blob(Origin("file", b"src/a.py"), text.encode())
    rules = policy(strict=True, baseline=baseline_of("src/a.py", keys.secret()))
    from aliscan import engine

    report = rules.finish(engine.run(_noted(rules, blob), rules.judge))
    assert [name for name, _ in report.notes] == ["unused-allow", "stale-baseline"]
    assert "src/a.py:1:" in report.notes[0][1]
    assert (report.exit_code, report.suppressed()) == (1, {"pragma": 1})


def _noted(rules: Policy, blob: Blob):  # type: ignore[no-untyped-def]
    rules.note(blob)
    yield blob


def test_utf_16_comment() -> None:
    text = f"key\n{keys.key_id()} # aliscan: allow[alibaba-access-key-id]\n"
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        (allow,) = allows(text.encode(encoding))
        assert (allow.covers, allow.rules) == (2, ("alibaba-access-key-id",))


def test_the_comments_of_a_text_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counted(data: bytes, path: bytes = b"", line: int = 1) -> tuple[Allow, ...]:
        read.append(len(data))
        return allows(data, path, line)

    monkeypatch.setattr(policies, "allows", counted)
    rules = policy()
    held_id = f"id = {keys.key_id()}  # aliscan: allow[alibaba-access-key-id]\n"
    text = "".join(f"id = {keys.key_id()}\n" for _ in range(50)) + held_id
    assert [held(f) for f in judged(rules, text)] == [""] * 50 + ["pragma"]
    assert len(read) == 1
    assert [held(f) for f in judged(rules, text.replace("  #", "\n#"))] == [""] * 51
    assert len(read) == 2, "another text has comments of its own"
