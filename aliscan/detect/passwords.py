"""Passwords have no shape: what stands right of a name, in a URL, in a command, and is meant.

`named`, `in_url` and `flags` find literals in a stretch of text; `is_meant` tells a password from a
placeholder, a variable or a template; `assign` says which literal belongs to which host.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from aliscan.detect.blocks import headings
from aliscan.detect.near import Window, line_before
from aliscan.detect.placeholders import count_digits, has_both_cases
from aliscan.record import NamedTuple

LONGEST = 128


class Literal(NamedTuple):
    """A value that may be a password: byte offsets, its name in lower case, whether it was quoted."""

    start: int
    end: int
    name: bytes
    quoted: bool


_WORD = re.compile(
    rb"(?i:pass(?:word|wd|wort|phrase)?|pwd|requirepass|masterauth)|\xe5\xaf\x86\xe7\xa0\x81|\xc3\xdc\xc2\xeb"
    rb"|\xe5\x8f\xa3\xe4\xbb\xa4"  # 密码 in UTF-8 and GBK, 口令
)
_BEFORE = re.compile(rb"[A-Za-z0-9_.\-]{0,50}\Z")
_SUFFIX = re.compile(rb"[A-Za-z0-9_.]{0,16}")
_OTHER_THING = re.compile(
    rb"(?i)hash|encod|encrypt|file|path|field|input|label|length|policy|reset|type|hint|min|max|valid|confirm|form"
    rb"|regex|expire|column|prompt|error|wrong|forg|wrap|check|match|strength|grant|manager|_?salt|digest|port|credential|authent"
)
_SEPARATOR = re.compile(
    rb"(?:\\{0,3}[\"'`\])]){0,3}[ \t]{0,32}"
    rb"(?:/?>[ \t]{0,4}(?:<value>)?"
    rb"|[\"']?,?[ \t\r\n]{1,20}[\"']?(?:[Vv]alue|[Dd]efault)[\"']?[ \t]{0,2}[=:][ \t]{0,2}(?=[\"'])"
    rb"|\r?\n[ \t]{0,24}value:[ \t]{1,2}(?=[^\s\"'>|&*])"  # of a Kubernetes variable
    rb"|(?:\|\||\?\?)[ \t]{0,4}(?=[\"'`])"
    rb"|\*{0,2}(?::=|=>|[:=(|,]|\xef\xbc\x9a|\xef\xbc\x9d|\xa3\xba)\*{0,2}[ \t]{0,12}(?:[=:][ \t]{0,4})?)"
    rb"(?:\(?(?:[Ss]tring|str|char\*)\)?[ \t]{0,3}=?[ \t]{0,3})?(?:[@bru]{1,2}(?=[\"']))?"
    rb"(?:process\.env[.\[][\w\"'\]]{1,50}[ \t]{0,3}(?:\|\||\?\?)[ \t]{0,4}(?=[\"'`])"
    rb"|os\.(?:getenv|environ\.get)\([^)\r\n]{1,50}\)[ \t]{0,3}or[ \t]{0,3}(?=[\"']))?"
    rb"(?:[\w.]{0,20}(?:quote|quote_plus|encodeURIComponent|QueryEscape|urlencode)\([ \t]{0,2}(?=[\"']))?"
)
_BLANK = re.compile(rb"(?:[ \t]{1,8}|[ \t]{0,4}\r?\n[ \t]{0,8})")
# 账号, 帐号, 账户, 用户名 before 密码, with or without a sign
_USER_LABEL = re.compile(
    rb"(?:(?i:user|user[_ ]?name|account|login)[ ]?[/&+][ ]?"
    rb"|(?:[\xe8\xb4\xa6\xe5\xb8\x90]{3}(?:\xe5\x8f\xb7|\xe6\x88\xb7)|\xe7\x94\xa8\xe6\x88\xb7(?:\xe5\x90\x8d)?)"
    rb"[ ]?(?:[/&+]|\xe3\x80\x81|\xe5\x92\x8c|\xe5\x8f\x8a)?[ ]?)\Z"
)
_BOTH = re.compile(
    rb"[*`]{0,2}[ \t]{0,2}(?:[:=]|\xef\xbc\x9a)?[*`]{0,2}[ \t]{0,4}[\"'`]?[\w.@-]{1,64}[\"'`]?"
    rb"(?:[ \t]{0,3}(?:[/,|]|\xef\xbc\x8c|\xe3\x80\x81)[ \t]{0,3}|[ \t]{1,4})[\"'`]?"
    rb"([^\s\"'`<>\x80-\xff]{6,128})"
)
_APART = re.compile(rb"[ \t]{1,8}(?=\\?[\"'])")
_TO_THE_END = re.compile(rb"[ \t]{1,8}(?=[^\s\"'`<>|=:,;(]{6,64}[ \t]{0,4}(?:\r?\n|\Z))")
_QUOTED = re.compile(
    rb"(\\{0,3}[\"'`])([^\"'`\r\n\\]{0,%d}(?:\\[^\"'`\r\nunt][^\"'`\r\n\\]{0,%d}){0,3})\1"
    % (LONGEST, LONGEST)
)
_BARE = re.compile(rb"[^\s\"'`<>]{1,%d}" % LONGEST)
_ESCAPED_END = re.compile(rb"\\{1,3}[nrt]")  # a line end in a text that stands as one literal in another
_FLAG = re.compile(
    rb"(?<![\w-])(?:--?p(?:ass(?:word|wd)?)?(?:[ \t]{1,4}|=)?|-a[ \t]{1,4})(\\?[\"']?)([^\s\"'\\]{1,%d})"
    % LONGEST
)

# Right of a host: the rest of its literal, perhaps a port, a user, the password.
CALL = re.compile(
    rb"[^\"'\r\n]{0,200}[\"'][ \t]{0,4}(?:,\s{0,12}\d{2,5}[ \t]{0,4}"
    rb",\s{0,12}(?:@?[\"'][^\"'\r\n]{0,64}[\"']|\$?[\w.]{1,40})"
    rb"|,\s{0,12}(?:@?[\"'][^\"'\r\n]{0,64}[\"']|\$?[A-Za-z_][\w.]{0,39}))\s{0,12},"
    rb"\s{0,12}(?=@?[\"'])"
)

_INDIRECT = re.compile(
    rb"[$#%@]?\{|\}|^\$|\$\(|^%|%[sdv@]\b|<%|^@|env[.\[(]|environ|getenv|secrets?\.|vault|^var\.|\(\)|^&|\*\*|^<|>$"
    rb"|^ENC\(|^!|:$|\.aliyuncs\.com"
)
_REFERENCE = re.compile(rb"[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)*[;,)\]}]*|[A-Z0-9_]+")
_CALL = re.compile(rb"(?:new[ \t])?[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)*\(.*")
# config["db"], cut at its quote; settings[env]
_SUBSCRIPT = re.compile(rb"[A-Za-z_]\w*(?:(?:\.|->|::)\w+)*\[(?:[A-Za-z_]\w*\].*)?")
_ARGUMENT = re.compile(rb"[A-Za-z_]\w{2,30}=[A-Za-z_\"'\[({]")
_SETTING = re.compile(
    rb"(?i)[\w$]+(?:(?:\.|->|::)[\w$]+)*(?:\.|->|::|_)(?:\w{0,20}_)?(?:password|passwd|pwd|pass|secret)\d{0,2}\W{0,4}"
)
_MADE_UP = re.compile(
    rb"(?i)^[<\[{(]?(?:your?|my|the|db|mysql|redis|mongo(?:db)?|user|rds|admin|root|test|database|app|some|real|new|kafka"
    rb"|login|docker|registry|acr|sasl|default|plain|strong|secure|a|aliyun)?[_\-. ]{0,2}"
    rb"(?:password|passw0rd|passwd|pwd|pass|p@ssw0rd|p@ssword|secret|psw|mima|db)"
    rb"[_\-. ]{0,2}(?:here|value|is|of|[!@#]?\d{0,4}[!@#]?|word)[>\])}]?$"
    rb"|^(?:test|demo|user|pass|pwd)[_-]?\d{1,4}$|^(?:root|admin|test|demo|guest|user|username|null|none|nil"
    rb"|true|false|empty|undefined|string|required|foobared"
    rb"|example|changeme|changeit|redis|mysql|mongo|mongodb|postgres|default|123qwe|qwerty|abc123|admin123|root123"
    rb"|test123|todo|tbd|aliyun|hidden|masked|redacted|private|xxx+|\.+|-+|\*+|_+|0+|1+)$"
    rb"|(?-i:xxx|XXX)|\*{2}|\.{3}|your|example|placeholder|replace|change_?me|redacted|insert|^enter|^input|^fill|password_"
    rb"|password$|^abcd?e?f?[_@!#.-]?123"
)
_RUN = re.compile(rb"(.)\1{5}")
_COUNTING = re.compile(rb"0?123456(?:7(?:8(?:90?)?)?)?|9?87654321|111111|1234|abcdefg?h?|qwertyuiop")


def named(data: bytes, window: Window) -> Iterator[Literal]:
    """The literals right of a word for *password*, in reading order; also ``-p``-less flags and labels."""
    for m in _WORD.finditer(data, window.start, window.end):
        before = _BEFORE.search(data, max(window.start, m.start() - 50), m.start())
        prefix = before[0] if before else b""
        at = m.end()
        if m[0].isascii():
            suffix = _SUFFIX.match(data, at)
            tail = suffix[0] if suffix else b""
            if _OTHER_THING.search(tail):
                continue
            # bypass, compass, passenger: only a word of its own, or the end of a name, or camel case
            whole = (prefix + m[0]).lower()
            if m[0].lower() == b"pass" and (tail[:1].islower() or whole.endswith((b"bypass", b"compass"))):
                continue
            at += len(tail)
        literal = _behind_user(data, m.start(), at, window)
        literal = literal or _value(data, at, (prefix + data[m.start() : at]).lower(), prefix, window)
        if literal is not None:
            yield literal


def _behind_user(data: bytes, word: int, at: int, window: Window) -> Literal | None:
    """The second value behind a label of two: ``user/password: app/PASSWORD``."""
    if _USER_LABEL.search(data, max(window.start, word - 24), word) is None:
        return None
    both = _BOTH.match(data, at, window.end)
    return Literal(*both.span(1), b"password", True) if both else None


def _value(data: bytes, at: int, name: bytes, prefix: bytes, window: Window) -> Literal | None:
    separator = _SEPARATOR.match(data, at, window.end)
    if separator is not None:
        if data[at : at + 1] == b"," and data[separator.end() : separator.end() + 1] in (b'"', b"'"):
            return None  # a variable, and the next argument
        at = separator.end()
    elif prefix.startswith(b"--") or name[0] >= 0x80 or name in (b"requirepass", b"masterauth"):
        blank = _BLANK.match(data, at, window.end)
        if blank is None:
            return None
        at = blank.end()
    else:
        # a call without brackets (Groovy), a keyword of Clojure, of SQL: password 'PASSWORD'; a whole line
        apart = _APART.match(data, at, window.end)
        if apart is None and not line_before(data, at - len(name), 80).strip():
            apart = _TO_THE_END.match(data, at, window.end)
        if apart is None:
            return None
        at = apart.end()
    return literal_at(data, at, name)


def literal_at(data: bytes, at: int, name: bytes = b"") -> Literal | None:
    """The literal that begins at an offset: a quoted one without its quotes, or a bare word."""
    if data.startswith((b'"""', b"'''"), at):
        at += 2
    quoted = _QUOTED.match(data, at)
    if quoted is not None:
        return Literal(quoted.start(2), quoted.end(2), name, True)
    bare = _BARE.match(data, at)
    if bare is None:
        return None
    end = _ESCAPED_END.search(bare[0])
    word = bare[0][: end.start()] if end else bare[0]
    line = line_before(data, at, 400)
    if b"://" in line or b"?" in line:
        word = word.partition(b"&")[0]
    if b";" in line or (b"=" in line and b";" in word and b"=" in word):
        word = word.partition(b";")[0]
    if b"{" in line or b"(" in line or b"[" in line:
        word = word.partition(b",")[0]
        word = word.rstrip(b"})],;")
    word = word.rstrip(b",;\\")
    return Literal(
        at, at + len(word), name, word == bare[0] and _is_setting(data, at + len(word), line, word)
    )


