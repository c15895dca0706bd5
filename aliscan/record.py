"""`dataclasses` for the fast path: the same decorator, without its import; and two names of `typing`.

`import dataclasses` loads inspect, ast, dis and more, and each decorated class costs six compilations:
together longer than all of a hook's own work (docs/decisions/0040-records.md). For type checkers this
module *is* dataclasses; at run time it makes classes that behave the same (tests/test_record.py), and
`dataclasses.replace`, `fields` and `asdict` work on them: their field tables are made when first asked.

Only slotted classes without bases are made here; everything else is handed to dataclasses itself.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace
    from typing import NamedTuple as NamedTuple
    from typing import Protocol as Protocol
else:

    class Protocol:
        """`typing.Protocol` for those who only read it: typing takes two milliseconds to load."""

    class _Tuple(type):
        def __new__(cls, name, bases, space):
            made = super().__new__(cls, name, (), dict(space))
            if not bases:
                return made
            from collections import namedtuple

            fields = made.__annotations__
            defaults = [space[field] for field in fields if field in space]
            made = namedtuple(name, fields, defaults=defaults, module=space["__module__"])
            for key, value in space.items():
                if key not in fields and (key not in _OWN | {"__annotations__"}):
                    setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Tuple):
        """`typing.NamedTuple`."""

    _NONE = object()

    class _Field:
        __slots__ = ("compare", "default", "factory", "repr")

        def __init__(self, default=_NONE, factory=_NONE, repr=True, compare=True):
            self.default, self.factory, self.repr, self.compare = default, factory, repr, compare

    def field(*, default=_NONE, default_factory=_NONE, repr=True, compare=True):
        """`dataclasses.field`, as far as aliscan uses it."""
        return _Field(default, default_factory, repr, compare)

    def replace(record, /, **changes):
        """`dataclasses.replace`."""
        for name in record.__match_args__:
            if name not in changes:
                changes[name] = getattr(record, name)
        return type(record)(**changes)

    def dataclass(*, frozen=False, slots=False):
        """`dataclasses.dataclass(frozen=..., slots=...)`."""

        def decorate(cls):
            if not slots or cls.__bases__ != (object,):
                import dataclasses

                return dataclasses.dataclass(frozen=frozen, slots=slots)(cls)
            return _make(cls, frozen)

        return decorate

    def _make(cls, frozen):
        fields = {}
        for name, annotation in cls.__annotations__.items():
            if str(annotation).startswith("ClassVar"):
                continue
            value = cls.__dict__.get(name, _NONE)
            fields[name] = value if isinstance(value, _Field) else _Field(value)
        body = {k: v for k, v in cls.__dict__.items() if k not in fields and k not in _OWN}
        body["__slots__"] = body["__match_args__"] = tuple(fields)
        body["__qualname__"] = cls.__qualname__
        body["__annotations__"] = cls.__annotations__
        if frozen:
            body["__setattr__"], body["__delattr__"] = _refuse_set, _refuse_delete
        compared = tuple(n for n, f in fields.items() if f.compare)
        body.setdefault("__eq__", _eq(compared))
        body.setdefault("__hash__", _hash(compared) if frozen else None)
        body.setdefault("__repr__", _repr(tuple(n for n, f in fields.items() if f.repr)))
        body.setdefault("__reduce__", _reduce)
        body["__dataclass_fields__"] = _Table(cls, fields, frozen)
        made = type(cls)(cls.__name__, (), body)
        made.__init__ = _init(made, fields)
        return made

    # Not for the new class; the annotate functions are Python 3.14's
    _OWN = {"__dict__", "__weakref__", "__annotate__", "__annotate_func__", "__annotations_cache__"}

    _SELDOM = 12  # records; to compile for fewer takes longer than it saves

    def _init(cls, fields):
        """An ``__init__`` that becomes a compiled one when a class turns out to have many records."""
        made = 0

        def __init__(self, *args, **named):
            nonlocal made
            made += 1
            if made > _SELDOM or not _fill(self, fields, args, named):
                cls.__init__ = _compiled(cls, fields)
                cls.__init__(self, *args, **named)

        return __init__

    def _fill(self, fields, args, named):
        """Set all fields; False, and nothing done, where the compiled one has to find the words."""
        values = dict(zip(fields, args))  # noqa: B905 - the rest is named, or has defaults
        if (
            len(args) > len(fields)
            or not values.keys().isdisjoint(named)
            or not named.keys() <= fields.keys()
        ):
            return False
        values.update(named)
        for name, f in fields.items():
            if name not in values:
                if f.factory is not _NONE:
                    values[name] = f.factory()
                elif f.default is not _NONE:
                    values[name] = f.default
                else:
                    return False
        for name, value in values.items():
            object.__setattr__(self, name, value)
        if hasattr(self, "__post_init__"):
            self.__post_init__()
        return True

    def _compiled(cls, fields):
        """An ``__init__`` of its own: it sets slots directly, which the frozen class refuses others."""
        space = {"_NONE": _NONE}
        head, body = [], []
        for n, (name, f) in enumerate(fields.items()):
            space[f"_set{n}"] = cls.__dict__[name].__set__
            value = name
            if f.factory is not _NONE:
                space[f"_new{n}"] = f.factory
                head.append(f"{name}=_NONE")
                value = f"_new{n}() if {name} is _NONE else {name}"
            elif f.default is not _NONE:
                space[f"_default{n}"] = f.default
                head.append(f"{name}=_default{n}")
            else:
                head.append(name)
            body.append(f" _set{n}(self, {value})")
        if hasattr(cls, "__post_init__"):
            body.append(" self.__post_init__()")
        exec(f"def __init__(self, {', '.join(head)}):\n" + "\n".join(body or [" pass"]), space)  # noqa: S102
        made = space["__init__"]
        made.__qualname__ = f"{cls.__qualname__}.__init__"
        return made

    def _eq(names):
        def __eq__(self, other):
            if other.__class__ is not self.__class__:
                return NotImplemented
            return all(getattr(self, n) == getattr(other, n) for n in names)

        return __eq__

    def _hash(names):
        def __hash__(self):
            return hash(tuple([getattr(self, n) for n in names]))

        return __hash__

    def _repr(names):
        def __repr__(self):
            inner = ", ".join(f"{n}={getattr(self, n)!r}" for n in names)
            return f"{self.__class__.__qualname__}({inner})"

        return __repr__

    def _reduce(self):
        return type(self), tuple([getattr(self, n) for n in self.__match_args__])

    def _refuse_set(self, name, value):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_delete(self, name):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")

    class _Table:
        """``__dataclass_fields__``, made when somebody looks at it."""

        def __init__(self, cls, fields, frozen):
            self._source = cls, fields, frozen

        def __get__(self, instance, owner):
            import dataclasses

            cls, fields, _frozen = self._source
            body = {
                "__annotations__": {n: cls.__annotations__[n] for n in fields},
                "__module__": cls.__module__,
            }
            for name, f in fields.items():
                options = {"repr": f.repr, "compare": f.compare}
                if f.factory is not _NONE:
                    options["default_factory"] = f.factory
                elif f.default is not _NONE:
                    options["default"] = f.default
                body[name] = dataclasses.field(**options)
            table = dataclasses.dataclass(type(cls.__name__, (), body)).__dataclass_fields__
            owner.__dataclass_fields__ = table
            return table
