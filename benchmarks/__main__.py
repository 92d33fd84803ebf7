"""`python -m benchmarks`: measure, and write RESULTS.md."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks import result, run
from benchmarks.budget import verdicts

HERE = Path(__file__).parent


def main() -> int:
    """Return 0 when everything was measured; a missed budget is told, not an error, unless `--strict`."""
    words = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    words.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000], metavar="N")
    words.add_argument("--rounds", type=int, help="default: 5, and 3 from 10,000 incidents on")
    words.add_argument("--plain", type=int, default=10_000, metavar="N", help="plain MkDocs up to N incidents (10,000)")
    words.add_argument("--results", type=Path, default=HERE / "RESULTS.md", help="where to write")
    words.add_argument("--strict", action="store_true", help="exit 1 when a budget is missed")
    given = words.parse_args()
    counts = sorted(given.sizes)
    rounds = {count: given.rounds or (3 if count >= 10_000 else 5) for count in counts}
    # As users start it: PYTHONDONTWRITEBYTECODE alone would have every module compiled in every run.
    for name in [name for name in os.environ if name.startswith(("PYTHON", "STILLUP_"))]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="stillup-bench-") as folder:
        run.warm(Path(folder) / "warm")
        sizes: list[run.Size] = []
        for size in run.sizes(Path(folder), counts, rounds=rounds.__getitem__, plain=given.plain, say=_say):
            sizes.append(size)
            given.results.write_text(result.text(sizes, rounds), encoding="utf-8")
    missed = [verdict for verdict in verdicts(sizes) if verdict.met is False]
    for verdict in missed:
        print(f"missed: {verdict.what}: at most {verdict.limit}, measured {verdict.measured}")
    print(given.results)
    return 1 if missed and given.strict else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
