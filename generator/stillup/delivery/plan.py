"""What is owed: for each event and channel, everybody on the channel, and what is to be done about them. Pure.

State, not difference: everything that has happened, minus what the ledger says of it. Whoever is not told has a reason.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple, Protocol

from stillup.delivery.entry import Beginning, Standing
from stillup.delivery.keyring import Keyring
from stillup.messages.event import Event
from stillup.messages.recipient import Recipient

CHUNK = 1000
"""Candidates looked at together: what a plan of any length holds in memory."""


class Reason(StrEnum):
    """Why somebody is not told, or not by this run. In words for people: they stand in the table."""

    ACCEPTED = "accepted already"
    REFUSED = "refused already"
    UNKNOWN = "unknown since an earlier run"
    DROPPED = "suppressed by an earlier run"
    ELSEWHERE = "another run sends it"
    PENDING = "failed for now"
    """It was tried and not taken, or may have been taken: the next run tries again."""

    LATE = "late"
    BEFORE = "before the ledger"
    NOTIFY = "notify is false"
    BACKFILLED = "backfilled"
    SEVERITY = "severity"
    WITHDRAWN = "withdrawn"
    REDACTED = "redacted"
    OVERTAKEN = "overtaken"
    """A reminder of what has begun, or was reminded of again since; or that work has begun which is over by now."""

    UNWANTED = "not wanted"
    UNHEARD = "did not hear of it"
    """Of a correction, a withdrawal, a move or a cancellation."""

    TWICE = "the same recipient"
    NOT_RESENT = "not sent again"
    FORGOTTEN = "forgotten"
    SUPERSEDED = "superseded"
    """It failed, and a later message about the same incident arrived meanwhile."""

    WITHHELD = "the private record cannot be used"
    """What insiders are told stands in it: they are told once it is mended."""

    UNAPPROVED = "not approved"
    """A second person must agree to the text: it is told once somebody has, unless it is too late by then."""


_ENDS = ("maintenance_completed", "maintenance_cancelled")
_SILENT = {
    "notify": Reason.NOTIFY,
    "backfilled": Reason.BACKFILLED,
    "severity": Reason.SEVERITY,
    "withdrawn": Reason.WITHDRAWN,
    "redacted": Reason.REDACTED,
}
_DECIDED = {
    Standing.ACCEPTED: Reason.ACCEPTED,
    Standing.REFUSED: Reason.REFUSED,
    Standing.UNKNOWN: Reason.UNKNOWN,
    Standing.SUPPRESSED: Reason.DROPPED,
    Standing.CLAIMED: Reason.ELSEWHERE,
    Standing.LATER: Reason.PENDING,
    Standing.MAYBE: Reason.PENDING,
}
EARLIER = frozenset(_DECIDED.values())
"""Reasons of those of whom an earlier run, or another one, gives account."""

UNTIL_MENDED = frozenset({Reason.WITHHELD, Reason.UNAPPROVED})
"""Reasons of those who are told by a later run, once somebody has done something about it."""

ONLY_HEARD = ("_moved", "_cancelled")
"""Ends of kinds that are news only to those who heard of the incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """After how long a message is no longer sent."""

    update: timedelta = timedelta(hours=6)
    resolution: timedelta = timedelta(hours=24)
    """Of whatever closes an incident or a maintenance."""

    def is_late(self, event_at: datetime, closing: bool, at: datetime) -> bool:
        """Whether it is too late at `at` for what happened at `event_at`."""
        return at - event_at > (self.resolution if closing else self.update)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody on a channel's list, and what the list says of them and one event."""

    recipient: Recipient
    follow: str = "all"
    """all, open_close or digest: the plan decides by it, since it knows who heard what."""

    unwanted: str = ""
    """Why they did not subscribe to the event (another component, a lower impact ...); empty where they did."""

    withheld: bool = False
    """Whether what they are to be told is not known for now."""


class Known(Protocol):
    """The part of a ledger that a plan reads."""

    def standings(self, event: str, channel: str, recipients: Sequence[bytes]) -> dict[bytes, Standing]:
        """See `Ledger`."""

    def heard(self, incident: str, channel: str, recipients: Sequence[bytes]) -> dict[bytes, datetime]:
        """See `Ledger`."""

    def generation(self, event: str, channel: str) -> int:
        """See `Ledger`."""

    def is_for_everybody(self, event: str, channel: str) -> bool:
        """See `Ledger`."""


class Named(NamedTuple):
    """A recipient under the name that the ledger knows them by."""

    name: bytes
    recipient: Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is to be done about some recipients of one event on one channel."""

    event: Event
    channel: str
    audience: str
    first: bool = False
    """Whether it is the first they hear of the incident: then it is worded as an opening."""

    reason: Reason | None = None
    """Why it is not sent; None: it is sent."""

    detail: str = ""
    """Of `not wanted`: what does not fit."""

    people: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a plan goes by, besides the ledger."""

    at: datetime
    beginning: Beginning | None
    """How the ledger began; None in a preview without one."""

    lateness: Lateness = field(default_factory=Lateness)

    unapproved: Collection[str] = ()
    """Keys of events to whose text nobody has agreed who must."""


