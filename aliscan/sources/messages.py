"""Commit and tag objects as bytes: what of them is worth scanning, and who, when, what they say."""

from __future__ import annotations

from aliscan.record import dataclass

# As text: compiled when first used, which in a gate is seldom.
_PERSON = rb"^(.*?) ?<([^<>]*)>.*? (\d{1,12}) ([-+]\d{4})$"
_SIGNATURE = rb"(?m)^gpgsig(?:-sha256)? [^\n]*\n(?: [^\n]*\n)*"


@dataclass(frozen=True, slots=True)
class Commit:
    """What reports say of a commit. Names and subject are raw bytes: escape them where they are shown."""

    oid: str
    parents: tuple[str, ...]
    author: bytes
    email: bytes
    time: int  # seconds since 1970, when it was authored; 0 when the line is broken
    zone: bytes
    subject: bytes


def parse(oid: str, raw: bytes) -> Commit:
    """Read a raw commit object; a broken header gives empty fields, never an error (F39)."""
    head, _, body = raw.partition(b"\n\n")
    parents: list[str] = []
    person = b""
    for line in head.split(b"\n"):
        word, _, rest = line.partition(b" ")
        if word == b"parent":
            parents.append(rest.decode("ascii", "replace"))
        elif word == b"author" and not person:
            person = rest
    # The pattern is linear, and the line is cut: one name of 6 kB hung GitPython for a minute (5.5)
    import re

    m = re.match(_PERSON, person[:1000])
    name, email, time, zone = m.groups() if m else (person[:200], b"", b"0", b"+0000")
    subject = body.lstrip(b"\n").split(b"\n", 1)[0]
    return Commit(oid, tuple(parents), name, email, int(time), zone, subject)


def scannable(kind: str, raw: bytes) -> bytes:
    """All of a commit or tag object but the signature of a commit, which is noise (R3).

    The lines of the signature stay, empty, so that line numbers are those of the object. Every other
    header is kept: author and committer, encoding, ``mergetag``, and headers that git does not know.
    """
    if kind != "commit" or b"\ngpgsig" not in raw:
        return raw
    end = raw.find(b"\n\n") + 1 or len(raw)
    import re

    head = re.sub(_SIGNATURE, lambda m: b"\n" * m[0].count(b"\n"), raw[:end])
    return head + raw[end:]
