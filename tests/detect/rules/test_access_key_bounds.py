"""AccessKeys: how far, how long, how sure; every bound of the rule from both sides."""

from __future__ import annotations

import random

import pytest

from aliscan.finding import Confidence, Severity
from tests.detect.rules.support import candidates, found, matches
from tests.support import keys

PAIR, ID, SECRET = "alibaba-access-key-pair", "alibaba-access-key-id", "alibaba-access-key-secret"
HIGH, MEDIUM, LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW


def seen(text: str, path: bytes = b"") -> list[tuple[str, Confidence]]:
    """Rule and confidence of what the family yields."""
    return [(c.rule, c.confidence) for c in candidates("access_key", text, path)]


def word(size: int) -> str:
    return keys.draw(keys.BASE62, size)


def ident(size: int = 24) -> str:
    return keys.key_id() if size == 24 else keys.old_key_id() if size == 16 else "LTAI" + word(size - 4)


@pytest.mark.parametrize("size", range(14, 32))
def test_only_ids_of_16_and_24_characters(size: int) -> None:
    assert bool(seen(f"id {ident(size)}.")) is (size in (16, 24))


@pytest.mark.parametrize("more", range(1, 9))
def test_up_to_six_characters_behind_a_current_id_are_its_owners(more: int) -> None:
    text = f"{keys.key_id()}{'b' * more}\naccessKeySecret={keys.secret()}"
    assert ((PAIR, HIGH) in seen(text)) is (more <= 6)
    assert seen(f"{keys.key_id()}{'b' * more}") == [], "alone it is nothing"
    assert seen(f"{keys.key_id()}{'b' * more}.") == []
    other = f"LTAI9k{word(18)}{'b' * more}\naccessKeySecret={keys.secret()}"
    assert (PAIR, HIGH) not in seen(other), "no current id"


@pytest.mark.parametrize(
    ("before", "there"), [("", True), (".", True), ("_", True), ("x", False), ("7", False)]
)
def test_a_word_begins_where_no_letter_stands_before(before: str, there: bool) -> None:
    assert bool(seen(before + keys.key_id())) is there
    assert bool(seen(before + keys.key_id() + keys.secret())) is there


def test_how_sure_a_lone_id_is() -> None:
    assert seen(keys.key_id()) == [(ID, HIGH)]
    assert seen("LTAI5s" + keys.draw(keys.BASE58, 18)) == [(ID, HIGH)]
    assert seen("LTAI4G" + keys.draw(keys.BASE58, 18)) == [(ID, HIGH)]
    assert seen(keys.old_key_id()) == [(ID, MEDIUM)]
    (c,) = candidates("access_key", keys.key_id())
    assert (c.severity, c.rank, len(c.spans)) == (Severity.MEDIUM, 10, 1)


@pytest.mark.parametrize(("body", "there"), [("OfficeConfig", 0), ("OfficeConfi7", 0), ("OfficeConf77", 1)])
def test_words_in_camel_case_as_long_as_an_old_id(body: str, there: int) -> None:
    assert len(seen("LTAI" + body)) == there


def test_ids_that_a_link_shows_are_of_low_severity() -> None:
    i = keys.key_id()
    (c,) = candidates("access_key", f"https://b.x/o?OSSAccessKeyId={i}&Expires=1714979289&Signature=aB3%3D")
    assert (c.rule, c.severity, c.rank) == (ID, Severity.LOW, 10)
    assert ("expiration", "2024-05-06T07:08:09Z") in c.notes


@pytest.mark.parametrize("sign", "+/")
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("size", [38, 39, 40, 41])
def test_a_word_in_forty_characters_of_base64_is_chance(sign: str, side: str, size: int) -> None:
    more = ("kQ7" * 20)[: size - 1]
    text = f"{more}{sign}{keys.key_id()}" if side == "left" else f"{keys.key_id()}{sign}{more}"
    long_word = size - 1 > 30
    assert bool(seen(text)) is not (size >= 40 and (sign == "+" or long_word))


def test_short_words_between_slashes_are_a_path() -> None:
    path = "/".join(("refs", "heads", "b" * 30, "c" * 20, keys.key_id(), "d" * 30, "e" * 9))
    assert seen(path)
    assert not seen(path.replace("b" * 30, "b" * 31))
    assert not seen(path.replace("/e", "+e"))


