"""How long things took: the mean, and beside it always how many there were, the median and the 90th percentile."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from stillup.frozen import dataclass
from stillup.timeline.metric_case import Case


class Metric(StrEnum):
    """What is measured of an incident."""

    MTTD = "mttd"
    MTTA = "mtta"
    MTTM = "mttm"
    MTTR = "mttr"
    DURATION = "duration"
    FIRST_WORD = "first_word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Some durations, in whole seconds."""

    n: int
    """Of how many cases."""

    missing: int = 0
    """How many cases more there were, of which one end is not known: they do not count."""

    mean: int | None = None
    median: int | None = None
    """Half-way between the middle two where `n` is even. Rounded to a second, half up, as the mean is."""

    p90: int | None = None
    """The smallest of the values that at least 90 % of them do not exceed."""

    total: int = 0


def figure(values: Iterable[timedelta | None]) -> Figure:
    """Return what `values` amount to; None stands for a case of which it is not known."""
    listed = list(values)
    known = sorted(int(value.total_seconds()) for value in listed if value is not None)
    n, missing = len(known), sum(value is None for value in listed)
    if not n:
        return Figure(n=0, missing=missing)
    return Figure(
        n=n,
        missing=missing,
        mean=_rounded(Fraction(sum(known), n)),
        median=_rounded(Fraction(known[(n - 1) // 2] + known[n // 2], 2)),
        p90=known[-(-9 * n // 10) - 1],
        total=sum(known),
    )


def measured(metric: Metric, cases: Iterable[Case]) -> Figure:
    """Return `metric` over `cases`."""
    return figure(_MEASURES[metric](case) for case in cases)


def spent(metric: Metric, case: Case) -> timedelta | None:
    """Return `metric` of one case, or None where one of its two ends is not known."""
    return _MEASURES[metric](case)


def _rounded(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    return None if start is None or end is None or end < start else end - start


_MEASURES: dict[Metric, Callable[[Case], timedelta | None]] = {
    Metric.MTTD: lambda case: _between(case.began, case.detected),
    Metric.MTTA: lambda case: _between(case.detected, case.acknowledged),
    Metric.MTTM: lambda case: _between(case.began, case.mitigated),
    Metric.MTTR: lambda case: _between(case.detected, case.closed),
    Metric.DURATION: lambda case: case.lasted if case.ended is not None else None,
    Metric.FIRST_WORD: lambda case: _between(case.detected, case.first_word),
}
