"""A document as one line of text and back, for an index that holds those the API lists."""

import json
from datetime import UTC, datetime
from typing import Any

from stillup.views.document import Effect, IncidentDocument, SpanDocument, UpdateDocument, WindowDocument


def to_text(document: IncidentDocument) -> str:
    """Return `document` as JSON on one line: exact, and the same text for the same value."""
    d = document
    fields = [
        *(d.id, d.code, d.kind, d.title, d.reference, d.status, d.impact, d.open, d.place, d.shortlink, d.line),
        *map(_text, (d.created, d.updated, d.started, d.ended, d.monitoring, d.resolved)),
        *(_text(d.scheduled_for), _text(d.scheduled_until), d.reminders, [_of_update(each) for each in d.updates]),
        *(d.component_ids, [[s.component, s.status, _text(s.start), _text(s.end)] for s in d.spans]),
        [[w.key, _text(w.start), _text(w.end), w.status, _text(w.began), _text(w.ended)] for w in d.windows],
        *(d.endless, d.postmortem_html, _text(d.postmortem_at), d.formerly),
    ]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> IncidentDocument:
    """Return the document that `to_text` wrote.

    Raises:
        ValueError: the text is not one of ours.
    """
    try:
        fields = iter(json.loads(text))
        take = fields.__next__
        document = IncidentDocument(
            id=take(),
            code=take(),
            kind=take(),
            title=take(),
            reference=take(),
            status=take(),
            impact=take(),
            open=take(),
            place=take(),
            shortlink=take(),
            line=take(),
            created=_known(take()),
            updated=_known(take()),
            started=_known(take()),
            ended=_instant(take()),
            monitoring=_instant(take()),
            resolved=_instant(take()),
            scheduled_for=_instant(take()),
            scheduled_until=_instant(take()),
            reminders=take(),
            updates=tuple([_update(*each) for each in take()]),
            component_ids=tuple(take()),
            spans=tuple([_span(*each) for each in take()]),
            windows=tuple([_window(*each) for each in take()]),
            endless=take(),
            postmortem_html=take(),
            postmortem_at=_instant(take()),
            formerly=tuple(take()),
        )
    except (TypeError, StopIteration) as error:
        raise ValueError(f"not a document: {text[:80]!r}") from error
    if next(fields, fields) is not fields:
        raise ValueError(f"not a document: {text[:80]!r}")
    return document


def _of_update(u: UpdateDocument) -> list[Any]:
    effects = None if u.effects is None else [[e.code, e.name, e.before, e.after] for e in u.effects]
    return [
        *(u.code, u.status, u.html, _text(u.created), _text(u.updated), _text(u.shown)),
        *(effects, u.notify, u.tweet, u.tweet_id),
    ]


def _update(
    code: str,
    status: str,
    html: str,
    created: str,
    updated: str,
    shown: str,
    effects: list[list[str]] | None,
    notify: bool,
    tweet: str | None,
    tweet_id: str | None,
) -> UpdateDocument:
    return UpdateDocument(
        code=code,
        status=status,
        html=html,
        created=_known(created),
        updated=_known(updated),
        shown=_known(shown),
        effects=None if effects is None else tuple([_effect(*each) for each in effects]),
        notify=notify,
        tweet=tweet,
        tweet_id=tweet_id,
    )


def _effect(code: str, name: str, before: str, after: str) -> Effect:
    return Effect(code=code, name=name, before=before, after=after)


def _span(component: str, status: str, start: str, end: str | None) -> SpanDocument:
    return SpanDocument(component=component, status=status, start=_known(start), end=_instant(end))


def _window(key: str, start: str, end: str, status: str, began: str | None, ended: str | None) -> WindowDocument:
    return WindowDocument(
        key=key, start=_known(start), end=_known(end), status=status, began=_instant(began), ended=_instant(ended)
    )


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _known(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else _known(text)
