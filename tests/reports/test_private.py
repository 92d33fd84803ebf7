"""Reports are for insiders: where they may go, what never leaves, and what a spreadsheet must not run."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest

from stillup.reports.document import Sheet
from stillup.reports.sheet import table
from tests import tools
from tests.reports.command import stillup
from tests.reports.example import lay_out
from tests.tools import html_errors

AT = "2026-11-20T10:45:00Z"
CALLS = (
    ("metrics", "--quarter", "2026-Q4"),
    ("monthly", "--month", "2026-11"),
    ("quarterly", "--quarter", "2026-Q4"),
    ("annual", "--year", "2026"),
    ("financial", "--year", "2026"),
    ("dashboard",),
    ("sla", "--customer", "example-grocer", "--month", "2026-11"),
)


PUBLIC = ("docs", "messages", "site_overrides")


@pytest.fixture
def root(tmp_path) -> Path:
    return lay_out(tmp_path / "example", *PUBLIC)


@pytest.fixture(scope="module")
def reported(tmp_path_factory) -> tuple[Path, dict[str, bytes]]:
    """The example with every report, which no test changes, and what it held before."""
    root = lay_out(tmp_path_factory.mktemp("page") / "example", *PUBLIC)
    before = tree(root)
    for call in CALLS:
        done = stillup("report", *call, "--root", root, "--at", AT)
        assert done.returncode == 0, done.stderr
        assert all(Path(line).is_file() for line in done.stdout.splitlines())
    return root, before


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_report_stays_below_the_private_folder_and_is_sound(reported, tmp_path):
    made, before = reported
    first = tree(made)
    root = shutil.copytree(made, tmp_path / "example")
    for call in CALLS:
        stillup("report", *call, "--root", root, "--at", AT)
    assert tree(root) == first
    # As whoever uses it has it: a process of its own.
    assert tools.stillup("report", *CALLS[0], "--root", root, "--at", AT).returncode == 0

    assert tree(root) == first, "the same records and the same instant give the same bytes"
    made = first.keys() - before.keys()
    assert {name.split("/")[0:2] == ["private", "reports"] for name in made} == {True}
    assert {name: first[name] for name in before} == before
    pages = [first[name].decode() for name in made if name.endswith(".html")]
    assert len(pages) == len(CALLS)
    for page in pages:
        assert not re.findall(r"""(?:src|href)=["'](?!#)[^"']*|url\((?!#)""", page), "nothing else is loaded"
        assert "MTTR" in page or "Tiers" in page or "Incident cost: direct" in page
        assert AT in page
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids))


@pytest.mark.needs("java")
def test_the_checker_of_html_finds_nothing(reported):
    root, _ = reported

    assert html_errors([root / "private" / "reports"]) == []


def test_no_byte_of_a_report_reaches_the_page(reported, tmp_path):
    root = shutil.copytree(reported[0], tmp_path / "example")
    for path in (root / "private" / "reports").rglob("*.*"):
        path.write_text(path.read_text() + "\ncanary-of-reports\n")

    built = tools.stillup("build", "--root", root, "--at", AT, "--site-dir", tmp_path / "site")

    assert built.returncode == 0, built.stderr
    made = tree(tmp_path / "site")
    assert made
    for body in made.values():
        assert b"canary-of-reports" not in body
        assert b"Monthly Incident Report" not in body
        assert b"Service credits" not in body


def test_a_private_folder_that_is_published_gets_no_report(root):
    text = (root / "mkdocs.yml").read_text()
    (root / "mkdocs.yml").write_text(
        text.replace("      organisation:", "      private: docs/inside\n      organisation:")
    )
    shutil.move(root / "private", root / "docs" / "inside")

    done = stillup("report", "monthly", "--root", root, "--at", AT)

    assert done.returncode == 1
    assert "published" in done.stderr
    assert not (root / "docs" / "inside" / "reports").exists()


def test_without_a_private_folder_numbers_are_printed_and_nothing_is_written(root):
    shutil.rmtree(root / "private")

    written = stillup("report", "metrics", "--root", root, "--at", AT, "--month", "2026-11")
    printed = stillup("report", "metrics", "--root", root, "--at", AT, "--month", "2026-11", "--json")

    assert written.returncode == 1
    assert "--stdout" in written.stderr
    assert not (root / "private").exists()
    assert json.loads(printed.stdout)["this"]["incidents"]["total"] == 4, "the private incident is not known"


def test_a_customer_that_is_not_there_is_an_error_with_the_ones_that_are(root):
    done = stillup("report", "sla", "--root", root, "--at", AT, "--customer", "nobody")

    assert done.returncode == 1
    assert "example-grocer" in done.stderr


def test_satisfaction_is_told_only_where_somebody_noted_it(root):
    words = ("report", "quarterly", "--root", root, "--at", AT, "--quarter", "2026-Q4", "--stdout")
    without = stillup(*words).stdout
    (root / "private" / "csat.csv").write_text("date,score,responses\n2026-11-20,2.5,100\n2026-11-19,4.5,300\n")
    told = stillup(*words).stdout

    assert "satisfaction" not in without
    assert "- **Days on which an incident began**: 2.50 (100 responses on 1 day)" in told
    assert "- **Together**: 4.00 (400 responses on 2 days)" in told


def test_every_fault_of_the_scores_is_told_at_its_place(root):
    (root / "private" / "csat.csv").write_text("date,score,responses\n2026-11-31,good,3\n2026-11-19,4.5,none\n")

    done = stillup("report", "quarterly", "--root", root, "--at", AT)

    assert done.returncode == 1
    places = re.findall(r"^private/csat\.csv:(\d+:\d+): (\w+):", done.stderr, re.MULTILINE)
    assert places == [("2:1", "date"), ("2:12", "score"), ("3:16", "responses")]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", '=cmd|" /C calc"!A0'])
def test_no_cell_is_run_by_a_spreadsheet(text):
    made = table(Sheet(name="one", heads=("a",), rows=((text,), (-3,))))

    rows = list(csv.reader(io.StringIO(made, newline="")))
    assert rows[1] == [f"'{text}"]
    assert rows[2] == ["-3"], "a number stays one"
