"""What is published beside the pages: every record's own files, the lists of all of them, and a word for each byte."""

import json
import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from stillup.api import schema
from tests.end_to_end.page import RECORDS, Site

A = "{http://www.w3.org/2005/Atom}"
V1 = "api/stillup/v1"
pytestmark = pytest.mark.needs("mkdocs")


def read(site: Path, path: str):
    return json.loads((site / path).read_bytes())


def ids(body: bytes) -> list[str]:
    return [entry.findtext(f"{A}id") for entry in etree.fromstring(body).iter(f"{A}entry")]


def listed(site: Path) -> list[dict]:
    """Every record that our lists by year have."""
    found = {}
    for path in sorted((site / V1 / "incidents").glob("*.json")):
        found |= {each["id"]: each for each in json.loads(path.read_bytes())["incidents"]}
    return list(found.values())


def test_every_record_has_a_document_an_address_and_a_feed(example):
    pages = {path.parent.name for path in (example / "incidents").glob("*/feed.atom")}

    assert len(listed(example)) > 15
    for each in listed(example):
        document = read(example, each["document"])
        assert (document["id"], document["name"]) == (each["code"], each["title"])
        stub = (example / "incidents" / each["code"] / "index.html").read_text(encoding="utf-8")
        assert f'url=../{each["id"]}/"' in stub
        assert (example / each["page"] / "index.html").is_file()
        feed = ids((example / each["page"] / "feed.atom").read_bytes())
        assert len(feed) == len(set(feed)) >= 1
    assert {each["id"] for each in listed(example)} <= pages


def test_a_postmortem_stands_in_the_document_of_its_record(example):
    with_one = [each for each in listed(example) if each["postmortem_at"]]

    assert with_one
    for each in with_one:
        document = read(example, each["document"])
        assert document["postmortem_body"]
        assert document["incident_updates"][0]["status"] == "postmortem"


def test_every_document_of_ours_fits_its_schema(example):
    kinds = {
        f"{V1}/manifest.json": "manifest",
        **{path.relative_to(example).as_posix(): "manifest-part" for path in (example / V1 / "manifest").glob("*")},
        **{path.relative_to(example).as_posix(): "incidents" for path in (example / V1 / "incidents").glob("*")},
        "heartbeat.json": "heartbeat",
    }
    for path, name in kinds.items():
        validator = Draft202012Validator(schema.schema(schema.OWN[name], closed=True))
        assert [error.message for error in validator.iter_errors(read(example, path))] == [], path


def manifest(tree: dict[str, bytes]) -> dict[str, tuple[str, int]]:
    whole = json.loads(tree[f"{V1}/manifest.json"])
    files = [*whole["files"], *(each for part in whole["parts"] for each in json.loads(tree[part])["files"])]
    assert len({each["path"] for each in files}) == len(files)
    return {each["path"]: (each["digest"], each["size"]) for each in files}


def told(tree: dict[str, bytes]) -> dict[str, tuple[str, int]]:
    return {path: (sha256(body).hexdigest(), len(body)) for path, body in tree.items() if path != f"{V1}/manifest.json"}


def test_the_manifest_has_every_file_with_its_digest_after_each_build(tmp_path):
    site = Site.make(tmp_path)
    site.build()
    assert manifest(site.tree()) == told(site.tree())

    site.at += timedelta(minutes=1)
    site.write("incidents/2026/open.yml", site.read("incidents/2026/open.yml") + (
        f"  - at: {site.at:%Y-%m-%dT%H:%M:%SZ}\n    status: identified\n    body: We know why.\n"
    ))  # fmt: skip
    site.build()
    assert manifest(site.tree()) == told(site.tree())

    (site.root / "incidents/2026/closed.yml").unlink()
    site.build()
    assert manifest(site.tree()) == told(site.tree())


def test_a_new_update_rewrites_only_what_tells_of_it(tmp_path):
    site = Site.make(tmp_path)
    site.build()
    before = site.tree()
    site.write("incidents/2026/open.yml", site.read("incidents/2026/open.yml") + (
        "  - at: 2026-11-20T10:44:00Z\n    status: identified\n    body: We know why.\n"
    ))  # fmt: skip
    site.build()
    after = site.tree()

    moved = {path for path in after if before.get(path) != after[path]}
    own = {path for path in moved if path.startswith("incidents/")}
    code = next(path for path in own if path.endswith(".json"))
    assert before.keys() == after.keys()
    assert own == {"incidents/open/index.html", "incidents/open/feed.atom", code}
    assert not moved & {"maintenance.atom", "maintenance.ics", "components/mail/feed.atom", "components/web/feed.rss"}
    assert {
        "feed.atom",
        "incidents.rss",
        "components/api/feed.json",
        "history.atom",
        f"{V1}/incidents/2026.json",
    } < moved


