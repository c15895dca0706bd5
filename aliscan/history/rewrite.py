"""How to take leaked values out of a history: the files that git filter-repo reads, and the plan.

git filter-repo replaces text in blobs that do not look binary, in messages with a file of their own,
and renames paths. What it cannot replace literally (in a container, encoded, in a binary file, over
several lines) is removed as a whole blob.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable

from aliscan.finding import ACCESS_KEY_ID, IDENTIFIER_KINDS, AliscanError, Finding
from aliscan.git import Git, GitError, show
from aliscan.history.stories import Case
from aliscan.i18n import _, reason
from aliscan.record import dataclass, field
from aliscan.sources.history import read

_REMOVED = b"REMOVED-BY-ALISCAN"
_BINARY = 8192  # filter-repo leaves a blob alone that has a NUL in so many bytes


@dataclass(slots=True)
class Rewrite:
    """What must go: ``values`` to replace everywhere, whole ``blobs``, ``paths`` to rename."""

    values: dict[bytes, None] = field(default_factory=dict)
    blobs: dict[str, None] = field(default_factory=dict)
    paths: dict[bytes, None] = field(default_factory=dict)
    authors: bool = False
    refs: list[bytes] = field(default_factory=list)

    def replacements(self) -> bytes:
        """The file for ``--replace-text`` and ``--replace-message``. Holds whole secrets."""
        return b"".join(b"literal:" + v + b"==>" + _REMOVED + b"\n" for v in self.values)

    def renames(self) -> bytes:
        """The file for ``--paths-from-file``. Holds what was in the names."""
        lines = []
        for path in self.paths:
            new = path
            for value in self.values:
                new = new.replace(value, _REMOVED)
            lines.append(b"literal:" + path + b"==>" + new + b"\n")
        return b"".join(lines)


def collect(git: Git, cases: Iterable[Case]) -> Rewrite:
    """Work out what must go, from the cases that count."""
    todo = Rewrite()
    where: dict[str, set[bytes]] = {}
    for case in cases:
        values = {
            part.secret.reveal()
            for part in case.best.parts
            if part.kind not in IDENTIFIER_KINDS or part.kind == ACCESS_KEY_ID
        }
        todo.values |= dict.fromkeys(v for v in values if b"\n" not in v and b"==>" not in v)
        todo.refs += sorted(case.refs)
        for spot in case.spots:
            if spot.path and any(v in spot.path for v in values):
                todo.paths[spot.path] = None
        for oid in case.oids:
            where.setdefault(oid, set()).update(values)
    for oid, kind, data in read(git, list(where), []):
        if kind == "blob":
            plain = isinstance(data, bytes) and b"\0" not in data[:_BINARY]
            if not (plain and all(v in data and v in todo.values for v in where[oid])):  # type: ignore[operator]
                todo.blobs[oid] = None
        elif kind in ("commit", "tag") and isinstance(data, bytes):
            head = data.partition(b"\n\n")[0]
            todo.authors = todo.authors or any(v in head for v in where[oid])
    return todo


def write_private(git: Git, path: str, data: bytes) -> None:
    """Write a file that holds secrets: new, mode 0600, not where it could be committed.

    Raises AliscanError (exit 2) when it exists, cannot be made, or lies in the work tree unignored.
    """
    top = git.top()
    full = os.path.realpath(path)
    if top is not None and os.path.commonpath([os.fsdecode(top), full]) == os.fsdecode(top):
        try:
            git.run("check-ignore", "-q", "--", full)
        except GitError:
            raise AliscanError(
                _("{path} lies in the work tree, where it could be committed: choose another place.").format(
                    path=show(os.fsencode(path))
                )
            ) from None
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        raise AliscanError(
            _("cannot write {path}: {reason}.").format(path=show(os.fsencode(path)), reason=_(reason(error)))
        ) from None


def options(todo: Rewrite, file: str) -> list[str]:
    """The arguments of git filter-repo; files are named after ``file``."""
    found = []
    if todo.values:
        found += ["--replace-text", file, "--replace-message", file]
    if todo.blobs:
        found += ["--strip-blobs-with-ids", file + ".blobs"]
    if todo.paths:
        found += ["--paths-from-file", file + ".paths"]
    return found


def plan(todo: Rewrite, findings: list[Finding], repository: str, file: str, written: bool) -> str:
    """The plan as Markdown, for the person who does it. Holds no whole secret."""
    command = " ".join(shlex.quote(word) for word in ["git", "filter-repo", *options(todo, file)])
    rows = []
    for f in findings:
        story = f.story
        since = story.first.date[:10] if story and story.first else ""
        public = bool(story and story.published)
        masked = ", ".join(part.masked for part in f.parts)
        rows.append(
            f"| {f.severity.label} | {f.rule} | {masked} | {since} | {_('yes') if public else _('no')} |"
        )
    again = _("The files above exist, mode 0600. Delete them when you are done.")
    missing = _("The files do not exist yet. Write them with: aliscan rewrite-plan --write-secrets {file}")
    lines = [
        _("# Taking leaked credentials out of the history of {repository}").format(repository=repository),
        "",
        f"| {_('severity')} | {_('rule')} | {_('value')} | {_('since')} | {_('published')} |",
        "|---|---|---|---|---|",
        *rows,
        "",
        _("## 1. First rotate, then rewrite"),
        "",
        _(
            "Disable every key above in the RAM console, and make new ones where they are needed. A "
            "rewritten history does not make a leaked key safe: clones, forks, caches and logs keep it."
        ),
        "",
        _("## 2. Rewrite a fresh copy"),
        "",
        _(
            "Ask everybody to push what they have, and stop pushing. Then, with git-filter-repo installed "
            "(pip install git-filter-repo):"
        ),
        "",
        f"    git clone --mirror {shlex.quote(repository)} rewritten.git",
        "    cd rewritten.git",
        f"    {command}",
        "    aliscan history .",
        "",
        (again if written else missing.format(file=shlex.quote(file))),
        "",
        _("The last command must find nothing. Only then publish; branch protection must allow it:"),
        "",
        "    git push --mirror --force " + shlex.quote(_("<the repository's URL>")),
        "",
    ]
    if todo.blobs:
        lines += [
            _("{count} blobs cannot be changed by replacing text and are removed as a whole. Add "
              "clean versions of these files afterwards.").format(count=len(todo.blobs)), "",
        ]  # fmt: skip
    if todo.authors:
        lines += [_("A value stands in the name of an author or in another header: add --mailmap FILE."), ""]
    if todo.refs:
        lines += [_("A branch or tag has a value in its name: delete it and push it under another name."), ""]
    lines += [
        _("## 3. Tell the others"),
        "",
        _("* Colleagues: every commit id changed. Do not merge or pull; clone anew, or rebase your own work "
          "with git rebase --onto, and delete old clones."),
        _("* Forks keep the old history: ask their owners to delete them, or to repeat this."),
        _("* The hosting site keeps old commits reachable by id, in pull requests and caches: ask its "
          "support to remove unreachable commits (on GitHub, GitLab, Gitee and Codeup alike)."),
        _("* CI caches, artifacts, mirrors, container images and packages built from the old history: delete "
          "them."),
        "",
    ]  # fmt: skip
    return "\n".join(lines)
