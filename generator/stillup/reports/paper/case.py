"""Everything that is known of one incident at an instant, for those who write about it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from stillup.amount import money
from stillup.frozen import dataclass
from stillup.records.incident import Incident, Update
from stillup.records.inventory import Components
from stillup.records.private.incident import PrivateIncident
from stillup.records.private.store import Private
from stillup.records.settings import Settings
from stillup.reports.contact import called
from stillup.reports.paper.paper import Paper, plain
from stillup.reports.paper.pen import Pen
from stillup.timeline.claim import Claim
from stillup.timeline.clock import board
from stillup.timeline.clock.clock import Clock
from stillup.timeline.clock.matter import Matter
from stillup.timeline.course import Course, course
from stillup.timeline.length import lasted
from stillup.vocabulary import ClockState, CostKind, Severity

_FIELDS = {
    "aware_at": "becoming aware",
    "classified_at": "classifying it",
    "notified_at": "the first notice",
    "recovered_at": "recovery",
}
"""From when the time of a notice runs, in words instead of the record's field."""

STATES: Mapping[ClockState, str] = {
    ClockState.OK: "running",
    ClockState.AT_RISK: "**less than a quarter of the time is left**",
    ClockState.OVERDUE: "**OVERDUE**",
    ClockState.MET: "met",
    ClockState.LATE: "done late",
    ClockState.MISSED: "missed",
}
"""How a duty stands, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident at an instant."""

    matter: Matter
    course: Course | None
    """None where the whole incident is private."""

    clocks: tuple[Clock, ...]
    """Those of this incident."""

    components: Components
    private: Private
    """As far as it was known at `at`."""

    settings: Settings
    at: datetime
    commit: str

    @property
    def id(self) -> str:
        """The incident's id."""
        return self.matter.id

    @property
    def known(self) -> PrivateIncident:
        """The private record; an empty one where there is none."""
        return self.matter.private or PrivateIncident(id=self.id, whole=self.matter.public is None)

    @property
    def public(self) -> Incident | None:
        """The public record, as far as it was public."""
        return self.matter.public

    @property
    def told(self) -> tuple[Update, ...]:
        """What was published and still counts, oldest first."""
        return tuple(each for each in self.public.updates if each.withdrawn is None) if self.public else ()

    @property
    def title(self) -> str:
        """What it is about, as Markdown."""
        return plain(self.public.title if self.public else self.known.title)

    @property
    def reference(self) -> str:
        """Our own name for it; its id where it has none."""
        return (self.public.reference if self.public else "") or self.known.reference or self.id

    @property
    def severity(self) -> Severity | None:
        """Its class."""
        return self.matter.severity

    @property
    def organisation(self) -> str:
        """Whose page it is."""
        return self.settings.organisation or self.settings.site_name

    @property
    def place(self) -> str:
        """Where its page is; empty where the whole incident is private or the page has no address."""
        return f"{self.settings.site_url}incidents/{self.id}/" if self.public and self.settings.site_url else ""

    def newest(self, field: str) -> str:
        """Return the newest public text of a field; a text without a new version still holds."""
        return next((text for each in reversed(self.told) if (text := getattr(each, field))), "")

    @property
    def lasted(self) -> timedelta:
        """How long customers noticed, so far where it is open; the time before a reopening is left out."""
        if self.course is not None and self.public is not None:
            return lasted(self.course, self.public, self.at)
        return max(timedelta(0), (self.matter.recovered or self.at) - self.matter.began)

    @property
    def noticed(self) -> str:
        """What customers notice, on one line: `impact_text`, else, while it is open, the first public words."""
        first = self.told[0].body if self.told and self.matter.closed is None else ""
        return " ".join((self.newest("impact_text") or first).split())

    def claims(self, components: Iterable[str] | None = None) -> tuple[Claim, ...]:
        """Return who was affected when, of `components` or of all."""
        found = self.course.claims if self.course is not None else ()
        wanted = None if components is None else set(components)
        return tuple(each for each in found if wanted is None or each.component in wanted)

    def name(self, component: str) -> str:
        """Return what a component is called, as Markdown."""
        known = self.components.by_id.get(component)
        return plain(known.name if known else component)

    @property
    def systems(self) -> tuple[str, ...]:
        """The names of the components that were affected, in the page's order."""
        touched = {claim.component for claim in self.claims()}
        return tuple(plain(each.name) for each in self.components.components if each.id in touched)

    def who(self, role: str) -> str:
        """Return what a role is called, as Markdown."""
        return plain(called(self.private.roster, role))

    def rule(self, clock: Clock) -> str:
        """Return why a duty is due, as Markdown: with roles as people call them."""
        words = {id: called(self.private.roster, id) for id in self._roles()} | _FIELDS
        known = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})(?![\w-])")
        said = known.sub(lambda found: words[found[1]], clock.rule)
        return plain(said[:1].upper() + said[1:])

    def _roles(self) -> Iterator[str]:
        """Yield the ids of the roles of the plan."""
        plan = self.settings.plan
        yield plan.escalation.first
        yield from (rung.to for rung in plan.escalation.chain)
        for trigger in plan.triggers.values():
            yield from trigger.to

    @property
    def promise(self) -> str:
        """When the next public update comes, as Markdown: `by ...`, or that it is overdue; empty where none is due."""
        due = self.told[-1].next_update_at if self.told and self.matter.closed is None else None
        if due is None:
            return ""
        return f"by {self.time(due)}" if self.is_ahead(due) else f"**OVERDUE** since {self.time(due)}"

    def is_past(self, day: date) -> bool:
        """Whether a day is over in the page's zone."""
        return day < self.day(self.at)

    def day(self, moment: datetime) -> date:
        """Return the day of an instant in the page's zone."""
        return moment.astimezone(ZoneInfo(self.settings.timezone)).date()

    def is_ahead(self, moment: datetime) -> bool:
        """Whether an instant is still to come."""
        return moment > self.at

    def time(self, moment: datetime) -> str:
        """Return an instant in UTC and, where it is another, in the page's zone."""
        said = f"{moment:%Y-%m-%d %H:%M} UTC"
        if self.settings.timezone == "UTC":
            return said
        local = moment.astimezone(ZoneInfo(self.settings.timezone))
        return f"{said} ({local:%Y-%m-%d %H:%M} {self.settings.timezone})"

    def costs(self, *kinds: CostKind) -> dict[str, Decimal]:
        """Return the sum by currency of the costs of `kinds`, or of all."""
        sums: dict[str, Decimal] = {}
        for cost in self.known.costs:
            if not kinds or cost.kind in kinds:
                sums[cost.currency] = sums.get(cost.currency, Decimal(0)) + cost.amount
        return dict(sorted(sums.items()))

    def without_threshold(self) -> dict[str, Decimal]:
        """Return the costs in currencies in which the plan has no threshold: they are compared with nothing."""
        triggers = self.settings.plan.triggers.values()
        known = {each.currency for each in triggers if each.active and each.amount is not None}
        return {currency: amount for currency, amount in self.costs().items() if currency not in known}

    def paper(self, kind: str, title: str, pen: Pen, definitions: str = "", **more: object) -> Paper:
        """Return the document that `pen` wrote, with its foot."""
        numbers = more.pop("numbers", {})
        beside = more.pop("beside", {})
        assert not more and isinstance(numbers, dict) and isinstance(beside, dict)
        foot = f"As of {self.time(self.at)}, from the records of commit {self.commit or '(none)'}. {self.reference}."
        if pen.gaps:
            foot += f" {len(pen.gaps)} {'thing is' if len(pen.gaps) == 1 else 'things are'} missing above."
        return Paper(
            kind=kind,
            subject=self.id,
            title=title,
            text=pen.text,
            foot=f"{foot}\n\n{definitions}".strip(),
            numbers=numbers,
            gaps=tuple(pen.gaps),
            beside=beside,
        )


