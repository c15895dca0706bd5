"""What must be in a text before a view has anything to say of it, for `hyperscan` to look for at once.

A view tells for itself, in `re`, and more exactly; these expressions need no look-around and are asked
of all views together, in one pass at the speed of memory. Each matches wherever its view yields an edit,
and may match elsewhere (tests/detect/test_triggers.py).
"""

from __future__ import annotations

import re

from aliscan.detect.needles import base64_forms
from aliscan.detect.views import entities, markup
from aliscan.detect.views.base64 import BODY, CONTAINERS, HEAD, PACKED
from aliscan.detect.views.joined import WORD

_COMMA = rb"[,;: \t\r\n]+"

# The name of a view -> expressions
TRIGGERS: dict[str, tuple[bytes, ...]] = {
    "gb18030": (rb"[\x81-\xfe][0-9A-Za-z]{8}",),  # all 17 letters would take half of the time of all triggers
    "strings": (
        rb"\A\xca\xfe\xba\xbe",
        rb"\A..\r\n",
        rb"[\x10\x18\x1d\x1e][A-Za-z0-9.]{17}",
        rb"#sk-[A-Za-z0-9]{33}",
    ),
    "utf-16": (rb"(?:[\t\n\r -~]\x00){4}", rb"(?:\x00[\t\n\r -~]){4}"),
    "xml": (markup.WANTED.pattern,),
    "base64": (
        rb"(?:\A|[^A-Za-z0-9+/])" + HEAD + BODY + rb"{8}",
        *(re.escape(form) for form in base64_forms(b"LTAI")),
    ),
    "base32": (rb"[A-Z2-7]{20}",),
    "hex": (
        rb"[0-9A-Fa-f]{24}",
        rb"0[xX][0-9A-Fa-f]{2}" + _COMMA + rb"0[xX][0-9A-Fa-f]{2}",
        rb"[2-7][0-9A-Fa-f](?:[ :,-][0-9A-Fa-f]{2}){4}",
    ),
    "decimal": (rb"[0-9](?:" + _COMMA + rb"[0-9]{1,3}){4}",),
    "escape": (
        rb"\\(?:u00[2-7][0-9A-Fa-f]|u[4-9][0-9A-Fa-f]{3}|u\{0{0,4}[2-7][0-9A-Fa-f]\}|U0000|x[2-7][0-9A-Fa-f]"
        rb"|0?[01][0-7]{2}|[nrtbfv0a][A-Za-z0-9]{12}|u(?:ff|30)[01][0-9A-Fa-f])",
        rb"\\[\"'][ \t]{0,4}(?:[,+&~]|\.{1,2}|<>)?(?:[ \t]|\\[nrt])*\\[\"'][!-~]{6}",
    ),
    "url": (
        rb"%(?:25){0,6}(?:[46][1-9A-Fa-f]|[57][0-9Aa]|3[0-9]|[0-7][0-9A-Fa-f](?:[A-Za-z0-9]{12}|sk-)|22|3[ADad]|0[AaDd])",
    ),
    "html": (entities.WANTED.pattern,),
    "quoted-printable": (
        rb"=3[Dd]",
        rb"[A-Za-z0-9+/]=\r?\n[A-Za-z0-9+/=]",
        rb"=[2-7][0-9A-F](?:=[2-7][0-9A-F]){3}",
        rb"=E[0-9A-F]=[89AB]",
    ),
    "terminal": (rb"\x1b\[",),
    "join": (
        WORD + rb"\\\r?\n[ \t]*" + WORD,
        WORD + rb"[\"'`][ \t\r\n/#*+.&~|<>_\\@$rbufRBUF]*[\"'`]" + WORD,
    ),
    CONTAINERS: (rb"(?:\A|[^A-Za-z0-9+/])" + PACKED,),
}  # fmt: skip
