"""Rules of records and timeline, each broken in one line of a copy of the package: the tests named beside it must fail.

python -m tests.mutations.mutant        all of them, a line each
python -m tests.mutations.mutant late   those with `late` in their rule
"""

import shutil
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.mutations.bench import Bench

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "generator" / "stillup"


@dataclass(frozen=True)
class Mutant:
    """One rule, and the line that breaks it."""

    rule: str
    file: str
    old: str
    """Stands exactly once in the file, or the table is out of date."""

    new: str
    tests: str
    """The narrowest test file that must notice."""


def timeline(rule: str, file: str, old: str, new: str, tests: str) -> Mutant:
    return Mutant(rule, f"timeline/{file}.py", old, new, f"tests/timeline/test_{tests}.py")


def records(rule: str, file: str, old: str, new: str, tests: str = "faults") -> Mutant:
    return Mutant(rule, f"records/{file}.py", old, new, f"tests/records/test_{tests}.py")


MUTANTS = (
    timeline(
        "an update five minutes ahead counts as now, a later one is a draft",
        "publication",
        "updates = tuple(update for update in incident.updates if update.at <= horizon)",
        "updates = tuple(update for update in incident.updates if update.at < horizon)",
        "publication",
    ),
    timeline(
        "a withdrawn update counts for nothing",
        "course",
        "for update in public if update.withdrawn is None]",
        "for update in public]",
        "incident",
    ),
    timeline(
        "of overlapping claims the worst holds",
        "claim",
        "worst = max(held, key=lambda claim: claim.status.rank)",
        "worst = min(held, key=lambda claim: claim.status.rank)",
        "claim",
    ),
    timeline(
        "after a reopening the gap is operational",
        "phase",
        "self._end(self.newest.before, moment)",
        "self._end(moment, moment)",
        "incident",
    ),
    timeline(
        "a change told later holds from when it was",
        "phase",
        "max(changed, self.newest.began)",
        "max(moment, self.newest.began)",
        "incident",
    ),
    timeline(
        "what a phase tells is not counted before it was opened again",
        "phase",
        "self._change(update, max(changed, self.newest.began))",
        "self._change(update, changed)",
        "incident",
    ),
    timeline(
        "a change told later replaces what was said of the time after it",
        "phase",
        "if each.component == component and each.end is not None and each.end > moment",
        "if each.component == component and each.end is None",
        "incident",
    ),
    timeline(
        "a state is counted from when it began, not from when it was told",
        "phase",
        "if was is status and start <= moment:",
        "if was is status:",
        "incident",
    ),
    timeline(
        "an incident beats a maintenance",
        "state",
        "tier = 1 if course.kind is Kind.MAINTENANCE else 2",
        "tier = 2 if course.kind is Kind.MAINTENANCE else 1",
        "state",
    ),
    timeline(
        "a maintenance beats a monitor",
        "state",
        'yield _Span(since, until, 0, change.status, "", since)',
        'yield _Span(since, until, 3, change.status, "", since)',
        "state",
    ),
    timeline(
        "a window is half-open: at its end it is over",
        "window",
        "self.runs[-1].start < self.end <= now",
        "self.runs[-1].start < self.end < now",
        "maintenance",
    ),
    timeline(
        "a day ends at the next midnight of its zone, not 24 hours later",
        "day",
        "return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)",
        "return _midnight(day, zone), _midnight(day, zone) + timedelta(days=1)",
        "day",
    ),
    timeline(
        "uptime is floored",
        "uptime",
        "(whole - lost) // whole)",
        "(whole - lost) // whole + 1)",
        "uptime",
    ),
    timeline(
        "a partial outage weighs less than a major one",
        "uptime",
        "partial * weights.partial_outage)",
        "partial * weights.major_outage)",
        "uptime",
    ),
    timeline(
        "a group's mean is over all its children, also those without data",
        "uptime",
        "spent = [sum(seconds) // len(row)",
        "spent = [sum(seconds) // len(known)",
        "uptime",
    ),
    timeline(
        "the page is as bad as the worse of components and open incidents",
        "overall",
        "if _ORDER.index(told.indicator) > _ORDER.index(seen.indicator)",
        "if _ORDER.index(told.indicator) < _ORDER.index(seen.indicator)",
        "overall",
    ),
    timeline("at its time a promise is not late yet", "promise", "late=at > due,", "late=at >= due,", "promise"),
    timeline(
        "what will become public moves the clock",
        "due",
        "yield from (update.at - AHEAD, update.at)",
        "yield from (update.at,)",
        "due",
    ),
    timeline(
        "what ran out under a severity is judged by that one",
        "clock/judged",
        "if until is None or due < until or",
        "if until is None or",
        "severity",
    ),
    timeline(
        "nothing is due by a severity before it was known",
        "clock/judged",
        "due = max(since, start + limit)",
        "due = start + limit",
        "severity",
    ),
    timeline(
        "an exception counts towards the rule's COUNT",
        "recurrence",
        "if start not in excepted:",
        "if True:",
        "recurrence",
    ),
    records(
        "a change is of the phase that tells it, and of nothing before its resolution",
        "phase",
        "max(changed, self.began, self.closed)",
        "max(changed, self.began)",
    ),
    records("a key stands once", "reading", "if key in result:", "if key in ():", "faults"),
    records("`no` is not false", "scalar", "if lower in _SWITCHES:", "if lower in ():", "faults"),
    records(
        "lines that an unfinished merge left are called that",
        "syntax",
        "if merged := _MERGED(text):",
        "if merged := _MERGED(text[:1]):",
        "reading",
    ),
    records(
        "all characters that nobody sees are told in one run",
        "syntax",
        "islice(_FORBIDDEN.finditer(text), _TOLD)",
        "islice(_FORBIDDEN.finditer(text), 1)",
        "reading",
    ),
    records(
        "a text is not cut at a comment",
        "reading",
        "if self.commented and self.cut(event, loc):",
        "if self.commented and not self.commented:",
        "faults",
    ),
    records(
        "a local time that clocks skip does not exist",
        "moment",
        "if first.utcoffset() == second.utcoffset():",
        "if first is not second:",
        "faults",
    ),
    records(
        "nothing follows an update that closes",
        "statement",
        "    if update.status.closes:",
        "    if update.status == 'closes':",
        "faults",
    ),
    records(
        "earlier words belong to an edit that is noted",
        "statement",
        "if update.was is not None and update.edited_at is None:",
        "if update.was is not None and update.edited_at == update.at:",
        "faults",
    ),
    records(
        "nothing ends before it begins",
        "contradiction",
        "if started is not None and ended < started:",
        "if started is not None and ended > started:",
        "faults",
    ),
    records(
        "a second update at one instant has an id of its own",
        "assembly",
        'else f"{stamp}-{',
        'else stamp or f"{stamp}-{',
        "incident",
    ),
    records(
        "a component has no part in a group after its life",
        "inventory",
        "if component.lives_on(day))",
        "if component.lives_on(day) or True)",
        "incident",
    ),
    records(
        "two records do not share an API code",
        "identity",
        "if holder is not identity or code in identity.codes[:place]:",
        "if code in identity.codes[:place]:",
        "store",
    ),
    records(
        "a link does not leave the repository",
        "folder",
        "if not target.is_relative_to(self.root.resolve()):",
        "if target != target:",
        "store",
    ),
    Mutant(
        "updates of a scenario come in the order of time",
        "records/scenario.py",
        "if step.after <= before.after:",
        "if step.after < before.after and False:",
        "tests/reports/test_drill.py",
    ),
    Mutant(
        "records begin with the first component, not with the last",
        "timeline/metric_known.py",
        "return min([*told, at])",
        "return max([*told, at])",
        "tests/reports/test_known.py",
    ),
)


