"""Paths of a report as platforms want them: relative to the top of the repository, ``/`` between names."""

from __future__ import annotations

import os
from urllib.parse import quote

from aliscan.finding import Origin, Report
from aliscan.masking import mask

# What stands for a path where there is none: a name that says so and cannot be a file of the tree.
_NAMELESS = {"stdin": "standard-input", "message": "commit-message"}


def relative(origin: Origin, report: Report) -> bytes:
    """The path below the repository's top; unchanged when it lies outside, or no top is known.

    Objects of git have paths from the top already, files on disk from where aliscan was started.
    """
    path = origin.path
    if not path:
        what = _NAMELESS.get(origin.kind, origin.kind)
        return "/".join(filter(None, [what, (origin.oid or origin.commit)[:12]])).encode()
    provenance = report.provenance
    if provenance is None:
        return os.path.normpath(path).replace(os.sep.encode(), b"/")
    if os.path.isabs(path):
        inside = provenance.top and path.startswith(provenance.top.rstrip(b"/") + b"/")
        path = os.path.relpath(path, provenance.top) if inside else path
    elif not origin.oid:
        path = os.path.join(provenance.base, path)
    return os.path.normpath(path).replace(os.sep.encode(), b"/")


def uri(path: bytes) -> str:
    """A path as a URI reference: every byte that is not plain is percent-encoded.

    Relative to the top; a file URI for a path that lies elsewhere. A key in a path is masked.
    """
    safe = mask(path.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    return ("file://" if path.startswith(b"/") else "") + quote(safe, safe="/-._~*")


def below_top(path: bytes) -> bool:
    """Whether a path from `relative` is below the repository's top."""
    return not path.startswith((b"/", b"../")) and path != b".."


def literal(origin: Origin) -> bool:
    """Whether line and column are those of the file that the path names.

    Not of a member of an archive, nor of the path's own name.
    """
    return bool(origin.path) and not origin.member and origin.kind != "name"
