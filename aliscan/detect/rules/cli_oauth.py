"""Tokens in the aliyun CLI's own file: `alibaba-cli-oauth-token`.

``~/.aliyun/config.json`` may hold bearer, OAuth and CloudSSO tokens beside AccessKeys; names from
aliyun-cli's config/profile.go. Their shape is not documented: the names and the file tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.placeholders import entropy, has_run, has_word
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import PRIVATE_KEY, TOKEN, Confidence, Severity

TOKENS = "alibaba-cli-oauth-token"

RULES = (
    RuleInfo(TOKENS, "Login token of the aliyun CLI", Severity.HIGH,
             "Whoever reads it is logged in as its owner until it expires or is revoked."),
)  # fmt: skip

_FIELD = re.compile(
    rb"\"(oauth_access_token|oauth_refresh_token|bearer_token|access_token)\""
    rb"[ \t]{0,8}:[ \t\r\n]{0,8}\"([^\"\\\s]{20,8000})\""
)
# credentials.ini of the SDKs: type = bearer, bearer_token = ...
_INI = re.compile(
    rb"(?m)^[ \t]{0,8}(bearer_token)[ \t]{0,8}=[ \t]{0,8}([^\s\"#;]{20,8000})[ \t]{0,80}(?=\r?$|[#;])"
)
# An RSA key pair of the CLI: the key as JSON writes it, armoured or bare.
_KEY_PAIR = re.compile(rb"\"(private_key)\"[ \t]{0,8}:[ \t\r\n]{0,8}\"((?:-{5}BEGIN|MII)[^\"]{200,8000})\"")
# The file's own fields: access_token alone is everybody's.
_FILE = re.compile(
    rb"\"(?:oauth_site_type|cloud_sso_sign_in_url|ram_role_arn|sts_region|aliyun|output_format|region_id|key_pair_name)\""
    rb"|(?m:^[ \t]{0,8}type[ \t]{0,8}=[ \t]{0,8}bearer)"
)
PATH = re.compile(rb"\.aliyun[/\\]config\.json\Z|\.alibabacloud[/\\]credentials(?:\.ini)?\Z")


def find(text: Text) -> Iterator[Candidate]:
    """Yield the tokens and keys that are not empty, where the file is the CLI's or the SDKs'."""
    ours: bool | None = None
    for kind, pattern in ((TOKEN, _FIELD), (TOKEN, _INI), (PRIVATE_KEY, _KEY_PAIR)):
        for m in pattern.finditer(text.data):
            if kind == TOKEN and _is_made_up(m[2]):
                continue
            if ours is None:
                ours = PATH.search(text.path) is not None or _FILE.search(text.data) is not None
            if ours:
                yield Candidate(TOKENS, Severity.HIGH, Confidence.HIGH, (Span(kind, *m.span(2)),), rank=19)


def _is_made_up(value: bytes) -> bool:
    if b"*" in value or value[:1] in b"<${":
        return True
    return has_run(value) or has_word(value[:24]) or entropy(value) < 3
