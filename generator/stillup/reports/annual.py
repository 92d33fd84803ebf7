"""The year: months side by side, and what reliability cost against what incidents cost."""

from collections.abc import Sequence

from stillup.reports import expense, figure, incident, measure, standing, target, wording
from stillup.reports.action import actions
from stillup.reports.definition import definitions, running
from stillup.reports.document import Document, Facts, Points, Section
from stillup.reports.metrics import frequency_chart, repeat_points, trend_chart
from stillup.reports.monthly import uptime_line
from stillup.reports.quarterly import month_counts, month_table, recommendations, vendor_table
from stillup.reports.survey import Survey
from stillup.timeline.metric_case import Case
from stillup.timeline.metric_frequency import causes
from stillup.timeline.metric_period import Period
from stillup.timeline.metric_word import words
from stillup.vocabulary import ActionState


def annual(survey: Survey, period: Period) -> Document:
    """Return the report of a year against the one before."""
    cases = survey.counted(period)
    found = standing.standings(survey, period)
    earlier = {each.id: each for each in standing.standings(survey, period.before)}
    months = survey.begun(period)
    costs = expense.lines(survey, period)
    return Document(
        path=f"annual/{period.name}",
        title=f"Annual Incident Report - {period.title}",
        origin=survey.origin,
        sections=(
            Section(title="The year", parts=(_summary(survey, period, cases, found),)),
            Section(
                title="Months",
                parts=(
                    month_table(survey, months),
                    trend_chart(survey, months),
                ),
            ),
            Section(
                title="Response",
                parts=(
                    measure.metric_table(survey, period),
                    target.target_table(survey, cases),
                    measure.word_facts(words(cases, survey.settings, survey.at)),
                ),
            ),
            Section(
                title="Causes",
                parts=(
                    Points(
                        points=tuple(f"{name}: {wording.share(count, len(cases))}" for name, count in causes(cases)),
                        numbered=True,
                        otherwise=f"0 of {len(cases)} incidents have a cause category.",
                    ),
                    repeat_points(survey, cases),
                ),
            ),
            Section(
                title="Components",
                parts=(
                    standing.component_table(found, earlier, period.before.title),
                    frequency_chart(survey, cases),
                ),
            ),
            Section(title="Where reliability work pays most", parts=recommendations(survey, found, cases)),
            Section(title="Vendors", parts=(vendor_table(survey, found, cases),)),
            Section(
                title="Investment against incident cost",
                parts=(expense.balance(costs, expense.apart(survey, period)), expense.month_table(survey, period)),
            ),
            Section(title="Learning", parts=(_learning(survey, period),)),
            incident.incident_section(survey, period, cases),
        ),
        note=running(survey, period),
        definitions=definitions(survey, period, period.before),
        numbers={
            "this": figure.figures(survey, period),
            "before": figure.figures(survey, period.before),
            "months": month_counts(survey, months),
            "costs": expense.numbers(costs),
        },
        sheets=(
            incident.incident_sheet(survey, cases),
            standing.component_sheet(found),
            measure.metric_sheet(cases),
            expense.cost_sheet(costs),
        ),
    )


def _summary(survey: Survey, period: Period, cases: Sequence[Case], found: Sequence[standing.Standing]) -> Facts:
    split = ", ".join(f"{len(listed)} {name}" for name, listed in measure.severity_parts(cases))
    return Facts(
        facts=(
            ("Total incidents", f"{len(cases)} ({incident.change(survey, period)})"),
            ("By severity", split),
            ("Uptime achieved", uptime_line(found)),
        )
    )


def _learning(survey: Survey, period: Period) -> Facts:
    due = [each for each in actions(survey) if period.first <= each.item.due < period.beyond]
    closed = sum(each.item.state is not ActionState.OPEN for each in due)
    drills = [each for each in survey.private.drills.values() if period.first <= each.date < period.beyond]
    held = sum(each.held_at is not None and each.held_at <= survey.at for each in drills)
    reviews = [case for case in survey.counted(period) if case.private is not None and case.private.review is not None]
    written = sum(
        case.private.review.documented_at is not None and case.private.review.documented_at <= survey.at
        for case in reviews
        if case.private is not None and case.private.review is not None
    )
    return Facts(
        facts=(
            ("Action items due in the year and closed", wording.share(closed, len(due))),
            ("Drills planned and held", wording.share(held, len(drills))),
            ("Postmortems begun and written", wording.share(written, len(reviews))),
        )
    )
