"""The numbers of a period for machines."""

from collections.abc import Sequence
from decimal import Decimal

from stillup.reports import wording
from stillup.reports.standing import average, exact, standings
from stillup.reports.survey import Survey, by_severity
from stillup.timeline.metric import Metric, measured
from stillup.timeline.metric_case import Case
from stillup.timeline.metric_frequency import by_component, repeats
from stillup.timeline.metric_period import Period
from stillup.timeline.metric_word import words


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
                "availability_percent": exact(each.measured.thousandths),
                "promised_percent": each.promised,
                "burn": each.measured.burn(each.promised) if each.promised is not None else None,
            }
            for each in found
        },
        "availability_percent": exact(average(found)),
    }


def _figure(metric: Metric, cases: Sequence[Case]) -> dict[str, object]:
    found = measured(metric, cases)
    return {
        "n": found.n,
        "missing": found.missing,
        "mean_seconds": found.mean,
        "median_seconds": found.median,
        "p90_seconds": found.p90,
    }
