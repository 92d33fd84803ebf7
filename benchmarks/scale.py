"""`python -m benchmarks.scale`: a page far larger than the usual one, beside a small one with as many components.

Prints a table for RESULTS-scale.md. With 100,000 incidents it takes some ten minutes and 4 GB of disk.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.contestant import Stillup
from benchmarks.cost import Cost, measure
from benchmarks.incident import AT, days, incidents, many, news

_QUIET = {"NO_MKDOCS_2_WARNING": "1"}


def main() -> None:
    """Measure each size and print what it costs, and the largest file of each kind."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    words.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000], metavar="N")
    words.add_argument("--components", type=int, default=500)
    words.add_argument("--folder", type=Path, help="keep everything here")
    given = words.parse_args()
    for name in [name for name in os.environ if name.startswith(("PYTHON", "STILLUP_"))]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="stillup-scale-") as temporary:
        for count in given.sizes:
            for line in measured((given.folder or Path(temporary)) / str(count), count, given.components):
                print(line, flush=True)


def measured(folder: Path, count: int, components: int) -> Iterator[str]:
    """Yield what a page of `count` incidents costs, as lines of Markdown."""
    folder.mkdir(parents=True)
    names = many(components)
    told = list(incidents(count, names))
    own = Stillup(folder / "page", names, (AT - timedelta(days=days(count) + 1)).date())
    own.lay_out(told)
    yield f"\n## {count:,} incidents, {sum(len(each.updates) for each in told):,} updates, {components} components\n"
    yield "| | CPU | of it system | wall | MB |\n|---|--:|--:|--:|--:|"
    at = AT
    yield _line("cold build", measure(own.build(at), folder=folder, environment=_QUIET))
    for number in range(1, 4):
        at += timedelta(minutes=1)
        own.tell(news(told[-1], at, number))
        yield _line("one new update", _one(own.build(at), folder))
    at += timedelta(minutes=1)
    for _ in range(2):
        yield _line("`build`, nothing changed", measure(own.build(at), folder=folder, environment=_QUIET))
        yield _line("`check`, nothing changed", measure(own.check(at), folder=folder, environment=_QUIET))
    yield from _weighed(own.site)


def _one(command: list[str], folder: Path) -> Cost:
    """Return what a build of one update costs.

    Raises:
        RuntimeError: it told everything anew: the program was edited while it was measured, most likely.
    """
    cost = measure(command, folder=folder, environment=_QUIET)
    if "anew" in cost.said:
        raise RuntimeError(cost.said)
    return cost


def _line(name: str, cost: Cost) -> str:
    return f"| {name} | {cost.cpu:.2f} | {cost.system:.2f} | {cost.wall:.2f} | {cost.tree / 1e6:.0f} |"


def _weighed(site: Path) -> Iterator[str]:
    """Yield the heaviest file of each kind, and of the whole tree."""
    sizes = {path.relative_to(site): path.stat().st_size for path in site.rglob("*") if path.is_file()}
    yield f"\n{len(sizes):,} files, {sum(sizes.values()) / 1e6:.1f} MB\n"
    yield "| kind | files | the largest | kB |\n|---|--:|---|--:|"
    kinds: dict[str, list[Path]] = {}
    for path in sizes:
        kinds.setdefault(path.suffix or path.name, []).append(path)
    for kind, paths in sorted(kinds.items(), key=lambda pair: -max(sizes[path] for path in pair[1])):
        heaviest = sorted(paths, key=lambda path: -sizes[path])[:3]
        shown = ", ".join(f"`{path}` {sizes[path] / 1e3:.0f}" for path in heaviest)
        yield f"| {kind} | {len(paths):,} | {shown} | {sizes[heaviest[0]] / 1e3:.0f} |"


if __name__ == "__main__":
    main()
