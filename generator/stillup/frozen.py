"""`dataclass(frozen=True, slots=True)` with less to pay: for the class when it is imported, for each object when made.

A build of ten thousand records makes a million such objects, and a build of one new update imports a hundred such
classes. The standard library compiles six methods for every class, most of which are never called, and lets each object
set its fields one after the other past its own prohibition. Here one `__init__` is compiled when the first object is
made, and an object is frozen when it is whole: while its fields are set it is of a class that allows it.

Fields, defaults, `replace`, `asdict` and type checking are those of the standard library. Not for classes that are
derived from without being dataclasses themselves. This module can go, and `dataclasses.dataclass` be imported in its
place, whenever the difference does not matter any more.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses
    from operator import attrgetter

    _FEW = 4
    """Up to so many fields are set faster one by one than between two changes of class."""

    _become = object.__setattr__

    def dataclass(*, frozen, slots, kw_only=False, eq=True):
        """Return the decorator; `frozen` and `slots` are true, and are said so that type checkers and readers know."""
        if not (frozen and slots):
            raise TypeError("only frozen dataclasses with slots are made here")
        plain = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)

        def decorated(shape):
            # Without one the library writes one, for which it reads the source of the class's metaclass.
            shape.__doc__ = shape.__doc__ or shape.__name__
            return _frozen(plain(shape), eq)

        return decorated

    def _frozen(shape, eq):
        parts = dataclasses.fields(shape)
        names = [part.name for part in parts]
        values = attrgetter(*names) if names else lambda _: ()

        def __init__(self, *given, **named):
            shape.__init__ = _init(shape, parts)
            shape.__init__(self, *given, **named)

        def __eq__(self, other):
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        def __hash__(self):
            return hash(values(self))

        def __repr__(self):
            said = ", ".join(f"{part.name}={getattr(self, part.name)!r}" for part in parts if part.repr)
            return f"{self.__class__.__qualname__}({said})"

        own = shape.__dict__
        for method in (__init__, __repr__, *((__eq__, __hash__) if eq else ())):
            # A class with an `__eq__` of its own has a `__hash__` of None from Python.
            if own.get(method.__name__) is None:
                method.__qualname__ = f"{shape.__qualname__}.{method.__name__}"
                setattr(shape, method.__name__, method)
        shape.__setattr__, shape.__delattr__ = _refuse_to_set, _refuse_to_delete
        return shape

    def _refuse_to_set(self, name, value):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_to_delete(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def _init(shape, parts):
        """Compile `__init__` of a class."""
        known = {"_become": _become, "_shape": shape, "_missing": dataclasses.MISSING}
        given, body = [], []
        many = len(parts) > _FEW
        keyword = False
        for number, part in enumerate(parts):
            name, default = part.name, ""
            value = name
            if part.default is not dataclasses.MISSING:
                known[f"_default_{number}"] = part.default
                default = f"=_default_{number}"
            elif part.default_factory is not dataclasses.MISSING:
                known[f"_factory_{number}"] = part.default_factory
                default = "=_missing"
                value = f"_factory_{number}() if {name} is _missing else {name}"
            if part.kw_only and not keyword:
                keyword = True
                given.append("*")
            given.append(name + default)
            if many:
                body.append(f"    self.{name} = {value}")
            else:
                known[f"_set_{number}"] = getattr(shape, name).__set__
                body.append(f"    _set_{number}(self, {value})")
        if many:
            # The same slots in the same order, or Python would not let an object of one become one of the other.
            slots = {"__slots__": shape.__dict__["__slots__"], "__setattr__": object.__setattr__}
            known["_draft"] = type(shape.__name__, shape.__bases__, slots | {"__delattr__": object.__delattr__})
            body = ["    _become(self, '__class__', _draft)", *body, "    self.__class__ = _shape"]
        source = f"def __init__(self, {', '.join(given)}):\n" + ("\n".join(body) or "    pass")
        exec(source, known)
        made = known["__init__"]
        made.__qualname__ = f"{shape.__qualname__}.__init__"
        return made
