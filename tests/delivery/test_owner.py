"""Which process acts on an intent, as others see it: on this machine, and in containers on it."""

import subprocess
import sys

from stillup.delivery.owner import is_ours, owner, runs
from tests.machine import apart
from tests.tools import ROOT

_SAY = "from stillup.delivery.owner import owner; print(owner(), flush=True); input()"


def _said(*before: str) -> tuple[str, "subprocess.Popen[str]"]:
    """Start a process that waits, behind the words `before`; return what it calls itself, and the process."""
    words = [*before, sys.executable, "-c", _SAY]
    process = subprocess.Popen(words, cwd=ROOT / "generator", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process.stdout.readline().strip(), process


def test_a_process_is_known_to_run_until_it_ends():
    name, process = _said()
    assert is_ours(name)
    assert runs(name)

    process.communicate("\n")

    assert is_ours(name)
    assert not runs(name)
    assert runs(owner())


def test_a_process_of_a_container_with_our_host_name_is_not_taken_for_one_of_ours():
    """Its number means another process here, so it would be dead, and what it sends sent twice."""
    name, process = _said(*apart())
    process.communicate("\n")

    assert name.count(":") == 2
    assert not is_ours(name)
