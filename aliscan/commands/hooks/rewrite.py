"""What has to be rewritten before a push can pass: which commits hold the credential, and the commands."""

from __future__ import annotations

from collections.abc import Iterator

from aliscan.commands.gate import Outcome
from aliscan.finding import Finding
from aliscan.formats.inert import shell
from aliscan.git import Git, show
from aliscan.i18n import _
from aliscan.sources.commits import Update

SHOWN = 5  # commits by name; more are counted
MANY = 10  # commits that nobody rewrites by hand


def steps(outcome: Outcome, git: Git, updates: list[Update], *, server: bool = False) -> list[str]:
    """One sentence, then lines for a terminal: the commits, and the commands that rewrite them.

    ``server``: this runs where the push arrives; the commands are for the one who pushes. They change
    local history only.
    """
    bad = [c for c in outcome.order if c in outcome.bad]
    refs = list(_refs(outcome))
    if not bad:
        return refs or [_("Do not push what holds it.")]
    first, *commands = _rewrite(outcome, git, updates, bad, server)
    return [first, *_commits(git, bad, outcome), *commands, *refs]


def _commits(git: Git, bad: list[str], outcome: Outcome) -> Iterator[str]:
    from aliscan.sources.messages import parse

    for oid, _kind, raw in git.objects(bad[:SHOWN]):
        places = ", ".join(list(dict.fromkeys(map(_place, outcome.bad[oid])))[:2])
        yield f"{oid[:12]}  {show(parse(oid, raw).subject[:50])}  ({places})"
    if len(bad) > SHOWN:
        yield _("... and {count} more commits").format(count=len(bad) - SHOWN)
    gone = dict.fromkeys(
        c for oid in bad for f in outcome.bad[oid] for c in outcome.gone.get(f.origin.oid, ()) if c not in bad
    )
    if gone:
        yield _("taken out again in {commits}; but a push publishes every commit, not only the last").format(
            commits=", ".join(c[:12] for c in list(gone)[:SHOWN])
        )


def _place(finding: Finding) -> str:
    origin = finding.origin
    if origin.kind == "commit":
        return _("the commit itself: message, author or another header")
    if origin.kind == "name":
        return _("the name {path}").format(path=show(origin.path))
    return f"{show(origin.path)}:{finding.place.line}"


def _rewrite(outcome: Outcome, git: Git, updates: list[Update], bad: list[str], server: bool) -> list[str]:
    if all(u.ref.startswith(b"refs/notes/") for u in updates) and updates:
        first = _("They are notes, and notes keep their history: delete the ref and write the notes again.")
        return [first, *(f"git update-ref -d {shell(u.ref)}" for u in updates)]
    if len(bad) > MANY:
        return [
            _("They are many: rewrite them at once, in a fresh clone, with git filter-repo --replace-text.")
        ]
    branch = _branch(git, updates, bad[0], server)
    if branch is None:
        return [_("Rewrite these commits where they were made, or with git filter-repo --replace-text:")]
    tip, switch = branch
    files = _files(outcome, bad)
    if bad == [tip] and len(outcome.order[tip]) < 2:
        add = [f"git add -- {files}"] if files else []
        edit = " --no-edit" if files else ""
        sentence = (
            _("It is in the last commit only: take the value out of the file, then amend the commit.")
            if files
            else _("It is in the last commit only: amend its message.")
        )
        return [sentence, *switch, *add, f"git commit --amend{edit}"]
    merges = " --rebase-merges" if any(len(p) > 1 for p in _since(outcome.order, bad[0])) else ""
    base = f"{bad[0][:12]}^" if outcome.order[bad[0]] else "--root"
    ids = " ".join(c[:7] for c in bad)
    rebase = [*switch, f"git rebase -i{merges} {base}"]
    if not files:
        return [_("Rewrite these commits:"), *rebase, "# " + _('write "reword" before {ids}').format(ids=ids)]
    return [
        _("Rewrite these commits; `git reflog` keeps the old ones, and nothing on the remote changes:"),
        *rebase,
        "# " + _('write "edit" before {ids}; at each stop take the value out, then').format(ids=ids),
        f"git add -- {files} && git commit --amend --no-edit && git rebase --continue",
    ]


def _since(order: dict[str, tuple[str, ...]], first: str) -> list[tuple[str, ...]]:
    """The parents of each commit from ``first`` on."""
    commits = list(order)
    return [order[c] for c in commits[commits.index(first) :]]


def _branch(git: Git, updates: list[Update], commit: str, server: bool) -> tuple[str, list[str]] | None:
    """The tip to rewrite from and the command to go there; None when no branch of ours holds ``commit``."""

    def holds(tip: str) -> bool:
        stdin = f"{commit}\n^{tip}\n".encode()
        return bool(tip) and not git.run("rev-list", "-1", "--ignore-missing", "--stdin", stdin=stdin)

    head = "" if server else git.resolve("HEAD^{commit}") or ""
    if holds(head):
        return head, []
    for update in updates:
        local = update.ref if server else update.local
        if local.startswith(b"refs/heads/") and holds(update.new):
            name = shell(local.removeprefix(b"refs/heads/"))
            return update.new, [] if server and len(updates) == 1 else [f"git switch {name}"]
    return None


def _files(outcome: Outcome, bad: list[str]) -> str:
    found = (f.origin for c in bad for f in outcome.bad[c])
    origins = [o for o in found if o.path and o.kind != "commit"]
    if any(o.kind == "name" for o in origins):  # a file that has to be renamed: both names change
        return "."
    paths = list(dict.fromkeys(o.path for o in origins))
    return " ".join(map(shell, paths[:3])) + (" ..." if len(paths) > 3 else "")


def _refs(outcome: Outcome) -> Iterator[str]:
    """Tags and ref names that hold something themselves."""
    kinds = {}
    for finding in outcome.report.counted():
        origin = finding.origin
        if not origin.commit and origin.ref:
            ref = origin.ref if origin.ref.startswith(b"refs/") else b"refs/tags/" + origin.ref
            kinds[ref] = origin.kind
    for ref, kind in kinds.items():
        if kind == "name":
            yield _("The name of {ref} holds it: rename it.").format(ref=show(ref))
        elif ref.startswith(b"refs/tags/"):
            yield _("The tag {ref} holds it; delete it, and make it again without:").format(ref=show(ref))
            yield f"git tag -d {shell(ref.removeprefix(b'refs/tags/'))}"
        else:
            yield _("{ref} holds it; do not push it.").format(ref=show(ref))
