"""A repository as a store of objects: how to start git for it, where its packs lie, what limits it.

Two ways in. `open_store` trusts the repository's configuration as far as `aliscan.git` does.
`open_untrusted` never lets git see that configuration: it reads the refs itself and points an empty
repository of its own at the objects (5.2).
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from aliscan.finding import AliscanError
from aliscan.git import Git, GitError, show
from aliscan.i18n import _
from aliscan.record import dataclass


@dataclass(frozen=True, slots=True)
class Store:
    """One object store and how git reads it.

    ``label`` is what reports call it; ``objects`` are the object directories, its own first, then the
    alternates, all absolute; ``raw`` is the length of an object id in bytes (20 or 32); ``tables``: its
    refs are in a format that is not read here.
    """

    git: Git
    label: bytes
    objects: tuple[str, ...]
    raw: int = 20
    bare: bool = False
    shallow: bool = False
    partial: bool = False
    tables: bool = False
    trusted: bool = True
    folder: str = ""

    def packs(self) -> Iterator[str]:
        """The paths of all pack files, without the suffix; also of those that lack an index."""
        for folder in self.objects:
            try:
                found = sorted(os.listdir(os.path.join(folder, "pack")))
            except OSError:
                continue
            for name in found:
                if name.startswith("pack-") and name.endswith(".pack"):
                    yield os.path.join(folder, "pack", name.removesuffix(".pack"))


def open_store(path: str) -> Store:
    """The repository that ``path`` is in. Raises AliscanError where there is none to be read."""
    git = Git(path, foreign=True)
    try:
        lines = git.lines(
            "rev-parse", "--absolute-git-dir", "--is-bare-repository", "--is-shallow-repository",
            "--show-object-format", "--git-path", "objects",
        )  # fmt: skip
    except GitError as error:
        raise _refused(path, error) from None
    # A path may hold a newline (3.19): the answers in the middle are words, so count from the ends.
    words = [i for i, line in enumerate(lines) if line in (b"sha1", b"sha256")][-1]
    folder = os.fsdecode(b"\n".join(lines[: words - 2]))
    objects = os.path.join(path, os.fsdecode(b"\n".join(lines[words + 1 :])))
    return Store(
        git=git,
        label=os.fsencode(os.path.abspath(path)),
        objects=_with_alternates(os.path.realpath(objects)),
        raw=32 if lines[words] == b"sha256" else 20,
        bare=lines[words - 2] == b"true",
        shallow=lines[words - 1] == b"true",
        partial=_partial(git),
        folder=folder,
    )


def _refused(path: str, error: GitError) -> AliscanError:
    name = show(os.fsencode(path))
    if error.dubious:  # never switched off silently (5.3)
        return AliscanError(
            _(
                "{name} belongs to another user, and git does not read it. If you trust it: "
                "git config --global --add safe.directory {path}. If you do not: add --untrusted, which "
                "reads its objects and obeys none of its configuration."
            ).format(name=name, path=show(os.fsencode(os.path.abspath(path))))
        )
    if b"not a git repository" in error.stderr:
        return AliscanError(
            _("{name} is not a git repository (nor is any directory above it).").format(name=name)
        )
    if b"extension" in error.stderr or b"repository version" in error.stderr:
        return AliscanError(
            _(
                "this git does not know the format of {name}: use a newer git, or add --untrusted to read "
                "the objects alone."
            ).format(name=name)
        )
    return AliscanError(_("{name} cannot be opened: {error}").format(name=name, error=error))


def _partial(git: Git) -> bool:
    """Whether objects may be missing because a promisor was to send them later (4.5)."""
    found = git.run("config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$", ok=(0, 1))
    return bool(found)


def _with_alternates(folder: str, seen: tuple[str, ...] = ()) -> tuple[str, ...]:
    """An object directory and all that its info/alternates lead to, each once (4.7)."""
    if folder in seen or len(seen) > 50:
        return seen
    seen = (*seen, folder)
    try:
        with open(os.path.join(folder, "info", "alternates"), "rb") as file:
            lines = file.read().split(b"\n")
    except OSError:
        return seen
    for line in lines:
        if line and not line.startswith(b"#"):
            seen = _with_alternates(os.path.realpath(os.path.join(folder, os.fsdecode(line))), seen)
    return seen


_REF = re.compile(rb"(?:[0-9a-f]{40}|[0-9a-f]{64})")


@contextmanager
def open_untrusted(path: str) -> Iterator[Store]:
    """The same for a repository whose configuration must not be obeyed, not even by git (5.2).

    A temporary empty repository stands in for it, with its refs, and is removed afterwards.
    """
    folder = _git_directory(path)
    common = _common(folder)
    objects = os.path.join(common, "objects")
    if not os.path.isdir(objects):
        raise AliscanError(
            _("{name} is not a git repository: it has no objects directory.").format(
                name=show(os.fsencode(path))
            )
        )
    refs = _read_refs(common) | _read_refs(folder)
    raw = _raw_length(objects, refs)
    with tempfile.TemporaryDirectory(prefix="aliscan-") as shell:
        plain = Git(shell, foreign=True, extra=(("GIT_CONFIG_GLOBAL", os.devnull),))
        plain.run("init", "-q", "--bare", "--template=", "--initial-branch=aliscan-unborn",
                  f"--object-format={'sha1' if raw == 20 else 'sha256'}", ".")  # fmt: skip
        _write_refs(shell, refs)
        extra = (("GIT_DIR", shell), ("GIT_OBJECT_DIRECTORY", objects), ("GIT_CONFIG_GLOBAL", os.devnull))
        yield Store(
            git=Git(shell, foreign=True, extra=extra),
            label=os.fsencode(os.path.abspath(path)),
            objects=_with_alternates(os.path.realpath(objects)),
            raw=raw,
            bare=True,
            shallow=os.path.exists(os.path.join(common, "shallow")),
            partial=_has_promisor_packs(objects),
            tables=os.path.isdir(os.path.join(common, "reftable")),
            trusted=False,
            folder=folder,
        )


def _git_directory(path: str) -> str:
    """The git directory of a work tree or bare repository; a ``.git`` file is followed once."""
    inner = os.path.join(path, ".git")
    if os.path.isfile(inner):
        with open(inner, "rb") as file:
            line = file.read(4096).split(b"\n")[0]
        if line.startswith(b"gitdir: "):
            return os.path.join(path, os.fsdecode(line.removeprefix(b"gitdir: ")))
    return inner if os.path.isdir(inner) else path


def _common(folder: str) -> str:
    """The directory that linked worktrees share."""
    try:
        with open(os.path.join(folder, "commondir"), "rb") as file:
            return os.path.join(folder, os.fsdecode(file.read(4096).rstrip(b"\n")))
    except OSError:
        return folder


def _read_refs(folder: str) -> dict[bytes, bytes]:
    """Ref name to object id, from packed-refs and loose files; symbolic and broken refs are left out."""
    found: dict[bytes, bytes] = {}
    try:
        with open(os.path.join(folder, "packed-refs"), "rb") as file:
            for line in file:
                oid, _, name = line.rstrip(b"\n").partition(b" ")
                if _REF.fullmatch(oid):
                    found[name] = oid
    except OSError:
        pass
    base = os.fsencode(folder)
    for root, _, files in os.walk(os.path.join(base, b"refs")):
        for name in files:
            oid = _small(os.path.join(root, name))
            if _REF.fullmatch(oid):
                found[os.path.relpath(os.path.join(root, name), base).replace(os.sep.encode(), b"/")] = oid
    head = _small(os.path.join(base, b"HEAD"))
    if _REF.fullmatch(head):
        found[b"HEAD"] = head
    elif head.startswith(b"ref: ") and head[5:] in found:
        found[b"HEAD"] = found[head[5:]]
    return found


def _small(path: bytes) -> bytes:
    try:
        if not os.path.isfile(path):
            return b""
        with open(path, "rb") as file:
            return file.read(1024).strip()
    except OSError:
        return b""


def _write_refs(shell: str, refs: dict[bytes, bytes]) -> None:
    """Give the stand-in the refs that git accepts by name; HEAD becomes a detached one."""
    lines = []
    for name, oid in sorted(refs.items()):
        if name == b"HEAD":
            with open(os.path.join(shell, "HEAD"), "wb") as file:
                file.write(oid + b"\n")
        elif name.startswith(b"refs/") and not re.search(
            rb"[\x00-\x20\x7f~^:?*\[\\]|\.\.|//|@\{|/$|\.$", name
        ):
            lines.append(oid + b" " + name + b"\n")
    with open(os.path.join(shell, "packed-refs"), "wb") as file:
        file.write(b"# pack-refs with: sorted\n" + b"".join(lines))


def _raw_length(objects: str, refs: dict[bytes, bytes]) -> int:
    """20 or 32, without asking the configuration: by the refs, else by the names of loose objects."""
    for oid in refs.values():
        return len(oid) // 2
    for name in os.listdir(objects):
        if len(name) == 2:
            for inner in os.listdir(os.path.join(objects, name)):
                if len(inner) in (38, 62):
                    return (len(inner) + 2) // 2
    for name in (
        os.listdir(os.path.join(objects, "pack")) if os.path.isdir(os.path.join(objects, "pack")) else ()
    ):
        if name.endswith(".idx"):
            return 32 if len(name) == len("pack-.idx") + 64 else 20
    return 20


def _has_promisor_packs(objects: str) -> bool:
    try:
        return any(name.endswith(".promisor") for name in os.listdir(os.path.join(objects, "pack")))
    except OSError:
        return False


def submodules(store: Store) -> list[str]:
    """The git directories of the submodules that were cloned with a repository, those inside them too."""
    found = []
    for root, folders, _files in os.walk(os.path.join(store.folder, "modules")):
        if os.path.isdir(os.path.join(root, "objects")) and os.path.isfile(os.path.join(root, "HEAD")):
            found.append(root)
            folders[:] = ["modules"] if "modules" in folders else []
        folders.sort()
    return found
