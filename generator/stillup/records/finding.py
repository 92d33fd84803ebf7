"""What the checks of one record say, apart from what was already said of the same value."""

from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING

from stillup.errors import Level, Problem
from stillup.frozen import dataclass
from stillup.records.document import Document, Loc

if TYPE_CHECKING:
    from stillup.records.written import WrittenUpdate


@dataclass(frozen=True, slots=True)
class Told:
    """An update and where it stands."""

    update: "WrittenUpdate"
    document: Document
    loc: Loc


def repeated(values: Iterable[Hashable]) -> Iterator[int]:
    """Yield the places of values that stood before."""
    seen: set[Hashable] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield index
        seen.add(value)


class Findings:
    """Problems as they are found. A value that is already refused is not judged again."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        """Begin with the problems of reading."""
        self.problems = list(problems)
        self._lost: set[tuple[str, Loc]] = set()

    def lose(self, document: Document, lost: Iterable[Loc]) -> None:
        """Note values that could not be taken, about which enough was said."""
        self._lost.update((document.file, loc) for loc in lost)

    def is_lost(self, document: Document, loc: Loc) -> bool:
        """Whether enough was said of just this value."""
        return (document.file, loc) in self._lost

    def say(
        self, document: Document, loc: Loc, message: str, fix: str, *, code: str = "contradiction", at_key: bool = False
    ) -> None:
        """Add an error about the value at `loc`."""
        self._add(document, loc, message, fix, code, Level.ERROR, at_key)

    def warn(self, document: Document, loc: Loc, message: str, fix: str, *, code: str = "unlikely") -> None:
        """Add a warning about the value at `loc`."""
        self._add(document, loc, message, fix, code, Level.WARNING, False)

    def _add(self, document: Document, loc: Loc, message: str, fix: str, code: str, level: Level, at_key: bool) -> None:
        if self._lost and any((document.file, loc[:length]) in self._lost for length in range(len(loc) + 1)):
            return
        self.problems.append(document.problem(loc, message, fix, code=code, level=level, at_key=at_key))

    @property
    def sound(self) -> bool:
        """Whether nothing but warnings was found."""
        return not self.problems or not any(problem.level is Level.ERROR for problem in self.problems)
