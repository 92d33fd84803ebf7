"""A person at a terminal: a real pseudo-terminal, keys typed, answers read."""

import os
import pty
import re
import select
import time
from pathlib import Path

import pytest

from stillup.records import store
from tests.hands.calls import ID, opened
from tests.hands.conftest import WHO, git
from tests.tools import PATIENCE, program, warm


class Terminal:
    """A command on a pseudo-terminal."""

    def __init__(self, *words: str, cwd: Path, **environment: str) -> None:
        command = program("stillup")
        assert command
        self.keys, self.seen = 0, ""
        self.began = time.monotonic()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("STILLUP_")}
        clean |= WHO | {"TERM": "dumb", "COLUMNS": "200"} | environment
        self.fd, theirs = pty.openpty()
        self._running = warm().start([command, *words], cwd=cwd, environment=clean, files=[theirs] * 3, terminal=True)
        os.close(theirs)

    def expect(self, text: str) -> None:
        """Read until `text` stands there."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen:
            left = end - time.monotonic()
            assert left > 0, f"{text!r} did not come; there is:\n{self.seen}"
            if not select.select([self.fd], [], [], left)[0]:
                continue
            try:
                more = os.read(self.fd, 4096)
            except OSError:  # Linux says that the other end is closed
                more = b""
            assert more, f"{text!r} did not come before the end; there is:\n{self.seen}"
            self.seen += more.decode(errors="replace")
        self.seen = self.seen.partition(text)[2]

    def type(self, text: str) -> None:
        self.keys += len(text) + 1
        os.write(self.fd, f"{text}\n".encode())

    def interrupt(self) -> int:
        """Press Ctrl-C until it ends, as people do: one that comes just before keys are waited for is not seen."""
        return self.end(press=b"\x03")

    def end(self, press: bytes = b"") -> int:
        """Read the rest; return the exit status. `press` is pressed, and again where nothing comes of it."""
        end = time.monotonic() + PATIENCE
        os.write(self.fd, press)
        while True:
            left = end - time.monotonic()
            if not select.select([self.fd], [], [], max(0.0, min(2.0, left) if press else left))[0]:
                if press and left > 0:
                    os.write(self.fd, press)
                    continue
                self._running.kill()
                raise AssertionError(f"it did not end; there is:\n{self.seen}")
            try:
                more = os.read(self.fd, 4096)
            except OSError:
                break
            if not more:
                break
            self.seen += more.decode(errors="replace")
        os.close(self.fd)
        return self._running.wait(PATIENCE)


def test_an_incident_is_opened_by_answering(page):
    terminal = Terminal("incident", "open", "--at", "2026-11-20T10:12:00Z", "--commit", cwd=page)
    terminal.expect("What do customers notice")
    terminal.type("Card payments failing")
    terminal.expect("Card payments")
    terminal.expect("What is affected")
    terminal.type("card, 3")
    terminal.expect("How is payments")
    terminal.type("3")
    terminal.expect("How is ")
    terminal.type("part")
    terminal.expect("P1")
    terminal.expect("How bad [P0]")
    terminal.type("p1")
    terminal.expect("We're currently investigating reports of issues with")
    terminal.type("About 40 % fail.")
    terminal.expect("Next update in")
    terminal.type("")
    terminal.expect("Write this")
    assert not (page / "incidents").exists()
    terminal.type("")

    assert terminal.end() == 0
    told = store.load(page).incidents[0]
    assert (told.id, told.severity) == (ID, "P1")
    assert told.updates[0].components == {"payments": "major_outage", "sms": "partial_outage"}
    assert told.updates[0].body.strip() == "About 40 % fail."
    assert git(page, "log", "-1", "--format=%s") == "Open: Card payments failing\n"
    assert terminal.keys < 80


def test_an_empty_answer_is_asked_again_and_a_state_can_stand_beside_its_component(page):
    words = ("-s", "P1", "-m", "About 40 % of card payments fail.", "--next-update", "30m")
    terminal = Terminal("incident", "open", "Card payments failing", *words, cwd=page)
    terminal.expect("What is affected")
    terminal.type("")
    terminal.expect("This needs an answer. Ctrl-C ends, and nothing is written.")
    terminal.type("card=broken")
    terminal.expect("Write numbers or parts of names")
    terminal.type("card=major, sms=degraded")
    terminal.expect("Write this")
    terminal.type("")

    assert terminal.end() == 0
    told = store.load(page).incidents[0].updates[0].components
    assert told == {"payments": "major_outage", "sms": "degraded_performance"}


def test_the_severity_that_is_offered_is_what_the_plan_s_rules_suggest(page):
    """By the page's own rules: trouble with text messages is never more than P3, whatever its state."""
    rules = "severity_rules: [{severity: P3, components: [sms]}, {severity: P1, impact: minor}]"
    settings = page / "mkdocs.yml"
    settings.write_text(settings.read_text() + f"      {rules}\n")
    for component, offered in (("sms=major", "P3"), ("payments=degraded", "P1")):
        terminal = Terminal("incident", "open", "Failing", "-c", component, "--at", "2026-11-20T10:12:00Z", cwd=page)
        terminal.expect(f"How bad [{offered}]")
        assert terminal.interrupt() == 130


