"""What is kept between builds saves work and changes nothing: each tree is the one that a cold build makes."""

import itertools
import os
import re
import shutil
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from stillup.errors import RecordError
from stillup.site import sitemap
from tests.end_to_end.page import MKDOCS, Site

COUNTER = itertools.count()
MEMORY = Path("/dev/shm")
"""Where the system keeps files in memory, if it does: some hundred builds write and read whole sites."""


def add_incident(site: Site, number: int) -> None:
    at = site.at - timedelta(minutes=20 + number)
    component = ("api", "web", "mail")[number % 3]
    status = ("degraded_performance", "partial_outage", "major_outage")[number % 3]
    site.write(
        f"incidents/new-{number}.yml",
        f"title: New trouble {number}\nupdates:\n  - at: {at:%Y-%m-%dT%H:%M:%SZ}\n    status: investigating\n"
        f"    components: {{{component}: {status}}}\n    body: Text {number}.\n",
    )


def add_update(site: Site, number: int) -> None:
    text = site.read("incidents/2026/open.yml")
    at = site.at + timedelta(minutes=number % 3)
    if f"{at:%Y-%m-%dT%H:%M:%SZ}" in text or "resolved" in text:
        return
    status = "resolved" if number % 2 else "monitoring"
    site.write(
        "incidents/2026/open.yml",
        f"{text}  - at: {at:%Y-%m-%dT%H:%M:%SZ}\n    status: {status}\n    body: Number {number}.\n",
    )


def edit_text(site: Site, number: int) -> None:
    site.write("incidents/2026/closed.yml", site.read("incidents/2026/closed.yml").replace("late", f"late {number}"))


def move_in_time(site: Site, number: int) -> None:
    text = site.read("incidents/2026/closed.yml")
    moved = f"2026-11-{10 + number % 8}T21:30:00Z"
    site.write("incidents/2026/closed.yml", text.replace("2026-11-18T23:30:00Z", moved))


def update_file(site: Site, number: int) -> None:
    folder = site.root / "incidents/2026/open/updates"
    found = sorted(folder.glob("*.yml"))
    if found and number % 3 == 0:
        found[0].unlink()
        return
    at = site.at - timedelta(minutes=number % 30)
    site.write(
        f"incidents/2026/open/updates/{at:%Y%m%dt%H%M%Sz}-{number:04x}.yml",
        f"at: {at:%Y-%m-%dT%H:%M:%SZ}\nstatus: identified\ncomponents: {{api: partial_outage}}\nbody: File {number}.\n",
    )


def commit(site: Site, number: int) -> None:
    site.git("add", "--all")
    site.git("commit", "--quiet", "--allow-empty", "--message", f"Number {number}")


def revert(site: Site, number: int) -> None:
    site.git("checkout", "--quiet", "--", ".")


def delete(site: Site, number: int) -> None:
    news = sorted(site.root.glob("incidents/new-*.yml"))
    if news:
        news[number % len(news)].unlink()


def rename(site: Site, number: int) -> None:
    news = sorted(site.root.glob("incidents/new-*.yml"))
    if news:
        news[0].rename(news[0].with_name(f"new-named-{number}-{next(COUNTER)}.yml"))


def rename_component(site: Site, number: int) -> None:
    site.write("components/web.yml", f"name: Web {number}\ngroup: core\nposition: 2\n")


def component_state(site: Site, number: int) -> None:
    at = site.at - timedelta(hours=number % 30)
    site.write(
        "components/api.yml",
        "name: API\ngroup: core\nposition: 1\nsince: 2026-06-01\nstates:\n"
        f"  - {{at: {at:%Y-%m-%dT%H:%M:%SZ}, status: partial_outage}}\n",
    )


def template(site: Site, number: int) -> None:
    site.write("site_overrides/stillup/built.html", f"<!-- {number} -->{{{{ built.time.text }}}}")


def setting(site: Site, number: int) -> None:
    zone = ("Europe/Berlin", "America/New_York", "UTC")[number % 3]
    site.write("mkdocs.yml", MKDOCS.format(site_name=f"Test {number % 2}", timezone=zone))


def minutes(site: Site, number: int) -> None:
    site.at += timedelta(minutes=1 + number)


def past_midnight(site: Site, number: int) -> None:
    site.at = (site.at + timedelta(days=1)).replace(hour=23, minute=30 + number % 30)


def past_an_edge_of_maintenance(site: Site, number: int) -> None:
    days = (4 - site.at.weekday()) % 7
    site.at = (site.at + timedelta(days=days)).replace(hour=11, minute=(0, 15, 30)[number % 3])


def back_in_time(site: Site, number: int) -> None:
    site.at -= timedelta(hours=7 * (1 + number % 9))


def months_on(site: Site, number: int) -> None:
    site.at += timedelta(days=25 + number)


