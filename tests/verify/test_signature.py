"""Our signature is the vendor's own package's, for any input."""

from __future__ import annotations

from alibabacloud_openapi_util.client import Client as Official
from hypothesis import given
from hypothesis import strategies as st
from Tea.request import TeaRequest

from aliscan.verify.signature import authorization, digest
from tests.support import keys

WORD = st.text("abcXYZ0189-_.~", min_size=1, max_size=12)
SECRET = st.characters(min_codepoint=33, max_codepoint=126)
VALUE = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["Cs", "Z", "C"]), max_size=20
)


@given(
    st.dictionaries(WORD, VALUE, max_size=5),
    st.dictionaries(WORD.map(lambda w: "x-acs-" + w.lower()), st.text("azAZ09 =/+", max_size=20), max_size=5),
    st.binary(max_size=200),
    st.sampled_from(["GET", "POST"]),
    st.text(SECRET, min_size=1, max_size=60),
)
def test_like_the_official_package(
    query: dict[str, str], extra: dict[str, str], body: bytes, method: str, secret: str
) -> None:
    headers = {"host": "sts.aliyuncs.com", "content-type": "application/x-www-form-urlencoded", **extra}
    request = TeaRequest()
    request.method, request.pathname, request.query, request.headers = method, "/", query, dict(headers)
    key_id = keys.key_id()
    theirs = Official.get_authorization(request, "ACS3-HMAC-SHA256", digest(body), key_id, secret)
    assert authorization(method, "/", query, headers, digest(body), key_id, secret.encode()) == theirs
