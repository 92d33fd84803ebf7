"""The manual tells what is so: what it shows can be typed, and what it prints is what one reads.

tests/test_docs.py holds that nothing is missing from it.
"""

import json
import re

import pytest

from stillup.pipeline.doctor.secret import KNOWN
from tests.tools import AT, ROOT, stillup

MANUAL = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "manual" / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text(encoding="utf-8")


def files(text: str) -> dict[str, str]:
    """Return the files that a page shows: a name in backquotes, then a block."""
    return dict(re.findall(r"^`([\w./-]+\.\w+)`\n\n```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


def test_the_object_that_a_build_prints_has_the_keys_that_are_shown(example_root, tmp_path):
    shown = re.search(r"^```json\n(\{\"site\".*)$", MANUAL["commands"], re.MULTILINE)
    assert shown

    done = stillup("build", "--root", example_root, "--at", AT, "--site-dir", tmp_path / "site", "--json")

    assert list(json.loads(done.stdout)) == list(json.loads(shown[1]))


def test_a_newcomer_who_types_the_quick_start_has_a_page_and_messages(tmp_path):
    shown = files(MANUAL["quick-start"])
    for name, text in shown.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    checked = stillup("check", "--root", tmp_path, "--at", AT)
    published = stillup("publish", "--root", tmp_path, "--at", AT)

    assert len(shown) == 4
    assert (checked.returncode, checked.stderr) == (0, "")
    assert published.returncode == 0, published.stderr
    assert "Card payments failing at checkout" in (tmp_path / "site" / "index.html").read_text()
    assert list((tmp_path / "outbox").rglob("*.eml"))


@pytest.mark.parametrize(
    ("page", "component"),
    [("incidents", "payments-stripe"), ("maintenance", "webhooks"), ("README", "payments-stripe")],
)
def test_a_record_that_is_shown_is_sound(page, component, tmp_path):
    text = README if page == "README" else MANUAL[page]
    example = re.search(r"^```yaml\n(title:.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert example
    for name, content in ((f"components/{component}.yml", "name: Part\n"), ("incidents/shown.yml", example[1])):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)

    done = stillup("check", "--root", tmp_path, "--at", "2026-11-23T12:00:00Z")

    assert done.returncode == 0, done.stderr


def test_the_error_in_the_readme_is_what_one_reads(tmp_path):
    line = re.search(r"^(incidents/\S+?):\d+:\d+: updates.*$", README, re.MULTILINE)
    record = re.search(r"^```yaml\n(title:.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert line
    assert record
    for name, text in (("components/payments-stripe.yml", "name: Part\n"), (line[1], record[1])):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text.replace("status: investigating", "status: wip"))

    done = stillup("check", "--root", tmp_path, "--at", AT)

    assert done.returncode == 1
    assert line[0] in done.stderr.splitlines()


def test_the_error_in_the_quick_start_is_what_one_reads(example_root, tmp_path):
    line = re.search(r"^incidents/\S+: updates\[\d+\].*$", MANUAL["quick-start"], re.MULTILINE)
    assert line
    name = line[0].split(":")[0]
    text = (example_root / name).read_text()
    head, _, tail = text.rpartition("status: ")
    for folder in ("components", "incidents"):
        (tmp_path / folder).mkdir()
    for path in (example_root / "components").glob("*.yml"):
        (tmp_path / "components" / path.name).write_text(path.read_text())
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(f"{head}status: wip\n{tail.partition(chr(10))[2]}")

    done = stillup("check", "--root", tmp_path, "--at", AT)

    assert done.returncode == 1
    assert line[0] in done.stderr.splitlines()


def test_no_page_names_a_place_that_is_not_there():
    for page, text in {**MANUAL, "README": README}.items():
        for target in re.findall(r"\]\(([\w./-]+\.md)(?:#[\w-]+)?\)", text):
            folder = ROOT if page == "README" else ROOT / "manual" / "docs"
            assert (folder / target).is_file(), f"{page}: {target}"


def test_every_variable_that_one_may_set_is_told():
    inside = {"STILLUP_BIN", "STILLUP_COMPLETE", "STILLUP_ROOT", "STILLUP_SHELLS"}  # set by programs alone
    told = set(re.findall(r"^\| `(STILLUP_\w+)` \|", MANUAL["doctor"], re.MULTILINE))

    assert {re.sub("INTAKE_[A-Z]+_", "INTAKE_SOURCE_", name) for name in KNOWN - inside} == told


def test_every_page_of_the_manual_is_reached_from_its_navigation_once():
    settings = (ROOT / "manual" / "mkdocs.yml").read_text(encoding="utf-8")

    assert sorted(re.findall(r": (\S+)\.md$", settings, re.MULTILINE)) == sorted(MANUAL)