def test_a_rename_leaves_addresses_ids_and_codes_as_they_were(tmp_path):
    site = Site.make(tmp_path)
    site.build()
    before = site.tree()
    (site.root / "incidents/2026/closed.yml").unlink()
    site.write("incidents/2026/late-mail.yml", f"{RECORDS['incidents/2026/closed.yml']}formerly: [closed]\n")
    site.build()
    after = site.tree()

    def code(tree):
        (found,) = [
            path for path in tree if re.fullmatch(r"incidents/\w{12}\.json", path) and b"Mail was" in tree[path]
        ]
        return found

    assert code(after) == code(before)
    assert ids(after["feed.atom"]) == ids(before["feed.atom"])
    assert ids(after["incidents/late-mail/feed.atom"]) == ids(before["incidents/closed/feed.atom"])
    assert after["incidents/closed/feed.atom"] == after["incidents/late-mail/feed.atom"], "who follows it goes on"
    assert b'url=../late-mail/"' in after["incidents/closed/index.html"]
    assert b'url=../late-mail/"' in after[code(after).replace(".json", "/index.html")]


def test_a_record_that_goes_takes_all_its_files_along(tmp_path):
    site = Site.make(tmp_path)
    site.build()
    (site.root / "incidents/2026/closed.yml").unlink()
    site.build()

    assert not [path for path, body in site.tree().items() if path.startswith("incidents/") and b"Mail was" in body]
    assert site.tree() == site.cold(tmp_path / "cold")


def test_a_kept_code_that_changes_leaves_nothing_under_the_old_one(tmp_path):
    site = Site.make(tmp_path)
    for code in ("0qbwn08sd68x", "1qbwn08sd68x"):
        site.write("incidents/2026/closed.yml", f"{RECORDS['incidents/2026/closed.yml']}code: {code}\n")
        site.build()

    assert not [path for path in site.tree() if "0qbwn08sd68x" in path]
    assert {"incidents/1qbwn08sd68x.json", "incidents/1qbwn08sd68x/index.html"} < site.tree().keys()


def test_the_history_holds_twelve_months_and_the_years_hold_everything(tmp_path):
    site = Site.make(tmp_path)
    text = RECORDS["incidents/2026/closed.yml"]
    for month in ("2025-11", "2025-12", "2024-03"):
        site.write(f"incidents/{month}.yml", text.replace("2026-11", month))
    site.build()
    history = read(site.root / "site", "history.json")

    assert [(each["name"], each["year"]) for each in history["months"]][-1] == ("December", 2025)
    assert len(history["months"]) == 12
    assert len(listed(site.root / "site")) == 6


def test_archives_and_feed_together_hold_every_entry_once_old_ones_are_written_down(tmp_path):
    site = Site.make(tmp_path)
    text = RECORDS["incidents/2026/closed.yml"]
    for number in range(40):
        day = f"2026-{1 + number % 9:02}-{1 + number % 27:02}"
        site.write(f"incidents/old-{number}.yml", text.replace("2026-11-18", day).replace("2026-11-19", f"{day[:8]}28"))
    site.build()
    site.write("incidents/one-more.yml", text.replace("2026-11-18", "2026-04-02").replace("2026-11-19", "2026-04-03"))
    site.build()
    tree = site.tree()

    found, path = set(), "feed.atom"
    while path:
        root = etree.fromstring(tree[path])
        found |= set(ids(tree[path]))
        links = {link.get("rel"): link.get("href") for link in root.findall(f"{A}link")}
        path = links.get("prev-archive", "").removeprefix("https://status.example.com/")
    own = [ids(body) for name, body in tree.items() if re.fullmatch("incidents/[^/]+/feed.atom", name)]
    assert found == {id for each in own for id in each}
    assert len(found) > 80


def test_somebody_elses_change_of_a_feed_does_not_spread(tmp_path):
    site = Site.make(tmp_path)
    text = RECORDS["incidents/2026/closed.yml"]
    for number in (3, 4):
        site.write(f"incidents/{number}.yml", text.replace("2026-11", f"2026-0{number}"))
    site.build()
    (site.root / "site/incidents/3/feed.atom").write_text("<feed><entry><id>x</id></entry></feed>")
    site.write("incidents/new.yml", text.replace("2026-11", "2026-03").replace("Mail", "Post"))
    site.build()

    assert len(ids(site.tree()["history/2026-03/feed.atom"])) == 4
    assert b"<id>x</id>" not in site.tree()["history/2026-03/feed.atom"]


@pytest.mark.parametrize("contact", ["security@example.com", "https://example.com/security"])
def test_a_weakness_can_be_told(contact, tmp_path):
    site = Site.make(tmp_path)
    assert ".well-known/security.txt" not in build(site)
    site.write("mkdocs.yml", f"{site.read('mkdocs.yml')}      security: {contact}\n")
    said = build(site)[".well-known/security.txt"].decode()

    assert said.splitlines() == [
        f"Contact: {contact if ':' in contact else f'mailto:{contact}'}",
        "Expires: 2027-11-01T00:00:00Z",
        "Preferred-Languages: en",
        "Canonical: https://status.example.com/.well-known/security.txt",
    ]


def build(site: Site) -> dict[str, bytes]:
    site.build()
    return site.tree()
