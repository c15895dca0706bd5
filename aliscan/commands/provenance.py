"""Which checkout a report is about: its top, revision, branch and remote, for platforms that map paths."""

from __future__ import annotations

import os
import re

from aliscan.finding import AliscanError, Provenance
from aliscan.git import Git


def of(path: str = "") -> Provenance | None:
    """What git says of the work tree that ``path`` (default: here) lies in; None outside of one."""
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    try:
        git = Git(folder, foreign=bool(folder))
        top = git.top()
        if top is None:
            return None
        head = git.resolve("HEAD^{commit}") or ""
        branch = git.run("symbolic-ref", "--quiet", "--short", "HEAD", ok=(0, 1, 128))
        remote = git.run("config", "--get", "remote.origin.url", ok=(0, 1))
    except AliscanError:  # the scan has said what is wrong with git here; a report does not need it
        return None
    return Provenance(
        uri=address(remote.strip()),
        revision=head,
        branch=branch.decode("utf-8", "surrogateescape").strip(),
        top=top,
        base=os.path.relpath(os.fsencode(os.path.realpath(os.curdir)), top),
    )


def address(remote: bytes) -> str:
    """The URL of a remote as an absolute URI without user, password or query; "" for a local path."""
    text = remote.decode("utf-8", "replace")
    scp = re.fullmatch(r"(?:[^/@:]+@)?([A-Za-z0-9.-]{2,}):(?!//)(.+)", text)
    if scp:
        text = f"ssh://{scp[1]}/{scp[2].lstrip('/')}"
    url = re.fullmatch(r"(https?|ssh|git)://(?:[^/@]*@)?([^/?#\s]+)(/[^?#]*)?.*", text)
    if not url:
        return ""
    from urllib.parse import quote

    return f"{url[1]}://{quote(url[2], safe=':.[]-')}{quote(url[3] or '', safe='/%._~-')}"
