"""How often the targets of the plan were met."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from stillup.records.plan import Target
from stillup.reports import wording
from stillup.reports.document import Table
from stillup.reports.survey import Survey
from stillup.timeline.clock.clock import length
from stillup.timeline.clock.judged import judged
from stillup.timeline.metric_case import Case
from stillup.vocabulary import Severity


def in_time(survey: Survey, cases: Sequence[Case]) -> tuple[tuple[Severity, str, int, int, int], ...]:
    """Return by severity and target how many cases met it, of how many, and how many are not known.

    A case stands at the severity by which it is judged: the one that held when the thing was done or ran out, as on
    the clock. Where one end is not known it stands at its own.
    """
    plan = survey.settings.plan.severities
    kept: Counter[tuple[Severity, str]] = Counter()
    of, without = kept.copy(), kept.copy()
    for case in cases:
        for name, limit_of, done_of in _DUTIES:
            done = done_of(case)
            if case.detected is None or done is None or done < case.detected:
                if case.severity is not None:
                    without[case.severity, name] += 1
                continue
            found = judged(case, _limit(plan, limit_of), survey.at, done)
            if found is not None:
                of[found.severity, name] += 1
                kept[found.severity, name] += done <= found.due
    return tuple(
        (severity, f"{name} within {length(limit)}", kept[severity, name], of[severity, name], without[severity, name])
        for severity in Severity
        if severity in plan
        for name, limit_of, _ in _DUTIES
        if (limit := limit_of(plan[severity])) is not None
    )


def target_table(survey: Survey, cases: Sequence[Case]) -> Table:
    """Return how often the targets of the plan were met."""
    rows = tuple(
        (severity.value, told, wording.share(kept, of), str(without))
        for severity, told, kept, of, without in in_time(survey, cases)
    )
    heads = ("Severity", "Target, from detection", "Met", "Without")
    return Table(heads=heads, rows=rows, numbers=frozenset({2, 3}))


def _limit(
    plan: Mapping[Severity, Target], limit_of: Callable[[Target], timedelta | None]
) -> Callable[[Severity], timedelta | None]:
    return lambda severity: limit_of(plan[severity]) if severity in plan else None


def _answered(case: Case) -> datetime | None:
    if case.private is not None and case.private.responded_at is not None:
        return case.private.responded_at
    told = case.public.updates if case.public is not None and not case.public.backfilled else ()
    return next(
        (each.at for each in told if each.withdrawn is None and case.detected is not None and each.at >= case.detected),
        None,
    )


_DUTIES: tuple[tuple[str, Callable[[Target], timedelta | None], Callable[[Case], datetime | None]], ...] = (
    ("acknowledge", lambda target: target.acknowledge, lambda case: case.acknowledged),
    ("resolve", lambda target: target.resolve, lambda case: case.closed),
    ("respond", lambda target: target.respond, _answered),
)
"""What the plan sets targets for, with the target and with when it was done."""
