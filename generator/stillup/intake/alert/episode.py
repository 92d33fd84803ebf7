"""Alerts over time: which spans they cover, and which episodes those amount to. Pure; the instant is an argument.

An episode opens when something went on for `open_after` and is over when all was quiet for `resolve_after`: a single
blip opens nothing, and a fault that comes and goes stays one episode.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from stillup.frozen import dataclass
from stillup.intake.alert.alert import Alert
from stillup.records.alert_rule import AlertRule
from stillup.vocabulary import ComponentStatus, Severity

FLAPS = 3
"""So many times within `FLAP_WINDOW` is coming and going."""

FLAP_WINDOW = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One alert held one component in a state for a while."""

    component: str
    rule: AlertRule
    status: ComponentStatus
    severity: Severity | None
    start: datetime
    end: datetime | None
    """None: it still fires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Something was wrong with one component, as one story."""

    component: str
    rule: AlertRule
    began: datetime
    """When it was first seen."""

    opened: datetime
    """When it had gone on long enough to be told."""

    states: tuple[tuple[datetime, ComponentStatus], ...]
    """From `opened` on: when the component's state changed, and to what. Within an episode it only gets worse."""

    severity: Severity | None
    """The worst of its alerts."""

    intermittent: datetime | None
    """When it had come and gone often enough to be called so."""

    quiet: datetime | None
    """Since when nothing fires any more; None while something does or may again."""

    over: datetime | None
    """When that had lasted long enough."""


def spans(
    alerts: Iterable[Alert], rules: Sequence[AlertRule], components: frozenset[str]
) -> tuple[list[Span], list[Alert]]:
    """Return what `alerts` mean by `rules`, and those that no rule knows or that name no component of the page."""
    by_watch: dict[tuple[str, str], dict[datetime, list[Alert]]] = {}
    """By source and identity, then by when it began."""

    for alert in alerts:
        by_watch.setdefault((alert.source, alert.identity), {}).setdefault(alert.started, []).append(alert)
    found: list[Span] = []
    strange: list[Alert] = []
    for start, told, around in ((start, told, each) for each in by_watch.values() for start, told in each.items()):
        rule, component = _meaning(told[0], rules, components)
        if rule is None or component not in components:
            strange += [alert for alert in told if alert.firing][:1]
            continue
        ends = [alert.ended for alert in told if alert.ended is not None]
        if start in ends and any(alert.firing for alert in told) and _goes_on(around, start):
            told = [alert for alert in told if alert.firing]  # the others end what was before
            ends = [end for end in ends if end > start]
        end = min([*ends, *(each for each in around if each > start)], default=None)
        if end is not None and end <= start:
            continue
        found.append(
            Span(
                component=component,
                rule=rule,
                status=max((_status(alert, rule) for alert in told), key=lambda status: status.rank),
                severity=min((s for alert in told if (s := _severity(alert, rule))), default=None),
                start=start,
                end=end,
            )
        )
    found.sort(key=lambda span: (span.component, span.start))
    return found, strange


def _goes_on(around: Mapping[datetime, Sequence[Alert]], start: datetime) -> bool:
    """Whether what is watched was wrong already when it began anew at `start`: an end in that second is of the former.

    Many senders tell no time, and one that ends and begins again at once has both in one second.
    """
    before = max((each for each in around if each < start), default=None)
    told = around[before] if before is not None else ()
    return any(alert.firing for alert in told) and not any(alert.ended for alert in told)


def _meaning(alert: Alert, rules: Sequence[AlertRule], components: frozenset[str]) -> tuple[AlertRule | None, str]:
    """Return the rule of an alert and the component it speaks of; a label `status_component` names it directly."""
    rule = next((rule for rule in rules if _matches(alert, rule)), None)
    if rule is None:
        return None, ""
    named = alert.labels.get("status_component", "")
    return rule, named if named in components else rule.component


def _matches(alert: Alert, rule: AlertRule) -> bool:
    return all(name in alert.labels and fnmatchcase(alert.labels[name], value) for name, value in rule.match.items())


def _status(alert: Alert, rule: AlertRule) -> ComponentStatus:
    """Return the state an alert stands for. What is not understood is taken for the worst that the rule knows."""
    stated = alert.labels.get("status_impact", "")
    if stated in list(ComponentStatus):
        return ComponentStatus(stated)
    known = rule.impact.get(alert.labels.get("severity", ""))
    worst = max(rule.impact.values(), key=lambda status: status.rank, default=ComponentStatus.DEGRADED_PERFORMANCE)
    return known or worst


