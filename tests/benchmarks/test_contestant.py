"""The benchmark's records are sound, the same for everybody, and make a site."""

from itertools import islice
from pathlib import Path

import pytest
from benchmarks.contestant import Hugo, Plain, Stillup, stamp
from benchmarks.cost import measure, weigh
from benchmarks.incident import AT, COMPONENTS, OPEN, Incident, incidents, news

from tests.tools import stillup


@pytest.fixture(scope="module")
def some() -> list[Incident]:
    return list(incidents(40))


def test_the_same_incidents_come_out_of_every_call(some: list[Incident]):
    assert list(incidents(40)) == some
    assert [len(incident.updates) for incident in some] == [4] * 40
    assert sum(incident.resolved is None for incident in some) == OPEN
    assert {name for incident in some for name in incident.affected} == set(COMPONENTS)
    assert any(incident.maintenance for incident in some)
    assert all(incident.updates[-1].at < AT for incident in some)


def test_a_larger_history_is_as_long_as_it_says():
    first = next(islice(incidents(1_000), 1))

    assert 725 <= (AT - first.updates[0].at).days <= 730


def test_every_contestant_is_told_the_same(some: list[Incident], tmp_path: Path):
    contestants = (
        Stillup(tmp_path / "stillup"),
        Hugo(tmp_path / "hugo"),
        Hugo(tmp_path / "many", many=True),
        Plain(tmp_path / "plain"),
    )
    for contestant in contestants:
        contestant.lay_out(some)
        written = "\n".join(
            file.read_text(encoding="utf-8")
            for kind in ("*.yml", "*.md")
            for file in contestant.root.rglob(kind)
            if "incidents" in file.parts
        )
        for incident in some:
            for update in incident.updates:
                assert stamp(update.at) in written
                assert all(line.strip() in written for line in update.text.splitlines()), update.text


def test_our_records_are_sound_before_and_after_one_more_update(some: list[Incident], tmp_path: Path):
    ours = Stillup(tmp_path / "stillup")
    ours.lay_out(some)
    ours.tell(news(some[-1], AT, 1))

    done = stillup("check", "--root", ours.root, "--at", stamp(AT))

    assert (done.returncode, done.stderr) == (0, ""), done.stderr


@pytest.mark.needs("git")
def test_a_new_update_reaches_the_page_that_is_measured(some: list[Incident], tmp_path: Path):
    ours = Stillup(tmp_path / "stillup")
    ours.lay_out(some)
    ours.tell(news(some[-1], AT, 7))

    cost = measure(ours.build(AT), folder=tmp_path)

    assert 0 < cost.cpu < 60
    assert cost.tree >= cost.largest > 0
    assert "7 of 9 regions" in ours.page(some[-1]).read_text(encoding="utf-8")
    assert all(ours.page(incident).is_file() for incident in some)
    assert weigh(ours.site)[0] > 40


def test_a_failing_build_is_not_measured(tmp_path: Path):
    with pytest.raises(RuntimeError, match="exit 1"):
        measure(["false"], folder=tmp_path)


def test_what_children_burn_is_counted(tmp_path: Path):
    burn = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"

    cost = measure(["sh", "-c", f"sh -c '{burn}'; true"], folder=tmp_path)

    assert cost.cpu > 0.02
