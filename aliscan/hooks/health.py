"""Is a hook of ours really live here, and if not, what is in its way."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from aliscan import git
from aliscan.git import Git, show
from aliscan.hooks import framework, keep, place, probe, script
from aliscan.i18n import _

OLDEST_GIT = (2, 31)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the way. ``id`` is stable; ``repair`` is a command, or what to do in a few words.

    ``fatal``: because of it nothing of ours stops git.
    """

    id: str
    text: str
    repair: str
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """One event of git. ``runner`` says what runs aliscan there: aliscan's own hook, a framework, "".

    ``proven``: the hook was run and refused a made-up key. ``required``: without it we are not live.
    """

    name: str
    path: bytes
    runner: str
    proven: bool
    required: bool
    problems: tuple[Problem, ...]

    @property
    def live(self) -> bool:
        """Whether it stops git, as far as can be told."""
        return bool(self.runner) and not any(p.fatal for p in self.problems)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that was found out about one repository."""

    hooks: place.Hooks
    events: tuple[Event, ...]
    problems: tuple[Problem, ...]

    @property
    def live(self) -> bool:
        """Whether every required event is live."""
        return all(e.live for e in self.events if e.required) and not any(p.fatal for p in self.problems)


def examine(directory: str = "") -> Diagnosis:
    """Look at the repository around ``directory``. Raises AliscanError where there is none."""
    hooks = place.find(directory)
    here = Git(directory)
    names = ("pre-receive",) if hooks.bare else ("pre-commit", "pre-merge-commit", "commit-msg", "pre-push")
    events = tuple(_event(name, hooks, here, required=name == names[0]) for name in names)
    return Diagnosis(hooks, events, tuple(_everywhere(hooks)))


def _event(name: str, hooks: place.Hooks, here: Git, *, required: bool) -> Event:
    path = os.path.join(hooks.folder, name.encode())
    problems = list(_switched_off(name, here))
    runner, proven = "", False
    ours = keep.read(path)
    if not os.path.lexists(path):
        problems += _missing(name, hooks, required=required)
    elif os.name != "nt" and not os.access(path, os.X_OK):
        runner = "aliscan" if ours else "other"
        problems.append(
            Problem("not-executable", _("git skips {path}: it is not executable.").format(path=show(path)),
                    f"chmod +x {_word(path)}")
        )  # fmt: skip
    elif ours:
        runner = "aliscan"
        problems += _ours(path, ours)
        if not ours.active:
            runner = ""
        elif not problems:
            proven = _prove(path, name, hooks, problems)
    else:
        found = framework.recognise(path, name, hooks)
        runner = found.runner
        problems += [Problem(*p) for p in found.problems]
        legacy = keep.read(path + b".legacy")
        if not runner and found.chains_legacy and legacy:
            runner = "aliscan"
            problems = list(_ours(path + b".legacy", legacy))
    return Event(name, path, runner, proven, required, tuple(problems))


def _missing(name: str, hooks: place.Hooks, *, required: bool) -> Iterator[Problem]:
    if hooks.shadowed and keep.read(os.path.join(hooks.own, name.encode())):
        repair = "aliscan install --global" if hooks.shared else "aliscan install"
        yield Problem(
            "shadowed",
            _(
                "core.hooksPath ({scope} configuration) sends git to {folder}: "
                "the hook in {own} never runs."
            ).format(scope=hooks.scope, folder=show(hooks.folder), own=show(hooks.own)),
            repair,
        )  # fmt: skip
    elif required:
        yield Problem(
            "missing",
            _("there is no hook for {event} in {folder}.").format(event=name, folder=show(hooks.folder)),
            "aliscan install --global" if hooks.shared else "aliscan install",
        )


def _switched_off(name: str, here: Git) -> Iterator[Problem]:
    """git 2.54 and later: ``hook.<event>.enabled = false`` switches an event off (1.5)."""
    values = place.settings(here, "--type=bool", "--get-all", f"hook.{name}.enabled")
    if values and values[-1][1] == b"false":
        yield Problem(
            "switched-off",
            _("hook.{event}.enabled is false in the {scope} configuration: git runs no such hook.").format(
                event=name, scope=values[-1][0]
            ),
            f"git config --{values[-1][0]} --unset-all hook.{name}.enabled",
            fatal=git.version() >= (2, 54),
        )


def _ours(path: bytes, ours: script.Script) -> Iterator[Problem]:
    again = "aliscan install --global" if ours.everywhere else "aliscan install"
    if not os.access(ours.python, os.X_OK):
        yield Problem(
            "stale-interpreter",
            _("the hook's Python is gone: {python}. Every commit is refused until it is repaired.").format(
                python=show(ours.python)
            ),
            again,
        )
    if not ours.intact:
        yield Problem(
            "altered",
            _("{path} was changed by hand after aliscan wrote it.").format(path=show(path)),
            f"rm {_word(path)} && {again}",
        )


def _prove(path: bytes, name: str, hooks: place.Hooks, problems: list[Problem]) -> bool:
    answer = probe.ask(path, name, hooks.top)
    if answer.refused:
        return True
    last = next((x for x in reversed(answer.said.split(b"\n")) if x.strip()), b"")
    problems.append(
        Problem(
            "does-not-refuse",
            _("the hook did not refuse a made-up key (status {status}): {said}").format(
                status=answer.status, said=show(last[:200]) or "-"
            ),
            "aliscan install",
        )
    )
    return False


def _everywhere(hooks: place.Hooks) -> Iterator[Problem]:
    found = git.version()
    if found < OLDEST_GIT:
        yield Problem(
            "git-too-old",
            _("git {found} is older than {oldest}, the oldest that aliscan works with.").format(
                found="{}.{}".format(*found), oldest="{}.{}".format(*OLDEST_GIT)
            ),
            _("install a newer git"),
        )
    skipped = re.split(r"\s*,\s*", os.environ.get("SKIP", ""))
    if any(name.startswith("aliscan") for name in skipped):
        yield Problem(
            "skip",
            _("SKIP in the environment makes the pre-commit framework leave aliscan out."),
            "unset SKIP",
            fatal=False,
        )
    yield from (Problem(*p) for p in framework.locale_trap(hooks))


def _word(path: bytes) -> str:
    """A path as a word for the shell, printable."""
    text = show(path)
    return text if re.fullmatch(r"[\w./+-]+", text) else show(script.quote(path))
