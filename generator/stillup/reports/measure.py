"""Tables that several reports have: how long things took, how components did, which incidents there were."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from stillup.frozen import dataclass
from stillup.records.plan import Target
from stillup.reports import wording
from stillup.reports.document import Facts, Sheet, Table
from stillup.reports.survey import Survey, by_severity
from stillup.timeline.clock.clock import length
from stillup.timeline.clock.judged import judged
from stillup.timeline.metric import Metric, measured, spent
from stillup.timeline.metric_availability import Availability
from stillup.timeline.metric_case import Apart, Case
from stillup.timeline.metric_frequency import by_component, repeats
from stillup.timeline.metric_period import Period
from stillup.timeline.metric_word import Words, words
from stillup.vocabulary import ComponentStatus, Severity, UptimeShown


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One component in a period."""

    id: str
    name: str
    incidents: int
    measured: Availability
    promised: Decimal | None

    @property
    def reached(self) -> bool | None:
        """Whether it kept its promise; None where there is none."""
        if self.promised is None or self.measured.thousandths is None:
            return None
        return Decimal(self.measured.thousandths) / 1000 >= self.promised

    @property
    def weighted(self) -> int:
        """Weighted outage in seconds, floored."""
        return self.measured.cost // 1000


def standings(survey: Survey, period: Period) -> tuple[Standing, ...]:
    """Return every component that lived in `period` and whose uptime is shown, in page order.

    None where nothing is known of `period`: a component without a day since when it is there lived always.
    """
    if not survey.knows(period):
        return ()
    counts = by_component(survey.counted(period))
    found = (
        Standing(
            id=each.id,
            name=each.name,
            incidents=counts[each.id],
            measured=survey.available(each.id, period),
            promised=each.sla,
        )
        for each in survey.components.components
        if each.uptime is UptimeShown.SHOWN
    )
    return tuple(each for each in found if each.measured.seconds)


def average(found: Sequence[Standing]) -> int | None:
    """Return the mean availability in thousandths of a percent, floored: every component weighs the same."""
    known = [each.measured.thousandths for each in found if each.measured.thousandths is not None]
    return sum(known) // len(known) if known else None


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


def change(survey: Survey, period: Period, called: str = "") -> str:
    """Return how many more or fewer incidents `period` has than the one before, which may be `called` otherwise."""
    named = called or period.before.title
    if not survey.knows(period.before):
        return f"nothing is known of {named}"
    return wording.change(len(survey.counted(period)), len(survey.counted(period.before)), named)


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


def component_table(found: Sequence[Standing], before: Mapping[str, Standing], called: str) -> Table:
    """Return how components did against their promises, and how they did before."""
    rows = tuple(
        (
            each.name,
            str(each.incidents),
            wording.percent(each.measured.thousandths),
            wording.percent(before[each.id].measured.thousandths) if each.id in before else wording.NOTHING,
            f"{each.promised} %" if each.promised is not None else wording.NOTHING,
            wording.minutes(each.weighted),
            *_budget(each),
            wording.minutes(each.measured.spent.get(ComponentStatus.UNDER_MAINTENANCE, 0)),
        )
        for each in found
    )
    heads = (
        *("Component", "Incidents", "Availability", called, "Promise", "Weighted outage", "Error budget", "Burn"),
        "Maintenance",
    )
    return Table(heads=heads, rows=rows, numbers=frozenset(range(1, 9)))


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


def apart_line(survey: Survey, period: Period) -> str:
    """Return what is left out of all figures."""
    found = survey.apart(period)
    words_of = {
        Apart.DRILL: ("drill", "drills"),
        Apart.MAINTENANCE: ("maintenance", "maintenances"),
        Apart.FALSE_ALARM: ("false alarm", "false alarms"),
        Apart.DUPLICATE: ("duplicate", "duplicates"),
    }
    told = ", ".join(f"{count} {words_of[why][count != 1]}" for why, count in found.items())
    return f"Not counted in {period.title}: {told}."


def incident_table(survey: Survey, cases: Sequence[Case]) -> Table:
    """Return every incident in a line."""
    zone = ZoneInfo(survey.settings.timezone)
    rows = tuple(
        (
            f"{case.began.astimezone(zone):%Y-%m-%d %H:%M}",
            wording.severity(case.severity),
            case.title + (" (private)" if case.public is None else ""),
            wording.listed([survey.name(name) for name in case.components]),
            _length(survey, case),
            case.cause or wording.NOTHING,
        )
        for case in cases
    )
    heads = (f"Began ({survey.settings.timezone})", "Severity", "Incident", "Components", "Duration", "Cause")
    return Table(heads=heads, rows=rows, numbers=frozenset({4}), otherwise="No incidents.")


def incident_sheet(survey: Survey, cases: Sequence[Case]) -> Sheet:
    """Return every incident with its exact times."""
    again = {each.id: each.earlier for each in repeats(cases, survey.counted())}
    rows = tuple(
        (
            case.id,
            case.title,
            wording.severity(case.severity),
            case.impact,
            " ".join(case.components),
            case.cause,
            *(case.began, case.detected, case.acknowledged, case.mitigated, case.ended, case.closed, case.first_word),
            *(_seconds(metric, case) for metric in Metric),
            again.get(case.id),
            case.public is None,
        )
        for case in cases
    )
    heads = (
        *("incident", "title", "severity", "impact", "components", "cause"),
        *("started_at", "detected_at", "acknowledged_at", "mitigated_at", "ended_at", "resolved_at", "first_word_at"),
        *(f"{metric.value}_seconds" for metric in Metric),
        *("repeats", "private"),
    )
    return Sheet(name="incidents", heads=heads, rows=rows)


