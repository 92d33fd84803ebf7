"""The evidence bundle of a period: a checklist for an auditor, and below it what each line of it rests on.

The criteria are those of the Trust Services Criteria (AICPA, 2017, points of focus of 2022), in our own words.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from stillup.records.moment import utc
from stillup.reports import incident, target
from stillup.reports.action import Action, actions
from stillup.reports.compliance_delivery import (
    chain,
    chains,
    cut,
    delivery_counts,
    delivery_sheet,
    delivery_table,
    erased,
)
from stillup.reports.definition import bounds, unfinished, unknown
from stillup.reports.document import Document, Points, Section, Sheet, Table, Text
from stillup.reports.evidence import LOST, Chained, Commit, Evidence
from stillup.reports.survey import Survey
from stillup.reports.wording import NOTHING, counted, listed
from stillup.timeline.clock.clock import Clock
from stillup.timeline.metric_case import Case
from stillup.timeline.metric_period import Period
from stillup.timeline.metric_word import Kept, words
from stillup.vocabulary import ActionState, ClockState

_FAILED = (ClockState.LATE, ClockState.MISSED, ClockState.OVERDUE)


def compliance(survey: Survey, period: Period, evidence: Evidence) -> Document:
    """Return the bundle's document."""
    cases = survey.counted(period)
    items = _items(survey, period)
    lines = tuple(_checklist(survey, period, cases, items, evidence))
    open_ = tuple(f"{criterion}: {said}" for criterion, _, _, found in lines for said in found)
    return Document(
        path=f"compliance/{period.name}/compliance",
        title=f"SOC 2 Evidence - {period.title}",
        origin=survey.origin,
        sections=(
            Section(
                title="Checklist",
                parts=(
                    Table(
                        heads=("Criterion", "What it asks for", "Evidence", "Exceptions"),
                        rows=tuple(
                            (criterion, asked, shown, str(len(found)) if found else "none")
                            for criterion, asked, shown, found in lines
                        ),
                        numbers=frozenset({3}),
                    ),
                ),
            ),
            Section(title="Exceptions", parts=(Points(points=open_, otherwise="None was found."),)),
            Section(title="Incidents", parts=(incident.incident_table(survey, cases), *_targets(survey, cases))),
            Section(title="Duties", parts=(_duties(evidence.clocks),)),
            Section(title="Changes of What Is Published", parts=(_commits(evidence.commits),)),
            Section(
                title="Deliveries", parts=(delivery_table(evidence.deliveries), *erased(evidence), *chains(evidence))
            ),
            Section(title="Exercises", parts=(_drills(survey, evidence.drills),)),
            Section(title="Action Items", parts=(_actions(items, survey),)),
            Section(
                title="How to Check It",
                parts=(
                    Text(text="SHA256SUMS stands beside this document and has the hash of each file of the bundle:"),
                    Text(text="sha256sum --check SHA256SUMS"),
                    Text(text="Commits are checked in the repository: git log --show-signature."),
                    Text(text="The ledger is checked by: stillup ledger verify. Its last hash stands above."),
                ),
            ),
        ),
        note=" ".join(filter(None, (unfinished(survey, period), unknown(survey, period)))),
        definitions=(
            *bounds(survey, period),
            "An exception is what a criterion asks for and no record shows; whether it matters is for the auditor.",
            "Incidents: those that began in the period. Drills, maintenance, false alarms and duplicates do not count."
            " What is later than the instant of this document is not in it: no commit, no delivery.",
            "Signed: git says of the signature that it is good. Approved: an Approved-by or Reviewed-by line of the "
            "commit names somebody else than its author, or later commits that do approve every text that it brought.",
            "Deliveries: those whose newest receipt came in the period; without any receipt those lost in it: "
            "claimed and never answered, or too late to be sent. Those erased from the ledger belong to the period in "
            "which everybody's standing was decided. The ledger names nobody.",
            "Duties: targets, escalations, notices, reviews and action items by the plan of the settings; late, missed "
            "and overdue ones are exceptions. So is a notice that is asked for without undue delay, while nothing "
            "shows it.",
            "Action items: no record says on which day one was closed. Late is what is open after its day.",
        ),
        numbers={
            "period": period.name,
            "checklist": [
                {"criterion": criterion, "evidence": shown, "exceptions": list(found)}
                for criterion, _, shown, found in lines
            ],
            "deliveries": delivery_counts(evidence),
            "ledger": chain(evidence.ledger),
            "event_log": chain(evidence.log),
        },
        sheets=tuple(_sheets(survey, cases, items, evidence)),
    )