_KEY = re.compile(rb"[ \t]*(?:[#-][ \t]*|export[ \t]+)?[\w.-]*\w(?:=|:[ \t]+)")
_NAME = re.compile(rb"(?=\D*\d)[A-Za-z_]\w*")


def _is_setting(data: bytes, end: int, before: bytes, word: bytes) -> bool:
    """Whether a bare word fills a line ``a.b=word``: among settings even ``shop_2019`` is no variable."""
    return (
        data[end : end + 1] in (b"", b"\r", b"\n")
        and _NAME.fullmatch(word) is not None
        and _KEY.fullmatch(before) is not None
    )


def argument_at(data: bytes, at: int, name: bytes) -> Literal | None:
    """The same for a literal of C#, which may have an ``@`` before its quotes."""
    return literal_at(data, at + data.startswith(b"@", at), name)


def in_url(data: bytes, host: int) -> Literal | None:
    """The password of ``user:password@`` that ends where the host begins (also ``@tcp(`` of Go)."""
    end = host - 4 if data.endswith(b"@tcp(", 0, host) else host
    if not data.endswith(b"@", 0, end):
        return None
    end -= 1
    floor = max(0, end - LONGEST - 80)
    cut = max(data.rfind(stop, floor, end) for stop in (b" ", b"\t", b"\n", b'"', b"'", b"`", b"<", b">"))
    start = max(cut + 1, floor)
    scheme = data.find(b"://", start, end)
    if scheme >= 0:
        start = scheme + 3
    elif end + 1 == host:
        return None  # user:password@host without a scheme: a mail address, an scp target
    colon = data.find(b":", start, end)
    return Literal(colon + 1, end, b"url", True) if colon >= 0 else None


