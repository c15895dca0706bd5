"""Texts that cost a reader most: each piece the worst of some rule or view, over and over.

`TEXTS` maps a name to a function of a size in bytes. Keys in them are drawn at random, always the same.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable

from tests.support import keys

_HEX_DUMPED = b"eEdDcCbbAAt5IATL"[::-1]  # no id stands in this file

Maker = Callable[[int], bytes]


def _words(size: int) -> bytes:
    rng = random.Random(11)
    return b" ".join(keys.draw(keys.BASE62, 30, rng).encode() for _ in range(size // 31))


def _pair(rng: random.Random) -> bytes:
    """A pair with its names: evidence, so that the whole text is read closely."""
    return f"accessKeyId={keys.key_id(rng)}\naccessKeySecret={keys.secret(rng)}\n".encode()


def many(make: Callable[[random.Random], str], head: str = "") -> Maker:
    """Pieces drawn at random behind a head, up to a size."""

    def text(size: int) -> bytes:
        rng = random.Random(2)
        piece = make(rng).encode()
        return head.encode() + piece + b"".join(make(rng).encode() for _ in range(size // len(piece)))

    return text


def hostile(piece: bytes, last: bytes = b"") -> Maker:
    """One piece repeated behind a real pair, which makes every rule and view read it."""
    return lambda size: _pair(random.Random(7)) + b"aliyun " + piece * (size // len(piece)) + last


HOSTILE: dict[str, Maker] = {
    "secret's name on one line": lambda n: b"accessKeySecret" * (n // 15),
    "secret's name and equal signs": lambda n: b"accessKeySecret=" * (n // 16),
    "LTAI": lambda n: b"LTAI" * (n // 4),
    "words of 30 characters": lambda n: b"aliyun " + _words(n),
    "words of 30 beside a pair": lambda n: hostile(_words(min(n, 1_000_000)) + b"\n")(n),
    "words of 30 under dashes": lambda n: hostile(b"-" * 170 + b" " + _words(31)[:30] + b"\n")(n),
    "words of 30 under names": many(lambda r: f'secret = "{keys.draw(keys.BASE62, 30, r)}"\n', "aliyun\n"),
    "nested quotes": hostile(b"\"'`[{("),
    "brackets": lambda n: hostile(b"[")(n // 2) + b"]" * (n // 2),
    "objects": lambda n: hostile(b'{"a":')(n // 6 * 5) + b"}" * (n // 6),
    "escaped quotes": hostile(b'\\"\\\\\\"'),
    "escapes": hostile(b"\\u004c\\n"),
    "escapes of an id": hostile(b"\\u004c\\u0054\\u0041\\u0049"),
    "backslashes": hostile(b"\\" * 64),
    "base64 of base64": lambda n: (
        b"aliyun " + base64.b64encode(base64.b64encode(b"accessKeySecret" * (n // 30)))
    ),
    "wrapped base64": lambda n: hostile(base64.encodebytes(b"aliyun accessKeySecret is a text " * 57))(n),
    "wrapped random base64": lambda n: hostile(base64.encodebytes(random.Random(5).randbytes(100_000)))(n),
    "base64 of pairs": lambda n: hostile(base64.b64encode(_pair(random.Random(9))) + b"\n")(n),
    "forms of an id in base64": hostile(b"TFRBS"),
    "base64 of gzip": hostile(b"H4sIAAAAAAAAA" + b"A" * 20 + b" "),
    "base32": hostile(base64.b32encode(b"accessKeySecret ") + b" "),
    "empty lines": hostile(b"\n"),
    "blank lines": hostile(b" \t\r\n"),
    "blanks": hostile(b" "),
    "blanks after quotes": hostile(b'a"' + b" " * 79),
    "joined literals": hostile(b'"a" + '),
    "joined long literals": hostile(b'"LTAI5tAAbb" + \n    '),
    "continued lines": hostile(b"LTAI5tAAbb\\\n"),
    "references": hostile(b"&amp;#76;"),
    "ampersands": hostile(b"&"),
    "percent": hostile(b"%25"),
    "percent of an id": hostile(b"%4C%54%41%49"),
    "quoted-printable": hostile(b"=4C=54=3D=\r\n"),
    "equal signs": hostile(b"="),
    "tags": hostile(b"<w:t><a>"),
    "open tags": hostile(b"<w:t "),
    "hexadecimal": hostile(b"4c544149"),
    "hex dump": hostile(b"00000010: %b  %b\n" % (_HEX_DUMPED.hex(" ", 2).encode(), _HEX_DUMPED)),
    "hex bytes": hostile(b"0x4c, "),
    "decimals": hostile(b"76, "),
    "UTF-16": lambda n: ("\ufeff" + hostile(b"secret = LTAI\r\n")(n // 2).decode()).encode("utf-16-le"),
    "UTF-16 inside": lambda n: hostile(b"\x00\x01" + "accessKeySecret".encode("utf-16-le"))(n),
    "terminal": hostile(b"\x1b[31mLTAI\x1b[0m"),
    "lengths": hostile(b"\x1eabcdefghijklmnopqrstuvwxyz01234"),
    "GBK": lambda n: hostile("密钥".encode("gbk") + b"a1b2c3d4e5f6g7h8j ")(n),
    "Chinese": lambda n: hostile("阿里云密钥：".encode())(n),
    "YAML blocks": lambda n: hostile(b"  key:\n    password: a\n")(n),
    "deep YAML": lambda n: hostile(b"".join(b" " * i + b"k:\n" for i in range(60)))(n),
    "YAML secrets": many(lambda r: f"  other:\n    secret: {keys.draw(keys.BASE62, 30, r)}\n", "aliyun\n"),
    "one host": lambda n: (
        hostile(b"password=" + b"a" * 20 + b";")(n) + b" rm-ab12cd34.mysql.rds.aliyuncs.com"
    ),
    "hosts": hostile(b"rm-ab12cd34.mysql.rds.aliyuncs.com "),
    "hosts of mail": hostile(b"smtpdm.aliyun.com "),
    "registries": hostile(b"registry.cn-hangzhou.aliyuncs.com "),
    "registries and logins": hostile(b"docker login -u a registry.cn-hangzhou.aliyuncs.com "),
    "users": hostile(b"a@b12.onaliyun.com "),
    "users in rows": hostile(b"a@b12.onaliyun.com,,\n"),
    "instances": hostile(b"alikafka_post-cn-ab12cd34 password "),
    "device names": hostile(b"deviceSecret productKey "),
    "heads of tokens": hostile(b"CAIS1q6Ft5B2yfSj"),
    "heads of old tokens": hostile(b"CAESabIIARKAA"),
    "ids of STS": hostile(b"STS.N"),
    "heads of keys": hostile(b"MIICIBAAKBg"),
    "wrapped heads of keys": hostile(b"MIIC" + b"A" * 60 + b"\n"),
    "heads of Salted": hostile(b"U2FsdGVkX1"),
    "vod": hostile(b"eyJTZWN1cml0eVRva2VuIjoi"),
    "names of AppCodes": hostile(b"appcode string value "),
    "robots": hostile(b"/robot/send?access_token= token "),
    "Model Studio": hostile(b"dashscope sk-ws-H. "),
    "vendors": hostile(b"deepseek aliyun jwt "),
    "policies": lambda n: hostile(b"policy signature ")(n),
    "signed links": many(lambda r: f"?OSSAccessKeyId={keys.key_id(r)}&Expires=1&Signature=ab%3D ", "aliyun "),
    "passwords": hostile(b"password=password="),
    "urls": hostile(b"://u:p@"),
    "dots": hostile(b"a.b"),
    "dashes": hostile(b"-"),
    "Markdown": hostile(b"| accessKeyId | secret | --- |\n"),
    "CSV": lambda n: hostile(b",".join([b"value"] * 200) + b"\n")(n),
    "minified": hostile(b'{secret:"abc",password:t.key,accessKeyId:e},'),
    "SQL": hostile(b'INSERT INTO `conf` VALUES (1,\'{\\"password\\":\\"x\\"}\');\n'),
    "docker configs": hostile(b'{"auths":{"registry.cn-hangzhou.aliyuncs.com":{"auth":"YTpi"}}}\n'),
    "random bytes": lambda n: hostile(random.Random(6).randbytes(1_000_000))(n),
    "zeros": hostile(b"\0"),
    "ids": lambda n: hostile(b"LTAI5tAbCdEf" + b" ")(n),
    "one word": hostile(b"a"),
    "a word of digits": hostile(b"1"),
    "camel case": hostile(b"getLongConnectionDataHeadVTwo1 "),
}

DENSE: dict[str, Maker] = {
    "pairs on one line": many(lambda r: f"{keys.key_id(r)} {keys.secret(r)} "),
    "pairs": many(lambda r: f"accessKeyId: {keys.key_id(r)}\naccessKeySecret: {keys.secret(r)}\n"),
    "ids only": many(lambda r: f"{keys.key_id(r)}\n"),
    "secrets with names": many(lambda r: f'accessKeySecret = "{keys.secret(r)}"\n', "aliyun\n"),
    "pairs in base64": many(
        lambda r: base64.b64encode(f"id={keys.key_id(r)} secret={keys.secret(r)}".encode()).decode() + "\n"
    ),
    "pairs escaped": many(lambda r: f'\\"ak\\":\\"{keys.key_id(r)}\\",\\"sk\\":\\"{keys.secret(r)}\\",'),
    "glued pairs": many(lambda r: f"{keys.key_id(r)}{keys.secret(r)}\n"),
    "calls": many(
        lambda r: (
            f'Client client = new OSSClient("e", "{keys.draw(keys.BASE62, 16, r)}", "{keys.secret(r)}");\n'
        ),
        "aliyun ",
    ),
    "hosts with passwords": many(
        lambda r: f"mysql://u:{keys.draw(keys.BASE62, 12, r)}@{keys.host('rm', 'mysql.rds', r)}/db\n"
    ),
    "hosts beside passwords": many(
        lambda r: f"host: {keys.host('rm', 'mysql.rds', r)}\npassword: {keys.draw(keys.BASE62, 12, r)}\n"
    ),
    "hosts and passwords on one line": many(
        lambda r: f"host={keys.host('rm', 'mysql.rds', r)} password={keys.draw(keys.BASE62, 12, r)} "
    ),
    "redis": many(
        lambda r: f"redis-cli -h {keys.host('r', 'redis.rds', r)} -a {keys.draw(keys.BASE62, 12, r)}\n"
    ),
    "logins at registries": many(
        lambda r: f"docker login -u a -p {keys.draw(keys.BASE62, 12, r)} registry.cn-hangzhou.aliyuncs.com\n"
    ),
    "logins on one line": many(
        lambda r: f"docker login -u a -p {keys.draw(keys.BASE62, 12, r)} registry.cn-hangzhou.aliyuncs.com;"
    ),
    "docker auths": many(
        lambda r: (
            '{"registry.cn-hangzhou.aliyuncs.com": {"auth": "'
            + base64.b64encode(f"u:{keys.draw(keys.BASE62, 12, r)}".encode()).decode()
            + '"}}\n'
        )
    ),
    "kafka": many(
        lambda r: (
            f'username="alikafka_post-cn-{keys.draw(keys.HEX, 11, r)}" '
            f'password="{keys.draw(keys.BASE62, 16, r)}"\n'
        )
    ),
    "mail": many(lambda r: f"smtpdm.aliyun.com password: {keys.draw(keys.BASE62, 12, r)}\n"),
    "console logins": many(
        lambda r: f"a@b{keys.draw(keys.HEX, 8, r)}.onaliyun.com password: {keys.draw(keys.BASE62, 12, r)}\n"
    ),
    "console table": many(
        lambda r: f"a@b{keys.draw(keys.HEX, 8, r)}.onaliyun.com,{keys.draw(keys.BASE62, 12, r)},x\n",
        "user,password,x\n",
    ),
    "AppCodes": many(lambda r: f"appcode: {keys.draw(keys.HEX, 32, r)}\n"),
    "model keys": many(lambda r: f"sk-{keys.draw(keys.HEX, 32, r)}\n", "dashscope "),
    "model keys with names": many(lambda r: f"DASHSCOPE_API_KEY=sk-{keys.draw(keys.HEX, 32, r)}\n"),
    "signed model keys": many(lambda r: keys.signed_model_key("ws-H", r) + "\n"),
    "devices": many(
        lambda r: f"productKey=a1{keys.draw(keys.BASE62, 9, r)} deviceSecret={keys.draw(keys.HEX, 32, r)}\n"
    ),
    "robots with tokens": many(
        lambda r: f"oapi.dingtalk.com/robot/send?access_token={keys.draw(keys.HEX, 64, r)}\n"
    ),
    "STS": many(lambda r: f"{keys.sts_id(r)} {keys.sts_secret(r)} {keys.sts_token(r)}\n"),
    "STS without tokens": many(lambda r: f"{keys.sts_id(r)} {keys.sts_secret(r)} "),
    "Yunxiao": many(lambda r: f"codeup pt-{keys.draw(keys.BASE62, 24, r)}_{keys.draw(keys.HEX, 32, r)}\n"),
}

TEXTS: dict[str, Maker] = {**HOSTILE, **DENSE}
