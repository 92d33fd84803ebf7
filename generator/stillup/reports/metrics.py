"""All metrics of a month, a quarter or a year, with the same of the one before."""

from stillup.reports import chart, figure, incident, measure, standing, target, wording
from stillup.reports.definition import definitions, running
from stillup.reports.document import Chart, Document, Facts, Points, Section, Text
from stillup.reports.survey import Survey
from stillup.timeline.metric import Metric, measured
from stillup.timeline.metric_case import Case
from stillup.timeline.metric_frequency import by_component, repeats
from stillup.timeline.metric_period import Period
from stillup.timeline.metric_word import words


def metrics(survey: Survey, period: Period) -> Document:
    """Return the report."""
    cases = survey.counted(period)
    found = standing.standings(survey, period)
    earlier = {each.id: each for each in standing.standings(survey, period.before)}
    told = measure.word_facts(words(cases, survey.settings, survey.at))
    return Document(
        path=f"metrics/{period.name}",
        title=f"Incident metrics - {period.title}",
        origin=survey.origin,
        sections=(
            Section(title="How often", parts=(_frequency(survey, period, cases), frequency_chart(survey, cases))),
            Section(title="How long", parts=(measure.metric_table(survey, period),)),
            Section(title="By severity", parts=(measure.split_table(measure.severity_parts(cases), "Severity"),)),
            Section(
                title="By component",
                parts=(measure.split_table(measure.component_parts(survey, cases), "Component"),),
            ),
            Section(title="Against targets", parts=(target.target_table(survey, cases),)),
            Section(title="What customers were told", parts=(told,)),
            Section(
                title="Availability and error budgets",
                parts=(standing.component_table(found, earlier, period.before.title),),
            ),
            Section(title="Repeats", parts=(repeat_points(survey, cases),)),
            incident.incident_section(survey, period, cases),
        ),
        note=running(survey, period),
        definitions=definitions(survey, period, period.before),
        numbers={"this": figure.figures(survey, period), "before": figure.figures(survey, period.before)},
        sheets=(incident.incident_sheet(survey, cases), standing.component_sheet(found), measure.metric_sheet(cases)),
    )


def repeat_points(survey: Survey, cases: tuple[Case, ...]) -> Points:
    """Return which incidents came again."""
    found = repeats(cases, survey.counted())
    points = tuple(f"{each.id} repeats {each.earlier}: {each.cause}." for each in found)
    without = sum(case.cause is None for case in cases)
    otherwise = f"0 of {len(cases) - without} incidents with a cause category repeat an earlier one; {without} without."
    return Points(points=points, otherwise=otherwise)


def frequency_chart(survey: Survey, cases: tuple[Case, ...]) -> Chart | Text:
    """Return how many incidents affected each component, as bars, most first."""
    ranked = sorted(by_component(cases).items(), key=lambda pair: (-pair[1], survey.name(pair[0])))
    if not ranked:
        return Text(text="0 components were affected.", quiet=True)
    rows = [(survey.name(id), float(count)) for id, count in ranked]
    sentence = f"Incidents by component: {', '.join(f'{name} {count:g}' for name, count in rows)}."
    return Chart(svg=chart.bars("frequency", rows, "incidents"), text=sentence)


def trend_chart(survey: Survey, months: tuple[Period, ...], id: str = "trend") -> Chart:
    """Return the mean time to resolution of each of `months` by severity, as lines."""
    series = []
    for severity, _ in measure.severity_parts([case for month in months for case in survey.counted(month)]):
        means = []
        for month in months:
            listed = [case for case in survey.counted(month) if wording.severity(case.severity) == severity]
            mean = measured(Metric.MTTR, listed).mean
            means.append(None if mean is None else mean / 60)
        series.append((severity, means))
    labels = [f"{month.first:%Y-%m}" for month in months]
    parts = []
    for name, values in series:
        known = [(label, value) for label, value in zip(labels, values, strict=True) if value is not None]
        if known:
            parts.append(f"{name} {', '.join(f'{label} {value:.0f}' for label, value in known)}")
    told = "; ".join(parts) or "nothing was resolved whose detection is noted"
    sentence = (
        f"Mean time to resolution by severity and month, in minutes: {told}. Months without an incident have none."
    )
    return Chart(svg=chart.lines(id, labels, series, "minutes"), text=sentence)


def _frequency(survey: Survey, period: Period, cases: tuple[Case, ...]) -> Facts:
    split = ", ".join(f"{len(listed)} {name}" for name, listed in measure.severity_parts(cases))
    found = repeats(cases, survey.counted())
    facts = [
        ("Incidents", f"{len(cases)} ({incident.change(survey, period)})"),
        ("By severity", split),
        ("Repeats", wording.share(len(found), len(cases))),
    ]
    if period.months > 1:
        begun = survey.begun(period)
        known = [month for month in begun if survey.knows(month)]
        rest = f" (of {len(known)} that {'have begun' if len(known) == len(begun) else 'are known'})"
        mean = f"{len(cases) / max(1, len(known)):.1f}"
        facts.insert(1, ("A month", mean + (rest if len(known) < period.months else "")))
    return Facts(facts=tuple(facts))
