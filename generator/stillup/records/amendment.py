"""What was published and may not change in silence: an earlier state of a record beside the one that stands.

Ids follow from the record alone and nothing remembers them. An update that is taken out, moved or re-timed loses its
anchor, its feed entry and its place in the ledger, unless the record itself says what became of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from stillup.errors import Problem
from stillup.frozen import dataclass
from stillup.records.assembly import taken
from stillup.records.document import Document, Loc
from stillup.records.finding import Findings, Told
from stillup.records.incident import Earlier
from stillup.records.moment import utc
from stillup.records.refusal import Unusable
from stillup.records.series import Series
from stillup.records.written import WrittenIncident, WrittenSchedule, WrittenUpdate
from stillup.vocabulary import TEXTS

_YEAR = timedelta(days=366)
_LOOKED_AT = 10_000
"""Windows of a series that are compared: hourly ones for over a year."""

_FACTS = {
    "status": "status",
    "components": "components",
    "changed_at": "components",
    "next_update_at": "promise",
    "next_update_in": "promise",
    "scheduled": "window",
    "occurrence": "window",
}
"""What an update says besides its texts, and in which word: states, uptime and windows come from it."""

_LIKE = 0.5
"""The share of common words from which on two texts are taken for one that was edited."""


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a record, as far as it can be read."""

    id: str
    main: Document
    written: WrittenIncident
    updates: Mapping[str, Told]
    """By id, oldest first."""

    complete: bool
    """Whether the updates are all that were written: of half a record nothing is missing."""

    @classmethod
    def of(cls, id: str, main: Document, others: Sequence[Document]) -> "Version | None":
        """Return the state of the record `id` in its documents; None where nothing can be made of them."""
        written, told, complete = taken(main, others)
        return None if written is None else cls(id, main, written, dict(told), complete)

    def public(self, horizon: datetime) -> dict[str, Told]:
        """Return the updates that are published at `horizon`."""
        return {id: told for id, told in self.updates.items() if told.update.at <= horizon}


def amended(old: Version, new: Version, at: datetime, horizon: datetime, zone: str) -> list[Problem]:
    """Return what `new` does to the part of `old` that is published, each with the line to write.

    `at` is the instant of an edit that is still to be noted, `horizon` the last instant of what is published.
    """
    findings = Findings()
    published = old.public(horizon)
    if not published:
        return findings.problems
    lost = _updates(old, new, published, at, findings) if new.complete else frozenset()
    for id in (published.keys() & new.updates.keys()) - lost:
        _edited(id, published[id].update, new.updates[id], at, findings)
        _code(published[id].update.code, new.updates[id].document, (*new.updates[id].loc, "code"), findings)
    _code(old.written.code, new.main, ("code",), findings)
    _former(old, new, findings)
    if old.written.scheduled is not None and new.written.scheduled is not None:
        _window(old.written.scheduled, new.written.scheduled, new.main, at, zone, findings)
    return findings.problems


def alike(old: Version, new: Version, horizon: datetime) -> int:
    """Return how many of the published updates of `old` stand in `new`, by id or by text."""
    words = {_plain(told.update.body) for told in new.updates.values()}
    return sum(id in new.updates or _plain(told.update.body) in words for id, told in old.public(horizon).items())


def code_kept(old: object, document: Document, loc: Loc) -> list[Problem]:
    """Return a problem where the API code `old` is not what stands at `loc` now."""
    findings = Findings()
    _code(old if isinstance(old, str) else None, document, loc, findings)
    return findings.problems


def _updates(
    old: Version, new: Version, published: Mapping[str, Told], at: datetime, findings: Findings
) -> frozenset[str]:
    """Find updates that are no longer there under their id, and return their ids."""
    spare = {id: told for id, told in new.updates.items() if id not in old.updates}
    lost = {id: told for id, told in published.items() if id not in new.updates or _is_taken(told, id, new, spare)}
    for id, told in lost.items():
        name = _successor(id, told, old, new, spare)
        if name is None:
            _gone(id, told, new, at, findings)
        else:
            _moved(id, told, spare.pop(name), id in new.updates, findings)
    return frozenset(lost)


def _is_taken(told: Told, id: str, new: Version, spare: Mapping[str, Told]) -> bool:
    """Whether another update stands under the id of `told`, and `told` itself under a new one."""
    text = _plain(told.update.body)
    return text != _plain(new.updates[id].update.body) and any(_plain(s.update.body) == text for s in spare.values())


