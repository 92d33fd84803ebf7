"""How a list that grows without end is cut into files of a bounded size: full parts, and a head that goes on growing.

Parts are numbered from 1, which holds the oldest. What comes at the newer end changes the head alone, and a full part
reads the same for ever. A list that is not much longer than one part is not cut.
"""

from collections.abc import Sequence
from typing import TypeVar

_Entry = TypeVar("_Entry")


def full(count: int, size: int) -> int:
    """Return how many full parts of `size` entries a list of `count` is cut into, beside its head.

    The head has no more than one and a half parts, and where there are parts no less than half of one.
    """
    return (count - size // 2) // size if count > size + size // 2 else 0


def cut(entries: Sequence[_Entry], size: int) -> tuple[list[Sequence[_Entry]], Sequence[_Entry]]:
    """Return the full parts of `entries`, which come oldest first, and the head."""
    parts = full(len(entries), size)
    return [entries[number * size : (number + 1) * size] for number in range(parts)], entries[parts * size :]
