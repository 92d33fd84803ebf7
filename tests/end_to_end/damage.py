"""Damage to what a build keeps: bits that flip, blocks that are lost.

`python -m tests.end_to_end.damage build 500` begins the same build with so many damages: after records were changed,
added and removed and time has passed, its tree must be that of a build that knows nothing. With `ask` instead of
`build` the index is only asked everything it can be asked: all it says must be what was saved, or it must notice.
"""

import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from stillup import pipeline
from stillup.pipeline.building.run import DAMAGE, Run
from stillup.records.index import Index
from stillup.records.shelf import Shelf
from stillup.records.story import FOREVER
from stillup.vocabulary import Kind
from tests.end_to_end.page import RECORDS, Site

COUNT = 90
"""Incidents, so that the tables have more than one page."""

SEAL, TEXTS = "index.sqlite.seal", "index.sqlite.texts"


class Bench:
    """A page on which one build after the other is begun from the same state."""

    def __init__(self, folder: Path) -> None:
        """Lay out the page below `folder`, build it, change it, and build what it must become elsewhere."""
        self.site = Site.make(folder / "root", RECORDS | dict(_incident(number) for number in range(COUNT)))
        self.site.build()
        self._kept = self.site.root / ".stillup" / "site"
        names = ("index.sqlite", TEXTS, SEAL)
        self.files = {name: (self._kept / name).read_bytes() for name in names}
        self._stood = self.site.tree()
        self._change()
        self.site.build()
        self._later = {name: (self._kept / name).read_bytes() for name in names}
        self.wanted = self.site.cold(folder / "cold")

    def _change(self) -> None:
        site = self.site
        site.at += timedelta(days=1, hours=2)
        path, text = _incident(COUNT + 1)
        site.write(path, text)
        path, text = _incident(COUNT - 7)
        site.write(path, text.replace("Done", "Done, and done well"))
        (site.root / _incident(COUNT - 30)[0]).unlink()
        (site.root / _incident(3)[0]).unlink()
        site.write(
            "incidents/2026/open/updates/20261121t104000z-0a1b.yml",
            "at: 2026-11-21T10:40:00Z\nstatus: resolved\nbody: It was the cache.\n",
        )

        with Run(self.site.root, at=self.site.at, site_dir=self.site.root / "site", work=self._kept, live=False) as run:
            self.basis = run.basis

    def truth(self, folder: Path) -> list[object]:
        """Return what the undamaged index says; its files are laid out in `folder`."""
        for name, body in self.files.items():
            (folder / name).write_bytes(body)
        with Index(folder / "index.sqlite", self.basis) as index:
            assert not index.anew
            return told(index)

    def built(self, damaged: dict[str, bytes]) -> pipeline.Built:
        """Build the changed page from the kept files as they were before, with those in `damaged` so."""
        self._restore()
        for name, body in (self.files | damaged).items():
            (self._kept / name).write_bytes(body)
        return self.site.build()

    def _restore(self) -> None:
        folder = self.site.root / "site"
        stands = self.site.tree()
        for path in stands.keys() - self._stood.keys():
            (folder / path).unlink()
        for path, body in self._stood.items():
            if stands.get(path) != body:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(body)

    def damage(self, chance: random.Random) -> tuple[str, dict[str, bytes]]:
        """Return what is damaged, in words, and what the file holds then."""
        name = chance.choices(tuple(self.files), (30, 65, 5))[0]
        how = chance.choice(_KINDS)
        body = bytearray(self.files[name])
        how(body, chance, self._later[name])
        return f"{name} {how.__name__.strip('_')}", {name: bytes(body)}


def _incident(number: int) -> tuple[str, str]:
    month, day = number % 10 + 1, number % 27 + 1
    component = ("api", "web", "mail")[number % 3]
    return f"incidents/2026/case-{number:04}.yml", (
        f"title: Case {number} of {component}\nupdates:\n  - at: 2026-{month:02}-{day:02}T08:{number % 60:02}:00Z\n"
        f"    status: investigating\n    components: {{{component}: partial_outage}}\n    body: Case {number} began.\n"
        f"  - at: 2026-{month:02}-{day:02}T11:00:00Z\n    status: resolved\n    body: Done.\n"
    )


def _bit(body: bytearray, chance: random.Random, _: bytes) -> None:
    place = chance.randrange(len(body))
    body[place] ^= 1 << chance.randrange(8)


def _bits(body: bytearray, chance: random.Random, other: bytes) -> None:
    for _ in range(chance.randrange(2, 40)):
        _bit(body, chance, other)


