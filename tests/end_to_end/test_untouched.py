"""Whatever is wrong with what people wrote: all of it is said in one run, and what is published stays byte for byte."""

import os
import re
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from stillup.cli import main
from stillup.errors import StillupError
from stillup.pipeline.tree.stage import Stage
from stillup.pipeline.tree.tree import Tree
from tests.end_to_end.page import RECORDS, Site
from tests.tools import stillup

pytestmark = pytest.mark.needs("mkdocs")

AT = "2026-11-20T10:45:00Z"
OPEN = RECORDS["incidents/2026/open.yml"]
CLOSED = RECORDS["incidents/2026/closed.yml"]
WEEKLY = RECORDS["incidents/2026/weekly.yml"]
NEWS = f"{OPEN}  - at: 2026-11-20T10:40:00Z\n    status: identified\n    body: A disk is full.\n"
"""A sound update beside what is wrong: no word of it may come out."""


def record(top: str = "", update: str = "", status: str = "investigating", at: str = "2026-11-20T10:00:00Z") -> str:
    """Return an incident of five lines, with lines put in after its title and after its update."""
    return f"title: Trouble\n{top}updates:\n  - at: {at}\n    status: {status}\n    body: Text.\n{update}"


X = "incidents/x.yml"
DEEP = 1008 if yaml.__version__ > "6.0.3" else 40
"""At which column three thousand levels are refused: newer versions of the YAML reader stop by themselves."""

