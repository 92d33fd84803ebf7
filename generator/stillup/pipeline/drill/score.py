"""What a drill was worth: targets with what was reached, and each check in a sentence. Receivers are the judges."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from stillup.count import counted
from stillup.errors import Level
from stillup.frozen import dataclass
from stillup.lint.book import RULES
from stillup.pipeline.change.entry import spelled
from stillup.pipeline.drill.play import Performance
from stillup.records.settings import Settings
from stillup.timeline.metric_word import Kept, words
from stillup.vocabulary import Severity

_MARK = re.compile(r"\bDRILL\b|[Tt]his is a drill|simulacro")
"""In every text one of these: an address in small letters does not count."""

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    met: bool
    said: str
    """A whole sentence with its numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """How long something took, and how long it may take."""

    target: timedelta
    actual: timedelta | None
    """In whole minutes, rounded up; None: it did not come to that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The whole of it."""

    checks: tuple[Check, ...]
    targets: Mapping[str, Timed]

    @property
    def met(self) -> bool:
        """Whether nothing is to be mended."""
        return all(check.met for check in self.checks)


def score(done: Performance, settings: Settings) -> Score:
    """Return what `done` was worth by the plan of `settings`."""
    targets = dict(_targets(done, settings))
    return Score(checks=tuple(_checks(done, settings, targets)), targets=targets)


def copies(done: Performance) -> Mapping[tuple[str, str], Mapping[bytes, int]]:
    """Return how often each one, by channel and name, has each text."""
    found: dict[tuple[str, str], Counter[bytes]] = defaultdict(Counter)
    for each in done.taken:
        found[each.channel, _name(done, each.channel, each.address)][each.body] += 1
    return found


def _targets(done: Performance, settings: Settings) -> Iterator[tuple[str, Timed]]:
    script = done.script
    plan = settings.plan.severities.get(script.severity)
    detected = done.began + script.detected
    if (limit := script.targets.get("detection")) is not None:
        yield "detection", Timed(target=limit, actual=_minutes(script.detected))
    if plan is not None and plan.acknowledge is not None:
        yield "acknowledgement", Timed(target=plan.acknowledge, actual=_minutes(script.acknowledged - script.detected))
    first = _first(done)
    if plan is not None and plan.respond is not None:
        yield "response", Timed(target=plan.respond, actual=_minutes(done.told[0] - detected))
        heard = _minutes(first - detected) if first is not None else None
        yield "first-word", Timed(target=plan.respond, actual=heard)
    cadence = settings.every(script.severity, "investigating", disaster=script.disaster)
    if cadence is not None:
        yield "reach", Timed(target=cadence, actual=_reach(done))
    limit = script.targets.get("resolution") or (plan.resolve if plan is not None else None)
    if limit is not None:
        yield "resolution", Timed(target=limit, actual=_minutes(done.told[-1] - detected))
    for name, own in script.targets.items():
        if name not in ("detection", "resolution"):
            yield name, Timed(target=own, actual=None)


def _first(done: Performance) -> datetime | None:
    """Return when the first one had a message: by its receipt, or where the sender was killed by when the run began."""
    run = min((each.run for each in done.taken), default=None)
    later = [each.at for each in done.runs if run is not None and each.at > run]
    receipts = [each.at for each in done.sent if each.standing == "a" and each.at < min(later, default=done.ended)]
    return min(receipts, default=run)


def _reach(done: Performance) -> timedelta:
    """Return the longest time from an update until the last one whom it reached has it."""
    public = done.case.public
    assert public is not None
    at = {f"{done.case.id}/{update.id}": update.at for update in public.updates}
    lengths = [each.at - at[each.event] for each in done.sent if each.standing == "a" and each.event in at]
    return _minutes(max(lengths, default=timedelta(0)))


def _checks(done: Performance, settings: Settings, targets: Mapping[str, Timed]) -> Iterator[Check]:
    for name, called in (("first-word", "The first word"), ("reach", "each update")):
        if name in targets:
            yield _timed(name, called, targets[name])
    told = words([done.case], settings, done.ended)
    yield _kept("cadence", "updates came in the cadence of the settings", told.cadence)
    yield _kept("promises", "promises of a next update were kept", told.promises)
    yield _lint(done)
    yield _misses(done)
    yield from _repeats(done)
    bare = sum(not _MARK.search(text) for each in done.taken for text in each.texts)
    count = sum(len(each.texts) for each in done.taken)
    yield Check(name="marks", met=not bare, said=f"{count - bare} of {count} texts say that it is a drill.")
    runs = [each for each in done.runs if each.until is not None]
    served = sum(each.served for each in runs)
    yield Check(name="page", met=served == len(runs), said=f"The page was served after {served} of {len(runs)} runs.")
    if done.killed:
        times = "once" if done.killed == 1 else f"{done.killed} times"
        ended = bool(done.runs) and done.runs[-1].until is not None
        yield Check(name="kill", met=ended, said=f"The publisher was killed {times} while it sent, and went on.")


