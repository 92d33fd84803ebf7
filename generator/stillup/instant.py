"""Instants as text. A record has a handful, and each of its pages, feeds and documents writes them anew."""

from datetime import UTC, datetime
from functools import lru_cache


def to_second(at: datetime) -> str:
    """Return an instant in UTC as `2026-11-20T10:12:00`, without a fraction of a second."""
    return _written(at if at.tzinfo is UTC else at.astimezone(UTC))


@lru_cache(maxsize=1024)
def _written(at: datetime) -> str:
    """Elsewhere than in UTC two instants may be equal that are an hour apart, where clocks go back."""
    return at.isoformat()[:19]


def read(written: object) -> datetime | None:
    """Return the instant that somebody else has written, in RFC 3339 with a zone; None where it is none."""
    try:
        found = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def is_later(theirs: object, ours: object) -> bool:
    """Whether both are instants, as `read` takes them, and the first is after the second."""
    first, second = read(theirs), read(ours)
    return first is not None and second is not None and first > second
