"""pre-receive: everything that a self-hosted server receives, refused before it is stored.

The server decides, not the push: settings come from the environment and the git configuration of the
server, the policy from what its HEAD already holds; push options are not looked at.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from aliscan import engine
from aliscan.commands.gate import Outcome, examine
from aliscan.detect.anchors import is_container
from aliscan.finding import EXIT_CLEAN, EXIT_FOUND, EXIT_INCOMPLETE, AliscanError
from aliscan.git import Git, show
from aliscan.i18n import _
from aliscan.record import dataclass
from aliscan.sources.commits import Reach, Tally, Update
from aliscan.sources.quarantine import unreached
from aliscan.triage.lazy import Triage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from aliscan.triage.policy import Choices, Policy

SECONDS = 50.0  # hosting software gives a hook about a minute; GitHub Enterprise only five seconds


class TimeUp(Exception):
    """The time limit is over. Not an AliscanError: nothing may take it for an answer."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server's administrator decided.

    ``seconds``: time limit, 0 for none; ``accept``: a push that cannot be looked at in time is let in;
    ``comments``: comments in pushed files may allow findings.
    """

    seconds: float = SECONDS
    accept: bool = False
    comments: bool = False


def run(arguments: list[str], choices: Choices | None = None) -> int:
    """``aliscan hook pre-receive``, told of ref updates by standard input."""
    git = Git()
    settings = read_settings(git)
    told = sys.stdin.buffer.read()
    if not told:
        raise AliscanError(_("pre-receive is started by git when a push arrives, and told what it brings."))
    updates = parse(told)
    if not updates:
        return EXIT_CLEAN  # deletions
    sifted = engine.Sifted()
    try:
        with deadline(settings.seconds):
            outcome = _examine(git, updates, settings, choices, sifted)
    except TimeUp:
        return _out_of_time(settings, sifted)
    if outcome.report.exit_code:
        _say(outcome, git, updates)
    return outcome.report.exit_code


def parse(lines: bytes) -> list[Update]:
    """git's standard input: a line ``<old id> <new id> <ref>`` for each ref that changes; deletions are
    left out. Raises AliscanError for a line of any other form."""
    updates = []
    for line in lines.split(b"\n"):
        if not line:
            continue
        words = line.split(b" ", 2)
        if len(words) != 3 or any(len(w) not in (40, 64) or w.strip(b"0123456789abcdef") for w in words[:2]):
            raise AliscanError(
                _("pre-receive did not understand this line of its input: {line}.").format(line=show(line))
            )
        if words[1].strip(b"0"):
            updates.append(Update(words[2], words[1].decode()))
    return updates


def read_settings(git: Git) -> Settings:
    """The settings of the server: ``ALISCAN_...`` in the environment, else ``aliscan.*`` in its git
    configuration. Raises AliscanError for a value that is none."""
    # The system's configuration counts here: it is the administrator's place for all repositories
    wide = Git(git.directory, git.foreign, (*git.extra, ("GIT_CONFIG_NOSYSTEM", "0")))
    found: dict[str, str] = {}
    for field in wide.run("config", "-z", "--get-regexp", r"^aliscan\.", ok=(0, 1)).split(b"\0")[:-1]:
        key, _newline, value = field.partition(b"\n")
        found[key.decode("utf-8", "replace").lower()] = value.decode("utf-8", "replace")
    names = {
        "aliscan.prereceiveseconds": "ALISCAN_PRE_RECEIVE_SECONDS",
        "aliscan.prereceiveontimeout": "ALISCAN_PRE_RECEIVE_ON_TIMEOUT",
        "aliscan.prereceivecomments": "ALISCAN_PRE_RECEIVE_COMMENTS",
    }
    for name, variable in names.items():
        if variable in os.environ:
            found[name] = os.environ[variable]
    seconds, on_timeout, comments = (found.get(name) for name in names)
    return Settings(
        _number(seconds) if seconds is not None else SECONDS,
        _word(on_timeout, {"refuse": False, "accept": True}, "preReceiveOnTimeout"),
        _word(comments, {"false": False, "true": True}, "preReceiveComments"),
    )


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e6:
        raise AliscanError(
            _("aliscan.preReceiveSeconds must be a number of seconds, 0 for no limit, not {value}.").format(
                value=show(text.encode("utf-8", "replace"))
            )
        )
    return value


def _word(text: str | None, words: dict[str, bool], name: str) -> bool:
    if text is None:
        return False
    if text.lower() not in words:
        raise AliscanError(
            _("aliscan.{name} must be one of {words}, not {value}.").format(
                name=name, words=", ".join(words), value=show(text.encode("utf-8", "replace"))
            )
        )
    return words[text.lower()]


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise TimeUp inside the block after so many seconds, wherever it is then; 0 is never."""
    if not seconds or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _examine(
    git: Git, updates: list[Update], settings: Settings, choices: Choices | None, sifted: engine.Sifted
) -> Outcome:
    tally = Tally(seen=set())
    # --not --all: what any ref of the server reaches is there already, whoever pushed it (2.1)
    reach = Reach(tuple(u.new for u in updates), (), ("--not", "--all"))
    triage = Triage(lambda: policy(git, settings, choices))
    return examine(
        git, reach, updates, triage, more=unreached(git, tally, is_container), tally=tally, sifted=sifted
    )


def policy(git: Git, settings: Settings, choices: Choices | None) -> Policy:
    """What the server's HEAD decided before this push; without one nothing is allowed."""
    from aliscan.triage.policy import NO_CHOICES, load
    from aliscan.triage.shelf import Commit
    from aliscan.triage.trust import base_allows

    head = git.resolve("HEAD^{commit}") or git.empty_tree()
    trust = None if settings.comments else base_allows(git, head)
    return load(Commit(git, head), choices or NO_CHOICES, trust=trust)


def _say(outcome: Outcome, git: Git, updates: list[Update]) -> None:
    from aliscan.commands.hooks import rewrite
    from aliscan.formats import refusal, text

    if outcome.report.exit_code != EXIT_FOUND:
        sys.stderr.write(_("aliscan: the push is refused: not all of it could be looked at.") + "\n")
        text.write(outcome.report, sys.stderr)
        return
    steps = rewrite.steps(outcome, git, updates, server=True)
    title = _("push refused by this server: it holds an Alibaba Cloud credential")
    refusal.write(outcome.report, sys.stderr, title=title, remove=steps)


def _out_of_time(settings: Settings, sifted: engine.Sifted) -> int:
    write: Callable[[str], object] = sys.stderr.write
    looked = _("{blobs} objects were looked at in {seconds:g} seconds").format(
        blobs=sifted.blobs, seconds=settings.seconds
    )
    if sifted.hits:
        rules = ", ".join(sorted({match.rule for hit in sifted.hits for match in hit.matches}))
        write(_("aliscan: the push is refused: it holds {rules}").format(rules=rules) + f" ({looked}).\n")
        return EXIT_FOUND
    if settings.accept:
        write(_("aliscan: the push is let in though not all of it was searched") + f" ({looked}).\n")
        return EXIT_CLEAN
    write(
        _("aliscan: the push is refused: not all of it could be searched in time") + f" ({looked}). "
        + _("Push fewer commits at once, or ask the administrator for a longer time "
            "(git config aliscan.preReceiveSeconds).") + "\n"
    )  # fmt: skip
    return EXIT_INCOMPLETE