def _checklist(
    survey: Survey, period: Period, cases: Sequence[Case], items: Sequence[Action], evidence: Evidence
) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Yield each criterion: its number, what it asks for, what shows it, and what does not."""
    told = words(cases, survey.settings, survey.at)
    lost = Counter[str]()
    for each in evidence.deliveries:
        lost.update({f"{each.channel}: {word}": n for word, n in each.counts.items() if n and word in LOST})
    accepted = sum(each.counts.get("accepted", 0) for each in evidence.deliveries)
    yield (
        "CC2.3",
        "Those outside are told of what concerns them",
        f"{counted(told.updates, 'update')}, cadence kept {told.cadence.kept} of {told.cadence.of}; "
        f"{counted(accepted, 'message')} accepted",
        (
            *((_without("ledger", "who was told is on no record"),) if evidence.ledger is None else ()),
            *(f"messages of {name}: {count}" for name, count in sorted(lost.items())),
            *_broken("gaps between updates that were too long", told.cadence),
            *_broken("updates that came later than promised", told.promises),
            *(f"{each.incident}: {each.clock} overdue" for each in evidence.clocks if _is_silence(each)),
        ),
    )
    yield (
        "CC7.3",
        "Events are evaluated: are they incidents, and how grave",
        f"{counted(len(cases), 'incident')}, "
        f"{sum(case.severity is not None and not case.suggested for case in cases)} classed",
        tuple(
            f"{what}: {len(ids)} of {len(cases)} ({listed(ids)})"
            for what, ids in (
                ("no severity on record", [case.id for case in cases if case.severity is None or case.suggested]),
                ("no private record of how it was handled", [case.id for case in cases if case.private is None]),
            )
            if ids
        ),
    )
    response = [each for each in evidence.clocks if _kind(each) in _RESPONSE]
    yield _of_clocks("CC7.4", "Incidents are answered by a plan, and those who must know are told", response)
    recovery = [
        each for each in evidence.clocks if _kind(each) not in (*_RESPONSE, *_WORDS, *_NOTICES, "action", "draft")
    ]
    yield _of_clocks("CC7.5", "Incidents are recovered from and learned from", recovery)
    late = [each for each in items if _is_late(each, _today(survey))]
    closed = [each for each in items if each.item.state is not ActionState.OPEN]
    yield (
        "CC4.2",
        "Deficiencies are mended in time",
        f"{len(closed)} of {len(items)} action items closed, each with evidence",
        tuple(f"{each.item.title} ({each.source}) was due on {each.item.due}" for each in late),
    )
    commits = evidence.commits
    yield (
        "CC8.1",
        "Changes are authorised and approved",
        f"commits: {len(commits)}, {sum(each.signed for each in commits)} signed, "
        f"{sum(each.second for each in commits)} approved by a second person"
        if commits is not None
        else "none",
        _unauthorised(commits),
    )
    broken = [fault for chain in (evidence.ledger, evidence.log) if chain is not None for fault in chain.faults]
    yield (
        "CC7.2",
        "Records cannot be changed unnoticed",
        f"{_proved('ledger', evidence.ledger)}; {_proved('event log', evidence.log)}",
        (
            *broken,
            *((_without("event log", "what was public when is proved by git alone"),) if evidence.log is None else ()),
        ),
    )
    held = sum(each.state in (ClockState.MET, ClockState.LATE) for each in evidence.drills)
    yield (
        "A1.3",
        "Recovery is practised",
        f"{held} of {len(evidence.drills)} exercises held, {sum(map(_is_ahead, evidence.drills))} not due yet",
        tuple(
            f"{each.clock.removeprefix('drill/')}: {each.state}" for each in evidence.drills if each.state in _FAILED
        ),
    )
    notices = [each for each in evidence.clocks if _kind(each) in _NOTICES]
    yield _of_clocks("P6.6", "People and authorities are told of breaches", notices)


_RESPONSE = ("acknowledge", "respond", "escalation", "trigger")
_WORDS = ("cadence", "promise")
_NOTICES = ("regime", "breach")
_STATES = {ClockState.OK: "not due yet", ClockState.AT_RISK: "not due yet"}


def _proved(name: str, chain: Chained | None) -> str:
    if chain is None:
        return f"no {name}"
    return f"{name}: {counted(chain.lines, 'line')}, {'NOT whole' if chain.faults else 'whole'}"


def _broken(what: str, kept: Kept) -> tuple[str, ...]:
    return (f"{what}: {kept.of - kept.kept}",) if kept.kept < kept.of else ()


def _is_silence(clock: Clock) -> bool:
    """Whether an incident that is open waits for an update that is overdue."""
    return _kind(clock) in _WORDS and clock.state is ClockState.OVERDUE


def _without(what: str, so: str) -> str:
    return f"There is no {what}, so {so}."


def _kind(clock: Clock) -> str:
    return clock.clock.partition("/")[0]


def _of_clocks(criterion: str, asked: str, clocks: Sequence[Clock]) -> tuple[str, str, str, tuple[str, ...]]:
    met = sum(each.state is ClockState.MET for each in clocks)
    ahead = sum(map(_is_ahead, clocks))
    failed = tuple(
        f"{each.incident}: {each.clock}, {'not done' if _is_pending(each) else each.state} ({each.rule})"
        for each in clocks
        if each.state in _FAILED or _is_pending(each)
    )
    return criterion, asked, f"{met} of {len(clocks)} duties met, {ahead} not due yet", failed


def _is_ahead(clock: Clock) -> bool:
    """Whether a duty has a time that is still to come."""
    return clock.state in _STATES and clock.due is not None


def _is_pending(clock: Clock) -> bool:
    """Whether a duty without a time, which is to be done without undue delay, is not done."""
    return clock.state in _STATES and clock.due is None


def _unauthorised(commits: Sequence[Commit] | None) -> tuple[str, ...]:
    if commits is None:
        return (_without("git repository", "nobody can say who changed what"),)
    plain = sum(not each.signed for each in commits)
    alone = sum(not each.second for each in commits)
    said = (
        (plain, f"commits without a good signature: {plain} of {len(commits)} (compliance-commits.csv)"),
        (alone, f"commits that name no second person: {alone} of {len(commits)} (compliance-commits.csv)"),
    )
    return tuple(told for count, told in said if count)


def _items(survey: Survey, period: Period) -> tuple[Action, ...]:
    """Return the action items that were due in the period or follow from what began in it, and older open ones."""
    ids = {case.id for case in survey.counted(period)}
    return tuple(
        each
        for each in actions(survey)
        if period.first <= each.item.due < period.beyond
        or each.source in ids
        or (each.item.state is ActionState.OPEN and each.item.due < period.beyond)
    )


def _today(survey: Survey) -> date:
    return survey.at.astimezone(ZoneInfo(survey.settings.timezone)).date()


def _targets(survey: Survey, cases: Sequence[Case]) -> tuple[Table, ...]:
    return (target.target_table(survey, cases),) if cases else ()


def _duties(clocks: Iterable[Clock]) -> Table:
    found: dict[str, Counter[str]] = {}
    for each in clocks:
        state = "pending" if _is_pending(each) else "ahead" if _is_ahead(each) else each.state
        found.setdefault(_kind(each), Counter())[state] += 1
    heads = ("Duty", "Met", "Late", "Missed", "Overdue", "Not done, no limit", "Not due yet")
    rows = tuple(
        (
            name,
            str(states[ClockState.MET]),
            str(states[ClockState.LATE]),
            str(states[ClockState.MISSED]),
            str(states[ClockState.OVERDUE]),
            str(states["pending"]),
            str(states["ahead"]),
        )
        for name, states in sorted(found.items())
    )
    return Table(heads=heads, rows=rows, numbers=frozenset(range(1, 7)), otherwise="No incident began in the period.")


def _commits(commits: Sequence[Commit] | None) -> Table:
    heads = ("When", "Commit", "What", "Author", "Signature", "Approved by")
    rows = tuple(
        (utc(each.at), each.id[:10], each.subject, each.author, each.signature, ", ".join(each.approved) or NOTHING)
        for each in (commits or ())
    )
    return cut(heads, rows, "compliance-commits.csv", "No commit of the period changed records, settings or wording.")


def _drills(survey: Survey, clocks: Sequence[Clock]) -> Table:
    rows = tuple(
        (
            each.clock.removeprefix("drill/"),
            each.rule,
            str(each.due)[:10] if each.due else NOTHING,
            _STATES.get(each.state, str(each.state)),
        )
        for each in clocks
    )
    return Table(heads=("Exercise", "Rule", "Due", "State"), rows=rows, otherwise="The plan asks for none.")


def _actions(items: Sequence[Action], survey: Survey) -> Table:
    today = _today(survey)
    rows = tuple(
        (
            each.item.title,
            each.item.owner,
            str(each.item.due),
            "overdue" if _is_late(each, today) else str(each.item.state),
            each.item.evidence or NOTHING,
            each.source,
        )
        for each in items
    )
    return Table(heads=("What", "Who", "Due", "State", "Evidence", "From"), rows=rows, otherwise="There are none.")


def _is_late(each: Action, today: date) -> bool:
    return each.item.state is ActionState.OPEN and each.item.due < today


def _sheets(survey: Survey, cases: Sequence[Case], items: Sequence[Action], evidence: Evidence) -> Iterator[Sheet]:
    yield incident.incident_sheet(survey, cases)
    yield Sheet(
        name="commits",
        heads=("commit", "at", "author", "committer", "signature", "approved_by", "subject", "paths"),
        rows=tuple(
            (each.id, each.at, each.author, each.committer, each.signature, "; ".join(each.approved), each.subject,
             "; ".join(each.paths))
            for each in evidence.commits or ()
        ),
    )  # fmt: skip
    yield delivery_sheet(evidence.deliveries)
    yield Sheet(
        name="duties",
        heads=("incident", "duty", "due", "state", "audience", "rule"),
        rows=tuple(
            (each.incident, each.clock, each.due, each.state, each.audience, each.rule)
            for each in (*evidence.clocks, *evidence.drills)
        ),
    )
    yield Sheet(
        name="actions",
        heads=("source", "id", "title", "owner", "due", "priority", "state", "evidence"),
        rows=tuple(
            (each.source, each.item.id, each.item.title, each.item.owner, each.item.due, each.item.priority,
             each.item.state, each.item.evidence)
            for each in items
        ),
    )  # fmt: skip