def component_sheet(found: Sequence[Standing]) -> Sheet:
    """Return how components did, in exact numbers."""
    states = [status for status in ComponentStatus if status.rank]
    rows = tuple(
        (
            *(each.id, each.name, each.incidents, each.measured.seconds),
            *(each.measured.spent.get(status, 0) for status in states),
            Decimal(each.measured.cost) / 1000,
            _exact(each.measured.thousandths),
            each.promised,
            Decimal(each.measured.budget(each.promised)) / 1000 if each.promised is not None else None,
            each.measured.burn(each.promised) if each.promised is not None else None,
        )
        for each in found
    )
    heads = (
        *("component", "name", "incidents", "seconds"),
        *(f"{status.value}_seconds" for status in states),
        *("weighted_seconds", "availability_percent", "promised_percent", "budget_seconds", "burn"),
    )
    return Sheet(name="components", heads=heads, rows=rows)


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


def figures(survey: Survey, period: Period) -> dict[str, object]:
    """Return the numbers of a period for machines: null where nothing is known of it."""
    over = {"name": period.name, "start": period.start, "end": period.end, "over": period.end <= survey.at}
    if not survey.knows(period):
        nothing = dict.fromkeys(("incidents", "metrics", "words", "components", "availability_percent"))
        return {"period": {**over, "known_from": None}, **nothing}
    cases = survey.counted(period)
    told = words(cases, survey.settings, survey.at)
    found = standings(survey, period)
    return {
        "period": {**over, "known_from": max(period.start, survey.known_from)},
        "incidents": {
            "total": len(cases),
            "by_severity": {wording.severity(each): len(listed) for each, listed in by_severity(cases)},
            "by_component": dict(sorted(by_component(cases).items())),
            "repeats": [
                {"incident": each.id, "earlier": each.earlier, "cause": each.cause}
                for each in repeats(cases, survey.counted())
            ],
            "apart": {why.value: count for why, count in survey.apart(period).items()},
        },
        "metrics": {
            metric.value: {
                "all": _figure(metric, cases),
                **{wording.severity(each): _figure(metric, listed) for each, listed in by_severity(cases)},
            }
            for metric in Metric
        },
        "words": {
            "cadence": {"kept": told.cadence.kept, "of": told.cadence.of, "open": told.cadence.open},
            "promises": {"kept": told.promises.kept, "of": told.promises.of, "open": told.promises.open},
            "updates": told.updates,
            "edited": told.edited,
        },
        "components": {
            each.id: {
                "seconds": each.measured.seconds,
                "weighted_seconds": Decimal(each.measured.cost) / 1000,
                "availability_percent": _exact(each.measured.thousandths),
                "promised_percent": each.promised,
                "burn": each.measured.burn(each.promised) if each.promised is not None else None,
            }
            for each in found
        },
        "availability_percent": _exact(average(found)),
    }


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


def _limit(
    plan: Mapping[Severity, Target], limit_of: Callable[[Target], timedelta | None]
) -> Callable[[Severity], timedelta | None]:
    return lambda severity: limit_of(plan[severity]) if severity in plan else None


def target_table(survey: Survey, cases: Sequence[Case]) -> Table:
    """Return how often the targets of the plan were met."""
    rows = tuple(
        (severity.value, told, wording.share(kept, of), str(without))
        for severity, told, kept, of, without in in_time(survey, cases)
    )
    heads = ("Severity", "Target, from detection", "Met", "Without")
    return Table(heads=heads, rows=rows, numbers=frozenset({2, 3}))


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


def _cells(metric: Metric, cases: Sequence[Case]) -> tuple[str, ...]:
    found = measured(metric, cases)
    times = (wording.minutes(value) for value in (found.mean, found.median, found.p90))
    return (*times, str(found.n), str(found.missing))


def _budget(each: Standing) -> tuple[str, str]:
    if each.promised is None:
        return wording.NOTHING, wording.NOTHING
    burn = each.measured.burn(each.promised)
    return wording.minutes(each.measured.budget(each.promised) // 1000), f"{burn:.2f}" if burn is not None else "–"


def _length(survey: Survey, case: Case) -> str:
    if case.ended is None:
        return f"{wording.minutes(int(case.lasted.total_seconds()))}, open"
    return wording.minutes(_seconds(Metric.DURATION, case))


def _seconds(metric: Metric, case: Case) -> int | None:
    value = spent(metric, case)
    return int(value.total_seconds()) if value is not None else None


def _figure(metric: Metric, cases: Sequence[Case]) -> dict[str, object]:
    found = measured(metric, cases)
    return {
        "n": found.n,
        "missing": found.missing,
        "mean_seconds": found.mean,
        "median_seconds": found.median,
        "p90_seconds": found.p90,
    }


def _exact(thousandths: int | None) -> Decimal | None:
    return Decimal(thousandths).scaleb(-3) if thousandths is not None else None