def test_at_most_64_characters_on_each_side_are_looked_at() -> None:
    i = keys.key_id()
    fine = "/".join(["kQ7xW"] * 11)[:63]
    assert seen(f"a+{fine}/{i}"), "the sign is the 65th"
    assert not seen(f"a+{fine[1:]}/{i}")
    assert seen(f"{i}/{fine}+a")
    assert not seen(f"{i}/{fine[1:]}+a")


def test_a_secret_is_thirty_characters() -> None:
    for size in (28, 29, 30, 31):
        assert bool(seen(f"aliyun accessKeySecret={word(size)}")) is (size == 30)


@pytest.mark.parametrize("distance", [300, 9_000, 10_000, 10_300])
def test_a_clear_name_reaches_ten_kilobytes_without_the_vendors_name(distance: int) -> None:
    i, s = keys.key_id(), keys.secret()
    name = "\nak_secret="
    text = i + "." * (distance - len(name)) + name + s
    expected = [(PAIR, HIGH if distance <= 400 else MEDIUM)] if distance <= 10_240 else [(ID, HIGH)]
    assert seen(text)[:1] == expected


def test_two_ids_far_apart_see_their_own_surroundings() -> None:
    i, s = keys.key_id(), keys.secret()
    gap = "." * 30_000
    text = f"ak_secret={keys.secret()}{gap}{i}\nkeysecret={s}\n{gap}{keys.key_id()}"
    assert [v[1:] for v in found(text) if v[0] == PAIR] == [(i, s)]


