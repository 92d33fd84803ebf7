"""Which files of tests are begun first: those that took longest when a run was measured last.

A long one that is begun last keeps one core busy for minutes while the others have nothing to do.
`pytest --numprocesses auto --dist loadfile --junitxml run.xml && python -m tests.order run.xml` measures anew.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.machine import ROOT

_KEPT = ROOT / "tests" / "seconds.json"
_LONG = 5
"""Files that take fewer seconds come after the others, as they were found."""


def measured() -> dict[str, int]:
    """Return the seconds of each long file, by its path from the root of the project: a figure for order alone."""
    return dict(json.loads(_KEPT.read_text(encoding="utf-8")))


def longest_first(items: list[pytest.Item]) -> None:
    """Put `items` in order; those of one file stay together, as they are."""
    seconds = {ROOT / path: count for path, count in measured().items()}
    items.sort(key=lambda item: -seconds.get(item.path, 0))


def measure(report: Path) -> None:
    """Keep what a run took, by its report in JUnit's XML."""
    found: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        names = [name for name in case.attrib["classname"].split(".") if not name.startswith("Test")]
        found[f"{'/'.join(names)}.py"] += float(case.attrib["time"])  # type: ignore[assignment]
    kept = {path: round(count) for path, count in found.most_common() if count >= _LONG}
    _KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
