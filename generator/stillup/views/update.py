"""The updates of an incident or a maintenance as the public sees them: what each said, changed and promised."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from markupsafe import escape

from stillup.records.incident import Incident, Redaction, Update
from stillup.views import code, tongue, window
from stillup.views.edition import Edition, iso
from stillup.views.fact import plain, told
from stillup.views.group import affected
from stillup.views.incident import Edit, Revision, UpdateView, Window
from stillup.views.revision import revisions
from stillup.views.shape import Affected, Fact, Promise, Time
from stillup.vocabulary import TEXTS, ComponentStatus, Kind, Severity, UpdateStatus

_WRITTEN = attrgetter(*TEXTS)
_RUNNING = (UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING)
_OPERATIONAL = ComponentStatus.OPERATIONAL
_MAINTAINED = ComponentStatus.UNDER_MAINTENANCE
_Held = dict[str, ComponentStatus]


def updates(edition: Edition, incident: Incident, year: int, windows: Sequence[Window] = ()) -> tuple[UpdateView, ...]:
    """Return the updates newest first; those of another year than `year` say theirs, those of one window that."""
    own = {id: each for each in windows for id in each.told}
    words, place, origin = edition.words, f"incidents/{incident.id}/", code.origin(incident)
    audible = not incident.backfilled and incident.severity is not Severity.P3
    holding = _Holding(incident.kind)
    shown: tuple[Affected, ...] = ()
    before: _Held = {}
    found: list[UpdateView] = []
    for update in incident.updates:
        gone = update.withdrawn is not None
        opening = not gone and holding.opens(update)
        closing = not gone and update.status.closes and (opening or not holding.closed)
        changed = () if gone else holding.take(update)
        if before != holding.shown:
            before = dict(holding.shown)
            shown = affected(edition, before)
        local = edition.local(update.at)
        found.append(
            UpdateView(
                key=f"{origin}/{update.id}",
                anchor=update.id,
                place=f"{place}#{update.id}",
                at=update.at,
                time=Time(iso=iso(update.at), text=words.moment(local, "day" if local.year == year else "day_year")),
                status=update.status,
                word=words.say(f"status.{update.status}"),
                body=edition.body(
                    _body(edition, update, None if found else incident.redacted), place, _language(edition, update)
                ),
                affected=shown,
                changed=changed,
                facts=() if gone else tuple(_facts(edition, update, place, own.get(update.id))),
                promise=None if gone else _promise(edition, incident.kind, update, local),
                window=own[update.id].key if update.id in own else "",
                opening=opening,
                closing=closing,
                notify=not gone and (audible if update.notify is None else update.notify),
                edited=_edit(
                    edition, update.edited_at, *_correction(edition, update), changes=revisions(edition, update)
                ),
                corrected=update.correction,
                corrected_at=update.edited_at if update.correction else None,
                withdrawn=_edit(edition, update.withdrawn.at) if update.withdrawn else None,
                redacted_at=update.redacted.at if update.redacted else None,
            )
        )
    return tuple(reversed(found))


class _Holding:
    """What is held while updates are read, oldest first; the same rules as the timeline's."""

    def __init__(self, kind: Kind) -> None:
        self.closed = True
        self.shown: _Held = {}
        """What a reader is told: in an announcement what will be held, else what is."""

        self._begun = False
        self._maintenance = kind is Kind.MAINTENANCE
        self._held: _Held = {}
        self._before: _Held = {}
        """Of an incident what was held when it was resolved; of a maintenance what was announced."""

    def opens(self, update: Update) -> bool:
        """Return whether `update` is the first, or the first after a resolution."""
        return self.closed and not (self._begun and update.status.closes)

    def take(self, update: Update) -> tuple[tuple[str, str, str], ...]:
        """Read one update and return what it changed."""
        held = self._held
        now = self._of_maintenance(update) if self._maintenance else self._of_incident(update)
        self._held = now
        self.closed, self._begun = update.status.closes, True
        self.shown = self._before if self._maintenance and update.status is UpdateStatus.SCHEDULED else now
        if held == now:
            return ()
        return tuple(
            [
                (id, str(held.get(id, _OPERATIONAL)), str(now.get(id, _OPERATIONAL)))
                for id in sorted(held.keys() | now.keys())
                if held.get(id) is not now.get(id)
            ]
        )

    def _of_incident(self, update: Update) -> _Held:
        if update.status.closes:
            if not self.closed:
                self._before = self._held
            elif not self._begun:  # told once it was over: a reopening brings back what it names
                self._before = _with({}, update.components)
            return {}
        start = self._held if not self.closed else {} if update.components else self._before
        return _with(start, update.components)

    def _of_maintenance(self, update: Update) -> _Held:
        if update.status is UpdateStatus.SCHEDULED:
            self._before = _with(
                self._before,
                {id: max(state, _MAINTAINED, key=lambda each: each.rank) for id, state in update.components.items()},
            )
            return {}
        if update.status.closes:
            return {}
        return _with(self._held or self._before, update.components)


