"""The gate of one change, from its base to its head: what `aliscan ci` does once git is at work.

What is scanned are objects of the repository; nothing of the checkout is executed, imported or believed.
What counts is decided by the base commit's policy: a change cannot allow itself (5.10).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from aliscan.commands.chosen import choices
from aliscan.detect.anchors import is_container
from aliscan.finding import AliscanError, Blob, Gap, Origin, Report
from aliscan.git import Git, GitError, result, show, told_commits
from aliscan.i18n import N_, _, said
from aliscan.record import dataclass, replace
from aliscan.sources import providers, revisions
from aliscan.sources.commits import Reach, Tally, Update, begin, given, shallow_commits
from aliscan.sources.providers import DELETED, OTHER, PUSH, TAG, Event
from aliscan.sources.revisions import Choice
from aliscan.triage.lazy import Triage

TYPE_CHECKING = False  # a policy is imported when there is something to judge
if TYPE_CHECKING:
    from argparse import Namespace

    from aliscan.commands.gate import Outcome
    from aliscan.git import Asked
    from aliscan.process import Process
    from aliscan.triage.policy import Policy

    Ends = tuple[tuple[bytes, str, bytes], ...]

# Files that decide what counts, here or in the hooks of a repository's own developers
POLICY = (b".aliscan.toml", b"pyproject.toml", b".secrets.baseline", b".pre-commit-config.yaml")
CURE = "git fetch --unshallow"


@dataclass(frozen=True, slots=True)
class Gate:
    """One run: where, what, and how to get the history that may be missing.

    ``policy`` is the commit whose policy counts, or "".
    """

    git: Git
    provider: str
    event: Event
    choice: Choice
    cure: str
    policy: str


def gate(git: Git, options: Namespace, named: Mapping[str, str], asked: Asked) -> Gate | None:
    """The change to look at; None when something was deleted.

    ``named`` are the revisions that the user gave, by option, and ``asked`` is git looking them up. Raises
    AliscanError for a place where the range cannot be known.
    """
    provider = providers.detect(os.environ)
    cure = provider.cure if provider else CURE
    name = provider.name if provider else _("no known CI provider")
    event = provider.event(os.environ) if provider else Event(OTHER)
    if event.kind == DELETED and not options.head:
        return None
    if not (options.base or options.full) and provider is None:
        raise AliscanError(
            _("no CI provider that aliscan knows runs this: give --base, for example --base origin/main, "
              "or --full.")
        )  # fmt: skip
    if not (options.base or options.full) and provider is not None and provider.needs_base:
        raise AliscanError(
            _("{provider} does not tell what a change is compared with: give --base, for example "
              "--base origin/main, or --full.").format(provider=name)
        )  # fmt: skip
    given = revisions.given(told_commits(asked), named, cure)
    choice = revisions.choose(git, event, given["--base"], given["--head"], cure)
    policy = choice.base
    if options.policy:
        policy = given["--policy"]
    elif event.kind in (PUSH, TAG) and not options.base:
        # what a push found on its branch is the pusher's own: a first push would allow the second
        policy = revisions.default_branch(git, event) or policy
    elif not policy and event.kind == OTHER:  # no change is judged: the default branch's own policy
        policy = choice.merged
    if options.full:
        choice = replace(choice, base="", why=(*choice.why[:1], "--full"), tried=())
    return Gate(git, name, event, choice, cure, policy)


def unreadable(error: GitError) -> AliscanError:
    """git's refusal as a sentence with its cure."""
    if error.dubious:
        return AliscanError(
            _("git does not trust this repository, because it belongs to another user; in a CI job run: "
              "{command}").format(command='git config --global --add safe.directory "$PWD"')
        )  # fmt: skip
    if b"not a git repository" in error.stderr or b"unknown repository" in error.stderr:
        return AliscanError(
            _("no repository that git can read is here ({reason}); check it out first.").format(
                reason=show(error.stderr.split(b"\n")[0])
            )
        )
    return error


def judge(gate: Gate, options: Namespace) -> tuple[Report, str]:
    """Scan the change: the report, and a sentence when its policy would be unusable, else ""."""
    outcome, ends = _scan(gate, options)
    changed = [show(path) for _mode, _oid, path in ends if path in POLICY]
    text = _range(gate, outcome.tally)
    sys.stderr.write(f"aliscan ci: {text}\n")
    for line in gate.choice.tried:
        sys.stderr.write("  " + _("not used: {line}").format(line=line) + "\n")
    policy = _("none: there is no base to read one from")
    if gate.policy:
        policy = _("of commit {commit}").format(commit=gate.policy[:12])
    changes = ((N_("policy-changed"), path) for path in changed)
    notes = ((N_("range"), text), (N_("policy"), policy), *changes)
    return replace(outcome.report, notes=(*notes, *outcome.report.notes)), _broken(gate, changed)


