"""How long things took, by metric and by a division of cases, and how customers were told."""

from collections.abc import Iterable, Sequence

from stillup.reports import wording
from stillup.reports.document import Facts, Sheet, Table
from stillup.reports.survey import Survey, by_severity
from stillup.timeline.metric import Metric, measured
from stillup.timeline.metric_case import Case
from stillup.timeline.metric_period import Period
from stillup.timeline.metric_word import Words


def metric_table(survey: Survey, period: Period) -> Table:
    """Return every metric over `period`, and beside it the mean over the one before."""
    cases, before = survey.counted(period), survey.counted(period.before)
    known = survey.knows(period.before)
    rows = []
    for metric in Metric:
        now, then = measured(metric, cases), measured(metric, before)
        rows.append(
            (
                wording.NAMES[metric],
                wording.minutes(now.mean),
                wording.minutes(now.median),
                wording.minutes(now.p90),
                str(now.n),
                str(now.missing),
                f"{wording.minutes(then.mean)} (n {then.n})" if known else wording.UNKNOWN,
            )
        )
    heads = ("", "Mean", "Median", "p90", "n", "Without", period.before.title)
    return Table(heads=heads, rows=tuple(rows), numbers=frozenset(range(1, 7)))


def split_table(parts: Iterable[tuple[str, Sequence[Case]]], first: str) -> Table:
    """Return the mean, n, median and p90 of what responders need by some division of cases."""
    shown = (Metric.MTTD, Metric.MTTA, Metric.MTTM, Metric.MTTR, Metric.DURATION)
    rows = [
        (
            name,
            str(len(cases)),
            metric.value.upper() if metric is not Metric.DURATION else "Duration",
            *_cells(metric, cases),
        )
        for name, cases in parts
        for metric in shown
        if cases
    ]
    heads = (first, "Incidents", "Metric", "Mean", "Median", "p90", "n", "Without")
    return Table(heads=heads, rows=tuple(rows), numbers=frozenset({1, 3, 4, 5, 6, 7}), otherwise="No incidents.")


def severity_parts(cases: Sequence[Case]) -> tuple[tuple[str, tuple[Case, ...]], ...]:
    """Return `cases` by severity, named."""
    return tuple((wording.severity(severity), listed) for severity, listed in by_severity(cases))


def component_parts(survey: Survey, cases: Sequence[Case]) -> tuple[tuple[str, tuple[Case, ...]], ...]:
    """Return `cases` by component, in page order; an incident stands at each that it affected."""
    return tuple(
        (each.name, tuple(case for case in cases if each.id in case.components))
        for each in survey.components.components
    )


def word_facts(found: Words) -> Facts:
    """Return how customers were told."""
    still = f"; {found.promises.open} still running" if found.promises.open else ""
    return Facts(
        facts=(
            ("Cadence kept", wording.share(found.cadence.kept, found.cadence.of, "gaps")),
            ("Promises kept", wording.share(found.promises.kept, found.promises.of) + still),
            ("Edited after publication", f"{found.edited} of {found.updates} updates"),
        )
    )


def metric_sheet(cases: Sequence[Case]) -> Sheet:
    """Return every metric by severity, in seconds."""
    rows = tuple(
        (name, metric.value, found.n, found.missing, found.mean, found.median, found.p90)
        for name, listed in (("all", tuple(cases)), *severity_parts(cases))
        for metric in Metric
        for found in (measured(metric, listed),)
    )
    heads = ("severity", "metric", "n", "missing", "mean_seconds", "median_seconds", "p90_seconds")
    return Sheet(name="metrics", heads=heads, rows=rows)


def _cells(metric: Metric, cases: Sequence[Case]) -> tuple[str, ...]:
    found = measured(metric, cases)
    times = (wording.minutes(value) for value in (found.mean, found.median, found.p90))
    return (*times, str(found.n), str(found.missing))
