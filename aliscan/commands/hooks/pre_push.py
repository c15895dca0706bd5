"""pre-push: everything that a push publishes, before it leaves.

Started by git it is told every ref by standard input (1.11). The pre-commit framework swallows that
and tells of one ref only, sometimes of none (1.10): then everything is scanned that the remote lacks.
"""

from __future__ import annotations

import os
import sys

from aliscan.commands.hooks import FRAMEWORK
from aliscan.finding import EXIT_CLEAN, EXIT_FOUND, AliscanError
from aliscan.git import Git, result, show
from aliscan.i18n import _
from aliscan.sources.commits import Reach, Update, abandon, begin
from aliscan.triage.lazy import Triage

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from collections.abc import Callable

    from aliscan.commands.gate import Outcome
    from aliscan.process import Process
    from aliscan.triage.policy import Choices, Policy

    Lacking = tuple[str, ...]


def run(arguments: list[str], choices: Choices | None = None) -> int:
    """``aliscan hook pre-push NAME URL`` from git; without arguments, from the framework."""
    git = Git()
    options: Lacking = ()
    if arguments:
        if len(arguments) != 2:
            raise AliscanError(_("pre-push wants two arguments, the name and the URL of the remote."))
        name, url = arguments
        updates, known = parse(sys.stdin.buffer.read())
        tips = tuple(u.new for u in updates)
    elif any(os.environ.get(v) for v in FRAMEWORK):
        name, url = (os.environ.get(v, "") for v in FRAMEWORK)
        updates, tips, known = _framework(git)
        options = ("--branches", "--tags", "--glob=refs/notes")
    else:
        raise AliscanError(
            _("pre-push is started by git when you push; to see what a push would publish, "
              "use `git push --dry-run`.")
        )  # fmt: skip
    if not name:
        raise AliscanError(_("pre-push was given an empty remote name; push to a named remote or a URL."))
    if not tips and not options:
        return EXIT_CLEAN  # deletions, or everything up to date
    triage = Triage(lambda: _policy(git, choices))
    if choices:
        triage.limits()  # loads it: what the command line says is checked at once

    def reach(lacking: Lacking) -> Reach:
        return Reach(tips, known, (*options, *lacking))

    return _scan(git, updates, name, url, reach, triage, framework=not arguments)


def _scan(
    git: Git,
    updates: list[Update],
    name: str,
    url: str,
    reach_of: Callable[[Lacking], Reach],
    triage: Triage,
    *,
    framework: bool,
) -> int:
    # The common case is begun before it is known to be the case: git works while we import and ask.
    guess = _lacking(b"", name, url)
    reach, asked = reach_of(guess), _ask(git)
    started = begin(git, reach)
    from aliscan.commands.gate import examine

    exact = _lacking(_answer(asked), name, url)
    if exact != guess:
        abandon(started)
        reach = reach_of(exact)
        started = begin(git, reach)
    outcome = examine(git, reach, updates, triage, started=started)
    if outcome.report.exit_code:
        report(outcome, git, updates, name, url, triage.policy.config.public_remotes)
        if framework:
            _say_everything(name)
    return outcome.report.exit_code


def parse(lines: bytes) -> tuple[list[Update], tuple[str, ...]]:
    """git's standard input: the refs that change, and the ids that the remote has now.

    A line is ``<local ref> <local id> <remote ref> <remote id>``; an id of zeros, 40 or 64 of them,
    means nothing. Raises AliscanError for a line of any other form: it may hide a ref.
    """
    updates: list[Update] = []
    known: dict[str, None] = {}
    for line in lines.split(b"\n"):
        if not line:
            continue
        words = line.split(b" ")  # no ref name holds a space; "(delete)" is one word
        if len(words) != 4 or not _is_id(words[1]) or not _is_id(words[3]):
            raise AliscanError(
                _("pre-push did not understand this line of its input: {line}.").format(line=show(line))
            )
        if words[1].strip(b"0"):
            updates.append(Update(words[2], words[1].decode(), words[0]))
        if words[3].strip(b"0"):
            known[words[3].decode()] = None
    return updates, tuple(known)


def _is_id(word: bytes) -> bool:
    return len(word) in (40, 64) and not word.strip(b"0123456789abcdef")


