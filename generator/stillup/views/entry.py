"""Feed entries: one for each update, and for what the clock did to a maintenance."""

from collections.abc import Iterator
from datetime import datetime

from markupsafe import Markup, escape

from stillup.views.edition import Edition
from stillup.views.facts import in_short
from stillup.views.incident import IncidentView, UpdateView, Window
from stillup.views.listing import Entry
from stillup.vocabulary import Kind, UpdateStatus


def entries(edition: Edition, view: IncidentView) -> tuple[Entry, ...]:
    """Return the entries of `view`, newest first. Their keys and dates never change."""
    found = [_of_update(edition, view, update) for update in view.updates]
    more = [*_of_postmortem(edition, view), *_of_clock(edition, view)]
    if more:
        found = sorted([*more, *found], key=lambda entry: entry.published, reverse=True)
    return tuple(found)


def _of_update(edition: Edition, view: IncidentView, update: UpdateView) -> Entry:
    words = edition.words
    html, text = [str(update.body.html)], [update.body.text]
    items = [(fact.label, str(fact.html), edition.titled(fact.text, fact.language)) for fact in update.facts]
    if update.affected:
        said = in_short(words, update.affected)
        items.insert(0, (words.say("fact.affected"), str(escape(said)), said))
    if update.promise is not None:
        by = words.say("fact.by", time=update.promise.time.text)
        items.append((words.say("fact.next"), str(escape(by)), by))
    gone = update.withdrawn
    if gone is not None:
        when = words.say("site.withdrawn", time=gone.time.text)
        html.insert(0, f"<p>{escape(when)}</p>")
        text.insert(0, when)
    if update.corrected and update.edited is not None:
        when = words.say("site.edited", time=update.edited.time.text)
        items.append((when, str(update.edited.html), update.edited.note))
    if items:
        listed = "".join([f"<li><strong>{escape(label)}:</strong> {said}</li>" for label, said, _ in items])
        html.append(f"<ul>{listed}</ul>")
        text.append("\n".join([words.labelled(label, said) for label, _, said in items]))
    return Entry(
        key=update.key,
        place=update.place,
        title=words.say("update.title", status=update.word, title=_title(edition, view)),
        published=update.at,
        updated=_latest(
            update.at,
            update.corrected_at,
            datetime.fromisoformat(gone.time.iso) if gone else None,
            update.redacted_at,
            view.retitled,
        ),
        html=Markup("\n".join(html)),
        text="\n\n".join([part for part in text if part]),
        status=update.status,
        component_ids=view.component_ids,
    )


def _of_postmortem(edition: Edition, view: IncidentView) -> Iterator[Entry]:
    written = view.postmortem
    if written is not None:
        yield Entry(
            key=written.key,
            place=f"{view.place}#postmortem",
            title=edition.words.say(
                "update.title",
                status=edition.words.say("status.postmortem"),
                title=edition.titled(view.title, view.language),
            ),
            published=written.at,
            updated=_latest(written.at, written.redacted_at, view.retitled),
            html=written.body.html,
            text=written.body.text,
            status="postmortem",
            component_ids=view.component_ids,
        )


def _of_clock(edition: Edition, view: IncidentView) -> Iterator[Entry]:
    if view.kind != Kind.MAINTENANCE:
        return
    for window in view.windows:
        for status in window.by_clock:
            begins = status == UpdateStatus.IN_PROGRESS
            yield _of_event(edition, view, window, status, window.start if begins else window.end)


def _title(edition: Edition, view: IncidentView) -> str:
    return edition.titled(view.title, view.language)


def _of_event(edition: Edition, view: IncidentView, window: Window, status: str, at: datetime) -> Entry:
    words = edition.words
    if status == UpdateStatus.IN_PROGRESS:
        text = words.say("update.starts", end=words.moment(edition.local(window.end)))
    else:
        text = words.say("update.ends")
    return Entry(
        key=f"{view.first_id}/{window.key}/{status}",
        place=view.place,
        title=words.say(
            "update.title", status=words.say(f"status.{status}"), title=edition.titled(view.title, view.language)
        ),
        published=at,
        updated=_latest(at, view.retitled),
        html=Markup(f"<p>{escape(text)}</p>"),
        text=text,
        status=status,
        component_ids=view.component_ids,
    )


def _latest(*instants: datetime | None) -> datetime:
    """Return the latest: a title that was replaced stands above every entry."""
    return max(each for each in instants if each is not None)