def test_unnamed_words_are_secrets_by_their_looks_only() -> None:
    i = keys.key_id()
    assert (PAIR, HIGH) in seen(f"{i}\n{keys.secret()}")
    for poor in (
        keys.draw("abcdefghijklmnopqrstuvwxyz0123456789", 30),
        keys.draw("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 30),
        keys.draw("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", 30),
    ):
        assert (PAIR, HIGH) not in seen(f"{i}\n{poor}"), "not all three classes"
    low = "aB3dE6gH9jK1" + "aB3dE6" * 3
    assert (PAIR, HIGH) not in seen(f"{i}\n{low}"), "12 different ones, 3.5 bits"
    assert (PAIR, HIGH) in seen(f"{i}\naccessKeySecret={low}"), "its name is enough"
    assert (PAIR, HIGH) not in seen(f"{i}\njwt_token={keys.secret()}"), "somebody else's"


@pytest.mark.parametrize("joint", "+/-_")
def test_pieces_of_longer_tokens_are_no_secrets(joint: str) -> None:
    i, s = keys.key_id(), keys.secret()
    assert PAIR not in dict(seen(f"{i}\nq{joint}{s}"))
    assert PAIR not in dict(seen(f"{i}\n{s}{joint}q"))
    assert PAIR in dict(seen(f"{i}\n.{joint}{s}"))
    assert PAIR in dict(seen(f"{i}\n{s}{joint}."))
    assert PAIR in dict(seen(f"{i}\n{s}{joint}"))
    assert PAIR in dict(seen(f"{s}{joint}\n{i}"))
    assert PAIR in dict(seen(f"{joint}{s}\n{i}"))
    assert PAIR in dict(seen(f"x {i}{joint}{s}")), "right behind its id"
    assert PAIR in dict(seen(f"x {ident(16)}{joint}{s}"))


def test_a_suffix_of_the_owner_needs_a_clear_name() -> None:
    i, s = keys.key_id(), keys.secret()
    assert PAIR in dict(seen(f"{i}\naccessKeySecret='{s}_old'"))
    assert PAIR in dict(seen(f"{i}\naccessKeySecret='{s}-12345678'"))
    assert PAIR not in dict(seen(f"{i}\naccessKeySecret='{s}-123456789'"))
    assert PAIR not in dict(seen(f"{i}\nsecret='{s}_old'"))


def test_a_function_is_no_secret() -> None:
    i, s = keys.key_id(), keys.secret()
    assert PAIR not in dict(seen(f"{i}\naccessKeySecret={s}()"))
    assert PAIR in dict(seen(f"{i}\naccessKeySecret={s})"))


def test_camel_case_under_a_clear_name_needs_three_digits() -> None:
    i = keys.key_id()
    for digits, there in (("77", False), ("777", True)):
        value = ("getLongConnectionHeadDetailBean")[: 30 - len(digits)] + digits
        assert len(value) == 30
        assert ((PAIR, HIGH) in seen(f"{i}\naccessKeySecret={value}")) is there
        assert (PAIR, HIGH) not in seen(f"{i}\nsecretKey={value}")


@pytest.mark.parametrize(("more", "there"), [(1, True), (6, True), (7, False)])
def test_a_secret_with_characters_added_needs_a_clear_name(more: int, there: bool) -> None:
    i, s, added = keys.key_id(), keys.secret(), "zqzqzqz"[:more]
    assert ((PAIR, LOW) in seen(f"{i}\naccessKeySecret={s}{added}")) is there
    assert seen(f"{i}\nsecret={s}{added}") == [(ID, HIGH)]
    assert seen(f"{i}\naccessKeySecret={s.lower()}{added}") == [(ID, HIGH)]


def test_a_longer_secret_stands_within_400_bytes_behind_its_id() -> None:
    i, s = keys.key_id(), keys.secret() + "z"
    name = "\naccessKeySecret="
    for distance, there in ((400 - 31, True), (401 - 31, False)):
        text = i + "." * (distance - len(name)) + name + s + "\n"
        assert ((PAIR, LOW) in seen(text)) is there
    assert seen(f"accessKeySecret={s}\n{i}") == [(ID, HIGH)], "never above"
    two = candidates("access_key", f"{i}\nx={word(33)}\naccessKeySecret={s}\n")
    assert [c.confidence for c in two] == [LOW]


def test_lone_secrets_need_the_vendor() -> None:
    s = keys.secret()
    assert seen(f"accessKeySecret={s}") == [(SECRET, HIGH)], "no other vendor calls it so"
    assert seen(f"aliyun keysecret={s}") == [(SECRET, HIGH)]
    assert seen(f"keysecret={s}") == []
    assert seen(f"keysecret={s}", b"aliyun/a.yml") == [(SECRET, HIGH)]
    assert seen(f"aliyun:\nsecret={s}") == [(SECRET, MEDIUM)]
    (c,) = candidates("access_key", f"aliyun:\nsecret={s}")
    assert (c.severity, c.rank) == (Severity.HIGH, 20)
    assert seen(f"aliyun:\nsecret={s.lower()}") == [], "a vague name, and not all three classes"
    small = keys.draw("abcdefghijklmnopqrstuvwxyz0123456789", 30)
    assert seen(f"aliyun accessKeySecret={small}") != [], "a clear name is enough"


def test_with_an_id_elsewhere_a_clear_name_is_enough() -> None:
    i, s = keys.key_id(), keys.secret()
    first = f"{i} {keys.secret()} "
    assert (SECRET, HIGH) in seen(f"{first}{'.' * 9_000} keysecret={s}")
    assert (SECRET, MEDIUM) not in seen(f"{first}{'.' * 9_000} sk={s}")
    assert (SECRET, HIGH) not in seen(f"{first}{'.' * 10_900} keysecret={s}"), "out of every window"


def gap(size: int) -> str:
    return ("-" * 99 + "\n") * (size // 100) + "-" * (size % 100)


@pytest.mark.parametrize(("distance", "there"), [(100, True), (598, True), (605, False)])
def test_a_vague_name_is_about_the_vendor_within_600_bytes_above(distance: int, there: bool) -> None:
    s = keys.secret()
    assert bool(seen(f"aliyun{gap(distance)}\nsecret={s}")) is there


def test_a_vague_name_belongs_to_the_last_heading() -> None:
    s = keys.secret()
    assert seen(f"aliyun:\n a: b\n secret: {s}") == [(SECRET, MEDIUM)]
    assert seen(f"aliyun:\n a: b\njwt:\n secret: {s}") == []
    assert seen(f"jwt:\n a: b\naliyun:\n secret: {s}") == [(SECRET, MEDIUM)]
    assert seen(f"x:\n secret: {s}\n aliyun: 1") == [(SECRET, MEDIUM)], "below, when nothing stands above"
    assert seen(f"x:\n secret: {s}\n{gap(100)} aliyun: 1") == [], "not so far below"
    assert seen(f"jwt:\n secret: {s}\n aliyun: 1") == []


def test_secrets_above_an_id_under_anothers_heading_are_theirs() -> None:
    i, s = keys.key_id(), keys.secret()
    assert PAIR not in dict(seen(f"qiniu\n secretkey={s}\nid={i}"))
    assert PAIR in dict(seen(f"qiniu{gap(220)}\n secretkey={s}\nid={i}"))
    assert PAIR in dict(seen(f"qiniu\naliyun\n secretkey={s}\nid={i}"))
    assert PAIR in dict(seen(f"qiniu\nid={i}\nsecretkey={s}")), "below its id it is its own"


def test_prefixless_ids() -> None:
    old, s = "kQ7xWb3mZt9rLc2p", keys.secret()
    text = "aliyun accessId='{}'{}\naccessKeySecret='{}'"
    assert seen(text.format(old, "", s)) == [(PAIR, MEDIUM)]
    assert seen(text.format(old, gap(200), s)) == [(PAIR, MEDIUM)]
    assert seen(text.format(old, gap(300), s)) == [(SECRET, HIGH)]
    assert seen(f"aliyun accessKeySecret='{s}'{gap(220)}\naccessId='{old}'") == [(PAIR, MEDIUM)]
    assert seen(f"aliyun accessKeySecret='{s}'{gap(300)}\naccessId='{old}'") == [(SECRET, HIGH)]
    for none in (old.lower(), old.upper(), "getLongNameBeans", "xxxx" + old[4:], old[:15], old + "q"):
        assert seen(text.format(none, "", s)) == [(SECRET, HIGH)], none
    assert seen(text.replace("accessId", "version").format(old, "", s)) == [(SECRET, HIGH)]
    assert seen(text.replace("accessId", "wechat_appid").format(old, "", s)) == [(SECRET, HIGH)]


def test_words_that_are_no_ids_do_not_hide_one() -> None:
    old, s = "kQ7xWb3mZt9rLc2p", keys.secret()
    for other in (
        "accessId='xxxxWb3mZt9rLc2p'",
        "x='getLongNameBeans'",
        f"x='{old[::-1].lower()}'",
        f"jwt='{old[::-1]}'",
    ):
        text = f"aliyun {other}\naccessId='{old}'\naccessKeySecret='{s}'"
        assert PAIR in dict(seen(text)), other


def test_of_two_prefixless_ids_the_nearer_is_taken() -> None:
    near, far, s = "kQ7xWb3mZt9rLc2p", "Zt9rLc2pkQ7xWb3m", keys.secret()
    for text in (
        f"aliyun accessId='{far}'\naccessId='{near}'\naccessKeySecret='{s}'",
        f"aliyun accessId='{far}'{gap(90)}\naccessKeySecret='{s}'\naccessId='{near}'",
        f"aliyun accessKeySecret='{s}'\naccessId='{near}'\naccessId='{far}'",
    ):
        assert [v[1:] for v in found(text) if v[0] == PAIR] in ([(near, s)], [(s, near)])


CALL = '{} = new OSSClient(endpoint, "{}", "{}");'


def test_arguments_of_a_call_need_no_name() -> None:
    old, s = "kQ7xWb3mZt9rLc2p", keys.secret()
    assert seen(CALL.format("oss", old, s)) == [(PAIR, MEDIUM)]
    assert seen(CALL.format("oss", "kQqxWbmmZtrrLccp", s)) == [(PAIR, MEDIUM)], "no digit, but its own call"
    assert seen(f'aliyun x = new Credential("{old}", "{s}")') == [(PAIR, MEDIUM)]
    for none in (
        f'aliyun x = new Credential("kQqxWbmmZtrrLccp", "{s}")',
        f'aliyun x = new Widget("{old}", "{s}")',
        f'aliyun x = new QcloudCredential("{old}", "{s}")',
        f'x = new Credential("{old}", "{s}")',
        CALL.format("oss", old.replace("kQ7x", "xxxx"), s),
        CALL.format("oss", old, "xxxx" + s[4:]),
        CALL.format("oss", old, s.lower()),
        CALL.format("oss", old, "getLongConnectionHeadDetailB77"),
        CALL.format("oss", "getLongNameBeans", s),
        CALL.format("oss", old + "q", s),
    ):
        assert PAIR not in dict(seen(none)), none
    assert PAIR in dict(seen(CALL.format("oss", old, s).replace('"', "'")))
    other = CALL.format("x", "Zt9rLc2pkQ7xWb3m", keys.secret()).replace("OSSClient", "CosClient")
    widget = f"x = 'kQ7xWb3mZt9rLc2p', '{keys.secret()}'"
    assert PAIR in dict(seen(f"{other}\n{widget}\n{keys.secret()}\n{CALL.format('oss', old, s)}"))


@pytest.mark.parametrize(("size", "there"), [(16, True), (17, False), (23, False), (24, True), (25, False)])
def test_id_and_secret_in_one_word(size: int, there: bool) -> None:
    assert (PAIR in dict(seen(ident(size) + keys.secret()))) is there


def test_what_is_glued_is_told_once() -> None:
    i, s = keys.key_id(), keys.secret()
    assert [v[1:] for v in found(f"{i}{s}")] == [(i, s)]
    assert [m.rule for m in matches(f"{i}{s}\nid {i}")] == [PAIR]
    other = keys.key_id()
    assert sorted(m.rule for m in matches(f"{i}{s}\n{gap(9)}id {other}")) == sorted([ID, PAIR])


def test_unnamed_words_beside_a_signed_id_are_not_its_secret() -> None:
    i, s = keys.key_id(), keys.secret()
    url = f"https://b.x/o?OSSAccessKeyId={i}&Expires=1714979289&Signature=aB3%3D"
    assert [r for r, _ in seen(f"{url}\n{s}")] == [ID]
    assert PAIR in dict(seen(f"{url}\naccessKeySecret={s}"))


def test_many_pairs_in_random_order_are_all_found() -> None:
    rng = random.Random(5)
    pairs = [(keys.key_id(rng), keys.secret(rng)) for _ in range(30)]
    text = "\n".join(f"{i},{s}" for i, s in pairs)
    assert [v[1:] for v in found(text)] == pairs


def test_a_made_up_secret_is_not_glued_to_an_id() -> None:
    i = keys.key_id()
    assert PAIR not in dict(seen(f"{i}{'example' * 4}ab"))
    assert PAIR not in dict(seen(f"LTAI5t{'example' * 2}abcd{keys.secret()}"))
    assert PAIR not in dict(seen(f"{i}{keys.secret()}+{'kQ7xW' * 9}")), "in base64"


def test_the_first_longer_word_that_may_be_a_secret_is_taken() -> None:
    i, s = keys.key_id(), keys.secret() + "zz"
    for other in (
        keys.draw("abcdefghijklmnopqrstuvwxyz0123456789", 32),
        "getLongConnectionHeadDetailBean7"[:32],
        "example" + keys.draw(keys.BASE62, 25),
    ):
        text = f"{i}\naccessKeySecret={other}\naccessKeySecret={s}\n"
        (c,) = [c for c in candidates("access_key", text) if c.rule == PAIR]
        assert text[c.spans[1].start : c.spans[1].end] == s[:30], other
    two = f"{i}\njwt_key={keys.draw(keys.BASE62, 32)}\naccessKeySecret={s}\n"
    assert PAIR in dict(seen(two))


@pytest.mark.parametrize("name", ["SECRET_KEY", "app.secret_key"])
def test_the_secret_key_of_a_framework(name: str) -> None:
    s = keys.secret()
    line = f"{name} = '{s}'"
    far = f"aliyun{gap(400)}\n"
    assert SECRET not in dict(seen(f"{far}{line}"))
    for word in ("access", "aliyun", "Alibaba", "OSS", "ak"):
        assert SECRET in dict(seen(f"aliyun{gap(40)}\n{word}{'-' * (199 - len(word))}\n{line}")), word
        assert SECRET not in dict(seen(f"aliyun{gap(230)}\n{word}{'-' * (200 - len(word))}\n{line}")), word
    assert SECRET in dict(seen(f"aliyun{gap(40)}\nOTHER_{line}"))


@pytest.mark.parametrize(("distance", "there"), [(199, False), (200, False), (201, True)])
def test_another_vendors_heading_counts_for_200_bytes(distance: int, there: bool) -> None:
    i, s = keys.key_id(), keys.secret()
    name = "\nsecretkey="
    text = f"qiniu{'-' * (distance - len(name))}{name}{s}\nid={i}"
    assert (PAIR in dict(seen(text))) is there


@pytest.mark.parametrize(("distance", "there"), [(600, True), (601, False)])
def test_the_vendor_stands_600_bytes_above_a_vague_name(distance: int, there: bool) -> None:
    s = keys.secret()
    lines = ("-" * 49 + "\n") * 20
    text = "aliyun" + lines[: distance - 1] + "\n" + f"secret={s}"
    assert bool(seen(text)) is there
    text = "github" + lines[: distance - 1] + "\n" + f"secret={s}\n aliyun"
    assert bool(seen(text)) is not there, "what stands below counts when nothing stands above"


@pytest.mark.parametrize(("distance", "there"), [(99, True), (100, True), (101, False)])
def test_the_vendor_stands_100_bytes_below_a_vague_name(distance: int, there: bool) -> None:
    s = keys.secret()
    head = f"secret={s}\n"
    blanks = distance - len(head) - len("aliyun")
    assert bool(seen(f"x\n{head}{'-' * blanks}aliyun")) is there
    assert not seen(f"github\n{head}{'-' * 20}aliyun"), "what stands above is first"


@pytest.mark.parametrize(("distance", "there"), [(300, True), (301, False)])
def test_an_old_id_stands_within_300_bytes(distance: int, there: bool) -> None:
    old, s = "kQ7xWb3mZt9rLc2p", keys.secret()
    name = "accessKeySecret='"
    between = "'" + "-" * (distance - 16 - len(name) - 2) + "\n"
    text = f"aliyun accessId='{old}{between}{name}{s}'"
    assert (PAIR in dict(seen(text))) is there


def test_a_call_may_have_lines_and_comments_between_its_arguments() -> None:
    old, s = "kQ7xWb3mZt9rLc2p", keys.secret()
    for between in (", ", ",\n    ", ", // the id\n    ", ",  # the id\n ", ", @"):
        assert PAIR in dict(seen(f'oss = new OSSClient("{old}"{between}"{s}");')), between
    for head in (
        "oss = new OSSClient(",
        "oss = new OSSClient(endpoint, ",
        "oss = new OSSClient( // the id\n   ",
    ):
        assert PAIR in dict(seen(f'{head}"{old}", "{s}");')), head
    assert PAIR not in dict(seen(f'oss = new OSSClient("{old}" "{s}");'))


def test_every_pair_of_a_text_is_told_once() -> None:
    i, s = keys.key_id(), keys.secret()
    assert [c.rule for c in candidates("access_key", f"{i}\naccessKeySecret={s}")] == [PAIR]
    twice = f"{i}\naccessKeySecret={s}\n" * 2
    assert [c.rule for c in candidates("access_key", twice)] == [PAIR, PAIR]


def test_blocks_of_others_have_no_vague_secrets() -> None:
    s = keys.secret()
    assert seen(f"aliyun: 1\nqiniu:\n  secret: {s}") == []
    assert seen(f"aliyun: 1\ndata:\n  secret: {s}") == [(SECRET, MEDIUM)]
    assert seen(f"aliyun: 1\n\nfoo:\n  secret: {s}") == [], "nobody is spoken of in the block"
    assert seen(f"foo:\n  secret: {s}\n  host: aliyun") == [(SECRET, MEDIUM)]
    assert seen(f"# aliyun\nfoo:\n  secret: {s}") == [(SECRET, MEDIUM)], "a comment on the block"
    assert seen(f"# aliyun\n\nfoo:\n  secret: {s}") == []
    assert seen(f"aliyun:\n  key: {s}") == []
