"""What a family cannot do without, whatever stands around it: the shape of its value, or its host.

Each entry is necessary, not sufficient, and local: a stretch of at most a few hundred bytes that the
text holds somewhere. `aliscan.detect.evidence` looks for them in one text, `aliscan.detect.bulk` in
the changes of a history. The words around a value (names, the vendor) are not local, they are the
anchors of `aliscan.detect.anchors`.
"""

from __future__ import annotations

from aliscan.detect.needles import ENCODED, Needle

_DATABASE = (  # an instance's name stands before the dot; "%s.drds" has none
    rb"[A-Za-z0-9.-]{3}\.(?:[a-z0-9-]{0,20}rds|kvstore|[a-z0-9-]{0,10}drds|polarx|polardb|ads|gpdb|lindorm|oceanbase|clickhouse"
    rb"|selectdb|elasticsearch|hologres|ocs|tsdb|milvus)\.aliyuncs\."
)
# The first of the two integers of a signature has 32 or 33 bytes, the sequence 68 to 70.
_SIGNATURES = (b"MEMC", b"MEQC", b"MEUC", b"MEYC")


def _of(name: str, literal: bytes = b"", pattern: bytes = b"", hints: tuple[bytes, ...] = ()) -> Needle:
    return Needle(frozenset((name,) if name else ()), literal, pattern, hints)


KAFKA_INSTANCE = (
    rb"alikafka[_-](?:post|pre|serverless|confluent)?[_-]?(?:public-)?(?:intl-)?[a-z]{2}-[a-z0-9]{8,20}"
)

MAIL_HOST = rb"smtpdm[a-z0-9-]{0,36}\.aliyun(?:cs)?\.com"

# A secret whose length stands before it, as Java and protobuf write it: no separator follows.
PREFIXED = rb"\x1e[A-Za-z0-9]{31}"

# The first letters of an id, which may also be chance (`aliscan.detect.chance`).
LETTERS_OF_ID = "letters of an id"

# Of an id of STS: none stands behind a letter that is no escape's. Behind the dot are its 25 letters, or
# fewer and what an encoding, a joint or the end of a line may put between.
_STS = (
    rb"(?:^|[^A-Za-z0-9_.]|[\\%=][A-Za-z0-9]{1,5})STS\."
    rb"(?:[1-9A-HJ-NP-Za-km-z]{25}|[A-Za-z0-9]{0,24}[\\%&=<\"'`+]|[A-Za-z0-9]{3,24}\r?\n)"
)

# What a text holds that calls something a secret; no family, but context for those that are encoded.
NAMED = "named"

# Beside them: what `aliscan.detect.words.family_of` knows by its length.
NEEDS: tuple[Needle, ...] = (
    _of(LETTERS_OF_ID, b"LTAI"),
    _of("sts", b"STS.", _STS),
    _of("sts", b"1q6Ft5B2yfSj"),
    _of("sts", b"IARKAA"),
    _of("model_studio", pattern=rb"sk-(?:ws|sp)-[A-Z]\.", hints=_SIGNATURES),
    _of("vod_auth", b"eyJTZWN1cml0eVRva2VuIjoi"),
    _of("serverless_devs", b"U2FsdGVkX1"),
    # 30 82 and a length, then the version 0, then the modulus or the algorithm: a certificate has none
    _of("alipay", pattern=rb"MII[A-Za-z0-9+/]{3}IBA[AD][A-Za-z0-9+/]{50}", hints=(b"MII",)),
    _of("cli_oauth", pattern=rb"\"private_key\"[ \t]{0,8}:", hints=(b"MII", b"BEGIN")),
    # A word that others hold is looked for first, the others where it was met: one pass for most texts.
    _of("", b"aliyun"),
    _of("databases", b".aliyuncs.com", _DATABASE),
    _of("registry", b".aliyuncs.com", rb"(?:registry|crpi)[a-z0-9.-]{0,80}\.aliyuncs|cr\.aliyuncs"),
    _of("iot", b".aliyuncs.com", rb"(?:iot-as-mqtt\.[a-z0-9-]{5,20}|mqtt\.iothub)\.aliyuncs"),
    _of("ram_login", b".onaliyun.com"),
    _of("kafka", b"alikafka", KAFKA_INSTANCE),
    _of("message_queue", b".aliyuncs.com", rb"(?:amqp|rmq)[a-z0-9.-]{0,40}\.aliyuncs"),
    _of("message_queue", b"Signature|", rb"Signature\|[A-Za-z0-9]{16}"),
    _of("pai_eas", b".aliyuncs.com", rb"pai-eas\.aliyuncs"),
    _of("packages", b".aliyun.com", rb"packages\.aliyun\.com"),
    *(_of("directmail", word, MAIL_HOST) for word in (b".aliyun.com", b".aliyuncs.com")),
    _of("yunxiao", b"pt-", rb"pt-[A-Za-z0-9]{16,40}_[0-9a-f]"),
    _of(NAMED, b"ecret"),
    _of(NAMED, b"ECRET"),
    _of("iot", b"ecret", rb"evice[_.-]?[sS]ecret"),
    _of("iot", b"ecret", rb"roduct[_.-]?[sS]ecret"),
    _of("iot", pattern=rb"(?:DEVICE|PRODUCT)[_.-]?SECRET", hints=(b"ECRET",)),
    _of(ENCODED, b"\x1e", PREFIXED),
)  # fmt: skip

# Tokens that this vendor's tools keep hold at least one long word.
BESIDE_LONG_WORDS: tuple[Needle, ...] = (
    _of("cli_oauth", b"_token", rb"_token\\?\"[ \t]{0,8}:[ \t\r\n]{0,8}\\?\"[^\"\\\s]{20}"),
    _of("cli_oauth", b"bearer_token", rb"bearer_token[ \t]{0,8}=[ \t]{0,8}[^\s\"#;]{20}"),
)