def case(
    incidents: tuple[Incident, ...],
    components: Components,
    private: Private,
    settings: Settings,
    id: str,
    at: datetime,
    commit: str,
) -> Case | None:
    """Return what is known of the incident `id` at `at`; None where no real incident of that id is known by then."""
    own = tuple(each for each in incidents if each.id == id)
    known = private.known(at)
    matter = next((each for each in board.matters(own, components, known, settings, at) if each.id == id), None)
    if matter is None:
        return None
    clocks = board.clocks(own, components, private, settings, at)
    told = course(own[0], at) if matter.public is not None else None
    mine = tuple(each for each in clocks if each.incident == id)
    return Case(
        matter=matter,
        course=told,
        clocks=mine,
        components=components,
        private=known,
        settings=settings,
        at=at,
        commit=commit,
    )


def amounts(sums: Mapping[str, Decimal]) -> str:
    """Return amounts as people write them; empty where there is none."""
    return ", ".join(money(amount, currency) for currency, amount in sums.items())


def span(time: timedelta) -> str:
    """Return a length of time: `1 h 35 min`."""
    minutes = int(time.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = (f"{days} d" if days else "", f"{hours} h" if hours else "", f"{rest} min" if rest else "")
    return " ".join(filter(None, parts)) or "under a minute"
