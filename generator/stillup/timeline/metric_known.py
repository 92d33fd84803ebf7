"""Since when anything is known: that nothing is on record of a time before is no sign that nothing happened then."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from stillup.records.component import Component
from stillup.timeline.day import bounds
from stillup.timeline.metric_case import Case


def known_from(components: Iterable[Component], cases: Iterable[Case], zone: str, at: datetime) -> datetime:
    """Return, in UTC, when the records begin: the first `since`, the first change of a state or the first case.

    Never later than `at`, which it is where nothing tells of a time before. A `since` is a day of `zone`.
    """
    told = [case.began for case in cases]
    for each in components:
        if each.since is not None:
            told.append(bounds(each.since, ZoneInfo(zone))[0])
        told += [state.at for state in each.states[:1]]
    return min([*told, at]).astimezone(UTC)
