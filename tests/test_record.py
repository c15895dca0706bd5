"""Records behave as dataclasses do, in everything that aliscan and its tests ask of them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from aliscan import record
from aliscan.detect import near


def build(module: Any) -> tuple[Any, Any]:
    @module.dataclass(frozen=True, slots=True)
    class Point:
        x: int
        y: bytes = module.field(repr=False)
        z: tuple[int, ...] = ()
        names: ClassVar[int] = 3

        @property
        def double(self) -> int:
            return self.x * 2

    @module.dataclass(slots=True)
    class Bag:
        items: list[int] = module.field(default_factory=list)
        seen: int = 0
        cache: int = module.field(default=1, compare=False)

        def __post_init__(self) -> None:
            self.seen += 1

    return Point, Bag


OURS, THEIRS = build(record), build(dataclasses)


@record.dataclass(frozen=True, slots=True)
class Named:
    one: int
    two: str = "2"


def same(probe: Callable[[Any, Any], Any]) -> None:
    assert probe(*OURS) == probe(*THEIRS)


def test_making_reading_and_showing() -> None:
    same(lambda p, _: [repr(p(1, b"y")), repr(p(1, y=b"y", z=(2,))), p(1, b"").double, p(1, b"").z, p.names])
    same(lambda _, b: [repr(b()), repr(b([1], seen=4)), b().items is b().items])
    same(lambda p, _: [p.__name__, p.__module__, p.__annotations__, p.__slots__, p.__match_args__])


def test_equality_and_hash() -> None:
    same(lambda p, b: [p(1, b"y") == p(1, b"y"), p(1, b"y") == p(2, b"y"), p(1, b"y") == (1, b"y", ()),
                       hash(p(1, b"y")) == hash(p(1, b"y")), len({p(1, b"y"), p(1, b"y")}),
                       b() == b(), b(cache=1) == b(cache=2), b.__hash__])  # fmt: skip


def test_frozen_and_slotted() -> None:
    for point, bag in (OURS, THEIRS):
        value = point(1, b"y")
        with pytest.raises(dataclasses.FrozenInstanceError):
            value.x = 2
        with pytest.raises(dataclasses.FrozenInstanceError):
            del value.x
        with pytest.raises(AttributeError):
            bag().other = 1
        bag().seen = 5
        assert not hasattr(value, "__dict__")


def test_wrong_arguments() -> None:
    for point, _ in (OURS, THEIRS):
        with pytest.raises(TypeError):
            point()
        with pytest.raises(TypeError):
            point(1, b"", (), 4)
        with pytest.raises(TypeError):
            point(1, b"", q=1)
        with pytest.raises(TypeError):
            point(1, b"", x=1)


def test_the_functions_of_dataclasses_work() -> None:
    same(lambda p, _: [repr(dataclasses.replace(p(1, b"y"), x=5)), dataclasses.asdict(p(1, b"y")),
                       dataclasses.astuple(p(1, b"y")), dataclasses.is_dataclass(p),
                       [(f.name, f.type, f.repr, f.init) for f in dataclasses.fields(p)]])  # fmt: skip
    same(lambda _, b: [f.name for f in dataclasses.fields(b())])
    assert record.replace(OURS[0](1, b"y"), z=(3,)) == OURS[0](1, b"y", (3,))


def test_pickle_copy_and_match() -> None:
    value = Named(1)
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.copy(value) == copy.deepcopy(value) == value
    match value:
        case Named(one, two):
            assert (one, two) == (1, "2")


def test_what_is_not_for_us_goes_to_dataclasses() -> None:
    class Base:
        pass

    @record.dataclass(frozen=True, slots=True)
    class Child(Base):
        x: int = 0

    @record.dataclass(frozen=True)
    class Open:
        x: int = 0

    assert Child(1) == Child(1)
    assert Open().__dict__ == {"x": 0}


def test_the_first_record_and_the_hundredth_are_made_alike() -> None:
    for module in (record, dataclasses):
        point, bag = build(module)
        for number in range(100):
            assert (point(number, b"y").x, point(x=number, y=b"").z) == (number, ())
            assert (bag().seen, bag([number]).items) == (1, [number])


def test_wrong_arguments_are_refused_from_the_first_record_on() -> None:
    for number in range(30):
        point, _bag = build(record)
        for _ in range(number):
            point(1, b"")
        for wrong in ((), (1,), (1, b"", (), 4)):
            with pytest.raises(TypeError, match="argument"):
                point(*wrong)
        with pytest.raises(TypeError, match="multiple values"):
            point(1, b"", x=2)
        with pytest.raises(TypeError, match="unexpected"):
            point(1, b"", other=2)
        assert point(1, b"").z == ()


def test_named_tuples_as_those_of_typing() -> None:
    class Ours(record.NamedTuple):
        start: int
        text: bytes = b"x"

        def longer(self) -> int:
            return self.start + 1

    made = Ours(3)
    assert (made, made.text, made.longer()) == ((3, b"x"), b"x", 4)
    assert (Ours._fields, repr(made), Ours.__name__) == (
        ("start", "text"),
        "Ours(start=3, text=b'x')",
        "Ours",
    )
    assert pickle.loads(pickle.dumps(near.Window(1, 2))) == near.Window(1, 2)
    assert near.Window.__module__ == "aliscan.detect.near"
