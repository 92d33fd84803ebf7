"""Each step of what writes records, and of a deployment, killed with -9 or refused by the disk.

What stands is what stood before or what was to come, never a part of it; the same command again makes up for the rest
and does nothing twice. `make test` tries some steps of each story, `STILLUP_ALL_FAULTS=1` tries all.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.page import tree
from tests.faults.nursery import Fate, Nursery, chosen
from tests.faults.page import AT
from tests.intake.alert.receiver import page
from tests.intake.conftest import PAGE, component, incident, update

pytestmark = pytest.mark.needs("git", "mkdocs")

FAULTS = [("ENOSPC", True, "The disk is full. Make room"), ("EIO", False, "The disk does not read or write."),
          ("EROFS", True, "The disk can only be read.")]  # fmt: skip
ALERTS = [
    {"id": "a1", "status": "firing", "startsAt": "2026-11-20T10:40:00Z", "severity": "critical",
     "labels": {"alertname": "PaymentsFailing"}},
    {"id": "a2", "status": "firing", "startsAt": "2026-11-20T10:41:00Z", "severity": "critical",
     "labels": {"alertname": "MailsLate"}},
]  # fmt: skip
WHO = ("-c", "user.name=responder", "-c", "user.email=responder@example.com", "-c", "commit.gpgsign=false")


@dataclass(frozen=True)
class Story:
    """A command, what it is run on, and what it leaves when all goes well."""

    words: tuple[str, ...]
    before: Path
    after: Path
    steps: int
    again: bool
    """Whether the same command once more is meant to change nothing."""


def faults(steps: int, most: int) -> Iterator[tuple[int, tuple[str, bool, str]]]:
    """Yield each step with each fault; of `most` steps, with one fault each in turn, unless all are asked for."""
    tried = list(chosen(steps, most))
    for number, step in enumerate(tried):
        for fault in FAULTS if len(tried) > most else FAULTS[number % 3 : number % 3 + 1]:
            yield step, fault


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *WHO, *words], check=True, capture_output=True, text=True)
    return done.stdout


def records(root: Path) -> dict[str, bytes]:
    """Return what is a record, or an alert that is kept: hidden files and those that begin with _ are none."""
    found = {path: body for path, body in tree(root).items() if path.startswith(("incidents", "components", "private"))}
    return {path: body for path, body in found.items() if path.endswith((".yml", ".json")) and not _hidden(path)}


def _hidden(path: str) -> bool:
    return path.rpartition("/")[2].startswith((".", "_20"))


@pytest.fixture(scope="module")
def nursery(tmp_path_factory) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("nursery")) as nursery:
        yield nursery


@pytest.fixture(scope="module")
def told(tmp_path_factory, nursery) -> Callable[[str], Story]:
    """Return the story of a name, told once without a fault."""
    base, known = tmp_path_factory.mktemp("told"), dict[str, Story]()
    (base / "alerts.json").write_text(json.dumps(ALERTS))
    (base / "history").mkdir()
    parts = [component("0qbwn08sd68x", "API"), component("0qbwn08sd68y", "Web")]
    first = incident("9tpgqq1h4bs0", update("7f4jmtk5hld0", "investigating", "30T09:00"))
    second = incident("9tpgqq1h4bs1", update("7f4jmtk5hld2", "resolved", "29T09:00"), name="Mails late")
    for name, document in {"incidents": {"incidents": [first, second]}, "summary": {"components": parts}}.items():
        (base / "history" / f"{name}.json").write_text(json.dumps({"page": PAGE, **document}))
    words = {
        "alerts": ("intake", "generic", "--at", AT, f"{base}/alerts.json"),
        "alerts committed": ("intake", "generic", "--at", AT, "--commit", f"{base}/alerts.json"),
        "import": ("import", "statuspage", f"{base}/history"),
        "open": (
            "incident", "open", "Card payments fail", "-c", "payments=partial_outage", "-s", "P2", "--at", AT,
            "-m", "Some card payments fail. We are looking for the cause.", "-i", "detected_by=monitoring",
            "--yes", "--anyway", "a rehearsal", "--commit",
        ),
        "resolve": ("incident", "resolve", "mails", "-m", "Mails are on time again.", "--at", AT, "--yes", "--anyway",
                    "a rehearsal", "--commit"),
    }  # fmt: skip

    def tell(name: str) -> Story:
        if name not in known:
            before, after = base / f"{name} before", base / f"{name} after"
            page(before)
            (before / "incidents" / "mails.yml").write_text(
                "title: Mails are late\nseverity: P2\nupdates:\n  - at: 2026-11-20T10:00:00Z\n"
                "    status: investigating\n    components: {mails: partial_outage}\n    body: We look.\n"
            )
            git(before, "init", "-q", "-b", "main")
            for key, value in {"user.name": "responder", "user.email": "responder@example.com"}.items():
                git(before, "config", key, value)
            git(before, "add", ".")
            git(before, "commit", "-q", "-m", "Begin")
            shutil.copytree(before, after)
            done = nursery.run(*words[name], "--root", after, below=after)
            assert done.status == 0, done
            again = name not in ("open", "resolve")
            known[name] = Story(words[name], before, after, len(done.steps), again)
        return known[name]

    return tell


def run(nursery: Nursery, story: Story, root: Path, **fault: object) -> Fate:
    return nursery.run(*story.words, "--root", root, below=root, **fault)


def is_whole(root: Path, story: Story) -> None:
    """Each record and each alert is as before or as it was to come."""
    before, after = records(story.before), records(story.after)
    for path, body in records(root).items():
        assert body in (before.get(path), after.get(path)), path
    assert not before.keys() - records(root).keys(), "nothing is lost"


def heals(nursery: Nursery, story: Story, root: Path) -> None:
    """The same command again leaves what one run would have left, in as many commits."""
    if not story.again and records(root) != records(story.before):
        # It was written, and is whole; who gave the command sees it in git, and commits it.
        assert nursery.run("check", "--root", root, "--at", AT, below=root).status == 0
        return
    done = run(nursery, story, root)
    assert (done.status, records(root)) == (0, records(story.after)), done
    assert git(root, "log", "--format=%s") == git(story.after, "log", "--format=%s")
    assert git(root, "diff", "HEAD", "--stat") == git(story.after, "diff", "HEAD", "--stat")


STORIES = ("alerts", "alerts committed", "import", "open", "resolve")


@pytest.mark.parametrize("name", STORIES)
def test_a_command_that_is_killed_leaves_whole_records_and_is_made_up_for(name, told, nursery, tmp_path):
    story = told(name)
    for step in chosen(story.steps, 3):
        root = tmp_path / f"{step}"
        shutil.copytree(story.before, root)

        died = run(nursery, story, root, fault="kill", step=step)

        assert died.status == -9, died
        is_whole(root, story)
        heals(nursery, story, root)


@pytest.mark.parametrize("name", STORIES)
def test_a_disk_that_refuses_a_command_is_named_and_costs_nothing(name, told, nursery, tmp_path):
    story = told(name)
    for step, (fault, lasting, said) in faults(story.steps, 3):
        root = tmp_path / f"{step}-{fault}"
        shutil.copytree(story.before, root)

        met = run(nursery, story, root, fault=fault, step=step, lasting=lasting)

        if met.status:
            assert met.status == 1, met
            assert "Traceback" not in met.err
            assert said in met.err, met
        is_whole(root, story)
        heals(nursery, story, root)
