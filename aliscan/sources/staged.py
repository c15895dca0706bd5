"""What the next commit would hold: the objects in the index that differ from HEAD.

Read from the object store, never from the work tree (1.4), through the index that git's hook
variables name (1.1), as plumbing that no attribute or configuration can bend (R1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aliscan.finding import Blob, Gap, Origin
from aliscan.git import Git, GitError, result

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.process import Process

WHOLE = 4 << 20  # as in aliscan.sources.pieces, which a hook need not import
_POINTER = b"version https://git-lfs"
_SUBMODULE = b"160000"
_LINK = b"120000"


def ask(git: Git, base: str = "HEAD") -> Process:
    """Have git compare the index with HEAD, or with the commit whose full id is ``base``; for `entries`."""
    # --no-renames: a rename with an edit is an addition here (1.16); -z: any name at all (3.19)
    return git.start("diff-index", "--cached", "--raw", "-z", "--no-renames", "--abbrev=64",
                     "--ignore-submodules=none", base, "--")  # fmt: skip


def entries(git: Git, asked: Process) -> list[tuple[bytes, str, bytes]]:
    """``(mode, oid, path)`` of every index entry that differs, deletions left out."""
    try:
        out = result(asked)
    except GitError:
        if git.resolve("HEAD^{commit}"):
            raise
        out = result(ask(git, git.empty_tree()))  # unborn HEAD (1.15)
    fields = out.split(b"\0")[:-1]
    found = []
    for meta, path in zip(fields[::2], fields[1::2], strict=True):
        _, mode, _, oid, status = meta.split(b" ")
        if status[:1] != b"D":
            found.append((mode, oid.decode(), path))
    return found


def whole_index(git: Git) -> list[tuple[bytes, str, bytes]]:
    """``(mode, oid, path)`` of every index entry, all stages of a conflict included (1.17)."""
    found = []
    for field in git.fields("ls-files", "--stage", "-z"):
        meta, _, path = field.partition(b"\t")
        mode, oid, _ = meta.split(b" ")
        found.append((mode, oid.decode(), path))
    return found


def blobs(
    git: Git, listed: list[tuple[bytes, str, bytes]], whole: Callable[[bytes], bool] = lambda _: False
) -> Iterator[Blob | Gap]:
    """The objects of index entries, read once each; one blob for every path an object has (3.18).

    Each path is yielded too, as a blob of its own, and what a pointer of Git LFS stands for. A large object
    comes in pieces, unless ``whole`` says of its first bytes that they are those of a container.
    """
    paths: dict[str, list[tuple[bytes, bytes]]] = {}
    for mode, oid, path in listed:
        if mode != _SUBMODULE and set(oid) != {"0"}:  # zeros: intent to add, nothing staged yet
            paths.setdefault(oid, []).append((mode, path))
    gone: list[str] = []
    for oid, _, size, read in git.streams(paths, gone):
        origins = [Origin("link" if mode == _LINK else "blob", path, oid=oid) for mode, path in paths[oid]]
        if size > WHOLE:
            from aliscan.sources.pieces import streamed

            yield from streamed(read, origins[0], whole, size)
            for origin in origins[1:]:  # it can be read once: git is asked again
                for *_, again in git.streams([oid]):
                    yield from streamed(again, origin, whole, size)
            continue
        data = read(size)
        for origin in origins:
            yield Blob(origin, data)
        if data.startswith(_POINTER):
            from aliscan.sources import lfs

            yield from lfs.content(git, data, origins, whole)
    for oid in gone:
        yield Gap(Origin("blob", paths[oid][0][1], oid=oid), "the object is missing here; run git fsck")
    for _, _, path in listed:
        yield Blob(Origin("name", path), path)
