"""What customers were told, and how reliably: cadence, promises, edits after the send."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from stillup.frozen import dataclass
from stillup.records.incident import Update
from stillup.records.settings import Settings
from stillup.timeline.clock.matter import severity_at
from stillup.timeline.metric_case import Case
from stillup.vocabulary import Severity

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How many of some duties were kept."""

    kept: int
    of: int
    open: int = 0
    """How many more are not decided yet: their time is still running."""

    @property
    def thousandths(self) -> int | None:
        """The share kept, floored, in thousandths; None where there were none."""
        return 1000 * self.kept // self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What of some incidents was told how."""

    cadence: Kept
    """Gaps between updates, that before the resolving one included, no longer than the settings ask.

    What a severity asked that was lowered later stays asked: a gap that was too long by then is one.
    """

    promises: Kept
    """Promises of a next update that came in time."""

    updates: int
    edited: int
    """Updates whose text was changed after they were published."""


def words(cases: Iterable[Case], settings: Settings, at: datetime) -> Words:
    """Return how `cases` were told up to `at`; what was told afterwards, or is private as a whole, does not count."""
    gaps: list[bool | None] = []
    promises: list[bool | None] = []
    updates = edited = 0
    for case in cases:
        if case.public is None or case.public.backfilled:
            continue
        told = [update for update in case.public.updates if update.withdrawn is None]
        updates += len(told)
        edited += sum(update.edited_at is not None and update.edited_at <= at for update in told)
        gaps += _gaps(case, settings, at)
        promises += _promises(case, at)
    return Words(cadence=_kept(gaps), promises=_kept(promises), updates=updates, edited=edited)


def _in_time(case: Case, update: Update, following: datetime, settings: Settings) -> bool | None:
    """Return whether a gap was never longer than the severity asked that held meanwhile; None where none asked."""
    disaster = case.public is not None and case.public.disaster
    asked = False
    for severity, since, until in _held(case, following):
        limit = settings.every(severity, update.status, disaster=disaster)
        if limit is None or until <= update.at:
            continue
        asked = True
        if max(update.at + limit, since) < until:
            return False
    return True if asked else None


def _held(case: Case, end: datetime) -> Iterator[tuple[Severity | None, datetime, datetime]]:
    """Yield each severity up to `end`, with the time from which and until which it held."""
    since = case.began
    for change in case.private.reclassified if case.private is not None else ():
        if change.at < end:
            yield change.was, since, change.at
            since = change.at
    held = severity_at(case.severity, case.private, end - _INSTANT)
    yield held, since, end


def _gaps(case: Case, settings: Settings, at: datetime) -> Iterator[bool | None]:
    """Yield for each gap while it was open whether it was short enough; None: the newest still may be."""
    assert case.public is not None
    told = [update for update in case.public.updates if update.withdrawn is None]
    for update, following in pairwise(told):
        kept = None if update.status.closes else _in_time(case, update, following.at, settings)
        if kept is not None:
            yield kept
    if told and not told[-1].status.closes:
        kept = _in_time(case, told[-1], max(at, told[-1].at), settings)
        if kept is not None:
            yield None if kept else False


def _promises(case: Case, at: datetime) -> Iterator[bool | None]:
    assert case.public is not None
    told = [update for update in case.public.updates if update.withdrawn is None]
    for number, update in enumerate(told):
        due = update.next_update_at
        if due is None and update.next_update_in is not None:
            due = update.at + update.next_update_in
        if due is None or update.status.closes:
            continue
        following = told[number + 1 : number + 2]
        if following:
            yield following[0].at <= due
        else:
            yield None if at <= due else False


def _kept(found: Iterable[bool | None]) -> Kept:
    listed = list(found)
    return Kept(
        kept=sum(each is True for each in listed),
        of=sum(each is not None for each in listed),
        open=sum(each is None for each in listed),
    )
