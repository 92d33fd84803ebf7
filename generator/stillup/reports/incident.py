"""Which incidents there were: in a line each, with their exact times, and what is left out of all figures."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from stillup.reports import wording
from stillup.reports.document import Section, Sheet, Table, Text
from stillup.reports.survey import Survey
from stillup.timeline.metric import Metric, spent
from stillup.timeline.metric_case import Apart, Case
from stillup.timeline.metric_frequency import repeats
from stillup.timeline.metric_period import Period


def change(survey: Survey, period: Period, called: str = "") -> str:
    """Return how many more or fewer incidents `period` has than the one before, which may be `called` otherwise."""
    named = called or period.before.title
    if not survey.knows(period.before):
        return f"nothing is known of {named}"
    return wording.change(len(survey.counted(period)), len(survey.counted(period.before)), named)


def incident_section(survey: Survey, period: Period, cases: Sequence[Case]) -> Section:
    """Return every incident of `period`, and below them what is left out of all figures."""
    parts = (incident_table(survey, cases), Text(text=apart_line(survey, period), quiet=True))
    return Section(title="Incidents", parts=parts)


def incident_table(survey: Survey, cases: Sequence[Case]) -> Table:
    """Return every incident in a line."""
    zone = ZoneInfo(survey.settings.timezone)
    rows = tuple(
        (
            f"{case.began.astimezone(zone):%Y-%m-%d %H:%M}",
            wording.severity(case.severity),
            case.title + (" (private)" if case.public is None else ""),
            wording.listed([survey.name(name) for name in case.components]),
            _length(survey, case),
            case.cause or wording.NOTHING,
        )
        for case in cases
    )
    heads = (f"Began ({survey.settings.timezone})", "Severity", "Incident", "Components", "Duration", "Cause")
    return Table(heads=heads, rows=rows, numbers=frozenset({4}), otherwise="No incidents.")


def incident_sheet(survey: Survey, cases: Sequence[Case]) -> Sheet:
    """Return every incident with its exact times."""
    again = {each.id: each.earlier for each in repeats(cases, survey.counted())}
    rows = tuple(
        (
            case.id,
            case.title,
            wording.severity(case.severity),
            case.impact,
            " ".join(case.components),
            case.cause,
            *(case.began, case.detected, case.acknowledged, case.mitigated, case.ended, case.closed, case.first_word),
            *(seconds(metric, case) for metric in Metric),
            again.get(case.id),
            case.public is None,
        )
        for case in cases
    )
    heads = (
        *("incident", "title", "severity", "impact", "components", "cause"),
        *("started_at", "detected_at", "acknowledged_at", "mitigated_at", "ended_at", "resolved_at", "first_word_at"),
        *(f"{metric.value}_seconds" for metric in Metric),
        *("repeats", "private"),
    )
    return Sheet(name="incidents", heads=heads, rows=rows)


def apart_line(survey: Survey, period: Period) -> str:
    """Return what is left out of all figures."""
    found = survey.apart(period)
    words_of = {
        Apart.DRILL: ("drill", "drills"),
        Apart.MAINTENANCE: ("maintenance", "maintenances"),
        Apart.FALSE_ALARM: ("false alarm", "false alarms"),
        Apart.DUPLICATE: ("duplicate", "duplicates"),
    }
    told = ", ".join(f"{count} {words_of[why][count != 1]}" for why, count in found.items())
    return f"Not counted in {period.title}: {told}."


def _length(survey: Survey, case: Case) -> str:
    if case.ended is None:
        return f"{wording.minutes(int(case.lasted.total_seconds()))}, open"
    return wording.minutes(seconds(Metric.DURATION, case))


def seconds(metric: Metric, case: Case) -> int | None:
    """Return what `metric` is of one case; None where it is not known."""
    value = spent(metric, case)
    return int(value.total_seconds()) if value is not None else None