CHEAP = (
    add_incident, add_update, update_file, edit_text, move_in_time, delete, rename, component_state, minutes,
    past_midnight, past_an_edge_of_maintenance, back_in_time, months_on, commit, revert,
)  # fmt: skip
DEAR = (rename_component, template, setting)
"""Edits after which MkDocs makes its part again."""

edits = st.tuples(st.sampled_from((*CHEAP, *CHEAP, *CHEAP, *DEAR)), st.integers(0, 59))


def compare(folder, sequence, in_git):
    """Make one edit after the other on a page in `folder`, and after each compare its tree with a cold one."""
    site = Site.make(folder / "root")
    if in_git:
        site.git("init", "--quiet")
        commit(site, 0)
    site.build()
    for edit, number in sequence:
        if edit in (commit, revert) and not in_git:
            continue
        edit(site, number)
        event(edit.__name__)
        try:
            site.build()
        except RecordError as error:
            # Edits at random may contradict each other; then nothing was changed, and no later edit mends it.
            assert error.problems
            event("contradiction")
            return

        kept, made = site.tree(), site.cold(folder / "cold")

        assert kept.keys() == made.keys()
        assert [path for path in kept if kept[path] != made[path]] == []
        assert site.build().written == 0


@pytest.mark.needs("mkdocs")
@given(sequence=st.lists(edits, min_size=1, max_size=5), in_git=st.booleans())
@example(sequence=[(add_incident, 0), (months_on, 0), (add_incident, 1), (months_on, 0)], in_git=False)
@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_after_any_edits_the_tree_is_that_of_a_cold_build(sequence, in_git):
    with TemporaryDirectory(prefix="page-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        compare(Path(folder), sequence, in_git)


@pytest.mark.needs("mkdocs")
@pytest.mark.parametrize("in_git", [False, True])
def test_a_page_that_somebody_took_away_comes_back_and_takes_no_other_along(in_git, tmp_path):
    site = Site.make(tmp_path)
    if in_git:
        site.git("init", "--quiet")
        commit(site, 0)
    site.build()
    whole = site.tree()
    shutil.rmtree(site.root / "site" / "incidents" / "closed")

    site.build()

    assert site.tree() == whole


@pytest.mark.needs("mkdocs")
def test_a_month_in_which_very_much_happened_stands_in_files_of_a_bounded_size(tmp_path, monkeypatch):
    monkeypatch.setattr(sitemap, "PART", 300)
    site = Site.make(tmp_path / "root")
    for number in range(760):
        at = site.at - timedelta(days=8, minutes=number)
        site.write(
            f"incidents/2026/busy-{number:03}.yml",
            f"title: Busy {number}\nupdates:\n  - at: {at:%Y-%m-%dT%H:%M:%SZ}\n    status: resolved\n"
            f"    components: {{mail: operational}}\n    body: Text {number}.\n",
        )
    site.build()
    before = site.tree()
    site.write("incidents/2026/busy-400.yml", site.read("incidents/2026/busy-400.yml").replace("Text", "Words"))
    add_incident(site, 0)

    site.build()

    kept = site.tree()
    assert kept == site.cold(tmp_path / "cold")
    v1 = "api/stillup/v1"
    cut = {f"{v1}/incidents/2026-1.json", f"{v1}/manifest/2026-1.json", "history/2026-11-12-1/index.html",
           "history/2026-11-12/index.html", "sitemap-2026-11-1.xml", "sitemap-2026-11-2.xml"}  # fmt: skip
    assert cut <= before.keys()
    changed = {path for path in kept if kept[path] != before.get(path)}
    assert changed & cut == {f"{v1}/incidents/2026-1.json", f"{v1}/manifest/2026-1.json"}, "the text of an old one"
    named = re.findall(r"^Sitemap: https://status.example.com/(.+)$", kept["robots.txt"].decode(), re.MULTILINE)
    assert {path for path in kept if path.startswith("sitemap") and path.endswith(".xml")} == {*named}
    listed = b"".join(kept[path] for path in named).decode()
    pages = [path.removesuffix("index.html") for path in kept if path.endswith("index.html")]
    left_out = {place for place in pages if f"<loc>https://status.example.com/{place}</loc>" not in listed}
    assert {place for place in left_out if b'http-equiv="refresh"' not in kept[f"{place}index.html"]} == {"lite/"}
    assert max(len(kept[path]) for path in kept if path.startswith((f"{v1}/incidents/", "history"))) < 500_000
    for number in range(30):
        (site.root / f"incidents/2026/busy-{number:03}.yml").unlink()

    site.build()

    kept = site.tree()
    assert kept.keys() & cut == {*cut} - {f"{v1}/incidents/2026-1.json", f"{v1}/manifest/2026-1.json",
                                          "sitemap-2026-11-2.xml"}  # fmt: skip
    assert kept == site.cold(tmp_path / "cold again")
    site.at += timedelta(days=30)
    site.build()
    assert site.tree() == site.cold(tmp_path / "cold at last"), "another month goes on, and this one stands"