def _timed(name: str, called: str, timed: Timed) -> Check:
    if timed.actual is None:
        return Check(name=name, met=False, said=f"{called[:1].upper()}{called[1:]} reached nobody.")
    length, limit = _said(timed.actual), _said(timed.target)
    said = f"{called} was there {length} after detection; target: {limit}."
    if name == "reach":
        said = f"Whoever was reached had {called} within {length} of its publication; target: {limit}."
    return Check(name=name, met=timed.actual <= timed.target, said=said)


def _kept(name: str, what: str, kept: Kept) -> Check:
    return Check(name=name, met=kept.kept == kept.of, said=f"{kept.kept} of {kept.of} {what}.")


def _lint(done: Performance) -> Check:
    levels = Counter(each.level for each in done.findings)
    broken = {each.code for each in done.findings if each.level is not Level.NOTE}
    says = {rule.id: f"{rule.id} ({rule.says.rstrip('.')})" for rule in RULES}
    rules = ", ".join(says.get(code, code) for code in sorted(broken))
    updates = counted(len(done.told), "update")
    said = f"Errors of lint: {levels[Level.ERROR]}, warnings: {levels[Level.WARNING]}, in {updates}"
    return Check(name="lint", met=not broken, said=f"{said}{f': {rules}' if rules else ''}.")


def _misses(done: Performance) -> Check:
    """Hold what receivers have against one message for everybody and update.

    Executives are told of P0 and P1 alone, and of what lasts long.
    """
    have = copies(done)
    missing: Counter[str] = Counter()
    expected = 0
    grave = done.script.severity in (Severity.P0, Severity.P1)
    gone = {(channel, _name(done, channel, address)) for channel, address in done.refused}
    for (channel, _), name in done.people.items():
        if (channel, name) in gone or (name.startswith("executives-") and not grave):
            continue
        expected += len(done.told)
        # Of a long outage they have one text more.
        missing[channel] += max(0, len(done.told) - len(have.get((channel, name), {})))
    count = sum(missing.values())
    said = f"{expected - count} of {expected} messages arrived"
    if gone:
        said += f", besides {len(gone)} {'address that is' if len(gone) == 1 else 'addresses that are'} no more"
    if count:
        reasons = {each.channel: each.reason for each in done.sent if each.standing in "usr" and each.reason}
        said += "; missed: " + ", ".join(
            f"{channel} {number}{f' ({reasons[channel].rstrip(chr(46))})' if channel in reasons else ''}"
            for channel, number in sorted(missing.items())
            if number
        )
    return Check(name="misses", met=not count, said=f"{said}.")


def _repeats(done: Performance) -> Iterator[Check]:
    """Hold each message against those that the same one has already."""
    seen: dict[tuple[str, str, str], bytes] = {}
    counts: Counter[tuple[str, str, bytes]] = Counter()
    droppable, plain, changed = 0, Counter[str](), 0
    for each in done.taken:
        key = (each.channel, each.address, each.id)
        if each.id and key in seen:
            changed += seen[key] != each.body
            droppable += 1
        elif not each.id and counts[each.channel, each.address, each.body]:
            plain[each.channel] += 1
        seen[key] = each.body
        counts[each.channel, each.address, each.body] += 1
    said = ", ".join(f"{channel} {number}" for channel, number in sorted(plain.items()))
    yield Check(
        name="duplicates",
        met=not plain,
        said=f"{_counted(plain.total())} came twice to somebody who cannot tell{f': {said}' if said else ''}.",
    )
    if droppable:
        yield Check(
            name="repeats",
            met=not changed,
            said=f"{_counted(droppable)} came again under the id of the first, {changed} of them with other bytes.",
        )


def _counted(number: int) -> str:
    return f"{number} message{'' if number == 1 else 's'}"


def _name(done: Performance, channel: str, address: str) -> str:
    return done.people.get((channel, address), address)


def _minutes(length: timedelta) -> timedelta:
    """Return whole minutes, rounded up, one at least: records have no seconds."""
    return max(_MINUTE, -(-length // _MINUTE) * _MINUTE)


def _said(length: timedelta) -> str:
    return spelled(length)
