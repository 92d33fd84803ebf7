"""A process that has read everything but our own package, and forks to run a few tests on a copy of that.

python -m tests.mutations.bench FOLDER    reads lists of tests as lines of JSON, answers each with status and failures
"""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_KNOWN = (
    "_pytest.pytester", "babel", "click", "cmarkgfm", "css_inline", "feedgen.feed", "httpx", "hypothesis.strategies",
    "jinja2", "mkdocs.commands.build", "nh3", "playwright.sync_api", "psycopg", "pydantic", "rich.console",
    "yaml",
)  # fmt: skip


class Bench:
    """Runs tests on the package in a folder."""

    def __init__(self, folder: str) -> None:
        """Start the process that forks."""
        environment = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST_")}
        command = [sys.executable, "-m", "tests.mutations.bench"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=300)

    def test(self, names: list[str]) -> tuple[int, list[str]]:
        """Return pytest's exit status and the test at which it stopped, if there is one."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(names) + "\n")
        self._process.stdin.flush()
        status, failed = json.loads(self._process.stdout.readline())
        return status, failed


class _Failures:
    """What failed, for pytest to fill."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.names.append(report.nodeid)


def _run(names: list[str], answer: int) -> None:
    """Run tests in a fork of this process; the fork says on `answer` what failed."""
    import pytest

    pid = os.fork()
    if not pid:
        quiet = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(quiet, number)
        failures = _Failures()
        words = ["-q", "-x", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", *names]
        status = int(pytest.main(words, plugins=[failures]))
        os.write(answer, f"{json.dumps([status, failures.names])}\n".encode())
        os._exit(0)
    os.waitpid(pid, 0)


if __name__ == "__main__":
    for known in _KNOWN:
        importlib.import_module(known)
    assert "stillup" not in sys.modules
    answer = os.dup(sys.stdout.fileno())
    for asked in sys.stdin:
        _run(json.loads(asked), answer)