CASES = {
    # What YAML readers guess.
    "no": ({X: record("disaster: NO\n")}, [f"{X}:2:11"]),
    "on": ({X: record("backfilled: on\n")}, [f"{X}:2:13"]),
    "a clock time": ({X: record("started_at: 12:30\n")}, [f"{X}:2:13"]),
    "base 60": ({X: record("started_at: 1:30:00\n")}, [f"{X}:2:13"]),
    "a telephone number": ({X: record("reference: +15551234567\n")}, [f"{X}:2:12"]),
    "an octal number": ({X: record("reference: 010\n")}, [f"{X}:2:12"]),
    "a number for a text": ({X: record("reference: 1.10\n")}, [f"{X}:2:12"]),
    "a comment in a title": ({X: record().replace("Trouble", "Queue #3 down")}, [f"{X}:1:8"]),
    "a colon in a title": ({X: record().replace("Trouble", "Error: down")}, [f"{X}:1:13"]),
    "a key twice": ({X: record("kind: incident\nkind: incident\n")}, [f"{X}:3:1"]),
    "no zone": ({X: record(at="2026-05-12 10:00:00")}, [f"{X}:3:9"]),
    "a day for a time": ({X: record(at="2026-05-12")}, [f"{X}:3:9"]),
    "no such day": ({X: record(at="2026-02-30T10:00:00Z")}, [f"{X}:3:9"]),
    "another country's date": ({X: record(at="24/11/2026")}, [f"{X}:3:9"]),
    "no such hour here": ({X: record(at="2026-03-29 02:30 Europe/Berlin")}, [f"{X}:3:9"]),
    "an hour twice": ({X: record(at="2026-10-25 02:30 Europe/Berlin")}, [f"{X}:3:9"]),
    "a number for a key": ({X: record("2026: x\n")}, [f"{X}:2:1", f"{X}:2:1"]),
    "a tab": ({X: record(update="\tscope: All.\n")}, [f"{X}:6:1"]),
    "a no-break space": ({X: record("reference:\xa0INC-1\n")}, [f"{X}:2:11"]),
    "infinity": ({X: record("reference: .inf\n")}, [f"{X}:2:12"]),
    "a tag": ({X: record("reference: !!binary aGk=\n")}, [f"{X}:2:12"]),
    "an object": ({X: record("reference: !!python/name:os.system x\n")}, [f"{X}:2:12"]),
    "an alias": ({X: record("translations: &a {es: *a}\n")}, [f"{X}:2:15", f"{X}:2:23"]),
    "three thousand levels": ({X: record(f"source: {'[' * 3000}\n")}, [f"{X}:2:{DEEP}"]),
    "a control character": ({X: record('reference: "a\\u0007b"\n')}, [f"{X}:2:12"]),
    "too much": ({X: record(update=f"    scope: {'All. ' * 60_000}\n")}, [f"{X}:1:1"]),
    "no UTF-8": ({X: record().encode() + b"# \xff\n"}, [f"{X}:6:3"]),
    "nothing": ({X: ""}, [f"{X}:1:1"]),
    "two documents": ({X: record() + "---\n" + record()}, [f"{X}:6:1"]),
    # What other status pages show green.
    "a misspelt status": ({X: record(status="investigatin")}, [f"{X}:4:13"]),
    "a status in capitals": ({X: record(status="Investigating")}, [f"{X}:4:13"]),
    "no status": ({X: record().replace("    status: investigating\n", "")}, [f"{X}:3:5"]),
    "no time": ({X: record().replace("at: 2026-11-20T10:00:00Z\n    ", "")}, [f"{X}:3:5"]),
    "a misspelt key": ({X: record("stated_at: 2026-11-20T09:00:00Z\n")}, [f"{X}:2:1"]),
    "a misspelt state": ({X: record(update="    components: {api: major_outtage}\n")}, [f"{X}:6:23"]),
    "a misspelt component": ({X: record(update="    components: {apy: major_outage}\n")}, [f"{X}:6:18"]),
    "a component in capitals": ({X: record(update="    components: {API: major_outage}\n")}, [f"{X}:6:18"]),
    "a component alone": ({X: record(update="    components: api\n")}, [f"{X}:6:17"]),
    "an unknown severity": ({X: record("severity: P9\n")}, [f"{X}:2:11"]),
    "a day in words": ({X: record("ended_at: yesterday\n", status="resolved")}, [f"{X}:2:11"]),
    "no updates": ({X: "title: Trouble\nupdates: []\n"}, [f"{X}:2:10"]),
    # What cannot be true.
    "over before it began": ({X: record("started_at: 2026-11-20T11:00:00Z\n", status="resolved")}, [f"{X}:2:13"]),
    "an end of what is open": ({X: record("ended_at: 2026-11-20T11:00:00Z\n")}, [f"{X}:2:1"]),
    "a promise at the end": ({X: record(update="    next_update_in: 1h\n", status="resolved")}, [f"{X}:6:5"]),
    "a window that ends before it begins": (
        {"incidents/2026/weekly.yml": WEEKLY.replace("11:30:00Z", "10:30:00Z")},
        ["incidents/2026/weekly.yml:5:8"],
    ),
    "facts that are nobody's business": ({X: record("internal: {cause: x}\n")}, [f"{X}:2:1"]),
    # Files in the wrong place.
    "a name that is no id": ({"incidents/Bad name.yml": record()}, ["incidents/Bad name.yml:1:1"]),
    "another ending": ({"incidents/x.yaml": record()}, ["incidents/x.yaml:1:1"]),
    "one id twice": ({"incidents/open.yml": record()}, ["incidents/open.yml:1:1"]),
    "updates of nothing": (
        {"incidents/y/updates/20261120t100000z-0001.yml": "at: 2026-11-20T10:00:00Z\nstatus: resolved\nbody: Text.\n"},
        ["incidents/y/updates:1:1"],
    ),
    "records that MkDocs would publish": ({"docs/incidents/x.md": "# X\n"}, ["docs/incidents:1:1"]),
    # Components, settings, names, links.
    "a faulty component": ({"components/api.yml": "nam: API\n"}, ["components/api.yml:1:1"]),
    "a component without its incidents": (
        {"components/mail.yml": None},
        ["incidents/2026/closed.yml:6:18"],
    ),
    "a faulty setting": ({"mkdocs.yml": ("timezone: Europe/Berlin", "timezone: Berlin")}, ["mkdocs.yml:8:17"]),
    "a secret": (
        {"mkdocs.yml": ("timezone: Europe/Berlin", "channels: {email: {password: x}}")},
        ["mkdocs.yml:8:26"],
    ),
    "one code twice": (
        {X: record("code: 0qbwn08sd68x\n"), "incidents/y.yml": record("code: 0qbwn08sd68x\n")},
        ["incidents/y.yml:2:7"],
    ),
    "a dead link": ({X: record(update="    scope: See [this](/incidents/none/).\n")}, [f"{X}:6:23"]),
    # Everything at once, in file order.
    "many files": (
        {
            X: record(status="wip").replace("Trouble", "Error: down"),
            "incidents/y.yml": record("severity: P9\nstated_at: 2026-11-20T09:00:00Z\n"),
            "components/api.yml": "nam: API\n",
            "components/web.yml": "name: Web\nsince: soon\ngroup: A b\n",
            "incidents/2026/closed.yml": CLOSED.replace("resolved", "resolvd").replace("mail:", "male:"),
            "incidents/notes.txt": "Notes.\n",
            "docs/drills/x.md": "# X\n",
            "mkdocs.yml": ("timezone: Europe/Berlin", "timezone: Berlin"),
        },
        [
            "components/api.yml:1:1",
            "components/web.yml:2:8",
            "components/web.yml:3:8",
            "docs/drills:1:1",
            "incidents/2026/closed.yml:6:18",
            "incidents/2026/closed.yml:9:13",
            "incidents/notes.txt:1:1",
            f"{X}:1:13",
            "incidents/y.yml:2:11",
            "incidents/y.yml:3:1",
            "mkdocs.yml:8:17",
        ],
    ),
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The small page, published once."""
    site = Site.make(tmp_path_factory.mktemp("prepared") / "page")
    done = publish(site.root)
    assert done.exit_code == 0, done.output
    return site.root


@pytest.fixture
def site(prepared, tmp_path):
    shutil.copytree(prepared, tmp_path / "page", symlinks=True)
    site = Site(tmp_path / "page")
    site.write("incidents/2026/open.yml", NEWS)
    return site


def publish(root: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["publish", "--root", str(root), "--at", AT, *words])


def published(root: Path) -> dict[str, tuple[bytes, int]]:
    """Return every published file and message, and when it was written."""
    paths = [path for folder in ("site", "outbox") for path in (root / folder).rglob("*")]
    return {str(path): (path.read_bytes() if path.is_file() else b"", os.stat(path).st_mtime_ns) for path in paths}


def change(site: Site, files: dict[str, object]) -> None:
    for path, text in files.items():
        if text is None:
            (site.root / path).unlink()
        elif isinstance(text, tuple):
            assert text[0] in site.read(path)
            site.write(path, site.read(path).replace(*text))
        else:
            (site.root / path).parent.mkdir(parents=True, exist_ok=True)
            (site.root / path).write_bytes(text if isinstance(text, bytes) else str(text).encode())


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_said_and_nothing_is_changed(name, site):
    files, places = CASES[name]
    change(site, files)
    before = published(site.root)

    done = publish(site.root)

    *said, last = done.stderr.splitlines()
    errors = [line for line in said if ": warning: " not in line]
    assert done.exit_code == 1
    assert done.stdout == ""
    assert [re.match(r"(.+?:\d+:\d+): ", line)[1] for line in errors] == places, done.stderr
    assert all(line.count(". ") or line.endswith((".", "?")) for line in errors), "with what to write"
    assert last == f"{len(places)} error{'s' if len(places) > 1 else ''}. Nothing was changed."
    assert published(site.root) == before


def test_the_same_page_is_published_once_it_is_mended(site):
    change(site, CASES["many files"][0])
    assert publish(site.root).exit_code == 1
    shutil.rmtree(site.root / "docs/drills")
    for path in (X, "incidents/y.yml", "incidents/notes.txt"):
        (site.root / path).unlink()
    for path in ("components/api.yml", "components/web.yml", "incidents/2026/closed.yml"):
        site.write(path, RECORDS[path])
    site.write("mkdocs.yml", site.read("mkdocs.yml").replace("timezone: Berlin", "timezone: Europe/Berlin"))

    done = publish(site.root)

    assert (done.exit_code, done.stderr) == (0, "")
    assert "A disk is full." in (site.root / "site/index.html").read_text()
    assert any("A disk is full." in path.read_text() for path in (site.root / "outbox").rglob("*.txt"))


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("docs/about.md", "[gone](gone.md)\n", "MkDocs could not make the page's frame"),
        ("site_overrides/stillup/shell.html", "<main></main>\n", "slot"),
        (
            "site_overrides/main.html",
            '{% extends "base.html" %}\n{% block libs %}\n{{ no.such }}\n{% endblock %}\n',
            "site_overrides/main.html:3:1: 'no' is undefined.",
        ),
        ("mkdocs.yml", ("custom_dir: site_overrides", "custom_dir: nowhere"), "MkDocs could not make"),
    ],
)
def test_what_mkdocs_or_an_override_refuses_changes_nothing(path, text, words, site):
    change(site, {path: text})
    before = published(site.root)

    done = publish(site.root)

    assert done.exit_code == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert published(site.root) == before


def test_a_faulty_message_of_the_pages_own_changes_nothing(site):
    site.write("messages/opened.email.txt.j2", "{{ titel }}\n")
    before = published(site.root)

    done = publish(site.root)

    assert done.exit_code == 1
    assert done.stderr.startswith("messages/opened.email.txt.j2:1:")
    assert published(site.root) == before


def test_a_warning_is_said_once_though_its_record_breaks(site):
    site.write("incidents/2026/weekly.yml", WEEKLY.replace("2026-11-01T10:00:00Z", "2026-11-07T10:00:00Z"))
    first = publish(site.root)
    site.write("incidents/2026/weekly.yml", site.read("incidents/2026/weekly.yml") + "    eta: 12:30\n")

    done = publish(site.root)

    assert first.stderr.count(": warning: ") == 1
    assert done.stderr.count(": warning: ") == 1


def test_it_is_so_for_the_installed_command(site):
    change(site, CASES["many files"][0])
    before = published(site.root)

    done = stillup("publish", "--root", site.root, "--at", AT)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == f"{len(CASES['many files'][1])} errors. Nothing was changed."
    assert published(site.root) == before


@pytest.mark.parametrize("there", [True, False])
def test_one_address_is_published_once_and_what_was_made_for_it_can_be_taken_back(tmp_path, there):
    folder = tmp_path / "site"
    if there:
        (folder / "a").mkdir(parents=True)
    stage = Stage()
    tree = Tree(folder, stage)
    tree.put("a/index.html", b"one")

    with pytest.raises(StillupError, match="a/index.html would be published twice"):
        tree.put("a/index.html", b"other")
    stage.drop()

    assert folder.exists() == there
    assert not there or list((folder / "a").iterdir()) == []
