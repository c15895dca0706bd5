"""Remotes as people should see them: without passwords, and whether the world can read them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from aliscan.git import show

# Sites where anybody may open an account and a repository may be public. Whether this one is cannot be
# known without asking the site, so it is said to be public-facing, not public.
PUBLIC_HOSTS = (
    "github.com", "gitlab.com", "gitee.com", "bitbucket.org", "codeberg.org", "sr.ht", "gitcode.com",
    "gitcode.net", "codeup.aliyun.com", "code.aliyun.com", "coding.net", "cnb.cool", "jihulab.com",
    "dev.azure.com", "visualstudio.com", "huggingface.co", "modelscope.cn", "sourceforge.net",
    "launchpad.net", "salsa.debian.org", "notabug.org", "framagit.org", "atomgit.com",
)  # fmt: skip

_URL = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://(?:[^/?#]*@)?([^/?#]*)([^?#]*)", re.DOTALL)
_SCP = re.compile(r"^(?:[^/]*@)?(\[[^\]]*\]|[^/:@]+):(?!//)(.*)$", re.DOTALL)


def shown(url: str) -> str:
    """A remote's URL as one inert line, without user, password, query and fragment: tokens hide there."""
    m = _URL.match(url)
    if m:
        return show(os.fsencode(f"{m[1]}://{m[2]}{m[3]}"))
    m = _SCP.match(url)
    if m and not _drive(url):
        return show(os.fsencode(f"{m[1]}:{m[2]}"))
    return show(os.fsencode(url))


def host(url: str) -> str:
    """The host name in a URL or ``user@host:path``, lower case without port; "" for a local path."""
    m = _URL.match(url)
    if m:
        name = m[2]
    else:
        m = _SCP.match(url)
        if not m or _drive(url):
            return ""
        name = m[1]
    if name.startswith("["):
        return name.partition("]")[0].lower() + "]"
    return name.partition(":")[0].rstrip(".").lower()


def path(url: str) -> str:
    """What follows the host, without slashes at its ends; "" for a local path."""
    m = _URL.match(url)
    if m:
        return m[3].strip("/")
    m = _SCP.match(url)
    return m[2].strip("/") if m and not _drive(url) else ""


def _drive(url: str) -> bool:
    return os.name == "nt" and len(url) > 1 and url[1] == ":"


def public_facing(url: str, configured: Iterable[str] = ()) -> str:
    """The host of ``url`` when it is a site where repositories can be public, else "".

    ``configured`` adds hosts, with a path prefix if wished; with "!" before it takes one out.
    """
    name, rest = host(url), path(url)
    if not name:
        return ""
    public = _under(name, PUBLIC_HOSTS)
    for item in configured:
        wanted, _slash, prefix = item.lstrip("!").partition("/")
        if _under(name, (wanted.partition(":")[0],)) and f"{rest}/".startswith(
            prefix and f"{prefix.strip('/')}/"
        ):
            public = not item.startswith("!")
    return name if public else ""


def _under(name: str, hosts: Iterable[str]) -> bool:
    return any(name == h or name.endswith("." + h) for h in hosts)
