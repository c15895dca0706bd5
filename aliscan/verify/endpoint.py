"""Which addresses may be asked: https, or this machine itself for tests; nothing that holds a password."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from aliscan.finding import AliscanError
from aliscan.i18n import _
from aliscan.masking import mask

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|::1")
_LOCAL = ("127.0.0.1", "localhost", "::1")


def check(endpoint: str, *, path: bool = False) -> str:
    """The endpoint as a URL that ends in a path.

    A path of its own is allowed only with ``path``: the signature covers "/", and a live key would look
    wrong elsewhere. Raises AliscanError for everything that is no plain https address; plain http is
    taken for this machine only.
    """
    url = endpoint if "://" in endpoint else f"https://{endpoint}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    strange = parts.username is not None or parts.query or parts.fragment or not endpoint.isprintable()
    if strange or not _HOST.fullmatch(host) or parts.scheme not in ("https", "http"):
        raise AliscanError(_("{what} is not an endpoint: use https://HOST.").format(what=_named(endpoint)))
    if parts.path.strip("/") and not path:
        raise AliscanError(
            _("{what} is not an endpoint: no path may follow the host.").format(what=_named(endpoint))
        )
    if parts.scheme == "http" and host not in _LOCAL:
        raise AliscanError(_("the endpoint {host} has no TLS: use https.").format(host=host))
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return f"{parts.scheme}://{netloc}{parts.path if path and parts.path else '/'}"


def _named(endpoint: str) -> str:
    """What the user wrote, without what stands before an @ (a password) and without key-shaped words."""
    from aliscan.git import show

    shown = re.sub(r"[^/]*@", "", endpoint)
    return show(mask(shown).encode("utf-8", "surrogateescape")) or "''"
