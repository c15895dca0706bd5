"""Where git looks for hooks: `core.hooksPath` of every scope, worktrees, submodules, bare repositories."""

from __future__ import annotations

import os
from dataclasses import dataclass

from aliscan.finding import AliscanError
from aliscan.git import Git, GitError, show
from aliscan.i18n import _


@dataclass(frozen=True, slots=True)
class Hooks:
    """Where git runs hooks from in one repository. All paths are absolute bytes.

    ``folder`` is the directory; ``own`` the one of the repository itself, which is not used when
    `core.hooksPath` (its value in ``configured``, set in ``scope``: system, global, local or
    worktree) names another. ``top`` is the root of the work tree, or the bare repository.
    """

    folder: bytes
    own: bytes
    top: bytes
    bare: bool
    scope: str = ""
    configured: bytes = b""

    @property
    def shared(self) -> bool:
        """Whether the folder belongs to all repositories of the user or the machine."""
        return self.scope in ("global", "system")

    @property
    def shadowed(self) -> bool:
        """Whether `core.hooksPath` makes git ignore the repository's own folder."""
        return bool(self.scope) and os.path.realpath(self.folder) != os.path.realpath(self.own)


def find(directory: str = "") -> Hooks:
    """Where git runs hooks from in the repository around ``directory`` ("" is here).

    Raises AliscanError where there is no repository.
    """
    git = Git(directory)
    try:
        bare = git.run("rev-parse", "--is-bare-repository").strip() == b"true"
        common = _path(git, "--git-common-dir")
        top = common if bare else _path(git, "--show-toplevel")
    except GitError as error:
        if error.dubious:
            raise AliscanError(
                _("git does not trust this repository, it belongs to another user: {path}").format(
                    path=show(os.fsencode(os.path.abspath(directory)))
                )
            ) from None
        raise AliscanError(
            _("not in a git repository: {path}").format(path=show(os.fsencode(os.path.abspath(directory))))
        ) from None
    own = os.path.join(common, b"hooks")
    scope, configured = configured_path(git)
    if not scope:
        return Hooks(own, own, top, bare)
    # a relative path counts from where hooks run: the top of the work tree (githooks(5))
    return Hooks(os.path.normpath(os.path.join(top, configured)), own, top, bare, scope, configured)


def _path(git: Git, what: str) -> bytes:
    out = git.run("rev-parse", "--path-format=absolute", what).removesuffix(b"\n")
    return os.fsencode(os.path.normpath(os.fsdecode(out)))


def configured_path(git: Git) -> tuple[str, bytes]:
    """The scope and value of the `core.hooksPath` that counts; two empty values when it is not set."""
    fields = settings(git, "--type=path", "--get-all", "core.hooksPath")
    found = [(scope, value) for scope, value in fields if scope != "command"]  # ours, from aliscan.git
    return found[-1] if found and found[-1][1] else ("", b"")


def global_path(git: Git) -> bytes:
    """The value of `core.hooksPath` in the user's own configuration, ``~`` expanded; may be empty."""
    fields = [v for s, v in settings(git, "--type=path", "--get-all", "core.hooksPath") if s == "global"]
    return fields[-1] if fields else b""


def settings(git: Git, *query: str) -> list[tuple[str, bytes]]:
    """``(scope, value)`` for a `git config` query, weakest scope first, as the user's own git sees it."""
    # The hardened environment leaves the system's file out; hooks are run by a git that reads it.
    system = (("GIT_CONFIG_NOSYSTEM", os.environ.get("GIT_CONFIG_NOSYSTEM", "0")),)
    wide = Git(git.directory, git.foreign, (*git.extra, *system))
    fields = wide.run("config", "--show-scope", "-z", *query, ok=(0, 1)).split(b"\0")[:-1]
    return [(scope.decode(), value) for scope, value in zip(fields[::2], fields[1::2], strict=True)]