def _with(held: _Held, components: Mapping[str, ComponentStatus]) -> _Held:
    if not components:
        return held
    return {id: state for id, state in {**held, **components}.items() if state is not _OPERATIONAL}


def redacted(edition: Edition, text: str, removed: Redaction, what: str = "redacted") -> str:
    """Return what is left of a text with the words that say when and why the rest was taken out."""
    when, why = edition.time(removed.at, "day_year").text, edition.text(removed, "reason", removed.reason)
    stone = edition.words.say(f"site.{what}", time=when, reason=why)
    return f"{text}\n\n{stone}" if text else stone


def _body(edition: Edition, update: Update, retitled: Redaction | None) -> str:
    """Return what an update says; the first one also that the title was replaced: it stands above all of them."""
    gone = update.withdrawn
    text = edition.text(gone, "reason", gone.reason) if gone else _text(edition, update)
    text = redacted(edition, text, update.redacted) if update.redacted else text
    return redacted(edition, text, retitled, "retitled") if retitled else text


def _language(edition: Edition, update: Update) -> str:
    """Return the language of a body where it is not the reader's: of the text, or of why it was withdrawn."""
    gone = update.withdrawn
    return edition.foreign(gone, "reason") if gone else edition.foreign(update, "body")


def _text(edition: Edition, update: Update) -> str:
    return edition.text(update, "body", update.body) if update.translations else update.body


def _facts(edition: Edition, update: Update, place: str, own: Window | None) -> Iterable[Fact]:
    if own is not None:
        yield plain("window", edition.words.say("fact.window"), window.told(edition, own, update).unescape())
    if not any(_WRITTEN(update)):
        return
    for field in TEXTS:
        written = getattr(update, field)
        if written:
            text = edition.text(update, field, written) if update.translations else written
            yield told(edition, field, field, text, place, edition.foreign(update, field))


def _promise(edition: Edition, kind: Kind, update: Update, local: datetime) -> Promise | None:
    """Return the promise as it was made: never late here."""
    if update.status.closes or (kind is Kind.MAINTENANCE and update.status not in _RUNNING):
        return None
    due = update.next_update_at
    every = update.next_update_in
    if due is None:
        if every is None:
            return None
        due = update.at + every
    return Promise(
        due=due,
        time=edition.clock(due, local.date()),
        late=False,
        every=edition.words.length(every) if every else "",
    )


def _correction(edition: Edition, update: Update) -> tuple[str, str]:
    """Return the text of a declared correction, and its language where it is not the reader's."""
    if not update.correction:
        return "", ""
    return edition.text(update, "correction", update.correction), edition.foreign(update, "correction")


def _edit(
    edition: Edition,
    at: datetime | None,
    correction: str = "",
    language: str = "",
    changes: tuple[Revision, ...] = (),
) -> Edit | None:
    if at is None:
        return None
    note = edition.body(correction).text if correction else ""
    html = tongue.inline(escape(note), edition.words, language) if note and language else escape(note)
    return Edit(time=edition.time(at, "day"), note=edition.titled(note, language), html=html, changes=changes)
