"""Each step of a build killed with -9, or refused by the disk: the page is the old one or the new one, and heals.

`make test` tries some steps of each story, `STILLUP_ALL_FAULTS=1` tries all.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.page import Site, tree
from tests.faults.nursery import Fate, Nursery, chosen
from tests.faults.page import AT, NEW, SECOND, changed, copied, made, published, taken_back

pytestmark = pytest.mark.needs("git", "mkdocs")


@pytest.fixture(scope="module")
def nursery(tmp_path_factory) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("nursery")) as nursery:
        yield nursery


@pytest.fixture(scope="module")
def prepared(nursery, tmp_path_factory) -> Site:
    site = made(tmp_path_factory.mktemp("prepared") / "page")
    assert build(nursery, site).status == 0
    return site


@pytest.fixture(scope="module")
def told(prepared, nursery, tmp_path_factory) -> tuple[dict[str, bytes], dict[str, bytes], list[str]]:
    """The page before the change and after it as a cold build has it, and the steps from one to the other."""
    site = copied(prepared, tmp_path_factory.mktemp("told") / "page")
    changed(site)
    steps = build(nursery, site).steps
    return published(prepared), site.cold(tmp_path_factory.mktemp("cold") / "page"), steps


def build(nursery: Nursery, site: Site, **fault: object) -> Fate:
    return nursery.run("build", "--root", site.root, "--at", AT, below=site.root, **fault)


def is_switched(steps: list[str]) -> bool:
    """Whether the last of `steps`, at which the run ended, comes after the first file that changed places."""
    return any(step.startswith("os.rename") for step in steps[:-1])


def test_the_steps_are_those_that_the_page_depends_on(told):
    before, after, steps = told

    gone, come = ({path for path in paths if path.endswith("/index.html")} for paths in
                  (before.keys() - after.keys(), after.keys() - before.keys()))  # fmt: skip
    assert {"incidents/closed/index.html", "es/incidents/closed/index.html"} <= gone
    assert {"incidents/second/index.html", "es/incidents/second/index.html"} <= come
    assert len(steps) > 100
    assert steps[-1].endswith("/unfinished"), "the last thing said is that the page is whole"
    assert not any(NEW in path for path in after)


def test_a_build_that_is_killed_leaves_the_page_before_it_and_the_next_one_heals_it(prepared, told, nursery, tmp_path):
    before, after, steps = told
    for count, step in enumerate(chosen(len(steps), 4)):
        site = copied(prepared, tmp_path / f"{step}")
        changed(site)

        died = build(nursery, site, fault="kill", step=step)
        left = published(site)

        assert died.status == -9, died
        assert all(body in (before.get(path), after.get(path)) for path, body in left.items()), "no file is torn"
        if not is_switched(died.steps):
            assert {path: left.get(path) for path in before} == before, f"step {step}: {died.steps[-1]}"
        if count % 2:
            taken_back(site)
        healed = build(nursery, site)
        assert (healed.status, site.tree() == (before if count % 2 else after)) == (0, True), died.steps[-1]


@pytest.mark.parametrize(
    ("fault", "lasting", "said"),
    [("ENOSPC", True, "The disk is full. Make room"), ("EIO", False, "The disk does not read or write."),
     ("EROFS", True, "The disk can only be read.")],
)  # fmt: skip
def test_a_disk_that_refuses_leaves_the_page_whole_and_is_named(
    fault, lasting, said, prepared, told, nursery, tmp_path
):
    before, after, steps = told
    for step in chosen(len(steps), 2):
        site = copied(prepared, tmp_path / f"{step}")
        changed(site)

        met = build(nursery, site, fault=fault, step=step, lasting=lasting)

        last = met.steps[step - 1]
        if met.status == 0:
            # A file that need not be there, and a folder's cleaning: nothing of the page hangs on them.
            assert not last.startswith(("os.rename", "open")) or "/templates/" in last, last
            assert site.tree() == after
            continue
        assert (met.status, met.out) == (1, ""), met
        assert "Traceback" not in met.err
        assert said in met.err
        if not is_switched(met.steps[:step]):
            assert {path: site.tree().get(path) for path in before} == before, last
            assert fault == "EROFS" or not any(path.endswith(NEW) for path in site.tree()), last
        assert build(nursery, site).status == 0
        assert site.tree() == after, last


@pytest.mark.parametrize("limit", [300, 60_000])
def test_a_file_that_is_written_in_part_is_not_published(limit, prepared, told, nursery, tmp_path):
    """The system takes so many bytes of a file and no more: the rest of a write fails, in SQLite too."""
    before, after, _ = told
    site = copied(prepared, tmp_path / "page")
    changed(site)

    met = build(nursery, site, limit=limit)

    assert (met.status, met.out) == (1, ""), met
    assert "Traceback" not in met.err
    assert any(words in met.err for words in ("may not become so large", "SQLite: The disk"))
    # What is kept between runs is written last: when only that has no room, the new page is there.
    assert site.tree() == (before if limit < 1000 else after)
    assert build(nursery, site).status == 0
    assert site.tree() == after


def test_a_page_that_is_not_whole_is_not_deployed(prepared, told, nursery, tmp_path):
    _, after, steps = told
    site = copied(prepared, tmp_path / "page")
    site.write("mkdocs.yml", f"{site.read('mkdocs.yml')}      deploy: [{{folder: {tmp_path}/www}}]\n")
    assert build(nursery, site).status == 0
    changed(site)
    renames = [number for number, step in enumerate(steps, 1) if step.startswith("os.rename")]
    died = build(nursery, site, fault="kill", step=renames[len(renames) // 2])

    refused = nursery.run("deploy", "--root", site.root, "--at", AT, below=site.root)

    assert (died.status, refused.status, refused.out) == (-9, 1, "")
    assert refused.err == (
        f"The page in {site.root / 'site'} is not whole: a build is under way or was killed. Run stillup build.\n"
    )
    assert not (tmp_path / "www").exists()
    assert build(nursery, site).status == 0
    assert nursery.run("deploy", "--root", site.root, "--at", AT, below=site.root).status == 0
    assert {path.name for path in Path(tmp_path / "www").iterdir()} >= {"index.html", "heartbeat.json"}
    assert (tmp_path / "www/index.html").read_bytes() == after["index.html"]


def test_a_frame_that_mkdocs_could_not_finish_is_not_taken_for_the_one_before(prepared, nursery, tmp_path):
    site = copied(prepared, tmp_path / "page")
    before = site.tree()
    site.write("docs/about.md", "# About\n\nOther words.\n")

    met = build(nursery, site, limit=2_000)
    site.write("docs/about.md", "# About\n\nWords.\n")
    healed = build(nursery, site)

    assert met.status == 1
    assert "MkDocs could not make the page's frame" in met.err
    assert "Traceback" not in met.err
    assert healed.status == 0
    assert site.tree() == before


def test_a_clock_that_jumps_back_gives_the_page_of_that_instant(prepared, nursery, tmp_path):
    site = copied(prepared, tmp_path / "page")
    before = site.tree()

    later = nursery.run("build", "--root", site.root, "--at", "2027-03-01T00:00:00Z", below=site.root)
    ahead = site.tree()
    back = build(nursery, site)

    assert (later.status, back.status) == (0, 0)
    assert ahead != before
    assert site.tree() == before


@pytest.mark.parametrize("fault", ["EROFS", "EACCES"])
@pytest.mark.parametrize("kept", [True, False])
def test_where_nothing_can_be_written_records_are_checked_and_mirrored(fault, kept, prepared, nursery, tmp_path):
    site = copied(prepared, tmp_path / "page")
    site.write("incidents/2026/second.yml", SECOND.replace("partial_outage", "partial"))
    if not kept:
        shutil.rmtree(site.root / ".stillup")
    before = tree(site.root)

    def run(*words: object, closed: bool) -> Fate:
        refusal = {"fault": fault, "step": 1, "lasting": True} if closed else {}
        return nursery.run(*words, "--root", site.root, "--at", AT, below=site.root, **refusal)

    wrong = run("check", closed=True)
    site.write("incidents/2026/second.yml", SECOND)
    sound = run("check", closed=True)
    mirrored = run("mirror", "--out", tmp_path / "closed.html", closed=True)
    site.write("incidents/2026/second.yml", SECOND.replace("partial_outage", "partial"))

    assert (wrong.status, wrong.out) == (1, "")
    assert wrong.err.startswith("incidents/2026/second.yml:5:24: ")
    assert (sound.status, mirrored.status) == (0, 0), mirrored
    assert tree(site.root) == before
    site.write("incidents/2026/second.yml", SECOND)
    assert run("check", closed=False).out == sound.out
    assert run("mirror", "--out", tmp_path / "open.html", closed=False).status == 0
    assert (tmp_path / "closed.html").read_bytes() == (tmp_path / "open.html").read_bytes()