def test_one_line_and_enter_open_an_incident_in_less_than_ten_seconds(page):
    line = ("incident", "open", "Card payments failing", "-c", "payments=partial", "-s", "P1")
    for number in range(1, 6):
        terminal = Terminal(*line, cwd=page)
        terminal.expect("Write this")
        terminal.type("")

        assert terminal.end() == 0
        took = time.monotonic() - terminal.began
        assert len(store.load(page).incidents) == number
        if took < 10:
            break  # about one second where nothing else runs, and the quickest counts where something does

    assert took < 10


def test_no_is_no(page):
    terminal = Terminal("component", "set", "sms", "major", cwd=page)
    terminal.expect("Write this")
    terminal.type("n")

    assert terminal.end() == 1
    assert "states" not in (page / "components" / "sms.yml").read_text()


def test_an_interrupt_writes_nothing(page):
    terminal = Terminal("incident", "open", cwd=page)
    terminal.expect("What do customers notice")

    assert terminal.interrupt() == 130
    assert not (page / "incidents").exists()


def test_an_input_that_ends_is_no_answer(page):
    terminal = Terminal("incident", "open", cwd=page)
    terminal.expect("What do customers notice")

    assert terminal.end(press=b"\x04") == 1
    assert not (page / "incidents").exists()


def test_of_several_open_records_one_is_picked(page):
    opened(page)
    opened(page)
    terminal = Terminal("incident", "update", "--at", "2026-11-20T10:30:00Z", cwd=page)
    terminal.expect("Which")
    terminal.type(f"{ID}-2")
    terminal.expect("How far is the work")
    terminal.type("identified")
    terminal.expect("We found what causes the issues")
    terminal.type("")
    terminal.expect("Next update in [30m]")
    terminal.type("soon")
    terminal.expect("is not a duration")
    terminal.type("20m")
    terminal.expect("Write this")
    terminal.type("y")

    assert terminal.end() == 0
    written = next((page / "incidents" / "2026" / f"{ID}-2" / "updates").iterdir()).read_text()
    assert re.search(r"^next_update_in: 20m$", written, re.MULTILINE)


def test_words_can_be_written_in_an_editor(page, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "Two paragraphs.\\n\\nFrom an editor.\\n" > "$1"\n')
    editor.chmod(0o755)
    opened(page)
    terminal = Terminal("incident", "edit", ID, "--at", "2026-11-20T10:30:00Z", cwd=page, EDITOR=str(editor))
    terminal.expect("Write this")
    terminal.type("")

    assert terminal.end() == 0
    assert store.load(page).incidents[0].updates[0].body.strip() == "Two paragraphs.\n\nFrom an editor."


def test_planned_work_is_announced_by_answering(page):
    terminal = Terminal("maintenance", "schedule", "--at", "2026-11-16T09:00:00Z", cwd=page)
    terminal.expect("What changes for customers")
    terminal.type("Webhooks move")
    terminal.expect("What is affected")
    terminal.type("pay")
    terminal.expect("When does it start")
    terminal.type("2026-11-22 02:00")
    terminal.expect("zone")
    terminal.type("2026-11-22 02:00 UTC")
    terminal.expect("How long does it take [1h]")
    terminal.type("")
    terminal.expect("We will work on Card payments")
    terminal.type("")
    terminal.expect("Write this")
    terminal.type("")

    assert terminal.end() == 0
    assert store.load(page).incidents[0].kind == "maintenance"


@pytest.mark.parametrize("words", [("incident", "open"), ("incident", "update"), ("maintenance", "schedule")])
def test_a_pipe_is_no_terminal(page, words):
    from tests.tools import stillup

    done = stillup(*words, cwd=page)

    assert done.returncode == 2
