"""Published updates whose words a change makes others: what people received, and what is decided about that."""

from collections.abc import Iterator, Mapping

from stillup.messages.compose import addressed
from stillup.messages.event import Event
from stillup.messages.outbox import sheet_of
from stillup.messages.recipient import sample_recipients
from stillup.pipeline.building.run import Run
from stillup.pipeline.preview.difference import difference
from stillup.pipeline.preview.shape import Edit
from stillup.pipeline.sending.writer import Writer
from stillup.records.incident import Incident, Update
from stillup.records.moment import utc
from stillup.timeline.publication import AHEAD
from stillup.vocabulary import TEXTS


def edits(
    run: Run, before: Incident, after: Incident, place: str, events: Mapping[str, Event], writer: Writer
) -> Iterator[Edit]:
    """Yield an edit for each update of `before` that is published and reads otherwise in `after`.

    `events` are those of `before` by their own keys, `writer` writes what was received then.
    """
    at, now = run.edition.at, {update.id: update for update in after.updates}
    for old in before.updates:
        new = now.get(old.id)
        if old.at > at + AHEAD or new is None or new == old:
            continue
        lines = difference(_texts(old, before.title), _texts(new, after.title))
        newly_withdrawn = new.withdrawn is not None and old.withdrawn is None
        if not lines and not newly_withdrawn:
            continue
        event = events.get(f"{before.id}/{old.id}")
        silence = "not public" if event is None else event.silent
        yield Edit(
            key=f"{after.id}/{old.id}",
            title=after.title,
            place=place,
            lines=lines,
            received="" if silence or event is None else _received(run, before, event, writer),
            silence=silence,
            choice=_choice(old, new),
            edited_at=utc(max(at, new.at)),
        )


def _choice(old: Update, new: Update) -> str:
    if new.withdrawn is not None and old.withdrawn is None:
        return "withdrawn"
    if new.edited_at == old.edited_at:
        return ""
    return "correction" if new.correction else "silent"


def _received(run: Run, record: Incident, event: Event, writer: Writer) -> str:
    reader = sample_recipients(run.edition.settings.sampled)[0]
    (message,) = addressed([reader], lambda part: writer.composed(record, event, part))
    return f"{message.subject}\n\n{sheet_of(message).text}"


def _texts(update: Update, title: str) -> list[str]:
    """Return everything an update says, a line each, named by its field where that is not the body."""
    lines = [f"title: {title}", f"status: {update.status}"]
    lines += [f"{id}: {state}" for id, state in sorted(update.components.items())]
    lines += [f"next update: {utc(update.next_update_at)}"] if update.next_update_at else []
    lines += update.body.splitlines()
    for name in TEXTS:
        lines += [f"{name}: {line}" for line in str(getattr(update, name)).splitlines()]
    for language, texts in sorted(update.translations.items()):
        for name, text in sorted(texts.items()):
            if name != "correction":
                lines += [f"{language}.{name}: {line}" for line in text.splitlines()]
    return [line for line in lines if line.strip()]
