"""From what a CI provider says to commits that are really here: the base and the head of a change.

The chain, from the best to the last: what the provider names as the base; the repository's default
branch; everything that the head reaches. It never ends in "the last commit only" (5.10): where the
answer is not known, more is scanned, and where the history is not here, that is a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from aliscan.finding import IncompleteError
from aliscan.git import Git, show
from aliscan.i18n import N_, _
from aliscan.record import dataclass
from aliscan.sources.providers import PUSH, TAG, Candidate, Event

_HEX = "0123456789abcdefABCDEF"


@dataclass(frozen=True, slots=True)
class Choice:
    """The range to scan. ``base`` is "" for everything that ``head`` reaches.

    ``why`` says where both come from, ``tried`` what was not usable, a sentence each. ``tip`` is what to
    enumerate: the head, or the tag object that points at it. ``merged``: a default branch that holds the
    head already.
    """

    base: str
    head: str
    tip: str
    why: tuple[str, ...]
    tried: tuple[str, ...] = ()
    merged: str = ""


class Refs:
    """Commits by id or branch name; every answer comes from git (`cat-file --batch-check`)."""

    def __init__(self, git: Git, event: Event) -> None:
        self._git = git
        self._given = [c.value for c in (*event.base, *event.head) if not c.branch]

    @cached_property
    def _here(self) -> dict[str, str]:
        """The full ids that the event names, asked for together."""
        ids = [v for v in self._given if len(v) in (40, 64) and not v.strip(_HEX) and v.strip("0")]
        return self._git.commits(ids)

    @cached_property
    def _names(self) -> set[bytes]:
        return set(self._git.lines("for-each-ref", "--format=%(refname)", "refs/remotes", "refs/heads"))

    @cached_property
    def _remotes(self) -> list[bytes]:
        found = {n.split(b"/")[2] for n in self._names if n.startswith(b"refs/remotes/")}
        return sorted(found, key=lambda r: (r != b"origin", r))

    def find(self, candidate: Candidate) -> tuple[str, str]:
        """The commit's full id, or "" and the reason why there is none."""
        if candidate.branch:
            return self._branch(candidate.value)
        return self._id(candidate.value)

    def _id(self, value: str) -> tuple[str, str]:
        if not value.strip("0"):
            return "", _("is all zeros")
        if value.strip(_HEX) or not 7 <= len(value) <= 64:
            return "", _("is no commit id")
        if len(value) in (40, 64):
            found = self._here.get(value)
            return (found, "") if found else ("", _("is not in this clone"))
        # A short id must not be looked up by name: a branch may be called so
        ids = self._git.lines("rev-parse", f"--disambiguate={value}")
        found_ids = [c for c in (self._git.resolve(f"{i.decode()}^{{commit}}") for i in ids) if c]
        commits = {c for c in found_ids if c.startswith(value.lower())}
        if len(commits) == 1:
            return commits.pop(), ""
        return "", _("is short for several commits") if commits else _("is not in this clone")

    def _branch(self, name: str) -> tuple[str, str]:
        raw = name.encode("utf-8", "surrogateescape").removeprefix(b"refs/heads/")
        for ref in (*(b"refs/remotes/%s/%s" % (r, raw) for r in self._remotes), b"refs/heads/" + raw):
            if ref in self._names:
                found = self._git.resolve(f"{ref.decode('utf-8', 'surrogateescape')}^{{commit}}")
                if found:
                    return found, ""
        return "", _("is not in this clone")

    def defaults(self, name: str) -> Iterator[Candidate]:
        """What may be the default branch, as the provider calls it or as remotes usually do."""
        for value in dict.fromkeys(filter(None, (name, "HEAD", "main", "master"))):
            yield Candidate(N_("default branch"), value, branch=True)


def given(found: Mapping[str, str], options: Mapping[str, str], cure: str) -> dict[str, str]:
    """The commits of the revisions that the user named, by option; "" for an option that is not used.

    ``found``: what `Git.commits` says of them. Raises IncompleteError when one is not here.
    """
    for option, revision in options.items():
        if revision and revision not in found:
            text = show(revision.encode("utf-8", "surrogateescape"))
            raise IncompleteError(
                _("{option} {text} is not a commit of this clone; fetch it ({cure}).").format(
                    option=option, text=text, cure=cure
                )
            )
    return {option: found.get(revision, "") for option, revision in options.items()}