def _successor(id: str, told: Told, old: Version, new: Version, spare: Mapping[str, Told]) -> str | None:
    """Return which of `spare` the update probably is now: by its text, else by its place and status."""
    text = _plain(told.update.body)
    likeness = {name: _likeness(text, _plain(other.update.body)) for name, other in spare.items()}
    best = max(likeness, key=lambda name: likeness[name], default=None)
    if best is not None and likeness[best] >= _LIKE:
        return best
    kept = old.updates.keys() & new.updates.keys()
    place = _place(id, old.updates, kept)
    same = (
        n for n, o in spare.items() if _place(n, new.updates, kept) == place and o.update.status == told.update.status
    )
    return next(same, None)


def _place(id: str, updates: Iterable[str], kept: Iterable[str]) -> int:
    """Return how many updates that both states have stand before `id`."""
    return len(set(kept) & set(takewhile(lambda other: other != id, updates)))


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 2
    words, others = set(one.split()), set(other.split())
    return len(words & others) / len(words | others) if words | others else 0


def _moved(id: str, told: Told, now: Told, taken: bool, findings: Findings) -> None:
    if now.update.at != told.update.at:
        message = f"This update was published as {id}, and at another time it would be published again."
    else:
        message = f"This update was published as {id}, and under another id it would be published again."
    fix = f"Write id: {id} on it."
    if taken:
        fix = f"Write id: {id} on it, and another id: on the update that has taken this one."
    key = "id" if now.update.id is not None else "at"
    findings.say(now.document, (*now.loc, key), message, fix, code="moved")


def _gone(id: str, told: Told, new: Version, at: datetime, findings: Findings) -> None:
    where = next((n for n in new.updates.values() if n.update.at > told.update.at and n.document is new.main), None)
    words = " ".join(told.update.body.split())
    quoted = words if len(words) <= 40 else f"{words[:40].rstrip()} ..."
    message = f'The published update {id}, "{quoted}", is gone.'
    back = "it" if told.loc else told.document.file
    fix = f'Put {back} back, and write withdrawn: {{at: {utc(max(at, told.update.at))}, reason: "..."}} on it.'
    loc: Loc = where.loc if where is not None else ("updates",)
    findings.say(new.main, loc, message, fix, code="vanished", at_key=where is None)


def _edited(id: str, old: WrittenUpdate, now: Told, at: datetime, findings: Findings) -> None:
    """Find a text or a fact that is not the published one, and no note of that."""
    new = now.update
    # A redaction says where a text went. Of a state it says nothing.
    excused = new.redacted is not None and new.redacted != old.redacted
    texts = [] if excused else list(_differing(old, new))
    if new.withdrawn is not None and old.withdrawn is None:
        return
    if new.edited_at != old.edited_at:
        _unkept(id, texts, old, now, findings)
        return
    facts = [name for name in _FACTS if getattr(old, name) != getattr(new, name)]
    changed = texts or [(name,) for name in facts]
    if not changed:
        return
    when = utc(max(at, new.at))
    line = f"edited_at: {when} on it" if old.edited_at is None else _renewed(old.edited_at, when)
    if texts:
        what, fix = "text", f"Write {line}, and was: with the words that were published."
    else:
        what = " and ".join(dict.fromkeys(_FACTS[name] for name in facts))
        fix = f"Write {line}, and correction: with what is right where everybody must be told again."
    verb = "were" if " and " in what or what == "components" else "was"
    message = f"The published {what} of {id} {verb} changed, and nothing says so."
    place = next((loc for loc in changed if now.document.at((*now.loc, *loc)) is not None), ())
    findings.say(now.document, (*now.loc, *place), message, fix, code="edited")


def _unkept(id: str, texts: Iterable[Loc], old: WrittenUpdate, now: Told, findings: Findings) -> None:
    """Find a text whose edit is noted while nothing, or something else, stands for what was published before."""
    for loc in texts:
        first = _earlier(old, loc) or _written(old, loc)
        kept = _earlier(now.update, loc)
        if not first or _plain(kept) == _plain(first):
            continue
        name, words = ".".join(["was", *map(str, loc)]), " ".join(first.split())
        quoted = words if len(words) <= 60 else f"{words[:60].rstrip()} ..."
        if kept:
            message, fix = f"{id} was published with other words than these.", f'Write "{quoted}".'
            findings.warn(now.document, (*now.loc, "was", *loc), message, fix, code="edited")
        else:
            message = f"Readers see when {id} was edited, and not what was changed."
            findings.warn(now.document, (*now.loc, "edited_at"), message, f'Write {name}: "{quoted}".', code="edited")


