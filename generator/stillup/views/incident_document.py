"""One record as the API prints it. Made once when the record is told; of a settled one nothing changes any more."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from markupsafe import escape

from stillup.records.incident import Incident, Update
from stillup.timeline.course import Course
from stillup.timeline.publication import published
from stillup.views import code, source
from stillup.views.document import Effect, IncidentDocument, SpanDocument, UpdateDocument, WindowDocument
from stillup.views.edition import Edition
from stillup.views.group import in_order
from stillup.views.incident import IncidentView, UpdateView, Window
from stillup.views.served import BREAK, kept, served
from stillup.vocabulary import ComponentStatus, Kind, UpdateStatus

_LISTED = 12
"""How many past windows of a series are told in updates, as on its page."""

_PAST = 366
"""How many past windows of a series are listed at all."""

_FINE = ComponentStatus.OPERATIONAL.value
_CLOSING = frozenset(status.value for status in UpdateStatus if status.closes)
_RUNNING = (UpdateStatus.IN_PROGRESS.value, UpdateStatus.VERIFYING.value)


def document(edition: Edition, incident: Incident, course: Course, view: IncidentView) -> IncidentDocument:
    """Return the document of a record of which something is public: `course` and `view` are of the same instant."""
    record = published(incident, edition.at) or incident
    told = _Telling(edition, record, course, view)
    updates = told.updates()
    kept_as, imported = record.source, bool(record.updates[-1].source)
    maintenance = record.kind is Kind.MAINTENANCE
    created = source.instant(kept_as, "created_at") or updates[-1].shown
    changes = [update.updated for update in updates]
    monitoring = _monitoring(updates)
    resolved = None if course.open else _resolved(course, updates)
    if imported and not course.open:
        monitoring = source.instant(kept_as, "monitoring_at") or monitoring
        resolved = source.instant(kept_as, "resolved_at") or resolved
    start, end = _window(view.windows) if maintenance else (None, None)
    impact = course.impact.value if not maintenance else record.impact.value if record.impact else "maintenance"
    return IncidentDocument(
        id=record.id,
        code=code.of_incident(record),
        kind=record.kind.value,
        title=view.title,
        reference=view.reference,
        status=course.status.value,
        impact=impact,
        open=course.open,
        place=view.place,
        shortlink=source.text(kept_as, "shortlink") or f"{edition.settings.site_url or '/'}{view.place}",
        line=next((each.body.line for each in view.updates if each.withdrawn is None), view.updates[0].body.line),
        created=created,
        updated=max([*changes, source.instant(kept_as, "updated_at") or created]),
        started=source.instant(kept_as, "started_at") or (created if maintenance else _utc(course.started)),
        ended=None if course.ended is None else _utc(course.ended),
        monitoring=monitoring,
        resolved=resolved,
        scheduled_for=(start or created) if maintenance else None,
        scheduled_until=(end or created) if maintenance else None,
        reminders=source.text(kept_as, "reminder_intervals"),
        updates=updates,
        component_ids=tuple(in_order(edition, list(told.named))),
        spans=tuple(
            [
                SpanDocument(
                    component=claim.component,
                    status=claim.status.value,
                    start=_utc(claim.start),
                    end=None if claim.end is None else _utc(claim.end),
                )
                for claim in course.claims
            ]
        ),
        windows=tuple([_window_document(window) for window in _lately(view.windows)]),
        endless=view.endless,
        postmortem_html=served(view.postmortem.body.html) if view.postmortem else "",
        postmortem_at=_utc(view.postmortem.at) if view.postmortem else None,
        formerly=record.formerly,
    )


class _Event(NamedTuple):
    """What the clock did to a window, and no update tells."""

    window: Window
    status: str

    @property
    def begins(self) -> bool:
        return self.status == UpdateStatus.IN_PROGRESS

    @property
    def at(self) -> datetime:
        return self.window.start if self.begins else self.window.end


class _Telling:
    """Everything that was said or happened, oldest first, and what it did to components."""

    def __init__(self, edition: Edition, record: Incident, course: Course, view: IncidentView) -> None:
        self._edition, self._record, self._course, self._view = edition, record, course, view
        self._origin = code.origin(record)
        self._state: dict[str, str] = {}
        self.named: dict[str, None] = {}
        """Every component that any update names."""

        self._order: list[tuple[str, str, str]] = []
        """Id, code and name of each, in page order."""

    def updates(self) -> tuple[UpdateDocument, ...]:
        """Return them newest first."""
        written = {update.id: update for update in self._record.updates}
        moments: list[tuple[datetime, UpdateView | _Event]] = [(each.at, each) for each in reversed(self._view.updates)]
        moments += self._of_clock()
        moments.sort(key=lambda each: each[0])
        found = [
            self._of_update(each, written[each.anchor]) if isinstance(each, UpdateView) else self._of_event(each)
            for _, each in moments
        ]
        found += self._of_postmortem()
        found.sort(key=lambda each: each.shown)
        return tuple(reversed(found))

    def _of_update(self, update: UpdateView, written: Update) -> UpdateDocument:
        at, html = _utc(update.at), served(update.body.html)
        if update.withdrawn is None:
            html = BREAK.join([html, *_more(self._edition, update)])
        changed = [_utc(written.edited_at)] if written.edited_at else []
        changed += [_utc(written.withdrawn.at)] if written.withdrawn else []
        changed += [_utc(written.redacted.at)] if written.redacted else []
        if self._record.redacted and written is self._record.updates[0]:
            changed.append(_utc(self._record.redacted.at))
        made = UpdateDocument(
            code=written.code or code.code("update", f"{self._origin}/{written.id}"),
            status=update.status,
            html=html,
            created=at,
            updated=max([at, *changed]),
            shown=at,
            effects=self._effects(update, written),
            notify=update.notify,
        )
        return _as_imported(made, written.source, changed) if written.source else made

    def _effects(self, update: UpdateView, written: Update) -> tuple[Effect, ...] | None:
        if update.withdrawn is not None:
            return None
        if self._record.kind is Kind.MAINTENANCE:
            made = self._passed(_utc(update.at), written.components)
        else:
            before = dict(self._state)
            self._state.update({id: after for id, _, after in update.changed})
            self.named.update(dict.fromkeys([*written.components, *[id for id, _, _ in update.changed]]))
            made = self._between(before)
        if not written.source:
            return made
        try:
            original = source.effects(written.source)
        except LookupError:
            return made
        known = {code.of_component(each): each.id for each in self._edition.components.components}
        self.named.update({known[each.code]: None for each in original or () if each.code in known})
        return original

    def _passed(self, at: datetime, components: Iterable[str]) -> tuple[Effect, ...] | None:
        """Return what a maintenance held before and holds from `at` on: updates and clock move it."""
        before = self._state
        self.named.update(dict.fromkeys(components))
        self._state = {
            claim.component: claim.status.value
            for claim in self._course.claims
            if claim.start <= at and (claim.end is None or claim.end > at)
        }
        self.named.update(dict.fromkeys(self._state))
        return self._between(before)

    def _between(self, before: Mapping[str, str]) -> tuple[Effect, ...] | None:
        if not self.named:
            return None
        if len(self._order) != len(self.named):
            by_id = self._edition.components.by_id
            self._order = [
                (
                    id,
                    code.of_component(by_id[id]) if id in by_id else code.code("component", id),
                    self._edition.name(id),
                )
                for id in in_order(self._edition, list(self.named))
            ]
        now = self._state
        return tuple(
            [
                Effect(code=letters, name=name, before=before.get(id, _FINE), after=now.get(id, _FINE))
                for id, letters, name in self._order
            ]
        )

    def _code(self, id: str) -> str:
        component = self._edition.components.by_id.get(id)
        return code.of_component(component) if component else code.code("component", id)

    def _of_clock(self) -> Iterator[tuple[datetime, _Event]]:
        for window in [each for each in self._view.windows if each.by_clock][-_LISTED:]:
            for status in window.by_clock:
                event = _Event(window, status)
                yield event.at, event

    def _of_event(self, event: _Event) -> UpdateDocument:
        words, at = self._edition.words, _utc(event.at)
        if event.begins:
            said = words.say("update.starts", end=words.moment(self._edition.local(event.window.end)))
        else:
            said = words.say("update.ends")
        return UpdateDocument(
            code=code.code("update", f"{self._origin}/{event.window.key}/{event.status}"),
            status=event.status,
            html=str(escape(said)),
            created=at,
            updated=at,
            shown=at,
            effects=self._passed(at, ()),
            notify=not self._record.backfilled,
        )

    def _of_postmortem(self) -> Iterator[UpdateDocument]:
        written = self._view.postmortem
        if written is not None:
            at = _utc(written.at)
            yield UpdateDocument(
                code=code.code("update", f"{self._origin}/postmortem"),
                status="postmortem",
                html=served(written.body.html),
                created=at,
                updated=_utc(written.redacted_at) if written.redacted_at else at,
                shown=at,
                effects=self._between(self._state),
                notify=not self._record.backfilled,
            )


def _as_imported(made: UpdateDocument, original: source.Source, changed: Sequence[datetime]) -> UpdateDocument:
    """Return an update with what the original says more exactly; a withdrawn one keeps its reason."""
    shown = source.precise(original, "display_at", made.shown)
    created = source.instant(original, "created_at") or shown
    return replace(
        made,
        html=kept(source.text(original, "body"), made.html),
        created=created,
        updated=max([created, source.instant(original, "updated_at") or created, *changed]),
        shown=shown,
        notify=source.flag(original, "deliver_notifications", made.notify),
        tweet=source.text(original, "custom_tweet"),
        tweet_id=source.text(original, "tweet_id"),
    )


def _more(edition: Edition, update: UpdateView) -> Iterator[str]:
    """Yield, each on its own line after an empty one, what an update says beside its text."""
    lines = [(fact.label, served(fact.html)) for fact in update.facts]
    if update.promise is not None:
        by = edition.words.say("fact.by", time=update.promise.time.text)
        lines.append((edition.words.say("fact.next"), str(escape(by))))
    if update.corrected and update.edited is not None:
        when = edition.words.say("site.edited", time=update.edited.time.text)
        lines.append((when, str(update.edited.html)))
    if lines:
        yield ""
    for label, said in lines:
        yield f"<strong>{escape(label)}:</strong> {said}"


def _monitoring(updates: Sequence[UpdateDocument]) -> datetime | None:
    """Return when the work was over and watching began."""
    watching = (UpdateStatus.MONITORING, UpdateStatus.VERIFYING)
    return next((update.shown for update in reversed(updates) if update.status in watching), None)


def _resolved(course: Course, updates: Sequence[UpdateDocument]) -> datetime | None:
    """Return when the last closing update was shown; where the clock closed it, then."""
    closing = [update.shown for update in updates if update.status in _CLOSING]
    return max(closing, default=None if course.closed is None else _utc(course.closed))


def _window(windows: Sequence[Window]) -> tuple[datetime | None, datetime | None]:
    """Return the window that runs, else the next, else the last that took place, else the last."""
    running = [window for window in windows if window.status in _RUNNING]
    coming = [window for window in windows if window.status == UpdateStatus.SCHEDULED]
    past = [window for window in windows if window.began is not None]
    for found in (running[:1], coming[:1], past[-1:], windows[-1:]):
        for window in found:
            return _utc(window.start), _utc(window.end)
    return None, None


def _lately(windows: Sequence[Window]) -> Sequence[Window]:
    """Return the windows of a series without those that nobody counts any more."""
    past = sum(window.status in _CLOSING for window in windows)
    return windows[max(0, past - _PAST) :]


def _window_document(window: Window) -> WindowDocument:
    return WindowDocument(
        key=window.key,
        start=_utc(window.start),
        end=_utc(window.end),
        status=window.status,
        began=None if window.began is None else _utc(window.began),
        ended=None if window.ended is None else _utc(window.ended),
    )


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo is UTC else at.astimezone(UTC)
