"""What one command costs: CPU of it and of all its children, wall time, memory; and what it leaves on disk."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_STOPWATCH = Path(__file__).parent / "stopwatch.py"
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""With compiled modules: who measures may have forbidden them for other reasons."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One measurement. Seconds and bytes."""

    cpu: float
    """User and system time of the command and of every process it waited for."""

    system: float
    """The part of `cpu` that the kernel took."""

    wall: float
    largest: int
    """Peak resident memory of the largest process, exact."""

    tree: int
    """Peak of all processes together, seen every 20 ms; a page that several share counts once."""

    said: str = ""
    """What the command printed."""


def measure(command: Sequence[str | Path], *, folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run `command` in `folder` and return what it cost.

    Raises:
        RuntimeError: it failed, and a failed build is not measured; with what it said.
    """
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(_STOPWATCH), report.name, *map(str, command)],
            cwd=folder,
            env=_ENVIRONMENT | (environment or {}),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        said = json.loads(Path(report.name).read_text())
    return Cost(
        cpu=said["user"] + said["system"],
        system=said["system"],
        wall=said["wall"],
        largest=said["largest"],
        tree=said["tree"],
        said=done.stdout,
    )


def weigh(folder: Path) -> tuple[int, int]:
    """Return the number of files below `folder` and their bytes."""
    sizes = [os.path.getsize(os.path.join(place, name)) for place, _, names in os.walk(folder) for name in names]
    return len(sizes), sum(sizes)