def flags(data: bytes, window: Window, letters: bytes = b"p") -> Iterator[Literal]:
    """The values of ``-p``, ``-pVALUE``, ``--password`` (and ``-a`` when asked for) of a command."""
    for m in _FLAG.finditer(data, window.start, window.end):
        if m[0][1:2] in (b"a", b"p") and m[0][1:2] not in letters:
            continue
        if (m[2].isdigit() and len(m[2]) <= 5) or m[2].startswith(b"-"):
            continue  # a port; the next flag
        yield Literal(m.start(2), m.end(2), b"flag", True)


def is_meant(value: bytes, quoted: bool = True) -> bool:
    """Whether a person would log in with it: not empty, no variable, no template, nothing made up.

    A bare word needs a digit or a sign: in code a word without is a variable.
    """
    if not 6 <= len(value) <= LONGEST or b" " in value or b"\t" in value:
        return False
    if any(c < 0x21 or c >= 0x7F for c in value):
        return False
    if not quoted and (value[-1:] == b"=" or _is_code(value)):
        return False  # the next argument's name, a variable, a call
    return not (
        _INDIRECT.search(value)
        or _MADE_UP.search(value)
        or _RUN.search(value)
        or _COUNTING.fullmatch(value.lower())
        or _counts_in_turn(value)
    )