def _scan(gate: Gate, options: Namespace) -> tuple[Outcome, Ends]:
    git, choice = gate.git, gate.choice
    reach = Reach((choice.tip,), (choice.base,) if choice.base else ())
    started, differing = begin(git, reach), _ask_ends(gate)
    from aliscan.commands.gate import examine  # git works while we import

    tally, ends = Tally(seen=set(), parents=set()), cache(lambda: tuple(_ends(gate, differing)))
    triage = Triage(lambda: _policy(git, gate.policy, options))
    if any((options.config, options.baseline, options.no_config, options.no_baseline, options.strict)):
        _ = triage.policy  # what the command line says is checked at once
    event = gate.event
    ref = f"refs/tags/{event.tag}" if event.tag else f"refs/heads/{event.branch}" if event.branch else ""
    updates = [Update(os.fsencode(ref), choice.tip, os.fsencode(ref))] if ref else []
    more = _copies(gate, ends, tally)
    outcome = examine(git, reach, updates, triage, more=more, started=started, tally=tally)
    gaps = tuple(_cuts(gate, tally))
    if gaps:
        outcome.report = replace(outcome.report, gaps=(*outcome.report.gaps, *gaps))
    return outcome, ends()


def _cuts(gate: Gate, tally: Tally) -> Iterator[Gap]:
    """Where a shallow clone ends inside the change (4.4).

    A commit there names parents that were not met. So does one that leaves the base; git is asked only
    when there are others than that.
    """
    seen, parents = tally.seen or set(), tally.parents or set()
    if parents - seen - {gate.choice.base}:
        for oid in sorted(shallow_commits(gate.git) & seen):
            yield Gap(
                Origin("commit", oid=oid, commit=oid),
                said("the clone is shallow, its history ends here: {cure}", cure=gate.cure),
            )


def _policy(git: Git, commit: str, options: Namespace) -> Policy:
    from aliscan.triage.policy import Policy, load
    from aliscan.triage.shelf import Commit
    from aliscan.triage.trust import base_allows

    chosen = choices(options)
    if not commit:
        if chosen.config or chosen.baseline:
            empty = git.empty_tree()
            return load(Commit(git, empty), chosen, trust=lambda _match, _origin, _allow: False)
        return Policy(strict=chosen.strict, threshold=chosen.threshold or Policy().threshold,
                      trust=lambda _match, _origin, _allow: False)  # fmt: skip
    return load(Commit(git, commit), chosen, trust=base_allows(git, commit))


_DIFF = ("diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev")


def _ask_ends(gate: Gate) -> Process | None:
    """Have git compare the head with the merge base, or what the base removed would seem new."""
    choice = gate.choice
    return gate.git.start(*_DIFF, "--merge-base", choice.base, choice.head, "--") if choice.base else None


def _ends(gate: Gate, asked: Process | None) -> Iterator[tuple[bytes, str, bytes]]:
    """``(mode, oid, path)`` of what differs at the end of the change from where it left the base."""
    if asked is None:
        return
    git, base, head = gate.git, gate.choice.base, gate.choice.head
    try:
        fields = result(asked).split(b"\0")[:-1]
    except GitError:  # none, or several merge bases
        fork = git.run("merge-base", base, head, ok=(0, 1)).split()
        fields = git.fields(*_DIFF, fork[0].decode(), head, "--") if fork else []
    for meta, path in zip(fields[::2], fields[1::2], strict=True):
        _old, mode, _from, oid, _status = meta.split(b" ")
        yield mode, oid.decode(), path


def _copies(gate: Gate, ends: Callable[[], Ends], tally: Tally) -> Iterator[Blob | Gap]:
    """Old contents that the change gives a new path: no new object, and so not among the objects (2.3)."""
    paths = {
        oid: path
        for mode, oid, path in ends()
        if set(oid) != {"0"} and mode != b"160000" and oid not in (tally.seen or ())
    }
    for item in given(gate.git, paths, Tally(), is_container):
        yield replace(item, origin=replace(item.origin, path=paths.get(item.origin.oid, b"")))


def _broken(gate: Gate, changed: list[str]) -> str:
    """A sentence when the policy would be unusable after the change, else ""."""
    if not changed:
        return ""
    from aliscan.triage.policy import load
    from aliscan.triage.shelf import Commit

    try:
        load(Commit(gate.git, gate.choice.head))
    except AliscanError as error:
        return str(error)
    return ""


def _range(gate: Gate, tally: Tally) -> str:
    choice = gate.choice
    span = _("everything up to {commit}").format(commit=choice.head[:12])
    if choice.base:
        span = f"{choice.base[:12]}..{choice.head[:12]}"
    return _("{provider}, {kind}: {range} ({commits} commits, {objects} objects; {why})").format(
        provider=gate.provider, kind=_(gate.event.kind), range=span, commits=tally.commits,
        objects=tally.objects, why=", ".join(choice.why),
    )  # fmt: skip
