"""Our frozen dataclasses beside those of the standard library: the same to everybody who uses one."""

import dataclasses

import pytest

from stillup import frozen


def shapes(decorator):
    """Return a small, a large and a derived class, as `decorator` makes them."""

    @decorator(frozen=True, slots=True)
    class Small:
        """Few fields."""

        name: str
        seen: list[str] = dataclasses.field(default_factory=list)

    @decorator(frozen=True, slots=True, kw_only=True)
    class Large:
        """Fields enough to be set between two changes of class."""

        a: int
        b: int = 2
        c: tuple[int, ...] = ()
        d: dict[str, int] = dataclasses.field(default_factory=dict)
        e: str = dataclasses.field(default="e", repr=False)

    @decorator(frozen=True, slots=True, kw_only=True)
    class Derived(Large):
        """One field more."""

        f: int

    return Small, Large, Derived


OURS, THEIRS = shapes(frozen.dataclass), shapes(dataclasses.dataclass)
MADE = [
    lambda small, large, derived: small("x"),
    lambda small, large, derived: small("x", ["y"]),
    lambda small, large, derived: large(a=1),
    lambda small, large, derived: large(a=1, b=3, c=(1,), d={"x": 1}, e="z"),
    lambda small, large, derived: derived(a=1, f=6),
    lambda small, large, derived: dataclasses.replace(derived(a=1, f=6), b=7),
]


@pytest.mark.parametrize("make", MADE)
def test_an_object_holds_and_says_what_one_of_the_standard_library_does(make):
    ours, theirs = make(*OURS), make(*THEIRS)

    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert repr(ours) == repr(theirs)
    assert dataclasses.is_dataclass(ours)
    assert not hasattr(ours, "__dict__")


@pytest.mark.parametrize("make", MADE)
def test_objects_are_equal_by_their_fields(make):
    assert make(*OURS) == make(*OURS)
    assert make(*OURS) != make(*THEIRS)


def test_objects_of_two_classes_are_never_equal_and_hash_by_their_fields():
    _, large, derived = OURS
    one, other = large(a=1, d=None), large(a=1, d=None)

    assert large(a=1) != derived(a=1, f=6)
    assert hash(one) == hash(other)
    assert len({one, other, large(a=2, d=None)}) == 2


def test_a_default_that_is_made_is_made_for_each_object():
    small, large, _ = OURS

    assert small("x").seen is not small("x").seen
    assert large(a=1).d is not large(a=1).d


@pytest.mark.parametrize("make", MADE)
def test_nothing_of_an_object_can_be_changed(make):
    made = make(*OURS)
    name = dataclasses.fields(made)[0].name

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, name, "other")
    with pytest.raises(dataclasses.FrozenInstanceError):
        delattr(made, name)
    assert made == make(*OURS)


@pytest.mark.parametrize("wrong", [{}, {"a": 1, "g": 2}, {"b": 1}])
def test_a_field_too_few_or_too_many_is_refused(wrong):
    _, large, _ = OURS

    with pytest.raises(TypeError):
        large(**wrong)
    with pytest.raises(TypeError):
        large(1)


def test_a_method_of_the_class_itself_stays():
    @frozen.dataclass(frozen=True, slots=True)
    class Told:
        """Speaks for itself."""

        name: str

        def __repr__(self) -> str:
            return "told"

        def __eq__(self, other: object) -> bool:
            return True

    assert repr(Told("x")) == "told"
    assert Told("x") == Told("y")
    assert isinstance(hash(Told("x")), int)


def test_objects_that_are_only_themselves_can_be_made():
    @frozen.dataclass(frozen=True, slots=True, eq=False)
    class Alone:
        """Compared by identity."""

        name: str

    assert Alone("x") != Alone("x")
    assert len({Alone("x"), Alone("x")}) == 2
