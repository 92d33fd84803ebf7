"""How numbers are spelled for readers. Machines get them exact, in seconds and thousandths."""

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from stillup.timeline.metric import Figure, Metric
from stillup.timeline.metric_case import Case
from stillup.vocabulary import Severity

NOTHING = "–"
UNKNOWN = "not known"
"""Of a time before the records begin."""

NAMES = {
    Metric.MTTD: "MTTD, time to detection",
    Metric.MTTA: "MTTA, time to acknowledgment",
    Metric.MTTM: "MTTM, time to mitigation",
    Metric.MTTR: "MTTR, time to resolution",
    Metric.DURATION: "Duration for customers",
    Metric.FIRST_WORD: "Time to first word",
}


def minutes(seconds: int | None) -> str:
    """Return a length of time: `4.5 min`, `66 min`; tenths below ten minutes, rounded half up."""
    if seconds is None:
        return NOTHING
    tenths = (seconds + 3) // 6
    if tenths < 100 and tenths % 10:
        return f"{tenths // 10}.{tenths % 10} min"
    return f"{(seconds + 30) // 60:,} min"


def in_words(seconds: int | None) -> str:
    """Return the same with the whole word: `66 minutes`."""
    return minutes(seconds).replace(" min", " minutes") if seconds != 60 else "1 minute"


def percent(thousandths: int | None, digits: int = 3) -> str:
    """Return thousandths of a percent as `99.873 %`, cut to `digits`, never rounded up."""
    if thousandths is None:
        return NOTHING
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}.{f'{rest:03}'[:digits]} %" if digits else f"{whole} %"


def counted(count: int, noun: str, several: str = "") -> str:
    """Return `1 incident`, `2 incidents`; `several` is for what does not end in an s."""
    return f"{count:,} {noun if count == 1 else several or f'{noun}s'}"


def share(kept: int, of: int, what: str = "") -> str:
    """Return `12 of 15 (80.0 %)`, with `what` they are behind the count."""
    said = f"{kept} of {of} {what}".rstrip()
    return f"{said} ({1000 * kept // of / 10:.1f} %)" if of else said


def change(now: int | Decimal, before: int | Decimal, what: str) -> str:
    """Return `↑ 50 % from last month`; where there was nothing before, no percentage is made up."""
    if now == before:
        return f"the same as {what}"
    if not before:
        return f"none in {what}"
    value = 100 * (Decimal(now) - Decimal(before)) / Decimal(before)
    return f"{'↑' if value > 0 else '↓'} {abs(value):.0f} % from {what}"


def severity(value: Severity | None) -> str:
    """Return its word, or that there is none."""
    return value.value if value is not None else "none stated"


def with_n(figure: Figure) -> str:
    """Return the mean with what it rests on: `66 min (n 4, median 60 min, p90 95 min)`."""
    if not figure.n:
        return f"{NOTHING} (n 0{missing(figure)})"
    return (
        f"{minutes(figure.mean)} (n {figure.n}, median {minutes(figure.median)}, "
        f"p90 {minutes(figure.p90)}{missing(figure)})"
    )


def missing(figure: Figure) -> str:
    """Return how many cases it could not count."""
    return f"; {figure.missing} without" if figure.missing else ""


def about(case: Case, zone: str) -> str:
    """Return an incident in a line: its day, what it was about, its id."""
    return f"{case.began.astimezone(ZoneInfo(zone)):%Y-%m-%d} {case.title} ({case.id})"


def listed(names: Sequence[str], most: int = 4) -> str:
    """Return some names, and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown or NOTHING