def silence(event: Event, rules: Rules, generation: int, events: Iterable[Event] = ()) -> Reason | None:
    """Return why `event` is told to nobody at all; `events` are those of its incident.

    What people want sent again (`generation`) is neither late nor from before the ledger.
    """
    if (why := written(event)) is not None:
        return why
    why = None if generation else _past(event, rules, events)
    return Reason.UNAPPROVED if why is None and event.key in rules.unapproved else why


def written(event: Event) -> Reason | None:
    """Return why the record says that nobody is told of `event`; None where it does not."""
    return _SILENT.get(event.silent, Reason.NOTIFY) if event.silent else None


def _past(event: Event, rules: Rules, events: Iterable[Event]) -> Reason | None:
    """Return why time is over for `event`."""
    if rules.beginning is not None and is_before(event, rules.beginning):
        return Reason.BEFORE
    if rules.lateness.is_late(event.at, event.closing, rules.at):
        return Reason.LATE
    if event.kind.endswith("_reminder") and _is_overtaken(event, rules.at, events):
        return Reason.OVERTAKEN
    if event.kind == "maintenance_started" and _is_over(event, events):
        return Reason.OVERTAKEN
    return None


def is_before(event: Event, beginning: Beginning) -> bool:
    """Whether `event` was published when the ledger began, and is not owed nevertheless.

    What was public then is known by its key, since a time says nothing of when it was written.
    """
    return event.key not in beginning.send and (event.at < beginning.reaches or event.key in beginning.known)


def steps(
    event: Event,
    channel: str,
    candidates: Iterable[Candidate],
    *,
    known: Known,
    keyring: Keyring,
    reason: Reason | None,
    assumed: dict[bytes, datetime] | None = None,
) -> Iterator[Step]:
    """Yield what is to be done about each of `candidates`, a chunk at a time; in their order within a step.

    `reason` is the event's `silence`. `assumed` collects who would have heard of the incident in a plan that is only
    printed.
    """
    limited = bool(known.generation(event.key, channel)) and not known.is_for_everybody(event.key, channel)
    coming = iter(candidates)
    while chunk := list(islice(coming, CHUNK)):
        groups: dict[tuple[str, bool, Reason | None, str], list[Named]] = {}
        named = [(keyring.recipient(channel, each.recipient.address), each) for each in chunk]
        names = [name for name, _ in named]
        standings = known.standings(event.key, channel, names)
        heard: Mapping[bytes, datetime] = known.heard(event.incident, channel, names)
        if assumed:
            heard = {**heard, **{name: assumed[name] for name in names if name in assumed}}
        concerned = known.standings(event.concerns, channel, names) if event.concerns else None
        seen: set[bytes] = set()
        for name, each in named:
            why, detail = reason, ""
            standing = standings.get(name)
            if name in seen:
                why = Reason.TWICE
            elif standing is not None and standing is not Standing.OWED:
                why = _DECIDED[standing]
            elif why is None and limited and standing is None:
                why = Reason.NOT_RESENT
            elif why is None and standing is None:
                told = concerned.get(name) if concerned is not None else None
                why, detail = _unwanted(event, each, name in heard, concerned is not None, told)
            if why is None and each.withheld:
                why = Reason.WITHHELD
            seen.add(name)
            first = why is None and name not in heard and not event.concerns and event.incident != "digest"
            groups.setdefault((each.recipient.audience, first, why, detail), []).append(Named(name, each.recipient))
            if why is None and assumed is not None:
                assumed[name] = max(event.at, assumed.get(name, event.at))
        for (audience, first, why, detail), people in groups.items():
            yield Step(
                event=event,
                channel=channel,
                audience=audience,
                first=first,
                reason=why,
                detail=detail,
                people=tuple(people),
            )


def _unwanted(
    event: Event, candidate: Candidate, heard: bool, concerns: bool, told: Standing | None
) -> tuple[Reason | None, str]:
    """Return why `candidate`, of whom nothing is decided, is not told of `event`."""
    if concerns:
        return (None, "") if told is not None and told.heard else (Reason.UNHEARD, "")
    if event.kind.endswith(ONLY_HEARD):
        return (None, "") if heard else (Reason.UNHEARD, "")
    if event.closing and heard:
        return None, ""  # Whoever got the opening gets the closing, whatever became of its impact.
    if candidate.unwanted:
        return Reason.UNWANTED, candidate.unwanted
    digest = event.kind == "digest"
    if digest != (candidate.follow == "digest"):
        return Reason.UNWANTED, "follow"
    if candidate.follow == "open_close" and heard and not (event.opening or event.closing):
        return Reason.UNWANTED, "follow"
    return None, ""


def _is_over(event: Event, events: Iterable[Event]) -> bool:
    """Whether the clock alone began a window that has ended since: that it goes on would be untrue."""
    by_clock = event.key.endswith("/in_progress")
    return by_clock and any(each.at > event.at and each.kind in _ENDS for each in events)


def _is_overtaken(event: Event, at: datetime, events: Iterable[Event]) -> bool:
    """Whether the window that a reminder speaks of has begun, was reminded of again, moved or was cancelled."""
    occurrence = event.key.split("/")[1]
    try:
        start = datetime.strptime(occurrence, "%Y%m%dt%H%M%Sz").replace(tzinfo=UTC)
    except ValueError:
        start = None
    if start is not None and at >= start:
        return True
    return any(
        each.at > event.at
        and (each.kind.endswith(ONLY_HEARD) or each.key.startswith(f"{event.incident}/{occurrence}/"))
        for each in events
    )
