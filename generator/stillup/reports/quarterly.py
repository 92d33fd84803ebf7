"""The plan's quarterly trend analysis. No sentence stands here without a number."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from stillup.reports import figure, incident, measure, standing, target, wording
from stillup.reports.definition import definitions, running
from stillup.reports.document import Document, Facts, Part, Points, Section, Table, Text
from stillup.reports.expense import apart, balance, lines
from stillup.reports.metrics import frequency_chart, repeat_points, trend_chart
from stillup.reports.survey import Score, Survey
from stillup.timeline.metric import Metric, measured
from stillup.timeline.metric_case import Case
from stillup.timeline.metric_frequency import causes
from stillup.timeline.metric_period import Period
from stillup.timeline.metric_word import words

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def quarterly(survey: Survey, period: Period) -> Document:
    """Return the analysis of a quarter against the one before."""
    cases = survey.counted(period)
    found = standing.standings(survey, period)
    earlier = {each.id: each for each in standing.standings(survey, period.before)}
    months = (*period.before.each_month, *survey.begun(period))
    sections = [
        Section(
            title="Incident patterns",
            parts=(
                month_table(survey, months),
                Points(points=_patterns(survey, cases, period)),
                repeat_points(survey, cases),
            ),
        ),
        Section(
            title="Reliability by component",
            parts=(
                standing.component_table(found, earlier, period.before.title),
                frequency_chart(survey, cases),
            ),
        ),
        Section(
            title="Team response",
            parts=(
                measure.metric_table(survey, period),
                target.target_table(survey, cases),
                measure.word_facts(words(cases, survey.settings, survey.at)),
                trend_chart(survey, months),
            ),
        ),
        Section(title="Vendors", parts=(vendor_table(survey, found, cases),)),
    ]
    if survey.scores is not None:
        sections.append(Section(title="Customer satisfaction", parts=(satisfaction(survey, cases, period),)))
    sections += [
        Section(title="Where reliability work pays most", parts=recommendations(survey, found, cases)),
        Section(title="Costs", parts=(balance(lines(survey, period), apart(survey, period)),)),
        incident.incident_section(survey, period, cases),
    ]
    return Document(
        path=f"quarterly/{period.name}",
        title=f"Quarterly Trend Analysis - {period.title}",
        origin=survey.origin,
        sections=tuple(sections),
        note=running(survey, period),
        definitions=definitions(survey, period, period.before),
        numbers={
            "this": figure.figures(survey, period),
            "before": figure.figures(survey, period.before),
            "months": month_counts(survey, months),
            "priorities": [
                {
                    "component": each.id,
                    "incidents": each.incidents,
                    "weighted_seconds": Decimal(each.measured.cost) / 1000,
                }
                for each in priorities(found)
            ],
        },
        sheets=(incident.incident_sheet(survey, cases), standing.component_sheet(found), measure.metric_sheet(cases)),
    )


def month_table(survey: Survey, months: Sequence[Period]) -> Table:
    """Return a row for each month: how many incidents, of which severity, how long."""
    severities = [
        name for name, _ in measure.severity_parts([each for month in months for each in survey.counted(month)])
    ]
    heads = ("Month", "Incidents", *severities, "MTTR", "n", "Duration", "n")
    rows = tuple(_month_row(survey, month, severities) for month in months)
    return Table(heads=heads, rows=rows, numbers=frozenset(range(1, len(heads))))


def month_counts(survey: Survey, months: Sequence[Period]) -> dict[str, int | None]:
    """Return how many incidents began in each month; None in one of which nothing is known."""
    return {month.name: len(survey.counted(month)) if survey.knows(month) else None for month in months}


def _month_row(survey: Survey, month: Period, severities: Sequence[str]) -> tuple[str, ...]:
    if not survey.knows(month):
        return (month.title, wording.UNKNOWN, *[wording.NOTHING] * (len(severities) + 4))
    cases = survey.counted(month)
    counts = Counter(wording.severity(case.severity) for case in cases)
    resolved, lasted = measured(Metric.MTTR, cases), measured(Metric.DURATION, cases)
    times = (wording.minutes(resolved.mean), str(resolved.n), wording.minutes(lasted.mean), str(lasted.n))
    title = month.title if month.start >= survey.known_from else f"{month.title}, from {_day(survey)}"
    return (title, str(len(cases)), *(str(counts[name]) for name in severities), *times)


def _day(survey: Survey) -> str:
    return f"{survey.known_from.astimezone(ZoneInfo(survey.settings.timezone)):%Y-%m-%d}"


def vendor_table(survey: Survey, found: Sequence[standing.Standing], cases: Sequence[Case]) -> Table:
    """Return how the services of others did that components rest on."""
    rows = []
    for each in found:
        vendor = survey.components.by_id[each.id].vendor
        if vendor:
            lasted = measured(Metric.DURATION, [case for case in cases if each.id in case.components])
            name = vendor.get("name") or vendor.get("component") or vendor.get("statuspage") or ""
            rows.append(
                (
                    f"{name} ({each.name})",
                    str(each.incidents),
                    wording.percent(each.measured.thousandths),
                    wording.minutes(each.weighted),
                    wording.with_n(lasted),
                )
            )
    heads = ("Vendor", "Incidents", "Availability", "Weighted outage", "Duration")
    otherwise = "0 components name a vendor."
    return Table(heads=heads, rows=tuple(rows), numbers=frozenset({1, 2, 3}), otherwise=otherwise)


def priorities(found: Sequence[standing.Standing]) -> tuple[standing.Standing, ...]:
    """Return the three components with most weighted outage times incidents, those without either left out."""
    worst = sorted(found, key=lambda each: (-each.measured.cost * each.incidents, each.id))
    return tuple(each for each in worst[:3] if each.measured.cost and each.incidents)


def recommendations(survey: Survey, found: Sequence[standing.Standing], cases: Sequence[Case]) -> tuple[Part, ...]:
    """Return where to invest: three components by weighted minutes times incidents, and what failed there."""
    rows = []
    for each in priorities(found):
        touched = [case for case in cases if each.id in case.components]
        named = ", ".join(f"{name} {count}" for name, count in causes(touched)) or "0 with a cause"
        rows.append(
            (
                each.name,
                str(each.incidents),
                wording.minutes(each.weighted),
                f"{each.weighted / 60 * each.incidents:,.0f}",
                named,
            )
        )
    heads = ("Component", "Incidents", "Weighted outage", "Minutes x incidents", "Causes")
    otherwise = f"0 of {len(found)} components had both an outage and an incident."
    return (
        Table(heads=heads, rows=tuple(rows), numbers=frozenset({1, 2, 3}), otherwise=otherwise),
        Text(
            text="Ranked by weighted minutes times incidents, the first 3. What would be saved is not estimated.",
            quiet=True,
        ),
    )


def satisfaction(survey: Survey, cases: Sequence[Case], period: Period) -> Facts:
    """Return the mean score on days with an incident and on the others, weighted by responses."""
    zone = ZoneInfo(survey.settings.timezone)
    days = {case.began.astimezone(zone).date() for case in cases}
    scores = [each for each in survey.scores or () if period.first <= each.day < period.beyond]
    during = [each for each in scores if each.day in days]
    others = [each for each in scores if each.day not in days]
    return Facts(
        facts=(
            ("Days on which an incident began", _mean(during)),
            ("Other days", _mean(others)),
            ("Together", _mean(scores)),
        )
    )


def _mean(scores: Sequence[Score]) -> str:
    responses = sum(each.responses for each in scores)
    if not responses:
        return "0 responses"
    mean = sum((each.score * each.responses for each in scores), Decimal(0)) / responses
    return f"{mean:.2f} ({wording.counted(responses, 'response')} on {wording.counted(len(scores), 'day')})"


def _patterns(survey: Survey, cases: Sequence[Case], period: Period) -> tuple[str, ...]:
    told = [f"{wording.counted(len(cases), 'incident')}, {incident.change(survey, period)}."]
    if not cases:
        return tuple(told)
    zone = ZoneInfo(survey.settings.timezone)
    local = [case.began.astimezone(zone) for case in cases]
    weekdays = Counter(moment.weekday() for moment in local)
    most = max(weekdays.values())
    days = " or ".join(_DAYS[day] for day in sorted(weekdays) if weekdays[day] == most)
    each = " each" if " or " in days else ""
    told.append(f"The days on which most began: {days}, {wording.share(most, len(cases))}{each}.")
    work = sum(moment.weekday() < 5 and 9 <= moment.hour < 17 for moment in local)
    told.append(
        f"On a working day between 9:00 and 17:00 {survey.settings.timezone}: {wording.share(work, len(cases))}."
    )
    several = sum(len(case.components) > 1 for case in cases)
    told.append(f"With more than one component: {wording.share(several, len(cases))}.")
    told += [f"Cause {name}: {wording.share(count, len(cases))}." for name, count in causes(cases)]
    unnamed = sum(case.cause is None for case in cases)
    told.append(f"Without a cause category: {wording.share(unnamed, len(cases))}.")
    return tuple(told)
