"""What people type, on PostgreSQL and on SQLite: the same words do the same, and print the same."""

import json

import pytest

from tests.delivery.page import KEY, UPDATE, Page, git
from tests.tools import stillup, tick

SETTINGS = """\
site_name: Advancia Pay Ledger Status
site_url: https://status.example.com/
plugins:
  - search
  - stillup:
      organisation: Advancia Pay Ledger
      channels: {{email: {{via: outbox}}}}
      ledger: {ledger}
      subscribers: {subscribers}
"""
LIST = """\
id,channel,address,components,confirmed_at
ada,email,ada@example.com,api,2026-01-01T00:00:00Z
bob,email,bob@example.com,,2026-01-01T00:00:00Z
cleo,email,cleo@example.com,,
"""
VARIES = {"place", "at", "head", "begun_at", "told_at", "confirmed_at"}
"""Names of places, and what time makes of things."""


def steady(said: object) -> object:
    """Return what was printed without what varies."""
    if isinstance(said, dict):
        return {name: steady(value) for name, value in said.items() if name not in VARIES}
    return [steady(each) for each in said] if isinstance(said, list) else said


class Typed:
    """A page, and what was printed there so far."""

    def __init__(self, root, ledger, subscribers):
        self.page = Page(root)
        root.mkdir()
        self.page.write("mkdocs.yml", SETTINGS.format(ledger=ledger, subscribers=subscribers))
        self.page.write("components/api.yml", "name: API\n")
        self.page.write(".gitignore", "/private/\n/.stillup/\n/outbox/\n/site/\n/list.csv\n")
        self.page.write("list.csv", LIST)
        git(root, "init", "--quiet", "--initial-branch=main")
        self.page.commit()
        self.said = []

    def type(self, *words, status=0):
        done = stillup(*words, "--root", self.page.root, STILLUP_LEDGER_KEY=KEY)
        assert done.returncode == status, (words, done.stdout, done.stderr)
        lines = [json.loads(line) if line[:1] == "{" else line for line in done.stdout.splitlines()]
        self.said.append((words[:2], steady(lines)))
        return lines


@pytest.fixture
def both(tmp_path, database):
    there = Typed(tmp_path / "there", database, database)
    made = stillup("database", "init", "--root", there.page.root, "--json")
    assert json.loads(made.stdout)["changed"], made.stderr
    here = Typed(tmp_path / "here", "sqlite:.stillup/ledger.sqlite", "sqlite:private/subscribers.sqlite")
    return here, there


def test_the_same_words_do_the_same_as_with_files(both):
    for each in both:
        each.type("subscribers", "import", each.page.root / "list.csv", "--json")
        each.type("subscribers", "list", "--json")
        each.type("ledger", "init", "--json")
    now = tick()
    text = UPDATE.format(at=now, status="investigating", state="partial_outage", body="It is slow.") + "    id: one\n"
    for each in both:
        each.page.write("incidents/slow.yml", f"title: The API answers slowly\nseverity: P1\nupdates:\n{text}")
        each.page.commit()
        each.type("deliver", "--dry-run", "--json")
        each.type("deliver", "--json")
        each.type("ledger", "resend", "--accepted", "slow/one/email", "--json")
        each.type("deliver", "--json")
        each.type("ledger", "show", "--json")
        each.type("ledger", "verify", "--json")
        each.type("subscribers", "forget", "ADA@example.com", "--json")
        each.type("subscribers", "export")

    here, there = both
    assert there.said == here.said
    assert sum("ada@example.com" in path.read_text() for path in there.page.root.glob("outbox/sent/**/*.eml")) == 2


def test_a_page_without_a_database_is_told_so(tmp_path):
    page = Typed(tmp_path / "page", "sqlite:.stillup/ledger.sqlite", "private/subscribers.yml").page

    for verb in ("init", "roles"):
        done = stillup("database", verb, "--root", page.root)
        assert (done.returncode, done.stdout) == (1, "")
        assert "Nothing is kept in PostgreSQL" in done.stderr
