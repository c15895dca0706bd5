"""Tokens in the aliyun CLI's own file: `alibaba-cli-oauth-token`.

``~/.aliyun/config.json`` may hold bearer, OAuth and CloudSSO tokens beside AccessKeys; names from
aliyun-cli's config/profile.go. Their shape is not documented: the names and the file tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.placeholders import entropy, has_run, has_word
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import TOKEN, Confidence, Severity

TOKENS = "alibaba-cli-oauth-token"

RULES = (
    RuleInfo(TOKENS, "Login token of the aliyun CLI", Severity.HIGH,
             "Whoever reads it is logged in as its owner until it expires or is revoked."),
)  # fmt: skip

_FIELD = re.compile(
    rb"\"(oauth_access_token|oauth_refresh_token|bearer_token|access_token)\""
    rb"[ \t]{0,8}:[ \t\r\n]{0,8}\"([^\"\\\s]{20,8000})\""
)
# The file's own fields: access_token alone is everybody's.
_FILE = re.compile(
    rb"\"(?:oauth_site_type|cloud_sso_sign_in_url|ram_role_arn|sts_region|aliyun|output_format|region_id)\""
)


def find(text: Text) -> Iterator[Candidate]:
    """Yield the tokens that are not empty, where the file is the CLI's."""
    ours: bool | None = None
    for m in _FIELD.finditer(text.data):
        value = m[2]
        if (
            has_run(value)
            or has_word(value[:24])
            or entropy(value) < 3
            or b"*" in value
            or value[:1] in b"<${"
        ):
            continue
        if ours is None:
            ours = text.path.endswith(b".aliyun/config.json") or _FILE.search(text.data) is not None
        if ours:
            yield Candidate(TOKENS, Severity.HIGH, Confidence.HIGH, (Span(TOKEN, *m.span(2)),), rank=18)
