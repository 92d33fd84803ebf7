"""What a build may cost, and whether it does."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import run
from benchmarks.run import Size


@dataclass(frozen=True, slots=True)
class Verdict:
    """One budget beside what was measured; `met` is None where the run did not measure it."""

    what: str
    limit: str
    measured: str
    met: bool | None


def verdicts(sizes: Sequence[Size]) -> list[Verdict]:
    """Judge the largest size, and compare it with the smallest."""
    large, small = sizes[-1], sizes[0]
    hugo, again = large.cpu(run.HUGO), large.cpu(run.HUGO_UPDATE)
    cold, update = large.cpu(run.COLD), large.cpu(run.UPDATE)
    peak = max(large.cases[run.COLD].of("tree")) / 1e6
    return [
        _ratio("cold build", cold, hugo, 1.0, "of Hugo's CPU (first walk)"),
        _ratio("cold build", cold, hugo, 0.6, "of Hugo's CPU"),
        _ratio("cold build, everything on", cold, hugo, 1.2, "of Hugo's CPU"),
        Verdict("cold build, memory of all its processes", "150 MB", f"{peak:.0f} MB", peak <= 150),
        _seconds("one new update", update, 0.25),
        _ratio("one new update", update, again, 0.04, "of Hugo's CPU"),
        _seconds("one new update, committed", large.cpu(run.UPDATE_GIT), 0.25),
        _seconds("one new update through `mkdocs build --strict`", large.cpu(run.THROUGH), 0.5),
        _ratio(f"one new update, beside {small.count:,} incidents", update, small.cpu(run.UPDATE), 1.3, "of its CPU"),
        _seconds("`check`, nothing changed", large.cpu(run.CHECK), 0.3),
    ]


def _seconds(what: str, measured: float | None, limit: float) -> Verdict:
    if measured is None:
        return Verdict(what, f"{limit} s", "not measured", None)
    return Verdict(what, f"{limit} s", f"{measured:.2f} s", measured <= limit)


def _ratio(what: str, measured: float | None, other: float | None, limit: float, of: str) -> Verdict:
    if measured is None or not other:
        return Verdict(what, f"{limit} {of}", "not measured", None)
    return Verdict(
        what, f"{limit} {of}", f"{measured / other:.3g} ({measured:.2f} s / {other:.2f} s)", measured / other <= limit
    )
