"""What a refused push says: where to, which commits hold the credential, how they are rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from aliscan.commands.gate import Outcome
from aliscan.finding import Finding
from aliscan.git import Git, show
from aliscan.i18n import _
from aliscan.sources.commits import Update

SHOWN = 10  # commits; more are counted


def write(outcome: Outcome, git: Git, updates: Iterable[Update], out: TextIO) -> None:
    """Name the commits to rewrite, then the commands that do it."""
    listed = list(updates)
    bad = [c for c in outcome.order if c in outcome.bad]
    if bad:
        out.write("\n" + _("These commits hold it, oldest first:") + "\n")
        for line in _commits(git, bad, outcome):
            out.write(f"  {line}\n")
    for line in recipe(outcome, git, listed, bad):
        out.write(f"{line}\n")


def _commits(git: Git, bad: list[str], outcome: Outcome) -> Iterator[str]:
    from aliscan.sources.messages import parse

    gone: list[str] = []
    for oid, _kind, raw in git.objects(bad[:SHOWN]):
        commit = parse(oid, raw)
        yield f"{oid[:12]}  {show(commit.subject[:60])}"
        for place in dict.fromkeys(map(_place, outcome.bad[oid])):
            yield f"    {place}"
        gone += [c for f in outcome.bad[oid] for c in outcome.gone.get(f.origin.oid, ())]
    if len(bad) > SHOWN:
        yield _("... and {count} more").format(count=len(bad) - SHOWN)
    if gone:
        yield _("taken out again by {commits}, but a push publishes every commit, not only the last").format(
            commits=", ".join(c[:12] for c in list(dict.fromkeys(gone))[:SHOWN])
        )


def _place(finding: Finding) -> str:
    origin = finding.origin
    if origin.kind == "commit":
        return _("in the commit itself (message, author or another header)")
    if origin.kind == "name":
        return _("in the name of {path}").format(path=show(origin.path))
    return f"{show(origin.path)}:{finding.place.line}"


def recipe(outcome: Outcome, git: Git, updates: list[Update], bad: list[str]) -> Iterator[str]:
    """The commands that repair it, as lines of text; they change local history only."""
    if bad:
        yield ""
        notes = [u for u in updates if u.ref.startswith(b"refs/notes/")]
        only = {u.ref for u in updates} - {u.ref for u in notes}
        if notes and not only:
            yield from _notes(notes)
        else:
            yield from _rewrite(outcome, git, updates, bad)
    yield from _refs(outcome, updates)


def _rewrite(outcome: Outcome, git: Git, updates: list[Update], bad: list[str]) -> Iterator[str]:
    head = git.resolve("HEAD^{commit}") or ""
    first = bad[0]
    message_only = all(f.origin.kind == "commit" for c in bad for f in outcome.bad[c])
    if bad == [head] and len(outcome.order[head]) < 2:
        yield _("It is the last commit only, so amend it:")
        if message_only:
            yield "  git commit --amend"
            return
        yield "  # " + _("take the value out of the file, then")
        yield f"  git add -- {_files(outcome, bad)}"
        yield "  git commit --amend --no-edit"
        return
    if len(bad) > SHOWN:
        yield _(
            "They are many: rewrite them in one go with git filter-repo --replace-text, in a fresh clone."
        )
        return
    tip = _tip(git, updates, first, head)
    if tip is None:
        yield _("Rewrite them where they were made, or with git filter-repo --replace-text.")
        return
    yield _("Rewrite them; nothing on the remote changes, and `git reflog` keeps the old commits:")
    if tip:
        yield f"  git switch {_quoted(tip)}"
    merges = " --rebase-merges" if any(len(p) > 1 for p in _after(outcome.order, first)) else ""
    base = f"{first[:12]}^" if outcome.order[first] else "--root"
    word = "reword" if message_only else "edit"
    yield f"  git rebase -i{merges} {base}"
    yield "  # " + _('write "{word}" before: {commits}').format(
        word=word, commits=" ".join(c[:12] for c in bad)
    )
    if not message_only:
        yield "  # " + _("at each stop take the value out of the file, then")
        yield f"  git add -- {_files(outcome, bad)}"
        yield "  git commit --amend --no-edit && git rebase --continue"


def _after(order: dict[str, tuple[str, ...]], first: str) -> Iterator[tuple[str, ...]]:
    """The parents of each commit from ``first`` on."""
    started = False
    for commit, parents in order.items():
        started = started or commit == first
        if started:
            yield parents


def _tip(git: Git, updates: list[Update], commit: str, head: str) -> str | None:
    """The branch to be on for a rebase: "" for the one that is checked out, None when there is none."""

    def holds(tip: str) -> bool:
        stdin = f"{commit}\n^{tip}\n".encode()
        return bool(tip) and not git.run("rev-list", "-1", "--ignore-missing", "--stdin", stdin=stdin)

    if holds(head):
        return ""
    for update in updates:
        local = update.local
        if local.startswith(b"refs/heads/") and holds(update.new):
            return show(local.removeprefix(b"refs/heads/"))
    return None


def _files(outcome: Outcome, bad: list[str]) -> str:
    paths = dict.fromkeys(f.origin.path for c in bad for f in outcome.bad[c] if f.origin.path)
    return " ".join(_quoted(show(p)) for p in list(paths)[:5]) or "FILE"


def _quoted(name: str) -> str:
    import shlex

    return shlex.quote(name)


def _notes(notes: list[Update]) -> Iterator[str]:
    yield _("They are notes, and notes keep their history; delete the notes ref and write the notes again:")
    for update in notes:
        yield f"  git update-ref -d {_quoted(show(update.ref))}"


def _refs(outcome: Outcome, updates: list[Update]) -> Iterator[str]:
    """Tags and ref names that hold something themselves."""
    names = {}
    for finding in outcome.report.counted():
        origin = finding.origin
        if not origin.commit and origin.ref:
            ref = origin.ref if origin.ref.startswith(b"refs/") else b"refs/tags/" + origin.ref
            names[ref] = origin.kind
    for ref, kind in names.items():
        if kind == "name":
            yield _("The name of {ref} holds it: push under another name, and rename it here.").format(
                ref=show(ref)
            )
        elif ref.startswith(b"refs/tags/"):
            yield _("The tag {ref} holds it; delete it, and make it again without:").format(ref=show(ref))
            yield f"  git tag -d {_quoted(show(ref.removeprefix(b'refs/tags/')))}"
        else:
            yield _("{ref} holds it; do not push it.").format(ref=show(ref))
