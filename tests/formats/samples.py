"""Reports to render: of every shape, with hostile text in every field that a repository can fill."""

from __future__ import annotations

import io
from dataclasses import replace

from aliscan.detect import detect
from aliscan.finding import (
    Confidence,
    Finding,
    Gap,
    Match,
    Origin,
    Part,
    Place,
    Provenance,
    Report,
    Secret,
    Severity,
    Sighting,
    Story,
    Suppression,
)
from aliscan.formats import load
from tests.support import keys

COMMIT = "0123456789abcdef0123456789abcdef01234567"

# Each as the bytes of a path; what a log, a terminal, a spreadsheet, a browser would obey.
HOSTILE = {
    "github-command": b"::error file=x,line=1::pwned",
    "github-command-indented": b"  ::add-mask::main",
    "github-newline": b"a\n::error::pwned\r\n::stop-commands::x",
    "github-old": b"a ##[command]pwned",
    "azure": b"a/##vso[task.setvariable variable=PATH]/tmp",
    "azure-more-hashes": b"####vso[task.complete result=Succeeded]",
    "teamcity": b"##teamcity[buildStatus status='SUCCESS']",
    "gitlab-section": b"section_start:1700000000:x\r\x1b[0Kpwned",
    "escape": b"e\x1b]0;pwned\x07\x1b[1A\x1b[2K.py",
    "c1": b"a\xc2\x9b31mred\xc2\x85b",
    "separators": "a\u2028b\u2029c\x0bd\x0ce\x1c".encode(),
    "bidi": "a\u202egnp\u2066.exe\u2069".encode(),
    "zero-width": "a\u200b\ufeff\u200d".encode(),
    "nul-del": b"a\x00\x7f",
    "not-utf8": b"\xff\xfe\xb0\xa2",
    "surrogate": b"\xed\xa0\x80",
    "noncharacter": b"\xef\xbf\xbe\xef\xbf\xbf",
    "formula": b"=cmd|'/c calc'!A0",
    "formula-plus": b"+1+1",
    "formula-at": b"@SUM(1)",
    "formula-minus": b"-2+3",
    "formula-tab": b"\t=1",
    "html": b"<script>alert(1)</script>",
    "html-attribute": b"\" onmouseover='alert(1)' x=",
    "html-entity": b"&lt;img src=x onerror=alert(1)&gt;",
    "rich": b"[/x].py [red]r[/red] [link=http://evil.invalid]l[/link] :boom:",
    "markdown-table": b"a | b | c\\| d \\",
    "markdown-code": b"a`b``c```d",
    "markdown-link": b"[x](javascript:alert(1)) ![i](http://evil.invalid/i.png) @everyone #1",
    "cdata": b"]]><x/><![CDATA[",
    "xml": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    "percent": b"%0A::error::pwned%25",
    "braces": b"{0} {1} {} %s %(x)s ${x} $(id) `id`",
    "quote": b'it\'s "quoted" \\ back',
    "spaces": b"  ",
    "chinese": "配置/密钥。py".encode(),
    "dots": b"../../etc/passwd",
    "absolute": b"/etc/passwd",
    "drive": b"C:\\x\\y",
    "long": b"x" * 5000,
}


def pair(path: bytes = b"src/a.py", line: int = 1) -> tuple[Match, str, str]:
    """A real match of detect, with the id and the secret that it must not show."""
    while True:  # one random key in a thousand looks like made up to detect
        ident, secret = keys.key_id(), keys.secret()
        text = "\n" * (line - 1) + f'id = "{ident}"\nsecret = "{secret}"\n'
        found = detect(text.encode(), path).matches
        if [m.rule for m in found] == ["alibaba-access-key-pair"]:
            return found[0], ident, secret


def finding(path: bytes = b"src/a.py", *, line: int = 1, severity: Severity | None = None) -> Finding:
    """One finding of a pair."""
    match, _ident, _secret = pair(path, line)
    return Finding(match, Origin("file", path), severity or match.severity)


def report(*findings: Finding, gaps: tuple[Gap, ...] = ()) -> Report:
    """A report of some findings."""
    return Report(findings, gaps, blobs=3, bytes=4096, started=1_700_000_000.0, seconds=0.25)


def hostile(text: bytes) -> Report:
    """A report with ``text`` wherever a repository can put text."""
    words = text.decode("utf-8", "surrogateescape")
    base = finding()
    part = Part("user", Secret(text * 3), Place(1, 1, 1, 9), 0, 8)
    odd = Match("alibaba-access-key-id", Severity.MEDIUM, Confidence.LOW, (part,), notes=((words, words),))
    sighting = Sighting(COMMIT, text, words, text)
    story = Story(sighting, sighting, 90_000, (text, b"b"), (text,), (text,), (text,), True)
    origins = [
        Origin("file", text),
        Origin("blob", text, member=(text, text), oid=COMMIT, commit=COMMIT, ref=text),
        Origin("name", text),
        Origin("tag", b"", oid=COMMIT, ref=text),
    ]
    findings = [replace(base, origin=o, notes=(("note", words),), story=story) for o in origins]
    findings.append(Finding(odd, Origin("file", text), Severity.LOW))
    findings.append(replace(base, origin=origins[0], suppressed=Suppression("pragma", words)))
    findings.append(replace(base, origin=origins[0], suppressed=Suppression(words, words)))
    gaps = (Gap(Origin("file", text), words), Gap(Origin("object", oid=COMMIT), words))
    where = Provenance("https://example.invalid/r", COMMIT, words, b"/top", b"")
    return replace(report(*findings, gaps=gaps), notes=(("range", words),), provenance=where)


def everything() -> Report:
    """A report with a finding of every shape."""
    first = finding(b"src/a.py", line=12)
    story = Story(
        Sighting(COMMIT, b"Li Lei", "2024-03-01T10:00:00+08:00", b"Add OSS upload"),
        Sighting(COMMIT[::-1], b"Han Meimei", "2025-06-02T11:00:00+08:00", "移除密钥".encode()),
        39_571_200,
        (b"src/a.py", b"src/b.py"),
        (b"main",),
        (b"v1.0",),
        (b"origin/main",),
    )
    return replace(
        report(
            first,
            replace(first, origin=Origin("blob", b"src/b.py", oid=COMMIT, commit=COMMIT), story=story),
            finding(b"conf/old.ini", severity=Severity.LOW),
            replace(finding(b"t/x.py"), suppressed=Suppression("baseline", "known test key")),
            replace(finding(b"t/y.py"), suppressed=Suppression("pragma", "")),
            Finding(pair()[0], Origin("file", b"a.zip", member=(b"in/b.txt",)), Severity.CRITICAL),
            Finding(pair()[0], Origin("message"), Severity.CRITICAL),
            Finding(pair()[0], Origin("stdin"), Severity.CRITICAL),
            Finding(pair()[0], Origin("commit", oid=COMMIT, commit=COMMIT), Severity.CRITICAL),
            gaps=(Gap(Origin("file", b"big.bin"), "larger than 512 MiB"),),
        ),
        provenance=Provenance("https://example.invalid/a/b", COMMIT, "main", b"/work", b""),
        notes=(("range", "a..b"),),
    )


def render(name: str, about: Report) -> str:
    """The report in a format."""
    out = io.StringIO()
    load(name).write(about, out)
    return out.getvalue()