def _ask(git: Git) -> Process:
    """Have git look up what `_lacking` wants to know."""
    return git.start("config", "-z", "--get-regexp", r"^(remote\..*\.url|aliscan\.trackingbranches)$")


def _answer(asked: Process) -> bytes:
    return result(asked, (0, 1))  # 1: nothing is set


def _lacking(settings: bytes, name: str, url: str) -> Lacking:
    """rev-list options that leave out what the remote is known to have: its tracking branches.

    None for a URL, nor when they shall not be trusted (``aliscan.trackingBranches = false``: after a
    leak was purged on the server, an old tracking branch would hide that it is pushed again, 2.1).
    """
    if name == url or "://" in name:
        return ()
    nested = []
    for field in settings.split(b"\0")[:-1]:
        key, _newline, value = field.partition(b"\n")
        if key.lower() == b"aliscan.trackingbranches":
            if value.lower() in (b"false", b"no", b"off", b"0"):
                return ()
            continue
        other = os.fsdecode(key.removeprefix(b"remote.").removesuffix(b".url"))
        if other.startswith(name + "/"):
            nested.append(other)
    # --remotes=a covers refs/remotes/a/*, and with that the tracking branches of a remote "a/b". With a
    # pattern git compares whole names, without one the rest of them: exclude both.
    left_out = (f"--exclude={p}{other}/*" for other in nested for p in ("", "refs/remotes/"))
    return ("--not", *left_out, f"--remotes={name}")


def _framework(git: Git) -> tuple[list[Update], tuple[str, ...], tuple[str, ...]]:
    """The one ref that the framework tells of, with our HEAD; and what the remote has, if it says so."""
    ids = [os.environ.get(v, "") for v in ("PRE_COMMIT_TO_REF", "PRE_COMMIT_FROM_REF")]
    new, old = (git.resolve(value) if value.strip("0") else None for value in ids)
    names = [os.fsencode(os.environ.get(f"PRE_COMMIT_{v}_BRANCH", "")) for v in ("REMOTE", "LOCAL")]
    updates = [Update(names[0], new, names[1])] if new else []
    tips = tuple(dict.fromkeys(tip for tip in (new, git.resolve("HEAD")) if tip))
    # "from" is the remote's own id of the branch, or the newest commit of ours that it has (1.10)
    return updates, tips, (old,) if old else ()


def report(
    outcome: Outcome, git: Git, updates: list[Update], name: str, url: str, public: tuple[str, ...]
) -> None:
    """Say on standard error why the push is refused and what to do."""
    from aliscan.commands.hooks import remote, rewrite
    from aliscan.formats import refusal, text

    where = remote.shown(url)
    where = where if name == url else f"{show(os.fsencode(name))} ({where})"
    if outcome.report.exit_code != EXIT_FOUND:
        sys.stderr.write(_("aliscan: the push to {remote} is refused.").format(remote=where) + "\n")
        text.write(outcome.report, sys.stderr)
        return
    title = _("push to {remote} refused: it publishes an Alibaba Cloud credential").format(remote=where)
    refusal.write(outcome.report, sys.stderr, title=title, remove=rewrite.steps(outcome, git, updates))
    site = remote.public_facing(url, public)
    if site:
        sys.stderr.write(
            _("{site} is a public-facing site: what arrives there is copied by strangers within "
              "seconds.").format(site=site) + "\n"
        )  # fmt: skip


def _say_everything(name: str) -> None:
    sys.stderr.write(
        _("The pre-commit framework tells hooks of one ref of a push at most, so every local branch and "
          "tag was searched for what {name} lacks, pushed now or not. "
          "`aliscan install --hooks pre-push` is exact.").format(name=show(os.fsencode(name))) + "\n"
    )  # fmt: skip


def _policy(git: Git, choices: Choices | None) -> Policy:
    """The policy on disk; of a bare repository, which has no files on disk, that of its HEAD."""
    from aliscan.triage.policy import NO_CHOICES, load
    from aliscan.triage.shelf import Commit, Disk

    chosen = choices or NO_CHOICES
    top = git.top()
    if top is not None:
        return load(Disk(top), chosen)
    return load(Commit(git, git.resolve("HEAD^{commit}") or git.empty_tree()), chosen)