def _counts_in_turn(value: bytes) -> bool:
    """``a1b2c3``: every second character is the one after the one before."""
    return all(after == before + 1 for row in (value[::2], value[1::2]) for before, after in pairwise(row))


def _is_code(word: bytes) -> bool:
    """Whether a bare word is a variable, a setting, a call or the next argument with its name."""
    if any(p.fullmatch(word) for p in (_CALL, _SUBSCRIPT, _SETTING)) or _ARGUMENT.match(word):
        return True
    return _REFERENCE.fullmatch(word) is not None and not _like_a_password(word)


def _like_a_password(word: bytes) -> bool:
    """A bare word that could be a variable: digits among letters, in both cases where it has dots."""
    return count_digits(word) > 0 and (word.isalnum() or has_both_cases(word))


class Pairing(NamedTuple):
    """Which literal (index) belongs to which host (index)."""

    host: int
    literal: int


def assign(
    data: bytes, hosts: Sequence[tuple[int, int, bytes]], literals: Sequence[Literal], lines: int, reach: int
) -> list[Pairing]:
    """Give each literal to the host that it is nearest to, and each host one literal at most.

    ``hosts`` (start, end, kind) and ``literals`` are in reading order. A host and its password are at
    most ``lines`` lines and ``reach`` bytes apart; blank lines between, and a name that vaguely speaks
    of another service, put them further apart; what stands after the host is nearer. A password whose
    name says whose it is belongs to no other host.
    """
    starts = [x.start for x in literals]
    speaks = {name: _speaks(name) for name in {x.name for x in literals}}
    blocks = [_block(data, x.start) for x in literals]
    turns = _turns([start for start, _, _ in hosts], starts, reach)
    pairs: list[tuple[int, int, int]] = []
    for h, (start, end, kind) in enumerate(hosts):
        here = bisect_left(starts, start)
        stem = _STEM_OF.match(line_before(data, start, 200).lower())
        for index in (*range(max(0, here - 4), here), *range(here, min(len(literals), here + 4))):
            far = _distance(data, start, end, literals[index], lines, reach)
            if far is not None:
                service = speaks[literals[index].name]
                vague = _VAGUE.search(literals[index].name) is not None
                if service == _ELSEWHERE or (service and service != kind and not vague):
                    continue
                opened, topic = blocks[index]
                if topic not in (b"", kind) and opened >= end:
                    continue  # the block of another service, which begins below the host
                if index in turns and turns[index] is (literals[index].start < start):
                    far += _OUT_OF_TURN
                if stem and literals[index].name.startswith((stem[1] + b".", stem[1] + b"_")):
                    far -= _SAME_STEM
                far += 0 if not service else -20 if service == kind else 60
                pairs.append((far, h, index))
    taken: set[int] = set()
    served: set[int] = set()
    result = []
    for _, h, index in sorted(pairs):
        if h not in served and index not in taken:
            served.add(h)
            taken.add(index)
            result.append(Pairing(h, index))
    return result