def _block(body: bytearray, chance: random.Random) -> slice:
    size = chance.choice((16, 512, 4096, 8192))
    start = chance.randrange(0, len(body), size)
    return slice(start, min(start + size, len(body)))


def _zeros(body: bytearray, chance: random.Random, _: bytes) -> None:
    place = _block(body, chance)
    body[place] = bytes(place.stop - place.start)


def _noise(body: bytearray, chance: random.Random, _: bytes) -> None:
    place = _block(body, chance)
    body[place] = chance.randbytes(place.stop - place.start)


def _of_another_time(body: bytearray, chance: random.Random, other: bytes) -> None:
    place = _block(body, chance)
    body[place] = other[place].ljust(place.stop - place.start, b"\0")


def _elsewhere(body: bytearray, chance: random.Random, _: bytes) -> None:
    place, start = _block(body, chance), chance.randrange(0, len(body), 8192)
    body[place] = bytes(body[start : start + place.stop - place.start]).ljust(place.stop - place.start, b"\0")


def _short(body: bytearray, chance: random.Random, _: bytes) -> None:
    del body[chance.randrange(len(body)) :]


def _long(body: bytearray, chance: random.Random, _: bytes) -> None:
    body.extend(chance.randbytes(chance.randrange(1, 9000)))


_KINDS: tuple[Callable[[bytearray, random.Random, bytes], None], ...] = (
    *(_bit, _bits, _zeros, _noise, _of_another_time, _elsewhere, _short, _long),
)


def told(index: Index) -> list[object]:
    """Return what `index` says to every question."""
    ids, shelf, ever = sorted(index.ids()), Shelf(index), ("2026-01-01", "2026-12-31")
    stories = [index.one(id) for id in ids]
    found: list[object] = [stories, index.seen(), index.public(), index.stale(0), index.due(0), index.first_month()]
    found += [list(index.touching(0, FOREVER)), list(index.opened()), list(index.lately(0)), list(index.listed(*ever))]
    found += [index.places(*ever), list(index.tallies(*ever, by_month=True)), list(index.begun(9)), index.count()]
    found += [list(index.newest(9, kind)) for kind in ("", *Kind)]
    found += [list(index.newest(9, component=each)) for each in ("api", "web")]
    found += [list(index.holding("mail", 9)), list(index.resolved("incident", 9)), list(index.past("maintenance", 9))]
    found += [(index.path(id), index.digest(id), index.at(index.path(id)), index.days_of([id])) for id in ids]
    found += [list(index.having("codes")), list(index.having("warnings")), list(index.references())]
    found += [shelf.one(id) for id in ids]
    found += [list(shelf.of_year(2026)), list(shelf.listed_in(2026)), list(shelf.spoken_in("2026-10"))]
    found += [list(shelf.lined_from("2026-09")), shelf.names(), shelf.years()]
    found += [index.note(key) for key, *_ in index.rows("select key from meta order by key")]
    return found


def is_noticed(folder: Path, bench: Bench, damaged: dict[str, bytes], truth: list[object]) -> bool:
    """Whether an index with the files in `damaged` says that it is not sound; else it says what it said before.

    Raises:
        AssertionError: it says something else.
    """
    for name, body in (bench.files | damaged).items():
        (folder / name).write_bytes(body)
    with Index(folder / "index.sqlite", bench.basis) as index:
        if index.anew:
            return True
        try:
            said = told(index)
        except DAMAGE:
            return True
        assert said == truth
        return False


def main(way: str, count: int, first: int) -> int:
    """Try `count` damages from the seed `first` on; return how many went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="stillup-damage-"))
    wrong = noticed = 0
    try:
        bench = Bench(folder)
        (folder / "index").mkdir()
        truth = bench.truth(folder / "index")
        for seed in range(first, first + count):
            what, damaged = bench.damage(random.Random(seed))
            try:
                if way == "build":
                    noticed += bench.built(damaged).anew != ""
                    assert bench.site.tree() == bench.wanted
                else:
                    noticed += is_noticed(folder / "index", bench, damaged, truth)
            except Exception as error:  # each seed says what it came to
                wrong += 1
                print(f"seed {seed}: {what}: {type(error).__name__}: {error}"[:300], flush=True)
    finally:
        shutil.rmtree(folder)
    print(
        f"{count} damages, {noticed} noticed, {count - noticed - wrong} without effect, {wrong} went wrong", flush=True
    )
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else 0)))
