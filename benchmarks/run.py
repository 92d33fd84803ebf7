"""One run: every contestant on the same incidents, in turn, so that a busy minute of the machine meets all of them."""

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.contestant import Hugo, Plain, Stillup, stamp
from benchmarks.cost import Cost, measure, weigh
from benchmarks.incident import AT, Incident, Update, incidents, news
from benchmarks.share import Share

_QUIET = {"NO_MKDOCS_2_WARNING": "1"}


@dataclass(slots=True)
class Case:
    """One thing that was measured, as often as it was."""

    name: str
    costs: list[Cost] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    """Of the site it left, where that is worth saying."""

    def of(self, figure: str) -> list[float]:
        """Return one figure of every measurement."""
        return [getattr(cost, figure) for cost in self.costs]

    @property
    def cpu(self) -> float:
        """Median, in seconds."""
        return median(self.of("cpu"))


COLD, UNCHANGED, UPDATE, UPDATE_GIT = "cold", "unchanged", "update", "update-git"
CHECK, THROUGH_COLD, THROUGH = "check", "through-cold", "through"
HUGO, HUGO_MANY, HUGO_UPDATE, PLAIN, COPY = "hugo", "hugo-many", "hugo-update", "plain", "copy"


@dataclass(slots=True)
class Size:
    """What was measured with so many incidents."""

    count: int
    cases: dict[str, Case] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    """By case: where the CPU goes, as `share` finds it."""

    def cpu(self, name: str) -> float | None:
        """Return the median of a case, None when it was not measured."""
        case = self.cases.get(name)
        return case.cpu if case else None


class Run:
    """The contestants with `count` incidents below `folder`."""

    def __init__(self, folder: Path, count: int, *, plain: bool, say: Callable[[str], None]) -> None:
        """Lay out everybody's files; `plain` asks for plain MkDocs too."""
        folder.mkdir(parents=True)
        self._folder, self._say = folder, say
        self._incidents = list(incidents(count))
        self.size = Size(count)
        self._own, self._through = Stillup(folder / "stillup"), Stillup(folder / "through")
        self._hugo, self._many = Hugo(folder / "hugo"), Hugo(folder / "many", many=True)
        self._plain = Plain(folder / "plain") if plain else None
        for contestant in (self._own, self._through, self._hugo, self._many, self._plain):
            if contestant is not None:
                contestant.lay_out(self._incidents)
        self._at = AT
        self._told = 0

    def round(self, *, first: bool, seldom: bool) -> None:
        """Measure every case once; `seldom` cases (plain MkDocs, cold through MkDocs) only when asked."""
        own, through, hugo = self._own, self._through, self._hugo
        hugo.forget()
        self._measure(HUGO, hugo.build(self._at), site=hugo)
        self._many.forget()
        self._measure(HUGO_MANY, self._many.build(self._at), site=self._many)
        own.forget()
        self._measure(COLD, own.build(self._at), site=own)
        if self._plain is not None and (first or seldom):
            self._plain.forget()
            self._measure(PLAIN, self._plain.build(), site=self._plain)
        if first or seldom:
            through.forget()
            self._measure(THROUGH_COLD, through.mkdocs(), site=through)

        hugo.tell(self._news())
        self._measure(HUGO_UPDATE, hugo.build(self._at))
        self._later()
        self._measure(UNCHANGED, own.build(self._at))
        own.tell(self._news())
        self._measure(UPDATE, own.build(self._at))
        self._published(own)

        own.commit("Tell the last one")
        measure(own.build(self._later()), folder=self._folder)
        own.tell(self._news())
        own.commit("Tell another one")
        self._measure(UPDATE_GIT, own.build(self._at))
        self._published(own)
        self._measure(CHECK, own.check(self._later()))

        through.tell(self._news())
        through.commit("Tell another one")
        self._measure(THROUGH, through.mkdocs())
        self._published(through)
        copy = self._folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        self._measure(COPY, ["cp", "-r", str(own.site), str(copy)])

    def shares(self, times: int) -> None:
        """Find where the CPU of a cold build and of `times` builds with one update goes."""
        self._own.forget()
        self.size.shares[COLD] = self._share(1, lambda: None)
        self.size.shares[UPDATE] = self._share(times, lambda: self._own.tell(self._news()))

    def _share(self, times: int, prepare: Callable[[], object]) -> Share:
        found = self._folder / "share.json"
        mean = Share()
        for _ in range(times):
            prepare()
            words = self._own.build(self._later())[1:]
            command = [sys.executable, "-m", "benchmarks.share", *words]
            measure(command, folder=Path(__file__).parent.parent, environment={"STILLUP_SHARE": str(found)})
            mean.add(Share(**json.loads(found.read_text())), 1 / times)
        return mean

    def _measure(self, name: str, command: list[str], *, site: "Stillup | Hugo | Plain | None" = None) -> None:
        environment = _QUIET | ({"STILLUP_AT": stamp(self._at)} if "mkdocs" in command[0] else {})
        cost = measure(command, folder=self._folder, environment=environment)
        case = self.size.cases.setdefault(name, Case(name))
        case.costs.append(cost)
        self._say(
            f"{self.size.count:>6}  {name:<12} {cost.cpu:7.2f} CPU s {cost.wall:7.2f} s {cost.tree / 1e6:6.0f} MB"
        )
        if site is not None and not case.files:
            case.files, case.bytes = weigh(site.site)
            lacking = [incident.id for incident in self._incidents if not site.page(incident).is_file()]
            if lacking:
                raise RuntimeError(f"{name} made no page for {len(lacking)} incidents, first {lacking[0]}")

    def _published(self, site: Stillup) -> None:
        """Make sure that what was measured did its work."""
        said = f"{self._told} of 9 regions"
        if said not in site.page(self._newest).read_text(encoding="utf-8"):
            raise RuntimeError(f"the newest update did not reach {site.page(self._newest)}")

    @property
    def _newest(self) -> Incident:
        return self._incidents[-1]

    def _later(self) -> datetime:
        """Let a minute pass."""
        self._at += timedelta(minutes=1)
        return self._at

    def _news(self) -> Update:
        self._told += 1
        return news(self._newest, self._later(), self._told)


def warm(folder: Path) -> None:
    """Build once with everything that is measured, so that no first run pays for compiled modules."""
    run = Run(folder, 10, plain=True, say=lambda _: None)
    run.round(first=True, seldom=True)
    shutil.rmtree(folder)


def sizes(
    folder: Path, counts: list[int], *, rounds: Callable[[int], int], plain: int, say: Callable[[str], None]
) -> Iterator[Size]:
    """Measure each of `counts` below `folder`; plain MkDocs up to `plain` incidents."""
    for count in counts:
        began = time.perf_counter()
        run = Run(folder / str(count), count, plain=count <= plain, say=say)
        for number in range(rounds(count)):
            run.round(first=number == 0, seldom=count <= 1_000)
        run.shares(5)
        say(f"{count:>6}  took {time.perf_counter() - began:.0f} s")
        yield run.size
        shutil.rmtree(folder / str(count))
