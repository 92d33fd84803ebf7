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
