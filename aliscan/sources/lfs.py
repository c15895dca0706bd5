"""What a pointer of Git LFS stands for, as far as it lies on this machine.

`git add` puts the content of such a file into the folder of git-lfs, under the SHA-256 that the pointer
names, and only the pointer into git. Specification: git-lfs, docs/spec.md.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence

from aliscan.finding import Blob, Gap, Origin
from aliscan.git import Git
from aliscan.i18n import reason, said
from aliscan.sources.files import large
from aliscan.sources.pieces import WHOLE, Whole

_LONGEST = 1024  # bytes of a pointer, says the specification
_OID = re.compile(rb"^oid sha256:([0-9a-f]{64})$", re.MULTILINE)


def content(git: Git, pointer: bytes, origins: Sequence[Origin], whole: Whole) -> Iterator[Blob | Gap]:
    """What the pointer stands for, once for each of ``origins``; nothing where it is not on this machine."""
    found = _OID.search(pointer[:_LONGEST])
    if found is None:
        return
    name = found[1].decode()
    path = os.path.join(_folder(git), name[:2], name[2:4], name)
    try:
        info = os.lstat(path)
        if not stat.S_ISREG(info.st_mode):
            return
        with open(path, "rb") as file:
            if info.st_size > WHOLE:
                for origin in origins:
                    yield from large(file.fileno(), info.st_size, origin, whole)
                return
            data = file.read()
    except FileNotFoundError:
        return  # not downloaded: it was not added here
    except OSError as error:
        yield Gap(origins[0], said("its content in Git LFS cannot be read: {reason}", reason=reason(error)))
        return
    for origin in origins:
        yield Blob(origin, data)


def _folder(git: Git) -> str:
    """Where git-lfs keeps objects: `lfs.storage`, in the directory that linked worktrees share."""
    common = git.run("rev-parse", "--path-format=absolute", "--git-common-dir").removesuffix(b"\n")
    named = git.run("config", "--type=path", "--get", "lfs.storage", ok=(0, 1)).removesuffix(b"\n")
    return os.path.join(os.fsdecode(common), os.fsdecode(named) or "lfs", "objects")
