"""Headlines and entries as one short line of text and back, for an index that holds a whole history of them."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from markupsafe import Markup

from stillup.compact import compact
from stillup.instant import to_second
from stillup.views.listing import Entry, Headline
from stillup.views.shape import State


def to_text(kept: Headline | Entry) -> str:
    """Return `kept` as JSON: exact, and the same text for the same value."""
    fields = _of_headline(kept) if isinstance(kept, Headline) else _of_entry(kept)
    return compact(fields)


def headline_from(text: str) -> Headline:
    """Return the headline that `to_text` wrote.

    Raises:
        ValueError: the text is not one of ours.
    """
    try:
        fields = json.loads(text)
        (id, place, title, kind, key, word, worst, note, is_open, started, ended, days, components, search, lines) = (
            fields[:15]
        )
        return Headline(
            id=id,
            place=place,
            title=title,
            kind=kind,
            state=State(key=key, word=word),
            worst=worst,
            note=note,
            open=bool(is_open),
            started=_instant(started),
            ended=None if ended is None else _instant(ended),
            days=tuple([date.fromisoformat(day) for day in days]),
            component_ids=tuple(components),
            search=search,
            language=fields[15],
            lines=tuple([(State(key=key, word=word), note) for key, word, note in lines]),
        )
    except (TypeError, KeyError, IndexError) as error:
        raise ValueError(f"not a headline: {text[:80]!r}") from error


def entry_from(text: str) -> Entry:
    """Return the entry that `to_text` wrote.

    Raises:
        ValueError: the text is not one of ours.
    """
    try:
        key, place, title, published, updated, html, plain, status, components = json.loads(text)
        return Entry(
            key=key,
            place=place,
            title=title,
            published=_instant(published),
            updated=_instant(updated),
            html=Markup(html),
            text=plain,
            status=status,
            component_ids=tuple(components),
        )
    except (TypeError, KeyError) as error:
        raise ValueError(f"not an entry: {text[:80]!r}") from error


def keep_entries(entries: Iterable[Entry]) -> str:
    """Return all entries of a record as one text."""
    return json.dumps([to_text(entry) for entry in entries])


def kept_entries(text: str) -> tuple[Entry, ...]:
    """Return the entries that `keep_entries` wrote.

    Raises:
        ValueError: the text is not one of ours.
    """
    return tuple([entry_from(each) for each in json.loads(text)])


def _of_headline(kept: Headline) -> list[Any]:
    return [
        *(kept.id, kept.place, kept.title, kept.kind, kept.state.key, kept.state.word, kept.worst, kept.note),
        *(kept.open, _text(kept.started), None if kept.ended is None else _text(kept.ended)),
        *([day.isoformat() for day in kept.days], kept.component_ids, kept.search),
        *([[state.key, state.word, note] for state, note in kept.lines], kept.language),
    ]


def _of_entry(kept: Entry) -> list[Any]:
    return [
        *(kept.key, kept.place, kept.title, _text(kept.published), _text(kept.updated), str(kept.html), kept.text),
        *(kept.status, kept.component_ids),
    ]


def _text(instant: datetime) -> str:
    return f"{to_second(instant)}+00:00" if not instant.microsecond else instant.astimezone(UTC).isoformat()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
