"""The name that stands left of a value, and what it says about the value.

Names are compared without case and separators: ``ALIYUN_ACCESS_KEY_SECRET``, ``access-key-secret``
and ``aliyun.oss.accessKeySecret`` are one. Between name and value may stand any punctuation and a few
words of glue (``value``, ``default``, a type), on the same line or on the two before it: that covers
assignments, calls, XML and YAML name/value pairs, environment look-ups with a literal default,
Markdown tables, serialized PHP and labels on a line of their own. Facts: credential-shapes.md 5.1.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from aliscan.record import dataclass

BLOCK = 500  # bytes left of a value that is called "value", in which the entry's name may stand
WINDOW = 200  # bytes left of a value in which its name may stand


class Telling(IntEnum):
    """How much a name says about being an AccessKey secret."""

    NOTHING = 0
    HINT = 1  # secret, sk, key, password
    PLAIN = 2  # secretKey, accessKey: other vendors say so too
    CLEAR = 3  # accessKeySecret, or any of these with the vendor's name in it


@dataclass(frozen=True, slots=True)
class Name:
    """A name in plain lower-case form, and where it stands (byte offsets in the text)."""

    plain: str
    start: int
    end: int
    telling: Telling  # as the name of a secret
    names_id: bool  # as the name of an AccessKey id
    vendor: bool  # speaks of Alibaba Cloud itself
    foreign: bool  # speaks of something else: another vendor, a session, a signature


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Only at the beginning of a word: a line of dashes would be tried from each
_TOKEN = re.compile(rb"(?<![A-Za-z0-9_.\-])[A-Za-z0-9_.\-]*[A-Za-z0-9]|[\x80-\xff]+")
_VALUE_LABEL = re.compile(rb"(?i)(?:value|default|content)[^A-Za-z0-9\n]{1,12}\Z")
_CLOSING_TAG = re.compile(rb"</[\w:.\-]{1,60}>|&(?:quot|apos|amp|lt|gt|nbsp|#\d{1,4});|\[/?(?:code|b)\]")
_WRAPPER = re.compile(r"[a-z_.]{1,30}\.(?:string|string_?ptr|str|ptr|of|from|pointer|getenv)")
_QUESTION = re.compile(rb"[\"')]{0,3}[ \t]{0,4}\?:?[ \t]{0,4}[\"']")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_GLUE = _words(
    """
    value values val default defaultvalue string str text const let var final char byte bytes type
    is as data std nsstring b u r f s v n t a l br quot amp span code td th tr p li strong em
    property entry option optional fallback new tostring getbytes base64 atob b64decode decode
    decodestr encode cdata raw plain wstring string_view from some static public private protected
    readonly export literal any object null nil none qstring tstring varchar cstring lpcwstr rvalue
    std.string java.lang.string varstring secure sensitive true false plaintext content i32 mut in
    of the your my = to set x get init return lazy by self this ptr stringptr getenv
    """
)
_ENVIRONMENT = re.compile(
    r"(?:prod|product|production|dev|develop|test|online|local|release|pro|uat|staging|backup|bak|old|new|default"
    r"|value|val|str|string|param|text|env|here|temp|tmp|real|cn|hz|sh|bj|oss|sms|master|main|aliyun|ali)$"
)
_CLEAR = re.compile(
    r"accesskeysecret|accesssecret|accesskeysecert|keysecret|keyidsecret|secretaccesskey|accesssecretkey|aksecret|accesskeypwd"
    r"|accesskeypassword|accesskeysec$|secretkeyid$|akskey"
)
_PLAIN = re.compile(
    r"secretkey$|accesskey$|seckey$|secret_?ak$|aksk$|accesskeys$|skkey$|secretaccess$|sksecret$|accesstoken$"
)
_HINT = re.compile(
    r"(?<!client)secret$|sk$|(?<!public)(?<!object)(?<!primary)(?<!foreign)(?<!partition)(?<!sort)(?<!cache)keys?$|password$|passwd$|pwd$|pass$|secrets$|^k$|apisecret|signkey|appscript$|^s$|^sec$|screct$"
)
_ID = re.compile(
    r"(?:accesskeyid|accessid|keyid|accesskey|ak|akid|alid|alikey|appkey|appid|ossid|secretid|accesskeyids|accesskeyno"
    r"|user|username|^i|^id|aliid|accessskeyid|accesskeyld|access|apikey|key)$"
)
# By pieces of camel case, so that "validation", "boss" and "calibrate" are not the vendor.
_VENDOR_WORDS = _words(
    """
    ali oss odps sls ots mns nls dysms acs ons oss2 aliyun alibaba alicloud alioss
    """
)
_VENDOR = re.compile(
    r"aliyun|alibaba|alicloud|aliclou|alioss|dysms|dashscope|bailian|maxcompute|tablestore|fsoss"
    r"|(?:^|saved)ali(?=key|secret|ak|sk|access|sms|oss|ram|cdn|dns)|^oss(?=key|secret|ak|sk|access)"
)
_MISSPELT = re.compile(r"s[a-z]{3,7}t[a-z]?$")
_FOREIGN = _words(
    """
    jwt session cookie csrf xsrf salt nonce captcha recaptcha aes des rsa md5 oauth refresh
    webhook sign signature qiniu kodo upyun tencent qcloud tencentcloud cos huawei huaweicloud
    hwcloud obs volc volcengine tos baidu bce bos ucloud jdcloud google gcp azure wechat weixin wx
    wxpay mch github gitlab facebook twitter stripe paypal slack django flask laravel consumer
    encrypt encryption cipher crypto hash pusher algolia sentry firebase telegram discord twilio
    sendgrid mailgun spotify linkedin weibo qq apple dropbox auth0 okta shopify hubspot
    nextauth authjs supabase clerk keycloak strapi hasura etag trace idempotency cache
    """
)
_PURPOSES = _words(
    "webhook sign signature session cookie hash encrypt encryption cipher crypto consumer oauth"
)
_CHINESE_SECRET = tuple(
    word.encode(coding) for word in ("密钥", "秘钥", "密匙", "私钥", "密码") for coding in ("utf-8", "gbk")
)
_CHINESE_ID = tuple(
    word.encode(coding) for word in ("账号", "帐号", "密钥ID", "密钥编号") for coding in ("utf-8", "gbk")
)


def name_of(data: bytes, start: int) -> Name | None:
    """The name of the value at ``start``, or None when nothing but glue and punctuation is near."""
    near = _near(data, start)
    if near is not None and (near.telling or near.names_id):
        return near
    return _in_block(data, start) or near


def _in_block(data: bytes, start: int) -> Name | None:
    """The name a few lines up, where the value is called one: 'name' => 'secret', ... 'value' => '...'."""
    if _VALUE_LABEL.search(data, start - 24, start) is None:
        return None
    floor = max(0, start - BLOCK)
    window = data[floor:start]
    tokens = list(_TOKEN.finditer(window))
    for index in range(len(tokens) - 1, 0, -1):
        token = tokens[index]
        if not token[0].isascii():
            continue
        if token[0].startswith(b"LTAI"):
            return None  # another entry's value
        name = _classify(window, tokens, index, floor)
        if name and (name.telling >= Telling.PLAIN or (name.names_id and "access" in name.plain)):
            return name
    return None


def _near(data: bytes, start: int) -> Name | None:
    floor = max(0, start - WINDOW)
    window = _CLOSING_TAG.sub(lambda m: b" " * len(m[0]), data[floor:start])
    lines = 0
    right = len(window)
    glue = 0
    tokens = list(_TOKEN.finditer(window))
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        lines += window.count(b"\n", token.end(), right)
        right = token.start()
        if lines > 2 or glue > 5:
            return None
        word = token[0]
        if token.start() == 0 and floor > 0:
            return None  # cut by the window: not a whole name
        if not word.isascii():
            found = _chinese(word)
            if found is None:
                glue += 1
                continue
            telling, names_id = found
            vendor = b"\xe9\x98\xbf\xe9\x87\x8c" in word or b"\xb0\xa2\xc0\xef" in word
            return Name("", floor + token.start(), floor + token.end(), telling, names_id, vendor, False)
        plain = word.decode().lower()
        if plain.strip("._-") in _GLUE or plain.isdigit() or _says_nothing(window, plain, token.end()):
            glue += 1
            continue
        return _classify(window, tokens, index, floor)
    return None


def _says_nothing(window: bytes, plain: str, end: int) -> bool:
    """Whether a word wraps a literal (``tea.String("…")``) or asks for one (``live ? "…"``, ``x ?: "…"``)."""
    if window.startswith(b"(", end):
        return _WRAPPER.fullmatch(plain) is not None
    return _QUESTION.match(window, end) is not None


def _chinese(word: bytes) -> tuple[Telling, bool] | None:
    if any(w in word for w in _CHINESE_ID):
        return Telling.NOTHING, True
    if any(w in word for w in _CHINESE_SECRET):
        return Telling.HINT, False
    return None


def _classify(window: bytes, tokens: list[re.Match[bytes]], index: int, floor: int) -> Name | None:
    token = tokens[index]
    start, text = token.start(), token[0].decode()
    if text.startswith("LTAI") or len(text) > 100:
        return None  # a value, not a name
    plain = _plain(text)
    # "AccessKey Secret", "Access Key ID": the words of one name, with single blanks between
    while index and len(plain) <= 9:
        before = tokens[index - 1]
        if window[before.end() : start] not in (b" ", b"  ") or not before[0].isascii():
            break
        joined = _plain(before[0].decode())
        if joined not in (
            "access",
            "accesskey",
            "key",
            "secret",
            "ak",
            "oss",
            "aliyun",
            "alibaba",
            "cloud",
            "sms",
            "account",
        ):
            break
        index, start, text, plain = index - 1, before.start(), before[0].decode() + "_" + text, joined + plain
    return describe(text, floor + start, floor + token.end())


def _plain(text: str) -> str:
    return text.lower().replace("_", "").replace("-", "").replace(".", "")


def describe(text: str, start: int = 0, end: int = 0) -> Name:
    """What a name says, as it is written in code or configuration."""
    plain, telling, names_id, vendor, foreign = _meaning(text)
    return Name(plain, start, end, telling, names_id, vendor, foreign)


@lru_cache(maxsize=1024)
def _meaning(text: str) -> tuple[str, Telling, bool, bool, bool]:
    plain = _plain(text).rstrip("0123456789") or _plain(text)
    shorter = _ENVIRONMENT.sub("", plain)
    tails = (plain, shorter) if len(shorter) > 3 else (plain,)
    words = {w.lower() for w in _WORDS.findall(text)}
    vendor = bool(words & _VENDOR_WORDS) or _VENDOR.search(plain) is not None
    telling = max(_telling(t) for t in tails)
    if telling and vendor:
        telling = Telling.CLEAR
    foreign = bool(words & _FOREIGN) and not vendor
    if foreign and "accesskeysecret" in plain and words & _FOREIGN <= _PURPOSES:
        foreign = False  # whatever it is used for, no other vendor calls it so
    return plain, telling, any(_ID.search(t) is not None for t in tails), vendor, foreign


def _telling(plain: str) -> Telling:
    if _CLEAR.search(plain):
        return Telling.CLEAR
    if _PLAIN.search(plain):
        return Telling.PLAIN
    if _HINT.search(plain):
        return Telling.HINT
    if not plain.endswith("secret") and _MISSPELT.search(plain) and _misspelt(plain):
        return Telling.CLEAR if "key" in plain or "access" in plain else Telling.HINT
    return Telling.NOTHING


def _misspelt(plain: str) -> bool:
    """Whether the name ends in a misspelt ``secret`` (``Sercet``, ``Scret``, ``sectrt``, ``Secrect``)."""
    import regex  # behind the anchors and a rare shape: its start-up is paid by nobody else

    return regex.search(r"(?:secret){1<=e<=2:[a-z]}$", plain[-8:]) is not None
