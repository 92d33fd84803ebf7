"""What SIGTERM does to a command that has no end of its own for it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.machine import apart
from tests.tools import MODULES, PATIENCE, program, warm

_COMMAND = """
import sys, time
from stillup.cli.ending import orderly
with orderly():
    try:
        print("ready", flush=True)
        time.sleep(600)
    finally:
        print("closed", flush=True)
        if "long" in sys.argv:
            time.sleep(600)
"""


def _begun(*before: str, more: str = "") -> "subprocess.Popen[str]":
    words = [*before, sys.executable, "-c", _COMMAND, more]
    process = subprocess.Popen(words, cwd=MODULES, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def test_it_closes_what_it_has_open():
    process = _begun()

    process.terminate()

    assert process.communicate(timeout=PATIENCE)[0] == "closed\n"
    assert process.returncode == 143


def test_a_second_one_ends_it_whatever_it_closes():
    process = _begun(more="long")
    process.terminate()
    assert process.stdout
    process.stdout.readline()

    process.terminate()

    assert process.wait(PATIENCE) == 143
    process.stdout.close()


def test_it_ends_as_process_1_of_a_container_too():
    """There the system does nothing by itself, and the container would be killed after a while."""
    process = _begun(*apart())

    child = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    os.kill(int(child), signal.SIGTERM)

    assert process.communicate(timeout=PATIENCE)[0] == "closed\n"
    assert process.returncode == 143


@pytest.mark.parametrize("words", [("--help",), ("clock", "--help"), ("schema", "incident")])
def test_output_that_nobody_takes_ends_a_command_in_a_line_at_most(words, tmp_path):
    read, closed = os.pipe()
    os.close(read)
    full, nothing = os.open("/dev/full", os.O_WRONLY), os.open(os.devnull, os.O_RDONLY)
    ends = {}
    for name, output in (("closed", closed), ("full", full)):
        with (tmp_path / name).open("wb") as said:
            command, files = [str(program("stillup")), *words], [nothing, output, said.fileno()]
            running = warm().start(command, cwd=tmp_path, environment=dict(os.environ), files=files)
        ends[name] = (running.wait(PATIENCE), (tmp_path / name).read_text())
    for each in (closed, full, nothing):
        os.close(each)

    assert ends == {"closed": (141, ""), "full": (1, "stdout: No space left on device.\n")}
