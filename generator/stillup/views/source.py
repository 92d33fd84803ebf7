"""What an importer kept of the original, field by field. Whatever is not of the expected kind is passed over."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from stillup.views.document import Effect
from stillup.vocabulary import ComponentStatus

Source = Mapping[str, object]
_STATES = frozenset(ComponentStatus)


def instant(source: Source, field: str) -> datetime | None:
    """Return the instant kept under `field`, to the millisecond."""
    written = source.get(field)
    if isinstance(written, str):
        try:
            written = datetime.fromisoformat(written)
        except ValueError:
            return None
    if not isinstance(written, datetime) or written.tzinfo is None:
        return None
    at = written.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def precise(source: Source, field: str, at: datetime) -> datetime:
    """Return `at` with the fraction of a second that the original had; `at` itself where somebody moved it since."""
    found = instant(source, field)
    return found if found is not None and found.replace(microsecond=0) == at else at


def text(source: Source, field: str) -> str | None:
    """Return the text or number kept under `field` as text."""
    written = source.get(field)
    if isinstance(written, bool) or not isinstance(written, (str, int)):
        return None
    return str(written)


def flag(source: Source, field: str, otherwise: bool) -> bool:
    """Return the truth kept under `field`."""
    written = source.get(field)
    return written if isinstance(written, bool) else otherwise


def effects(source: Source) -> tuple[Effect, ...] | None:
    """Return what the original said of components, in its order.

    Raises:
        LookupError: it kept nothing that can be used.
    """
    if "affected_components" not in source:
        raise LookupError
    written: Any = source["affected_components"]
    if written is None:
        return None
    if not isinstance(written, Sequence) or not all(map(_is_effect, written)):
        raise LookupError
    return tuple(
        Effect(code=each["code"], name=each["name"], before=each["old_status"], after=each["new_status"])
        for each in written
    )


def _is_effect(written: object) -> bool:
    if not isinstance(written, Mapping):
        return False
    texts = isinstance(written.get("code"), str) and isinstance(written.get("name"), str)
    return texts and written.get("old_status") in _STATES and written.get("new_status") in _STATES
