"""Public uptime by the rule that Statuspage uses (measured on real pages), in integers."""

from collections.abc import Iterable, Sequence

from stillup.frozen import dataclass
from stillup.records.settings import Weights
from stillup.timeline.day import Day

_DAY = 86_400
_DEFAULT = Weights()


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of the bars, as `#rrggbb`."""

    green: str = "#2fcc66"
    yellow: str = "#f1c40f"
    orange: str = "#e67e22"
    red: str = "#e74c3c"
    no_data: str = "#b3bac5"


_PALETTE = Palette()


def weighted(day: Day, weights: Weights = _DEFAULT) -> int:
    """Return what a day's outages cost, in thousandths of a second: 1000 a second of major outage, 300 of partial."""
    *_, partial, major = day.seconds
    return major * weights.major_outage + partial * weights.partial_outage


def uptime(days: Iterable[Day], weights: Weights = _DEFAULT) -> int | None:
    """Return 100 (1 - sum(w) / (N * 86400)) percent in hundredths of a percent: 9998 is 99.98 %.

    N is the number of known days, today whole; w is `weighted`. Floored, never below 0. None when no day is known.
    """
    known = [day.seconds for day in days if day.known]
    partial, major = sum([seconds[-2] for seconds in known]), sum([seconds[-1] for seconds in known])
    return _share(len(known), major * weights.major_outage + partial * weights.partial_outage)


def _share(known: int, lost: int) -> int | None:
    whole = known * _DAY * 1000
    return max(0, 10_000 * (whole - lost) // whole) if known else None


def group_days(children: Sequence[Sequence[Day]]) -> tuple[Day, ...]:
    """Return a group's days: of each state the floored mean of seconds over `children`, those with public uptime.

    All children have the same dates. One that does not know a day yet, or any more, still divides the sum: the rule
    says "by the number of showcased children", and a group must not get worse because a new part joins it. A day is
    known when any child knows it.
    """
    return tuple([_calm(row) or _mean(row) for row in zip(*children, strict=True)])


def group_uptime(children: Sequence[Sequence[Day]], weights: Weights = _DEFAULT) -> int | None:
    """Return a group's uptime in hundredths of a percent: that of its `group_days`, of which only sums are asked."""
    count, lost = 0, 0
    for row in zip(*children, strict=True):
        known = [day.seconds for day in row if day.known]
        if known:
            count += 1
            lost += sum([seconds[-1] for seconds in known]) // len(row) * weights.major_outage
            lost += sum([seconds[-2] for seconds in known]) // len(row) * weights.partial_outage
    return _share(count, lost)


def colour(day: Day, palette: Palette = _PALETTE) -> str:
    """Return the colour of a day's bar as `#rrggbb`: any outage jumps half-way to yellow, an hour of major is red."""
    cost = weighted(day) / 1000
    if not day.known:
        return palette.no_data.lower()
    if cost == 0:
        return palette.green.lower()
    if cost <= 1192:
        return _mix(palette.green, palette.yellow, 0.5 + 0.5 * cost / 1192)
    if cost <= 1980:
        return _mix(palette.yellow, palette.orange, (cost - 1192) / 788)
    if cost <= 3600:
        return _mix(palette.orange, palette.red, (cost - 1980) / 1620)
    return palette.red.lower()


def _calm(row: Sequence[Day]) -> Day | None:
    """Return the mean of days on which nothing happened, as nearly all are: one of them, which stands for all."""
    longest = None
    for day in row:
        if day.known:
            if day.causes or day.ongoing or any(day.seconds[1:]):
                return None
            if longest is None or day.seconds[0] > longest.seconds[0]:
                longest = day
    return longest


def _mean(row: Sequence[Day]) -> Day:
    known = [day for day in row if day.known]
    if not known:
        return Day(date=row[0].date, known=False)
    told = [day.seconds for day in known]
    length = max(map(sum, told))
    spent = [sum(seconds) // len(row) for seconds in list(zip(*told, strict=True))[1:]]
    found = Day(
        date=row[0].date,
        seconds=(length - sum(spent), spent[0], spent[1], spent[2], spent[3]),
        causes=tuple(dict.fromkeys(cause for day in known for cause in day.causes)),
    )
    if any(day.ongoing and day.worst is found.worst for day in known):
        return Day(date=found.date, seconds=found.seconds, causes=found.causes, ongoing=True)
    return found


def _mix(one: str, other: str, share: float) -> str:
    pairs = ((int(one[place : place + 2], 16), int(other[place : place + 2], 16)) for place in (1, 3, 5))
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in pairs)
