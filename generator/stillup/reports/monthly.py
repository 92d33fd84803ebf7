"""The plan's Monthly Incident Report: its headings in its order, and below them what the numbers rest on."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from stillup.reports import action, figure, incident, measure, standing, target, wording
from stillup.reports.definition import definitions, running
from stillup.reports.document import Document, Facts, Part, Points, Section, Table, Text
from stillup.reports.expense import improvement_lines
from stillup.reports.survey import Survey, by_severity
from stillup.timeline.metric import Metric, measured
from stillup.timeline.metric_case import Case
from stillup.timeline.metric_frequency import causes
from stillup.timeline.metric_period import Period
from stillup.timeline.metric_word import words
from stillup.vocabulary import Severity


def monthly(survey: Survey, period: Period) -> Document:
    """Return the report of a month."""
    cases = survey.counted(period)
    found = standing.standings(survey, period)
    earlier = {each.id: each for each in standing.standings(survey, period.before)}
    following = period.after
    today = survey.at.astimezone(ZoneInfo(period.zone)).date()
    return Document(
        path=f"monthly/{period.name}",
        title=f"Monthly Incident Report - {period.title}",
        origin=survey.origin,
        sections=(
            Section(title="Executive Summary", parts=(_summary(survey, period, cases, found),)),
            Section(title="Incident Breakdown", parts=(_breakdown(cases),)),
            Section(title="Top Incident Categories", parts=_categories(cases)),
            Section(
                title="Key Improvements This Month",
                parts=(
                    Points(
                        points=(
                            *(action.told(each) for each in action.done(survey, period, cases)),
                            *improvement_lines(survey, period),
                        ),
                        otherwise="0 action items are noted as done, and 0 preventive measures as paid for.",
                    ),
                ),
            ),
            Section(
                title="Action Items for Next Month",
                parts=(
                    Points(
                        points=tuple(action.told(each, today) for each in action.open_until(survey, following.beyond)),
                        otherwise=f"0 action items are open and due before {following.beyond}.",
                    ),
                ),
            ),
            Section(
                title="What the Numbers Rest On",
                parts=(
                    measure.metric_table(survey, period),
                    measure.word_facts(words(cases, survey.settings, survey.at)),
                    target.target_table(survey, cases),
                    Text(text=incident.apart_line(survey, period), quiet=True),
                ),
            ),
            Section(title="Incidents", parts=(incident.incident_table(survey, cases),)),
            Section(title="Components", parts=(standing.component_table(found, earlier, period.before.title),)),
        ),
        note=running(survey, period),
        definitions=definitions(survey, period, period.before),
        numbers={
            "this": figure.figures(survey, period),
            "before": figure.figures(survey, period.before),
            "causes": dict(causes(cases)),
        },
        sheets=(incident.incident_sheet(survey, cases), standing.component_sheet(found)),
    )


def uptime_line(found: Sequence[standing.Standing]) -> str:
    """Return the uptime achieved with its target, and how many components reached theirs."""
    promised = sorted({each.promised for each in found if each.promised is not None})
    kept = sum(each.reached is True for each in found)
    of = sum(each.reached is not None for each in found)
    if not promised:
        aim = "no component has a target"
    elif len(promised) == 1:
        aim = f"target: {promised[0]} %"
    else:
        aim = f"target: {promised[0]} to {promised[-1]} % by component"
    reached = f"; {kept} of {of} components reached theirs" if of else ""
    count = wording.counted(len(found), "component")
    return f"{wording.percent(standing.average(found))} ({aim}{reached}; mean of {count})"


def _summary(survey: Survey, period: Period, cases: Sequence[Case], found: Sequence[standing.Standing]) -> Facts:
    count = {severity: sum(case.severity is severity for case in cases) for severity in Severity}
    return Facts(
        facts=(
            ("Total incidents", f"{len(cases)} ({incident.change(survey, period, 'last month')})"),
            ("Critical incidents", f"{count[Severity.P0]} P0, {count[Severity.P1]} P1"),
            ("Average MTTR", _resolution(survey, cases)),
            ("Uptime achieved", uptime_line(found)),
        )
    )


def _resolution(survey: Survey, cases: Sequence[Case]) -> str:
    found = measured(Metric.MTTR, cases)
    limits = {
        case.severity: wanted.resolve
        for case in cases
        if case.severity is not None
        and (wanted := survey.settings.plan.severities.get(case.severity)) is not None
        and wanted.resolve is not None
    }
    told = f"{wording.in_words(found.mean)}" if found.n else "none is known"
    rest = f"n {found.n}, median {wording.minutes(found.median)}, p90 {wording.minutes(found.p90)}"
    if not limits:
        return f"{told} (target: none is set; {rest}{wording.missing(found)})"
    low, high = (int(value.total_seconds()) for value in (min(limits.values()), max(limits.values())))
    aim = wording.in_words(low) if low == high else f"{wording.in_words(low)} to {wording.in_words(high)} by severity"
    resolved = [row for row in target.in_time(survey, cases) if row[1].startswith("resolve ")]
    kept = f"{sum(row[2] for row in resolved)} of {sum(row[3] for row in resolved)} in time"
    return f"{told} (target: {aim}, {kept}; {rest}{wording.missing(found)})"


def _breakdown(cases: Sequence[Case]) -> Table:
    rows = []
    for severity, listed in by_severity(cases):
        found = measured(Metric.DURATION, listed)
        first = causes(listed)[:1]
        cause = f"{first[0][0]} ({first[0][1]} of {len(listed)})" if first else wording.NOTHING
        length = wording.in_words(found.mean) if found.n else wording.NOTHING
        rows.append((wording.severity(severity), str(len(listed)), length, cause))
    heads = ("Severity", "Count", "Avg Duration", "Primary Cause")
    return Table(heads=heads, rows=tuple(rows), numbers=frozenset({1, 2}))


def _categories(cases: Sequence[Case]) -> tuple[Part, ...]:
    points = tuple(f"{name} - {wording.counted(count, 'incident')}" for name, count in causes(cases)[:3])
    unnamed = sum(case.cause is None for case in cases)
    otherwise = f"0 of {len(cases)} incidents have a cause category."
    parts: tuple[Part, ...] = (Points(points=points, numbered=True, otherwise=otherwise),)
    if points and unnamed:
        have = "has" if unnamed == 1 else "have"
        parts += (Text(text=f"{unnamed} of {len(cases)} incidents {have} no cause category yet.", quiet=True),)
    return parts
