"""The access file of Serverless Devs: `alibaba-serverless-devs-access`.

``~/.s/access.yaml`` looks encrypted, but its pass phrase is a constant in the vendor's own public
source: anybody can decrypt a committed one with one openssl command. Every value is OpenSSL's
"Salted__" format: AES-256-CBC, key and IV by EVP_BytesToKey with MD5 and one iteration.
Facts and sources: credential-shapes.md section 6.3.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from hashlib import md5

from aliscan.detect.near import beginning
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import ACCESS_KEY_ID, ACCESS_KEY_SECRET, SECURITY_TOKEN, Confidence, Severity

ACCESS = "alibaba-serverless-devs-access"

RULES = (
    RuleInfo(ACCESS, "Serverless Devs access file", Severity.CRITICAL,
             "Its encryption uses a pass phrase that the tool's source publishes: anybody can read the key."),
)  # fmt: skip

PASS_PHRASE = b"SecretKey123"  # CRYPTO_STRING of @serverless-devs/credential, lib/constant.js
GAP = 2500  # bytes between two values of one alias: a token may stand between them
_RANK = 40

# Base64 of "Salted__" and the first bits of the salt; YAML may fold a long value over lines.
_VALUE = re.compile(rb"(?<![A-Za-z0-9+/])U2FsdGVkX1[A-Za-z0-9+/]{30,8000}={0,2}(?![A-Za-z0-9+/=])")
_KINDS = (
    (ACCESS_KEY_ID, re.compile(rb"LTAI(?:[A-Za-z0-9]{12}|[A-Za-z0-9]{20})|STS\.[A-Za-z0-9]{20,30}")),
    (SECURITY_TOKEN, re.compile(rb"CA[IE]S[A-Za-z0-9+/]{60,}={0,2}")),
    (ACCESS_KEY_SECRET, re.compile(rb"[A-Za-z0-9]{30}|[1-9A-HJ-NP-Za-km-z]{43,44}")),
)


def find(text: Text) -> Iterator[Candidate]:
    """Yield each alias whose id and secret decrypt; silent where another pass phrase was used."""
    group: list[Span] = []
    for m in beginning(text.data, b"U2FsdGVkX1", _VALUE):
        span = _decrypted(m)
        if span is None:
            continue
        if group and (span.start - group[-1].end > GAP or any(s.kind == span.kind for s in group)):
            yield from _candidate(group)
            group = []
        group.append(span)
    yield from _candidate(group)


def _candidate(group: list[Span]) -> Iterator[Candidate]:
    kinds = {s.kind for s in group}
    if ACCESS_KEY_SECRET not in kinds and SECURITY_TOKEN not in kinds:
        return
    severity = Severity.CRITICAL if ACCESS_KEY_ID in kinds else Severity.HIGH
    notes = (("decrypted", "with the pass phrase that Serverless Devs publishes"),)
    yield Candidate(ACCESS, severity, Confidence.HIGH, tuple(group), notes, _RANK)


def _decrypted(m: re.Match[bytes]) -> Span | None:
    plain = decrypt(m[0])
    if plain is None:
        return None
    for kind, shape in _KINDS:
        if shape.fullmatch(plain):
            return Span(kind, m.start(), m.end(), plain)
    return None


def decrypt(word: bytes) -> bytes | None:
    """The plain text of one base64 value, or None where the public pass phrase does not fit."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    try:
        raw = b64decode(word, validate=True)
    except Error:
        return None
    salt, body = raw[8:16], raw[16:]
    if not body or len(body) % 16:
        return None
    derived = block = b""
    while len(derived) < 48:
        block = md5(block + PASS_PHRASE + salt, usedforsecurity=False).digest()
        derived += block
    decryptor = Cipher(algorithms.AES(derived[:32]), modes.CBC(derived[32:48])).decryptor()
    plain = decryptor.update(body) + decryptor.finalize()
    padding = plain[-1]
    if not 1 <= padding <= 16 or plain[-padding:] != bytes([padding]) * padding:
        return None
    return plain[:-padding]
