"""ACS3-HMAC-SHA256, the signature of Alibaba Cloud's OpenAPI.

Checked in tests against the official alibabacloud-openapi-util for random inputs; no small official
package exists (the smallest that calls STS brings some 28 others).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"


def digest(body: bytes) -> str:
    """SHA-256 of a request body, in hex: the value of ``x-acs-content-sha256``."""
    return hashlib.sha256(body).hexdigest()


def authorization(
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body_digest: str,
    key_id: str,
    secret: bytes,
) -> str:
    """The ``Authorization`` header for a request.

    ``headers`` hold ``host`` and every ``x-acs-`` header that is sent (names in any case); those and
    ``content-type`` are signed. The secret is used and not kept.
    """
    signed = {k.lower(): v.strip() for k, v in headers.items()}
    signed = {k: v for k, v in signed.items() if k.startswith("x-acs-") or k in ("host", "content-type")}
    names = sorted(signed)
    canonical = "\n".join(
        (
            method.upper(),
            quote(path, safe="/-_.~") or "/",
            "&".join(
                f"{_encode(k)}={_encode(query[k])}" if query[k] else f"{_encode(k)}=" for k in sorted(query)
            ),
            "".join(f"{n}:{signed[n]}\n" for n in names),
            ";".join(names),
            body_digest,
        )
    )
    text = f"{ALGORITHM}\n{digest(canonical.encode())}"
    signature = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={';'.join(names)},Signature={signature}"


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")
