"""What the index keeps of one record, and of one file."""

from collections.abc import Iterable
from hashlib import blake2b
from operator import attrgetter
from typing import NamedTuple

from stillup.frozen import dataclass

WHOLE = ("at", "settled", "last", "open", "first", "final", "due", "resolved")
SHORT = ("digest", "path", "kind", "worst", "warnings", "codes", "reference", "seal")
LONG = ("headline", "course")
COLUMNS = ("id", *WHOLE, *SHORT)
"""The columns of a story: whole numbers, short texts, and long ones, which stand in a table of their own."""

_SHORT = attrgetter(*COLUMNS[:-1])
_LONG = attrgetter("id", *LONG)

FOREVER = 1 << 40
"""Stands for `not over yet` in `Story.final`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file as it was when it was last read."""

    size: int
    mtime: int
    """Nanoseconds."""

    digest: str


@dataclass(frozen=True, slots=True)
class Story:
    """What one record amounts to. Instants are seconds since 1970. Fields come in the order of the tables' columns."""

    id: str
    at: int
    """The instant it was worked out for."""

    settled: bool
    """No later instant changes it."""

    last: int
    """Its newest event; it holds for any instant from here on when settled."""

    open: bool
    first: int
    final: int
    """It touches no day outside `first`..`final`."""

    due: int
    """When the clock alone changes it next, after `at`; 0 where it never does."""

    resolved: int
    """When it was closed; 0 while it is open."""

    digest: str
    """Of the bytes of its files."""

    path: str
    """Of its main file, below the root."""

    kind: str
    """incident or maintenance."""

    worst: str
    """Key of the worst state it brought: ok, maint, degraded, partial, major; empty where nothing is public."""

    warnings: str = "[]"
    """Its problems of level warning, as JSON."""

    codes: str = "[]"
    """Kept codes and former ids: what must be unique over all records, as JSON."""

    reference: str = ""
    """Our own name for it, which no other record should have."""

    headline: str = ""
    """Empty where nothing of it is public yet, as `worst` is."""

    course: str = ""
    days: tuple[str, ...] = ()
    """ISO dates under which lists show it; only on the way into the index."""

    components: tuple[str, ...] = ()
    """Ids of the components it ever held; only on the way into the index."""

    def row(self, basis: str) -> tuple[object, ...]:
        """Return what the table `story` holds of it: truths as numbers, and the seal over everything that is kept."""
        kept = [int(value) if isinstance(value, bool) else value for value in _SHORT(self)]
        return (*kept, checksum((basis, *kept, self.headline, self.course)))

    def seal(self, basis: str, what: str, body: str) -> str:
        """Return the seal over the text `what` that was made of the record as it is now."""
        return checksum((basis, self.id, self.at, self.digest, what, body))

    def texts(self) -> tuple[str, ...]:
        """Return what the table of long texts holds of it."""
        return tuple(_LONG(self))


class Rows(NamedTuple):
    """What the tables hold of stories, in the types that SQLite and `marshal` know."""

    short: list[tuple[object, ...]]
    long: list[tuple[str, ...]]
    days: list[tuple[str, str]]
    held: list[tuple[str, int, str]]
    made: list[tuple[str, str, str, str]]


def rows(stories: Iterable[Story], basis: str, made: Iterable[tuple[Story, str, str]] = ()) -> Rows:
    """Return the rows of `stories`, sealed for an index that was made on `basis`.

    `made` are texts that were made of some of them, each with its name.
    """
    stories = tuple(stories)
    return Rows(
        short=[story.row(basis) for story in stories],
        long=[story.texts() for story in stories],
        days=[(day, story.id) for story in stories for day in story.days],
        held=[(component, story.first, story.id) for story in stories for component in story.components],
        made=[(story.id, what, body, story.seal(basis, what, body)) for story, what, body in made],
    )


def checksum(parts: Iterable[object]) -> str:
    """Return a short digest over `parts`: numbers, and texts without the separator U+001F."""
    return blake2b("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