def choose(git: Git, event: Event, base: str, head: str, cure: str) -> Choice:
    """Pick base and head for an event; ``base`` and ``head`` are full ids that the user gave, or "".

    Raises IncompleteError when the provider names a head that is not here: scanning anything else
    would be a look at something else.
    """
    refs = Refs(git, event)
    tried: list[str] = []
    why: list[str] = []
    if head:
        why.append(_("head from {source}").format(source="--head"))
    else:
        head = _head(git, refs, event, cure, tried, why)
    tip = _tip(git, event, head)
    if base:
        return Choice(base, head, tip, (*why, _base("--base")), tuple(tried))
    found = _first(refs, event.base, tried, lambda commit: _reaches(git, commit, head))
    if found:
        return Choice(found[0], head, tip, (*why, _base(found[1].source)), tuple(tried))
    merged = ""
    for candidate in refs.defaults(event.default):
        commit, _reason = refs.find(candidate)
        if not commit:
            continue
        label = f"{_(candidate.source)} ({_shown(candidate.value)})"
        if event.kind == PUSH and _same_branch(event.branch, candidate.value):
            tried.append(_("{source} is the branch that was pushed").format(source=label))
        elif _reaches(git, commit, head):
            merged = merged or commit
            if event.kind == TAG:
                return Choice(commit, head, tip, (*why, _base(label)), tuple(tried))
            tried.append(_("{source} holds the head already").format(source=label))
        else:
            return Choice(commit, head, tip, (*why, _base(label)), tuple(tried))
    return Choice("", head, tip, (*why, _("no base: everything")), tuple(dict.fromkeys(tried)), merged)


def _base(source: str) -> str:
    return _("base from {source}").format(source=source)


def default_branch(git: Git, event: Event) -> str:
    """The default branch's commit; "" when it is not here, or is the branch that was pushed."""
    refs = Refs(git, event)
    for candidate in refs.defaults(event.default):
        if event.kind == PUSH and _same_branch(event.branch, candidate.value):
            return ""
        commit, _reason = refs.find(candidate)
        if commit:
            return commit
    return ""


def _head(git: Git, refs: Refs, event: Event, cure: str, tried: list[str], why: list[str]) -> str:
    found = _first(refs, event.head, tried)
    if found:
        why.append(_("head from {source}").format(source=found[1].source))
        return found[0]
    if event.head:
        names = ", ".join(f"{c.source} {_shown(c.value)}" for c in event.head)
        raise IncompleteError(
            _("the head of the change ({names}) is not in this clone; fetch it ({cure}).").format(
                names=names, cure=cure
            )
        )
    commit = git.resolve("HEAD^{commit}")
    if not commit:
        git.run("rev-parse", "--git-dir")
        raise IncompleteError(
            _("HEAD is no commit: there is nothing to look at; check the repository out first.")
        )
    why.append(_("head from {source}").format(source="HEAD"))
    return commit


def _first(
    refs: Refs, candidates: Iterable[Candidate], tried: list[str], holds: Callable[[str], bool] | None = None
) -> tuple[str, Candidate] | None:
    """The first candidate that is here. ``holds`` says whether a branch has the head already: then it is
    the branch of a fork that is called like the target, or the change was merged; both would scan nothing."""
    for candidate in candidates:
        commit, reason = refs.find(candidate)
        if commit and candidate.branch and holds is not None and holds(commit):
            commit, reason = "", _("holds the head already")
        if commit:
            return commit, candidate
        tried.append(f"{candidate.source} {_shown(candidate.value)} {reason}")
    return None


def _tip(git: Git, event: Event, head: str) -> str:
    """The tag object of a tag event, when it is here and points at the head: its message goes public too."""
    if event.kind != TAG or not event.tag:
        return head
    name = f"refs/tags/{event.tag}"
    tag = git.resolve(name)
    return tag if tag and git.resolve(f"{name}^{{commit}}") == head else head


def _same_branch(pushed: str, default: str) -> bool:
    return pushed == default or (default == "HEAD" and pushed in ("main", "master"))


def _reaches(git: Git, commit: str, other: str) -> bool:
    """Whether ``commit`` holds ``other`` in its history, so that nothing would be left to scan."""
    return not git.run("rev-list", "-1", "--stdin", stdin=f"{other}\n^{commit}\n".encode())


def _shown(text: str) -> str:
    return show(text.encode("utf-8", "surrogateescape"))[:80]
