"""The internal dashboard: what is open now and for how long, and how the last twelve months went."""

from zoneinfo import ZoneInfo

from stillup.reports import figure, measure, target, wording
from stillup.reports.definition import definitions, unknown
from stillup.reports.document import Document, Facts, Part, Section, Table
from stillup.reports.metrics import frequency_chart, trend_chart
from stillup.reports.survey import Survey
from stillup.timeline.metric_case import Case
from stillup.timeline.metric_period import Period, month_of
from stillup.timeline.metric_word import words


def dashboard(survey: Survey) -> Document:
    """Return the page as of the survey's instant."""
    months = [month_of(survey.at, survey.settings.timezone)]
    while len(months) < 12:
        months.insert(0, months[0].before)
    whole = Period(first=months[0].first, beyond=months[-1].beyond, zone=months[0].zone)
    cases = survey.counted(whole)
    active = [case for case in survey.counted() if case.closed is None]
    open_now = Table(
        heads=("Severity", "Incident", "Age", "State", "Commander", "Components"),
        rows=tuple(_row(survey, case) for case in sorted(active, key=lambda case: (case.severity or "P9", case.began))),
        numbers=frozenset({2}),
        otherwise="0 incidents are active.",
    )
    trend = trend_chart(survey, tuple(months))
    recent: tuple[Part, ...] = (
        target.target_table(survey, cases),
        measure.word_facts(words(cases, survey.settings, survey.at)),
    )
    return Document(
        path="dashboard/index",
        title="Incident dashboard",
        origin=survey.origin,
        sections=(
            Section(title="Active incidents", parts=(_count(active, cases), open_now)),
            Section(title="MTTR by severity, the last 12 months", parts=(trend,)),
            Section(title="Incidents by component, the last 12 months", parts=(frequency_chart(survey, cases),)),
            Section(title="Performance against targets, the last 12 months", parts=recent),
            Section(
                title="How long, the last 12 months",
                parts=(measure.split_table(measure.severity_parts(cases), "Severity"),),
            ),
        ),
        note=unknown(survey, whole),
        definitions=definitions(survey, whole),
        numbers={
            "active": [
                {
                    "incident": case.id,
                    "severity": case.severity,
                    "began": case.began,
                    "age_seconds": int((survey.at - case.began).total_seconds()),
                    "components": case.components,
                }
                for case in active
            ],
            "months": {month.name: figure.figures(survey, month)["metrics"] for month in months},
            "twelve_months": figure.figures(survey, whole),
        },
        sheets=(measure.metric_sheet(cases),),
    )


def _count(active: list[Case], cases: tuple[Case, ...]) -> Facts:
    split = ", ".join(f"{len(listed)} {name}" for name, listed in measure.severity_parts(active))
    return Facts(facts=(("Active now", f"{len(active)}: {split}"), ("In the last 12 months", str(len(cases)))))


def _row(survey: Survey, case: Case) -> tuple[str, ...]:
    began = case.began.astimezone(ZoneInfo(survey.settings.timezone))
    return (
        wording.severity(case.severity),
        case.title + (" (private)" if case.public is None else ""),
        wording.minutes(int((survey.at - case.began).total_seconds())),
        f"{case.course.status.value if case.course is not None else 'private'}, since {began:%Y-%m-%d %H:%M}",
        case.private.commander if case.private is not None and case.private.commander else wording.NOTHING,
        wording.listed([survey.name(name) for name in case.components]),
    )
