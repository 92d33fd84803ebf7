"""Each step of writing the outbox killed with -9 or refused by the disk: what is looked at there is of one run.

`make test` tries some steps, `STILLUP_ALL_FAULTS=1` tries all.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from stillup.pipeline.tree.own_files import LIST
from tests.end_to_end.page import Site, tree
from tests.faults.nursery import Fate, Nursery, chosen
from tests.faults.page import AT, NEW, changed, copied, made
from tests.faults.test_commands import faults

pytestmark = pytest.mark.needs("git", "mkdocs")


@dataclass(frozen=True)
class Outbox:
    """A page whose messages were rendered, what they are after its change, and the steps that write them."""

    site: Site
    old: dict[str, bytes]
    new: dict[str, bytes]
    steps: list[tuple[int, str]]
    """Each by its number among all of the run's."""


@pytest.fixture(scope="module")
def nursery(tmp_path_factory) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("nursery")) as nursery:
        yield nursery


@pytest.fixture(scope="module")
def prepared(nursery, tmp_path_factory) -> Outbox:
    site = made(tmp_path_factory.mktemp("prepared") / "page")
    assert publish(nursery, site).status == 0
    next_one = copied(site, tmp_path_factory.mktemp("next") / "page")
    changed(next_one)
    done = publish(nursery, next_one)
    assert done.status == 0, done
    steps = [(number, step) for number, step in enumerate(done.steps, 1) if f"{next_one.root}/outbox" in step]
    return Outbox(site, seen(site), seen(next_one), steps)


def publish(nursery: Nursery, site: Site, **fault: object) -> Fate:
    return nursery.run("publish", "--root", site.root, "--at", AT, below=site.root, **fault)


def seen(site: Site) -> dict[str, bytes]:
    """Return what somebody finds in the outbox who does not know of files that wait."""
    return {path: body for path, body in tree(site.root / "outbox").items() if not path.endswith(NEW) and path != LIST}


def laid(site: Site) -> dict[str, bytes]:
    """Return all that is in the outbox, but for the list of what is."""
    return {path: body for path, body in tree(site.root / "outbox").items() if path != LIST}


def ends_well(nursery: Nursery, site: Site, outbox: Outbox) -> None:
    done = publish(nursery, site)
    assert (done.status, laid(site) == outbox.new) == (0, True), done


def test_the_change_writes_and_removes_messages(prepared):
    gone, come = prepared.old.keys() - prepared.new.keys(), prepared.new.keys() - prepared.old.keys()

    assert any(path.startswith("closed/") for path in gone)
    assert any(path.startswith("second/") for path in come)
    assert len(prepared.steps) > 40


def test_an_outbox_that_is_killed_has_whole_messages_and_the_next_run_makes_up_for_it(prepared, nursery, tmp_path):
    for count in chosen(len(prepared.steps), 2):
        number, step = prepared.steps[count - 1]
        site = copied(prepared.site, tmp_path / f"{number}")
        changed(site)

        assert publish(nursery, site, fault="kill", step=number).status == -9
        left = seen(site)
        assert all(body in (prepared.old.get(path), prepared.new.get(path)) for path, body in left.items())
        if step.startswith("open ") and LIST not in step:
            assert left == prepared.old, "nothing changes places before all of it is written"
        ends_well(nursery, site, prepared)


def test_a_disk_that_refuses_an_outbox_leaves_the_one_before(prepared, nursery, tmp_path):
    written = [each for each in prepared.steps if each[1].startswith("open ")]
    assert LIST in written.pop()[1], "when everything stands in its place, the list is made shorter or is not"
    for count, (fault, lasting, said) in faults(len(written), 3):
        number, step = written[count - 1]
        site = copied(prepared.site, tmp_path / f"{number}-{fault}")
        changed(site)

        met = publish(nursery, site, fault=fault, step=number, lasting=lasting)

        assert (met.status, "Traceback" in met.err, said in met.err) == (1, False, True), (step, met)
        assert len(met.err.splitlines()) == 1, met.err
        if fault == "EROFS":
            assert seen(site) == prepared.old, "what waits cannot be taken away"
        else:
            assert laid(site) == prepared.old
        ends_well(nursery, site, prepared)


def test_a_message_that_is_written_in_part_replaces_none(prepared, nursery, tmp_path):
    site = copied(prepared.site, tmp_path / "page")
    changed(site)
    assert nursery.run("build", "--root", site.root, "--at", AT, below=site.root).status == 0
    longest = max(len(body) for path, body in prepared.new.items() if body != prepared.old.get(path))

    met = publish(nursery, site, limit=longest - 1)

    assert (met.status, "Traceback" in met.err) == (1, False), met
    assert laid(site) == prepared.old
    ends_well(nursery, site, prepared)
