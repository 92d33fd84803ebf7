"""Uptime and days as documents: the figures with the rule and the numbers they are made of."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from stillup.api.artifact import JSON, artifact, filled, text
from stillup.artifact import Artifact
from stillup.views.document import DayDocument, DaysDocument, UptimeBook, UptimeDocument, UptimeRule

if TYPE_CHECKING:
    from stillup.api import own

FORMULA = "100 * (1 - sum(major_outage * M + partial_outage * P) / (days * day_seconds))"
"""M and P are the weights; `days` are those with data."""


def uptime(book: UptimeBook) -> Artifact:
    """Return `uptime.json`."""
    whole: own.Uptime = {
        "time_zone": book.page.zone,
        "today": book.today.isoformat(),
        "rule": _rule(book.rule),
        "components": [_component(each) for each in book.components if each.current],
        "groups": [
            {
                "id": each.id,
                "code": each.code,
                "name": each.name,
                "uptime": _shares(each),
                "months": _months(each),
            }
            for each in book.groups
        ],
    }
    return artifact("api/stillup/v1/uptime.json", whole)


def days(book: UptimeBook, told: Iterable[DaysDocument]) -> Iterator[Artifact]:
    """Yield `days/<component>.json` for each of `told`."""
    rule = _rule(book.rule)
    calm: dict[date, str] = {}
    for each in told:
        frame = text(_days(book, each.of, rule))
        body = filled(frame, _each_day(each, calm))
        yield Artifact(path=days_path(each.of.id), body=body.encode() + b"\n", media_type=JSON)


def _component(component: UptimeDocument) -> "own.ComponentUptime":
    return {
        "id": component.id,
        "code": component.code,
        "name": component.name,
        "group": component.group or None,
        "since": component.start.isoformat() if component.start else None,
        "page": component.place,
        "document": days_path(component.id),
        "uptime": _shares(component),
        "months": _months(component),
    }


def _days(book: UptimeBook, component: UptimeDocument, rule: "own.Rule") -> "own.Days":
    return {
        "id": component.id,
        "code": component.code,
        "name": component.name,
        "time_zone": book.page.zone,
        "rule": rule,
        "uptime": _shares(component),
        "days": [],
    }


def _each_day(component: DaysDocument, calm: dict[date, str]) -> Iterator[str]:
    """Yield every day as finished JSON; calm ones read the same for every component and are made once, in `calm`."""
    if component.first is None or component.last is None:
        return
    bad = {day.date: day for day in component.bad}
    for number in range((component.last - component.first).days + 1):
        day = component.first + timedelta(days=number)
        if day in bad:
            yield text(_day(bad[day]))
            continue
        if day not in calm:
            calm[day] = text(_day(DayDocument(date=day)))
        yield calm[day]


def _day(day: DayDocument) -> "own.DaySeconds":
    return {
        "date": day.date.isoformat(),
        "major_outage": day.major,
        "partial_outage": day.partial,
        "degraded_performance": day.degraded,
        "under_maintenance": day.maintenance,
        "incidents": list(day.causes),
    }


def days_path(component: str) -> str:
    """Return where the days of the component with this id are."""
    return f"api/stillup/v1/days/{component}.json"


def _rule(rule: UptimeRule) -> "own.Rule":
    return {
        "text": rule.text,
        "formula": FORMULA,
        "weights": {"partial_outage": rule.partial / 1000, "major_outage": rule.major / 1000},
        "day_seconds": 86_400,
        "decimals": 2,
    }


def _shares(each: UptimeDocument) -> "list[own.Share]":
    return [
        {
            "days": share.days,
            "first_day": share.first.isoformat() if share.first else None,
            "percent": _percent(share.percent),
        }
        for share in each.shares
    ]


def _months(each: UptimeDocument) -> "list[own.MonthShare]":
    return [{"month": f"{month.month:%Y-%m}", "percent": _percent(month.percent)} for month in each.months]


def _percent(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100
