"""What somebody agreed to and how they came here: noted once, kept by later imports, and given out."""

import json
import re
import sqlite3
from hashlib import sha256

import pytest

from stillup import catalogue
from stillup.subscribers.change import take
from stillup.subscribers.desk import Desk
from stillup.subscribers.opening import open_store
from stillup.subscribers.subscription import consented
from stillup.subscribers.token import Keys, Links
from stillup.subscribers.wish import wish
from tests.subscribers.sample import AT, somebody
from tests.subscribers.test_command import page, run
from tests.tools import ROOT

__all__ = ["page"]

TEXT = catalogue.words("en").say("signup.privacy")


def known(page):
    lines = run(page, "list", "--json", "--show").stdout.splitlines()
    return {entry["address"]: (entry.get("consent"), entry.get("origin")) for entry in map(json.loads, lines)}


def test_who_confirms_the_form_has_agreed_to_its_text(tmp_path):
    store = open_store(tmp_path, "sqlite:private/s.sqlite", bytes(16))
    links = Links("https://subscribe.example.com/", Keys(b"k" * 32))
    desk = Desk(store, links, lambda: "a" * 12, lambda: "", consented("en", TEXT))
    form = {"channel": ["email"], "address": ["ada@example.com"]}

    asked = desk.subscribe(wish(form, channels=["email"], components=[], languages=[]), AT)
    kept = desk.confirm(asked.token, AT)

    assert (kept.consent, kept.origin) == (f"en-{sha256(TEXT.encode()).hexdigest()[:8]}", "form")
    assert (kept.consent, kept.confirmed_at) == (store.get(kept.id).consent, AT)
    store.close()


def test_the_manual_names_the_version_of_the_english_text():
    assert f"`{consented('en', TEXT)}`" in (ROOT / "manual/docs/subscribers.md").read_text()


def test_another_text_is_another_version():
    spanish = catalogue.words("es").say("signup.privacy")

    assert len({consented("en", TEXT), consented("en", TEXT + " "), consented("es", spanish)}) == 3


def test_people_at_the_keyboard_say_it_and_export_gives_it_out(page):
    run(page, "add", "email", "ada@example.com", "--consent", "contract 2026")
    run(page, "add", "email", "bob@example.com")
    table = page / "people.csv"
    table.write_text(
        "channel,address,consent,origin\nemail,cleo@example.com,newsletter-3,fair\nemail,dan@example.com,,\n"
        "email,ada@example.com,,\n"
    )
    run(page, "import", table, "--consent", "letter of May")

    assert known(page) == {
        "ada@example.com": ("contract 2026", "command"),
        "bob@example.com": (None, "command"),
        "cleo@example.com": ("newsletter-3", "fair"),
        "dan@example.com": ("letter of May", "import people.csv"),
    }
    head, *rows = run(page, "export").stdout.splitlines()
    assert head.endswith(",secret,consent,origin")
    assert any(row.endswith(",contract 2026,command") for row in rows)


@pytest.mark.parametrize("place", ["private/s.yml", "private/s.csv", "sqlite:private/s.sqlite"])
def test_an_import_that_says_nothing_of_it_takes_nothing_away(tmp_path, place):
    store = open_store(tmp_path, place, bytes(16))
    take(store, [somebody("a", consent="x-1", origin="form")])

    done = take(store, [somebody("a", language="es"), somebody("b", "bob@example.com")], origin="import f.csv")

    assert (done.changed, done.added) == (1, 1)
    told = {each.id: (each.language, each.consent, each.origin) for each in store.everybody()}
    assert told == {"a": ("es", "x-1", "form"), "b": ("", "", "import f.csv")}
    assert take(store, [somebody("a", language="es")], origin="import f.csv").known == 1
    store.close()


def test_a_database_of_the_version_before_is_taken_over_as_it_is(tmp_path):
    """Its people have no consent noted, and are told as ever."""
    source = (ROOT / "generator/stillup/subscribers/sqlite_store.py").read_text()
    schema = re.search(r'_SCHEMA = """\n(.*?)"""', source, re.DOTALL)[1]
    before = re.sub(r", consent text .*? origin text not null default ''", "", schema)
    assert "consent" not in before
    (tmp_path / "private").mkdir()
    with sqlite3.connect(tmp_path / "private" / "s.sqlite") as base:
        base.executescript(before)
        base.execute("insert into meta values ('salt', ?)", (bytes(16),))
        row = ("a", "email", "ada@example.com", "ada@example.com", "customers", *[""] * 8, "2026-11-20T10:12:00Z", "")
        base.execute(f"insert into subscription values ({', '.join('?' * len(row))})", row)
        base.execute("pragma user_version = 1")

    for _ in range(2):
        store = open_store(tmp_path, "sqlite:private/s.sqlite", bytes(16))
        assert list(store.everybody()) == [somebody("a")]
        store.close()
    store = open_store(tmp_path, "sqlite:private/s.sqlite", bytes(16))
    store.save([somebody("a", consent="en-1", origin="form")])
    assert store.get("a").origin == "form"
    store.close()
