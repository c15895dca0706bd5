"""What flows from a source to a report: Blob, Match, Finding, and the values inside them.

``source -> Blob -> detect -> Match -> triage -> Finding -> (verify) -> report``

A value that may be a credential travels as `Secret`. Its ``repr``, ``str`` and pickled-by-accident
forms are masked; `Secret.reveal` is the one door to the bytes, and the callers of that door are
listed in tests/test_doors.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from aliscan.record import dataclass, field

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.stored import Passing, Stored


class Severity(IntEnum):
    """How bad it is when a stranger reads the value; ordered, so thresholds compare."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The lower-case public name: ``low`` ... ``critical``."""
        return self.name.lower()

    @classmethod
    def parse(cls, label: str) -> Severity:
        """Turn ``low`` ... ``critical`` into a severity; raises ValueError for any other word."""
        try:
            return cls[label.upper()]
        except KeyError:
            raise ValueError(f"unknown severity {label!r}: use low, medium, high or critical") from None


class Confidence(IntEnum):
    """How sure detect is that the value is a real credential and not a look-alike."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def label(self) -> str:
        """The lower-case public name: ``low``, ``medium``, ``high``."""
        return self.name.lower()


# The kinds of `Part`. An *identifier* names an account or key and may be shown in part; everything
# else is secret and only its length and last two characters are ever shown.
ACCESS_KEY_ID = "access-key-id"
ACCESS_KEY_SECRET = "access-key-secret"  # noqa: S105 - the name of a kind
SECURITY_TOKEN = "security-token"  # noqa: S105
API_KEY = "api-key"
PASSWORD = "password"  # noqa: S105
PRIVATE_KEY = "private-key"
TOKEN = "token"  # noqa: S105
IDENTIFIER_KINDS = frozenset({ACCESS_KEY_ID, "user", "host", "app-id", "product-key", "device-name"})


class Secret:
    """A value that must not be printed whole. Immutable; equal when the bytes are equal."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """The whole value, as bytes. The audited door: add the caller to tests/test_doors.py."""
        return self._value

    @property
    def fingerprint(self) -> str:
        """First 16 hex digits of SHA-256 of the value: the same in every file, commit and report."""
        from aliscan.digest import sha256

        return sha256(self._value).hexdigest()[:16]

    def masked(self, kind: str) -> str:
        """The value as reports may show it.

        Of an identifier the first 4 to 8 and the last 2 characters, of a secret only its length and
        last 2. Printable ASCII only, whatever the value holds.
        """
        text = self._value.decode("ascii", "replace").replace("\N{REPLACEMENT CHARACTER}", "?")
        text = "".join(c if c.isprintable() else "?" for c in text)
        if kind in IDENTIFIER_KINDS and len(text) >= 8:
            head = min(8, max(4, len(text) // 3))
            return f"{text[:head]}****{text[-2:]}"
        tail = text[-2:] if len(text) >= 12 else ""
        return f"****{tail} ({len(text)} characters)"

    def __repr__(self) -> str:
        return f"<Secret {self.fingerprint}>"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in the text a person would open.

    Lines count LF from 1; columns count characters from 1 (an undecodable byte is one character);
    the end column is the one after the last character.
    """

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a match: an id, a secret, a token.

    ``start`` and ``end`` are byte offsets in `Blob.data`, of the encoded text where ``via`` names
    the encodings that were undone (outermost first, e.g. ``("base64",)``).
    """

    kind: str
    secret: Secret
    place: Place
    start: int
    end: int
    via: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """See `Secret.fingerprint`."""
        return self.secret.fingerprint

    @property
    def masked(self) -> str:
        """See `Secret.masked`."""
        return self.secret.masked(self.kind)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where bytes come from. Paths are bytes as git or the file system has them, never decoded.

    ``kind`` is one of ``file`` (a file on disk), ``blob`` (a git object that has a path), ``object``
    (a git object without one), ``commit``, ``tag``, ``link`` (text of a symbolic link), ``name``
    (a path or ref name itself), ``message``, ``stdin``.
    ``member`` names the members of containers that were opened on the way, outermost first.
    """

    kind: str
    path: bytes = b""
    member: tuple[bytes, ...] = ()
    oid: str = ""
    commit: str = ""
    ref: bytes = b""


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes to look at, and where they come from.

    ``partial``: of something too large for memory it is one piece; ``start`` is the offset of its first
    byte, which stands on line ``line`` behind ``column`` characters of it. Matches that begin within
    ``owned`` (offsets in ``data``) count; those around it the next or the last piece shows better.
    ``stored``: a large container, read where it lies or while it goes by; ``data`` is empty then. Open
    until the next blob is asked for; of what goes by the size is known when it was searched.
    """

    origin: Origin
    data: bytes = field(repr=False)
    start: int = 0
    line: int = 1
    partial: bool = False
    column: int = 0
    owned: tuple[int, int] = (0, 0)
    stored: Stored | Passing | None = None

    @property
    def size(self) -> int:
        """How many bytes it stands for: of a piece those that no other piece stands for."""
        if self.stored is not None:
            return self.stored.size
        return self.owned[1] - self.owned[0] if self.partial else len(self.data)


@dataclass(frozen=True, slots=True)
class Clean:
    """Files that were looked at already and hold nothing: their paths, and how much it was."""

    paths: tuple[bytes, ...]
    blobs: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Match:
    """What detect found: one credential with all its parts, in reading order."""

    rule: str
    severity: Severity
    confidence: Confidence
    parts: tuple[Part, ...]
    notes: tuple[tuple[str, str], ...] = ()
    member: tuple[bytes, ...] = ()

    @property
    def key(self) -> Part:
        """The part that does the harm: the first that is not an identifier, else the first."""
        for part in self.parts:
            if part.kind not in IDENTIFIER_KINDS:
                return part
        return self.parts[0]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be looked at. One gap makes the exit code 3, never 0."""

    origin: Origin
    reason: str


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding does not count: ``kind`` is ``pragma``, ``baseline``, ``path``, ``rule``, ..."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """A commit that holds a leak: its id, who made it, when (ISO 8601 with zone), and its subject."""

    commit: str
    author: bytes = b""
    date: str = ""
    subject: bytes = b""


@dataclass(frozen=True, slots=True)
class Story:
    """What a history knows of one leaked value: where it lay, since when, who can have read it.

    ``published`` names the remote-tracking branches that hold it; ``lay`` is how long it was there,
    in seconds; ``reachable`` is false when only unreachable objects hold it.
    """

    first: Sighting | None = None
    last: Sighting | None = None
    lay: int = 0
    paths: tuple[bytes, ...] = ()
    branches: tuple[bytes, ...] = ()
    tags: tuple[bytes, ...] = ()
    published: tuple[bytes, ...] = ()
    in_head: bool = False
    reachable: bool = True
    blobs: int = 1
    commits: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """A match in its place, judged by triage. Suppressed findings stay, with the reason.

    ``notes`` are further facts, as (name, text) pairs that every report shows; ``story`` is filled
    in by the history scan.
    """

    match: Match
    origin: Origin
    severity: Severity
    suppressed: Suppression | None = None
    notes: tuple[tuple[str, str], ...] = ()
    story: Story | None = None

    @property
    def rule(self) -> str:
        """The public rule id."""
        return self.match.rule

    @property
    def parts(self) -> tuple[Part, ...]:
        """The values, in reading order."""
        return self.match.parts

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the part that does the harm (`Match.key`)."""
        return self.match.key.fingerprint

    @property
    def place(self) -> Place:
        """Where a reader starts: the place of the first part."""
        return self.match.parts[0].place


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which checkout a report is about.

    ``top`` is the absolute path of the work tree, ``base`` the folder in it (relative, "" is the top)
    that the relative paths of the report start from. ``uri`` holds no user name or password.
    """

    uri: str = ""
    revision: str = ""
    branch: str = ""
    top: bytes = b""
    base: bytes = b""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one run found out; formats render it and compute nothing new.

    ``started`` is in seconds since the epoch, ``seconds`` how long the run took; ``command`` is the
    subcommand that ran; ``notes`` are facts about the run as (name, text) pairs that every report
    shows (the range that was scanned, a policy file that changed). ``failed``: one of those facts
    counts like a finding (`--strict`).
    """

    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    blobs: int
    bytes: int
    threshold: Severity = Severity.MEDIUM
    started: float = 0.0
    seconds: float = 0.0
    command: str = "scan"
    notes: tuple[tuple[str, str], ...] = ()
    provenance: Provenance | None = None
    failed: bool = False

    def suppressed(self) -> dict[str, int]:
        """How many findings do not count, by `Suppression.kind`, in order of the kinds' names."""
        kinds = sorted(f.suppressed.kind for f in self.findings if f.suppressed)
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}

    def counted(self) -> Iterator[Finding]:
        """The findings that decide the exit code: not suppressed, at the threshold or above."""
        return (f for f in self.findings if f.suppressed is None and f.severity >= self.threshold)

    @property
    def exit_code(self) -> int:
        """1 when something counts, else 3 when something could not be looked at, else 0."""
        if self.failed or any(True for _ in self.counted()):
            return EXIT_FOUND
        return EXIT_INCOMPLETE if self.gaps else EXIT_CLEAN


EXIT_CLEAN = 0
EXIT_FOUND = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3
EXIT_INTERRUPTED = 130


class AliscanError(Exception):
    """An error a person can act on: one sentence of what was wrong, where, and what to do."""

    exit_code = EXIT_USAGE


class IncompleteError(AliscanError):
    """Something could not be looked at at all: exit 3."""

    exit_code = EXIT_INCOMPLETE