class OutOfDate(Exception):
    """The table does not fit the code any more."""


def survivors(mutants: Iterable[Mutant] = MUTANTS, say: bool = False) -> list[str]:
    """Return the rules whose breaking no test noticed.

    Raises:
        OutOfDate: a line is not there, or the tests fail without any mutation.
    """
    mutants = tuple(mutants)
    lived = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "stillup"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        broken = {mutant: _broken(copy / mutant.file, mutant) for mutant in mutants}
        killers = set()
        with Bench(folder) as bench:
            for mutant, text in broken.items():
                file = copy / mutant.file
                sound = file.read_text(encoding="utf-8")
                file.write_text(text, encoding="utf-8")
                code, failed = bench.test([mutant.tests])
                file.write_text(sound, encoding="utf-8")
                if code not in (0, 1):
                    raise OutOfDate(f"{mutant.rule}: {mutant.tests} could not run: exit status {code}.")
                if code == 0:
                    lived.append(f"{mutant.rule} ({mutant.file})")
                killers.update(failed)
                if say:
                    print(f"{'LIVES  ' if code == 0 else 'killed '} {mutant.rule}", flush=True)
            if killers and (code := bench.test(sorted(killers))[0]):
                raise OutOfDate(f"The tests that noticed do not pass without any mutation: exit status {code}.")
    return lived


def _broken(file: Path, mutant: Mutant) -> str:
    text = file.read_text(encoding="utf-8")
    if (count := text.count(mutant.old)) != 1:
        raise OutOfDate(f"{mutant.rule}: {mutant.old!r} stands in {mutant.file} {count} times, and must stand once.")
    return text.replace(mutant.old, mutant.new)


def main(words: list[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if all(word in mutant.rule for word in words)]
    lived = survivors(chosen, say=True)
    print(f"{len(chosen) - len(lived)} of {len(chosen)} killed.")
    return 1 if lived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
