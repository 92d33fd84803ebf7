"""Read everything, public and private, and say what is due."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.frozen import dataclass
from stillup.pipeline.judging.private import unsound
from stillup.records import store
from stillup.records.folder import RecordFile
from stillup.records.incident import Incident
from stillup.records.moment import utc
from stillup.records.private import store as private_store
from stillup.records.private.store import Private
from stillup.records.store import Records
from stillup.timeline.clock import board, public
from stillup.timeline.clock.clock import Clock
from stillup.vocabulary import ClockState, Kind

_RECENT = timedelta(days=14)
"""For so long after its end an incident is asked for its private record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All clocks at an instant."""

    clocks: tuple[Clock, ...]
    missing: tuple[str, ...]
    """What is not watched because something is not there, a sentence each."""

    warnings: tuple[Problem, ...]
    timezone: str
    """The page's zone."""

    @property
    def overdue(self) -> int:
        """How many are overdue."""
        return sum(clock.state is ClockState.OVERDUE for clock in self.clocks)

    def shown(self, everything: bool) -> tuple[Clock, ...]:
        """Return what matters now: what is to be done, and what was done of open incidents; or all of them."""
        return tuple(clock for clock in self.clocks if everything or clock.pressing or not clock.closed)

    def document(self, everything: bool) -> dict[str, object]:
        """Return the clocks for machines."""
        return {
            "clocks": [
                {
                    "clock": each.clock,
                    "incident": each.incident,
                    "due": utc(each.due) if each.due is not None else None,
                    "state": each.state.value,
                    "audience": each.audience,
                    "rule": each.rule,
                }
                for each in self.shown(everything)
            ],
            "overdue": self.overdue,
            "missing": list(self.missing),
        }


def read(root: Path) -> tuple[Records, Private, tuple[Problem, ...]]:
    """Return everything that is written, public and private, and the warnings about both.

    Raises:
        RecordError: with every problem of every file, when one is an error.
    """
    try:
        records = store.load(root)
    except RecordError as error:
        raise RecordError((*error.problems, *unsound(root))) from None
    public = {incident.id: incident for incident in records.incidents}
    private, problems = private_store.load(root, records.settings, public, records.components)
    if any(problem.level is Level.ERROR for problem in problems):
        raise RecordError((*records.warnings, *problems))
    return records, private, (*records.warnings, *problems)


def clocks(root: Path, *, at: datetime) -> Board:
    """Return every clock of the page at `root`.

    Raises:
        RecordError: a record cannot be used.
    """
    records, private, warnings = read(root)
    found = board.clocks(records.incidents, records.components, private, records.settings, at)
    drafts, unread = _proposals(root, records)
    proposals = [public.proposed(draft, records.settings.plan, at) for draft in drafts]
    return Board(
        clocks=board.in_order([*found, *proposals], at),
        missing=(*unread, *_missing(records, private, at)),
        warnings=warnings,
        timezone=records.settings.timezone,
    )


def contacts(root: Path, *, at: datetime) -> str:
    """Return the contact sheet at `at`.

    Raises:
        RecordError: a record cannot be used.
        StillupError: there is no roster.
    """
    from stillup.reports.contact import contact_sheet

    records, private, _ = read(root)
    settings = records.settings
    if private.roster is None:
        raise StillupError(f"There is no {settings.private}/roster.yml. Write contacts: and who is called, and how.")
    name = settings.organisation or settings.site_name
    return contact_sheet(private.roster, settings.plan.escalation, name, settings.timezone, at)


def _proposals(root: Path, records: Records) -> tuple[list[Incident], list[str]]:
    """Return the drafts of `incidents/_drafts/` that are no records yet, and what is wrong with those that are none."""
    known = {incident.id for incident in records.incidents}
    drafts, unread = [], []
    for file in sorted((root / "incidents" / "_drafts").glob("*.yml")):
        place = RecordFile(id=file.stem, path=f"incidents/_drafts/{file.name}")
        draft, problems = store.incident(root, place, records.components, records.settings.timezone)
        if draft is not None and draft.id not in known and draft.kind is Kind.INCIDENT:
            drafts.append(draft)
        elif draft is None:
            wrong = next((str(each) for each in problems if each.level is Level.ERROR), place.path)
            unread.append(f"A draft cannot be read, so nobody can accept it: {wrong}")
    return drafts, unread


def _missing(records: Records, private: Private, at: datetime) -> Iterator[str]:
    folder = records.settings.private
    if not private.present:
        yield (
            f"{folder}/ is not there: acknowledgement, escalation, recovery, postmortems, action items, authorities "
            "and exercises are not watched. Put the private records there, or name their folder in mkdocs.yml."
        )
        return
    for path in private.missing:
        yield f"{path} is not there."
    for each in board.matters(records.incidents, records.components, private, records.settings, at):
        recent = each.closed is None or at - each.closed <= _RECENT
        if recent and each.id not in private.incidents:
            path = f"{folder}/incidents/{each.id}.yml"
            yield (
                f"{path} is not there: nothing shows who took it on and who further up was told, so both are due."
                if each.private is not None
                else f"{path} is not there: its acknowledgement and all that follows are not watched."
            )
