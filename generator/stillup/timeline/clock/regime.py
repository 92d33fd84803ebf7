"""Clocks of the law: notices to users, authorities and residents, as the table of regimes says."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from stillup.records.plan import Plan, Step
from stillup.records.private.breach import PersonalData, Regulatory
from stillup.timeline.clock.clock import Clock, after, state
from stillup.timeline.clock.matter import Matter
from stillup.vocabulary import ClockState, Decision

_NOTIFICATION = "notification"
"""The step about which `notified_at` and `reference` of a record speak."""


def breach(matter: Matter, plan: Plan, zone: ZoneInfo, at: datetime) -> Iterator[Clock]:
    """Yield the clock of the notice to users after a breach of personal data was confirmed."""
    data = matter.private.personal_data if matter.private is not None else None
    if data is None or data.confirmed_at is None or data.confirmed_at > at:
        return
    due = after(data.confirmed_at, plan.breach_notice, zone)
    how = state(data.confirmed_at, due, data.notified.at if data.notified else None, at)
    rule = f"the users concerned are told within {plan.breach_notice} of the confirmation"
    yield _clock(matter, "breach/users", due, how, "users concerned", rule)


def regimes(matter: Matter, plan: Plan, zone: ZoneInfo, at: datetime) -> Iterator[Clock]:
    """Yield a clock for each notice that a regime of the record asks for at `at`; none where nobody is to be told."""
    if matter.private is None:
        return
    for name, record in matter.private.regulatory.items():
        regime = plan.regimes.get(name)
        if regime is None or record.decision is Decision.NO_RISK or record.aware_at > at:
            continue
        for step_name, step in regime.steps.items():
            start = _start(step, record)
            if start is None or start > at or not _asked(step, record, matter.private.personal_data):
                continue
            done = filed(record, step_name)
            source = f"{step.source or regime.name or name}: "
            runs = f"step {step.step}" if step.step is not None else step.after
            clock = f"regime/{name}/{step_name}"
            if step.within is None:
                met = done is not None and done <= at
                rule = f"{source}without undue delay after {runs}"
                yield _clock(matter, clock, None, ClockState.MET if met else ClockState.OK, step.to, rule)
                continue
            due = after(start, step.within, zone)
            rule = f"{source}within {step.within} of {runs}"
            second = _moment(record, step.latest.after) if step.latest is not None else None
            if step.latest is not None and second is not None:
                end = after(second, step.latest.within, zone)
                if start <= end < due:
                    due, rule = end, f"{source}within {step.latest.within} of {step.latest.after}"
            yield _clock(matter, clock, due, state(start, due, done, at), step.to, rule)


def filed(record: Regulatory, step: str) -> datetime | None:
    """Return when the notice of a step was handed in; None where nothing shows it."""
    known = record.filed.get(step)
    if known is not None:
        return known.at
    return record.notified_at if step == _NOTIFICATION and record.reference else None


def _start(step: Step, record: Regulatory) -> datetime | None:
    return filed(record, step.step) if step.step is not None else _moment(record, step.after)


def _moment(record: Regulatory, name: str) -> datetime | None:
    moment = getattr(record, name)
    assert moment is None or isinstance(moment, datetime)
    return moment


def _asked(step: Step, record: Regulatory, data: PersonalData | None) -> bool:
    """Whether the conditions of a step hold."""
    if step.high_risk and (data is None or not data.high_risk):
        return False
    return step.residents is None or (record.residents is not None and record.residents >= step.residents)


def _clock(matter: Matter, name: str, due: datetime | None, how: ClockState, audience: str, rule: str) -> Clock:
    over = matter.closed is not None
    return Clock(clock=name, incident=matter.id, due=due, state=how, audience=audience, rule=rule, closed=over)