def _written(update: WrittenUpdate | Earlier, loc: Loc) -> str:
    """Return the text at `loc`, in the main language or in another."""
    if len(loc) == 1:
        return str(getattr(update, str(loc[0])))
    _, language, name = loc
    return update.translations.get(str(language), {}).get(str(name), "")


def _earlier(update: WrittenUpdate, loc: Loc) -> str:
    return "" if update.was is None else _written(update.was, loc)


def _renewed(before: datetime, when: str) -> str:
    return f"edited_at: {when} in place of {utc(before)}"


def _differing(old: WrittenUpdate, new: WrittenUpdate) -> Iterator[Loc]:
    for name in ("body", *TEXTS):
        if _plain(getattr(old, name)) != _plain(getattr(new, name)):
            yield (name,)
    for language in sorted(old.translations.keys() | new.translations.keys()):
        before, after = old.translations.get(language, {}), new.translations.get(language, {})
        # A translation that comes later takes nothing back.
        yield from (
            ("translations", language, name) for name in before if _plain(before[name]) != _plain(after.get(name, ""))
        )


def _plain(text: str) -> str:
    """Return `text` with single spaces: a line that is broken elsewhere says the same."""
    return " ".join(text.split())


def _code(old: str | None, document: Document, loc: Loc, findings: Findings) -> None:
    new = document.at(loc)
    if new == old:
        return
    if old is None:
        message = f"With the code {new} clients of the API would see something new."
        findings.say(document, loc, message, "Leave code out: the published one is made from the id.", code="code")
    else:
        message = f"The API code {old} was published, and clients know it."
        findings.say(document, loc, message, f"Write code: {old}.", code="code")


def _former(old: Version, new: Version, findings: Findings) -> None:
    kept = {new.id, *new.written.formerly}
    missing = [id for id in old.written.formerly if id not in kept]
    if missing:
        whole = ", ".join([*new.written.formerly, *missing])
        message = f"The address of {missing[0]} leads here, and would no longer."
        findings.say(new.main, ("formerly",), message, f"Write formerly: [{whole}].", code="formerly")


def _window(
    old: WrittenSchedule, new: WrittenSchedule, main: Document, at: datetime, zone: str, findings: Findings
) -> None:
    """Find a published window that was changed in place."""
    if not old.recurrence and not new.recurrence:
        if (old.start, old.end) != (new.start, new.end):
            loc = ("scheduled", "start" if old.start != new.start else "end")
            message = f"The window was published as {utc(old.start)} to {utc(old.end)}, and was changed in place."
            fix = (
                f"Write start: {utc(old.start)} and end: {utc(old.end)} again, and an update with "
                f"scheduled: {{start: {utc(new.start)}, end: {utc(new.end)}}}."
            )
            findings.say(main, loc, message, fix, code="window")
        return
    kept = set(_starts(new, at, zone))
    gone = [start for start in _starts(old, at, zone) if start not in kept]
    if gone:
        loc = ("scheduled", _changed_key(old, new))
        message = f"The window that begins at {utc(gone[0])} was published, and is gone."
        fix = (
            f"Write the series as it was, and an update with occurrence: {utc(gone[0])} and "
            "status: cancelled, or scheduled: with its new start and end."
        )
        findings.say(main, loc, message, fix, code="window")
    elif old.end - old.start != new.end - new.start:
        message = f"The windows were published as ending at {utc(old.end)} for the first, and were changed in place."
        fix = (
            f"Write end: {utc(new.start + (old.end - old.start))} again, and an update with occurrence: and "
            "scheduled: for each window that changes."
        )
        findings.say(main, ("scheduled", "end"), message, fix, code="window")


def _changed_key(old: WrittenSchedule, new: WrittenSchedule) -> str:
    for name, key in (("exceptions", "except"), ("recurrence", "recurrence"), ("timezone", "timezone")):
        if getattr(old, name) != getattr(new, name) and (name != "exceptions" or new.exceptions):
            return key
    return "start"


def _starts(schedule: WrittenSchedule, at: datetime, zone: str) -> list[datetime]:
    """Return when the windows begin, up to a year from `at`."""
    if not schedule.recurrence:
        return [schedule.start]
    try:
        series = Series(schedule.recurrence, schedule.start, schedule.timezone or zone)
        last = at.astimezone(series.zone).replace(tzinfo=None) + _YEAR
        local = takewhile(lambda start: start <= last, series.first(_LOOKED_AT))
        found = [series.real(start) for start in local]
    except Unusable:
        return [schedule.start]
    return [start for start in found if start not in schedule.exceptions]
