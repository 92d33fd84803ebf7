"""What the numbers of a report mean: printed in every one of them."""

from collections.abc import Collection, Iterator

from stillup.reports.survey import Survey
from stillup.timeline.metric_period import Period

_METRICS = (
    "MTTD: mean of detected_at minus started_at. started_at may be revised in the postmortem; then it is counted anew. "
    "What was detected before customers noticed is left out, and shown as “without”.",
    "MTTA: mean of acknowledged_at minus detected_at. Incidents that nobody acknowledged are left out, and counted.",
    "MTTM, or time to restore: mean of mitigated_at minus started_at, what customers felt.",
    "MTTR: mean time to resolve, resolved_at minus detected_at.",
    "Duration for customers: ended_at minus started_at; unless written, from the first to the resolving update. Of one "
    "that was reopened the time in which a component was affected: what lay between is left out.",
    "Time to first word: first public update minus detected_at. What was told afterwards has none.",
    "n is how many incidents a figure rests on; those with one end unknown are left out and shown as “without”.",
    "Median: half took longer. p90: the shortest time that at least 90 % of n do not exceed. Means round half up.",
    "An incident belongs to the period in which it began. Drills, maintenance, false alarms and duplicates are apart.",
    "Repeat: the same cause category on one of the same components within 30 days.",
    "Cadence kept: gaps between updates no longer than the target, the gap before the resolving update included. "
    "A target that was missed before the severity was lowered stays missed.",
    "Promises kept: promised next updates that came in time, out of those whose time is past or that were kept.",
)

_COSTS = (
    "Costs: as written in the private records, by the time at which they became known. Nothing is estimated here, "
    "and currencies are never added up. Those of drills, maintenance, false alarms and duplicates are told apart."
)


def running(survey: Survey, period: Period, spent: Collection[Period] = ()) -> str:
    """Return what makes a comparison with the period before lame: one is not over, or not known whole.

    Of `spent` costs are known, whatever else is.
    """
    said = unfinished(survey, period)
    beside = f"{said[:-1]}, beside all of {period.before.title}." if said else ""
    return " ".join(filter(None, (beside, *(unknown(survey, each, each in spent) for each in (period.before, period)))))


def unknown(survey: Survey, period: Period, spent: bool = False) -> str:
    """Return that a period began before the records did, `spent` that its costs are known; else nothing."""
    begin = survey.known_from
    if begin <= period.start:
        return ""
    if spent and not survey.knows(period):
        return f"Of {period.title} costs alone are known: all other records begin at {begin:%Y-%m-%d %H:%M} UTC."
    if not survey.knows(period):
        return f"Of {period.title} nothing is known: the records begin at {begin:%Y-%m-%d %H:%M} UTC."
    return f"{period.title} is known from {begin:%Y-%m-%d %H:%M} UTC on: then the records begin."


def unfinished(survey: Survey, period: Period) -> str:
    """Return that a period is not over, where nothing is compared with it; else nothing."""
    if survey.at >= period.end:
        return ""
    return f"{period.title} is not over: counted up to {survey.at:%Y-%m-%d %H:%M} UTC."


def definitions(survey: Survey, *periods: Period) -> tuple[str, ...]:
    """Return them, with the page's own weights and the exact bounds of `periods`."""
    uptime = survey.settings.uptime
    return (
        *bounds(survey, *periods),
        *_METRICS,
        f"Availability: 100 (1 - weighted outage / time) %, a major outage weighing {uptime.major_outage / 1000:g}, a "
        f"partial one {uptime.partial_outage / 1000:g}, other states 0. Elapsed seconds, half-open; what overlaps "
        "counts once. Floored to 3 decimals. Maintenance does not count and is told apart. What false alarms and "
        "duplicates showed on the page counts, as it does there.",
        "Error budget: (100 % - promise) x time. Burn: weighted outage / error budget; above 1 the promise is broken.",
        "Severity: as recorded; where no record states one, as the severity rules of the settings suggest.",
        _COSTS,
    )


def costs(survey: Survey, *periods: Period) -> tuple[str, ...]:
    """Return what a report means that is of money alone."""
    return (
        *bounds(survey, *periods),
        _COSTS,
        "Incident cost: direct and indirect costs. Prevention is apart.",
        "A cost belongs to the period in which it became known, whenever its incident began.",
        "Service credits: by each contract, of its own months; a calculation, not a promise.",
        "n: the entries that a sum rests on stand beside it. Median and p90 are of times, and there are none here.",
    )


def bounds(survey: Survey, *periods: Period) -> Iterator[str]:
    """Yield the exact bounds of periods."""
    for each in periods:
        said = f"{each.title}: from {each.start:%Y-%m-%dT%H:%MZ} up to, not including, {each.end:%Y-%m-%dT%H:%MZ} "
        open_ = f"; not over, counted up to {survey.at:%Y-%m-%dT%H:%MZ}" if survey.at < each.end else ""
        yield f"{said}({each.zone}){open_}."