_OUT_OF_TURN = 40
_SAME_STEM = 20  # of db1.url and db1.password
_STEM_OF = re.compile(rb"[ \t#]{0,8}(?:export[ ])?([a-z][\w.-]{0,40})[._][a-z]\w{0,30}[ \t]{0,4}[:=]")


def _turns(hosts: Sequence[int], literals: Sequence[int], reach: int) -> dict[int, bool]:
    """For each literal (index) among several hosts and literals that take turns whether hosts come first."""
    marks = sorted([(at, -1) for at in hosts] + [(at, index) for index, at in enumerate(literals)])
    found: dict[int, bool] = {}
    run: list[int] = []
    before = 0
    for at, index in (*marks, (0, 0)):
        if run and ((index < 0) is (run[-1] < 0) or not 0 <= at - before <= reach):
            if len(run) >= 4 and len(run) % 2 == 0:
                found |= dict.fromkeys((i for i in run if i >= 0), run[0] < 0)
            run = []
        run.append(index)
        before = at
    return found


_FOREIGN = re.compile(
    rb"ftp|key_?store|trust_?store|store_?pass|key_?pass|jks|druid|login-|stat-?view|nacos|git|jwt|ldap|rabbit|wifi|(?<!mail_)host_?pass|ssh"
)
_SERVICES = (
    (b"mail", re.compile(rb"mail|smtp")),
    (b"redis", re.compile(rb"redis|jedis|cache")),
    (b"mongodb", re.compile(rb"mongo")),
    (b"rds", re.compile(rb"mysql|jdbc|datasource|data-source|postgres|pgsql|mssql|sqlserver|mariadb")),
    (b"kafka", re.compile(rb"kafka|sasl")),
    (b"registry", re.compile(rb"docker|registry|acr|harbor|image")),
)


_ELSEWHERE = b"elsewhere"
_VAGUE = re.compile(rb"cache|image")  # a cache may be a database, an image a picture


def is_of_others(name: bytes) -> bool:
    """Whether a password's name says that it opens something of another kind: a key store, a wiki."""
    return _FOREIGN.search(name) is not None


def _speaks(name: bytes) -> bytes:
    """The service that a password's name speaks of; empty where it says nothing."""
    if is_of_others(name):
        return _ELSEWHERE
    return next((service for service, words in _SERVICES if words.search(name)), b"")


# A host of anybody's own, or a data source with its driver: a password below is that one's.
_ANOTHER = re.compile(
    rb"jdbc:[a-z:]{3,30}//|127\.0\.0\.1|localhost|(?<![\d.])(?:10\.\d{1,3}|192\.168|172\.[123]\d)\.\d{1,3}\.\d"
)


def _block(data: bytes, start: int) -> tuple[int, bytes]:
    """The innermost block of YAML around a literal: where it opens, the service that its key speaks of."""
    at, word = next(headings(data, start), (-1, ""))
    return at, b"" if "druid" in word.lower() else _speaks(word.lower().encode())


_LEFT_BLOCK = re.compile(rb"\n *[\w.-]{1,60}:[ \t]*\r?\n")


def _is_left(data: bytes, start: int, host: int) -> bool:
    """Whether the innermost block of YAML that holds a literal is over before the host below it."""
    inner = next(headings(data, start), None)
    return inner is not None and inner[0] not in {at for at, _ in headings(data, host)}


_END = re.compile(rb"\n|\\n|[{}]")


def _is_anothers(data: bytes, start: int, literal: Literal) -> bool:
    """Whether another host stands between a host and a literal below it, as live (or commented out) as it."""
    live = not _in_comment(data, literal.start)
    for m in _ANOTHER.finditer(data, start, literal.start):
        if _END.search(data, start, m.start()) and live is not _in_comment(data, m.start()):
            return True
    return False


def _in_comment(data: bytes, at: int) -> bool:
    return line_before(data, at, 200).lstrip().startswith((b"#", b"//", b"<!--", b";"))


def _distance(data: bytes, start: int, end: int, literal: Literal, lines: int, reach: int) -> int | None:
    after = literal.start >= end
    low, high = (end, literal.start) if after else (literal.end, start)
    if high - low > reach or high < low:
        return None
    between = data[low:high]
    apart = between.count(b"\n")
    if apart > lines or (after and _is_anothers(data, end, literal)):
        return None
    if not after and _LEFT_BLOCK.search(between) and _is_left(data, literal.start, start):
        return None
    far = 10 * apart + len(between) // 40 + (0 if after else 6)
    return far + 40 * (between.count(b"\n\n") + between.count(b"\n\r\n"))
