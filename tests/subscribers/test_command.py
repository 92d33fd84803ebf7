"""`stillup subscribers ...` as one types it."""

import json

import pytest

from tests.tools import AT, stillup

ADA = "Ada.Lovelace@example.com"


@pytest.fixture
def page(tmp_path):
    for name in ("payments-stripe", "ledger"):
        (tmp_path / "components").mkdir(exist_ok=True)
        (tmp_path / "components" / f"{name}.yml").write_text(f"name: {name}\ngroup: core\n")
    settings = "site_name: Status\nplugins: [{stillup: {subscribers: %s}}]\n"
    (tmp_path / "mkdocs.yml").write_text(settings % "private/subscribers.yml")
    return tmp_path


def run(page, verb, *words, status=0):
    done = stillup("subscribers", verb, *words, "--root", page)
    assert done.returncode == status, done.stdout + done.stderr
    return done


def everything(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_somebody_is_added_listed_and_forgotten(page):
    added = run(page, "add", "email", ADA, "--components", "ledger group:core", "--impact", "major", "--at", AT)
    assert "is subscribed." in added.stdout

    listed = run(page, "list").stdout
    assert "A…@example.com" in listed
    assert "ovelace" not in listed
    assert "group:core ledger  major" in listed or "group:core ledger" in listed
    assert "Ada.Lovelace@example.com" in run(page, "list", "--show").stdout

    assert (
        "already"
        in run(page, "add", "email", ADA.lower(), "--components", "group:core ledger", "--impact", "major").stdout
    )
    (entry,) = [json.loads(line) for line in run(page, "list", "--json").stdout.splitlines()]
    assert (entry["components"], entry["confirmed_at"], entry["address"]) == (
        ["group:core", "ledger"],
        AT,
        "A…@example.com",
    )

    assert "1 subscription would be" in run(page, "forget", ADA, "--dry-run").stdout
    assert b"ovelace" in everything(page)
    assert "1 subscription was" in run(page, "forget", ADA.upper()).stdout
    assert b"ovelace" not in everything(page)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("email", "ada@example"), "This is no e-mail address."),
        (("email", ADA, "--components", "ledgr"), "There is no component ledgr, so nobody would be told. Did you"),
        (("email", ADA, "--impact", "huge"), '"huge" is not an impact.'),
        (("webhook", "https://127.0.0.1/hook"), "The address is not on the public internet."),
        (("pigeon", ADA), "'pigeon' is not one of"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_usage_error_and_changes_nothing(page, words, said):
    done = run(page, "add", *words, status=2)

    assert said in " ".join(done.stderr.split())
    assert "ovelace" not in done.stderr
    assert not (page / "private").exists() or "ovelace" not in everything(page / "private").decode()


def test_who_follows_one_record_follows_one_that_is_there(page):
    (page / "incidents").mkdir()
    (page / "incidents" / "cards.yml").write_text("title: Cards\nupdates: []\n")

    refused = run(page, "add", "email", ADA, "--incident", "card", status=2)
    run(page, "add", "email", ADA, "--incident", "cards")

    assert "incident: There is no record card, so nobody would be told. Use cards.\n" in refused.stderr


def test_a_dry_run_shows_no_secret_since_the_next_call_makes_another(page):
    assert run(page, "add", "webhook", "https://hooks.example.com/status", "--dry-run").stdout.count("\n") == 1


def test_a_webhook_gets_a_secret_that_is_shown_once(page):
    done = run(page, "add", "webhook", "https://hooks.example.com/status", "--json")
    secret = json.loads(done.stdout)["secret"]

    assert secret.startswith("whsec_")
    assert secret not in run(page, "list", "--show").stdout + run(page, "list", "--show", "--json").stdout


def test_an_import_takes_all_or_nothing(page):
    table = page / "people.csv"
    table.write_text("channel,address,components\nemail,bob@example.com,ledger\nemail,cleo@example.com,nope\n")
    done = run(page, "import", table, status=1)

    assert f"{table}:3:24: components: There is no component nope, so nobody would be told." in done.stderr
    assert "0 subscriptions" in run(page, "list").stdout

    table.write_text('channel,address,components\nemail,bob@example.com,ledger\nsms,"\'+15551234567",\n')
    assert (
        "2 added, 0 changed, 0 known already, 2 of them unconfirmed; nothing"
        in run(page, "import", table, "--dry-run").stdout
    )
    assert "2 added" in run(page, "import", table, "--confirmed-at", AT).stdout
    assert "0 added, 0 changed, 2 known already" in run(page, "import", table, "--confirmed-at", AT).stdout
    assert "2 subscriptions, 0 of them told nothing" in run(page, "list").stdout


def test_a_list_moves_from_one_kind_of_store_to_another(page):
    run(page, "add", "sms", "+1 (555) 123-4567", "--kinds", "incident maintenance")
    run(page, "add", "email", "=1+1@example.com", "--language", "es", "--timezone", "Europe/Madrid", "--unconfirmed")
    run(page, "export", page / "out.csv")
    assert (page / "out.csv").stat().st_mode & 0o077 == 0
    assert ",'=1+1@example.com," in run(page, "export").stdout
    yaml = (page / "private" / "subscribers.yml").read_bytes()

    settings = (page / "mkdocs.yml").read_text()
    (page / "mkdocs.yml").write_text(settings.replace("subscribers.yml", "subscribers.csv"))
    assert "2 added" in run(page, "import", page / "out.csv").stdout
    (page / "mkdocs.yml").write_text(settings.replace("private/subscribers.yml", '"sqlite:private/subscribers.sqlite"'))
    assert "2 added" in run(page, "import", page / "private" / "subscribers.csv").stdout
    run(page, "export", page / "again.yml")

    # By channel there; in the order in which they were added here.
    assert sorted((page / "again.yml").read_bytes().splitlines()) == sorted(yaml.splitlines())


def test_a_person_gets_what_is_kept_of_them_and_nothing_of_others(page):
    run(page, "add", "email", ADA)
    run(page, "add", "email", "bob@example.com")
    done = run(page, "export", "--address", ADA)

    assert "Lovelace" in done.stdout
    assert "bob" not in done.stdout


def test_comments_and_other_entries_stay_as_people_wrote_them(page):
    path = page / "private" / "subscribers.yml"
    path.parent.mkdir()
    path.write_text("""\
# Who is told. Ask support before you add somebody.

- channel: email       # the one on call
  address: oncall@example.com
  confirmed_at: 2026-11-01T00:00:00Z
# Ada.Lovelace@example.com asked by telephone
- {channel: email, address: Ada.Lovelace@example.com}
# the board
- {channel: email, address: board@example.com, audience: board}
""")
    run(page, "forget", ADA)
    run(page, "add", "email", "bob@example.com", "--id", "bob", "--at", AT)

    entry = (
        f"id: bob, channel: email, address: bob@example.com, audience: customers, components: all, confirmed_at: {AT}"
    )
    assert (
        path.read_text()
        == f"""\
# Who is told. Ask support before you add somebody.

- channel: email       # the one on call
  address: oncall@example.com
  confirmed_at: 2026-11-01T00:00:00Z
- {{channel: email, address: board@example.com, audience: board}}
- {{{entry}, origin: command}}
"""
    )


def test_a_faulty_list_is_told_with_its_places(page):
    (page / "private").mkdir()
    (page / "private" / "subscribers.yml").write_text("- {channel: email, address: nobody}\n- {channel: fax}\n")
    done = run(page, "list", status=1)

    assert "private/subscribers.yml:1:29: [0].address: This is no e-mail address." in done.stderr
    assert "private/subscribers.yml:2:13: [1].channel:" in done.stderr


def test_check_finds_what_is_wrong_with_a_list_beside_what_is_wrong_with_records(page):
    (page / "private").mkdir()
    entry = "- {channel: email, address: ada@example.com, components: [nope]}\n"
    (page / "private" / "subscribers.yml").write_text(entry)
    (page / "components" / "ledger.yml").write_text("nam: Ledger\n")
    done = stillup("check", "--root", page, "--at", AT)

    assert done.returncode == 1
    assert "components/ledger.yml:1:1: nam:" in done.stderr
    said = "components: There is no component nope, so nobody would be told."
    assert f"private/subscribers.yml:1:59: {said}" in done.stderr