def _severity(alert: Alert, rule: AlertRule) -> Severity | None:
    return rule.severity.get(alert.labels.get("severity", "")) or min(rule.severity.values(), default=None)


def outside(found: Iterable[Span], windows: Sequence[tuple[datetime, datetime]]) -> list[Span]:
    """Return what of the spans of one component lies outside `windows`, by start.

    What begins inside one and outlives it begins when the window ends: then it is looked at anew.
    """
    result = []
    for span in found:
        start = span.start
        for begin, end in sorted(windows):
            if begin <= start < end:
                start = end
        ends = [begin for begin, _ in windows if start < begin and (span.end is None or begin < span.end)]
        stop = min([*ends, *([span.end] if span.end else [])], default=None)
        if stop is None or stop > start:
            result.append(_cut(span, start, stop))
        for begin, end in sorted(windows):
            if start < begin and (span.end is None or end < span.end):
                result += outside([_cut(span, end, span.end)], [w for w in windows if w[0] >= end])
                break
    return sorted(result, key=lambda span: span.start)


def _cut(span: Span, start: datetime, end: datetime | None) -> Span:
    return Span(
        component=span.component, rule=span.rule, status=span.status, severity=span.severity, start=start, end=end
    )


def episodes(found: Sequence[Span], at: datetime, told: Callable[[Span], bool] = lambda first: False) -> list[Episode]:
    """Return the episodes of one component's `found`, oldest first, as far as they have opened at `at`.

    `told` says of a span whether an episode that began with it was already told: it goes on to its end, even where
    it is heard only now that it was too short to be told at all.
    """
    busy: list[list[Span]] = []
    for span in sorted((span for span in found if span.start <= at), key=lambda span: span.start):
        if busy and (_end(busy[-1]) is None or span.start <= (_end(busy[-1]) or at)):
            busy[-1].append(span)
        else:
            busy.append([span])
    result: list[list[list[Span]]] = []
    for stretch in busy:
        rule = stretch[0].rule
        going = bool(result) and (_after(result[-1][-1], result[-1][0][0].rule) > stretch[0].start)
        if going:
            result[-1].append(stretch)
        elif (_end(stretch) or at) - stretch[0].start >= rule.open_after or told(stretch[0]):
            result.append([stretch])
    return [_episode(stretches, at) for stretches in result]


def _end(stretch: Sequence[Span]) -> datetime | None:
    """Return when the last of overlapping spans ends; None where one goes on."""
    ends = [span.end for span in stretch]
    return None if None in ends else max(end for end in ends if end is not None)


def _after(stretch: Sequence[Span], rule: AlertRule) -> datetime:
    end = _end(stretch)
    return datetime.max.replace(tzinfo=stretch[0].start.tzinfo) if end is None else end + rule.resolve_after


def _episode(stretches: Sequence[Sequence[Span]], at: datetime) -> Episode:
    first, last = stretches[0], stretches[-1]
    rule = first[0].rule
    opened = first[0].start + rule.open_after
    every = [span for stretch in stretches for span in stretch]
    states: list[tuple[datetime, ComponentStatus]] = []
    for span in sorted(every, key=lambda span: span.start):
        moment = max(span.start, opened)
        if span.end is not None and span.end <= opened and len(every) > 1:
            continue
        if not states or span.status.rank > states[-1][1].rank:
            states = [*(states if not states or states[-1][0] != moment else states[:-1]), (moment, span.status)]
    end = _end(last)
    quiet = end if end is not None and end <= at else None
    over = quiet + rule.resolve_after if quiet is not None and quiet + rule.resolve_after <= at else None
    return Episode(
        component=first[0].component,
        rule=rule,
        began=first[0].start,
        opened=opened,
        states=tuple(states) or ((opened, first[0].status),),
        severity=min((span.severity for span in every if span.severity), default=None),
        intermittent=_intermittent([stretch[0].start for stretch in stretches]),
        quiet=quiet,
        over=over,
    )


def _intermittent(starts: Sequence[datetime]) -> datetime | None:
    """Return when it had begun for the third time within half an hour."""
    for early, late in zip(starts, starts[FLAPS - 1 :], strict=False):
        if late - early <= FLAP_WINDOW:
            return late
    return None
