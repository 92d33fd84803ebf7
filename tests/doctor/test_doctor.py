"""`stillup doctor` as people run it: what it prints, what it never prints, and how it ends."""

import json
import re
import sqlite3
import subprocess

import pytest
from click.testing import CliRunner

from stillup.cli import main
from stillup.pipeline.doctor import installation, secret
from tests.channels.test_smtp import Post, serving
from tests.doctor.conftest import told
from tests.doctor.name_server import naming
from tests.tools import AT, ROOT, stillup

CANARY = "canary-of-thirty-two-letters-and-more"


def looked(page, environment, **settings):
    page.set(**settings)
    return page.look(secret.look, page.settings, environment)


EVERY = {
    "ledger": "sqlite:.stillup/ledger.sqlite",
    "channels": {
        "email": {"host": "mail.example.com", "user": "status"},
        "sms": {"account": "AC" + "0" * 32, "from": "+15551234567"},
        "webhook": {},
    },
    "serve": {"url": "https://subscribe.example.com/"},
}
WANTED = {
    "STILLUP_LEDGER_KEY": "error",
    "STILLUP_SMTP_PASSWORD": "error",
    "STILLUP_TWILIO_TOKEN": "error",
    "STILLUP_WEBHOOK_SECRET": "warning",
    "STILLUP_TOKEN_KEY": "error",
    "STILLUP_BOUNCES_SECRET": "warning",
}


def test_every_secret_that_the_settings_ask_for_is_named(page):
    found = looked(page, {}, **EVERY).findings

    assert {each.message.split(" ")[0]: str(each.level) for each in found} == WANTED
    assert all(each.fix and each.line > 1 and each.file == "mkdocs.yml" for each in found)


def test_secrets_that_are_there_are_counted_and_never_shown(page):
    environment = {name: f"{CANARY}-{number}" for number, name in enumerate(WANTED)}

    examined = looked(page, environment, **EVERY)

    assert examined.findings == ()
    assert sorted(said.split(" ")[0] for said in examined.well) == sorted(WANTED)
    assert "canary" not in str(examined)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"STILLUP_LEDGER_KEY": "short"}, "error: STILLUP_LEDGER_KEY is shorter than 16 characters"),
        ({"STILLUP_LEDGER_KEY": CANARY + "\n"}, "warning: STILLUP_LEDGER_KEY begins or ends in a space"),
        (
            {"STILLUP_LEDGER_KEY": CANARY, "STILLUP_SMTP_PASWORD": CANARY},
            "warning: STILLUP_SMTP_PASWORD is set, and nothing reads it. Did you mean STILLUP_SMTP_PASSWORD?",
        ),
        ({"STILLUP_LEDGER_KEY": CANARY, "STILLUP_ZZZZ": "1"}, "Take it out of the environment."),
    ],
)
def test_a_secret_that_cannot_be_meant_is_told(page, environment, said):
    examined = looked(page, environment, ledger="sqlite:.stillup/ledger.sqlite")

    assert [said in each for each in told(examined, "secret")] == [True]
    assert "canary" not in str(examined)


def test_one_secret_for_two_purposes_is_warned_of(page):
    environment = dict.fromkeys(("STILLUP_LEDGER_KEY", "STILLUP_TOKEN_KEY"), CANARY)

    examined = looked(page, environment, ledger=EVERY["ledger"], serve=EVERY["serve"])

    assert "STILLUP_TOKEN_KEY and STILLUP_LEDGER_KEY are the same" in told(examined, "secret")[0]


def test_every_variable_that_the_sources_read_is_known():
    files = [path.read_text() for path in (ROOT / "generator").rglob("*.py")]
    named = {name for text in files for name in re.findall(r"STILLUP_[A-Z][A-Z_]*[A-Z]", text)}

    assert named - secret.KNOWN == {"STILLUP_INTAKE", "STILLUP_INTAKE_SOURCE_SECRET"}, "the last two are no names"


def test_a_program_that_is_missing_is_named_with_the_setting(page, monkeypatch, tmp_path):
    page.set(deploy=[{"rsync": "status@host.example.com:/srv/status"}], ledger="git:origin")
    monkeypatch.setenv("PATH", str(tmp_path))

    examined = page.look(installation.look, page.root, page.settings, page.root / ".stillup" / "site")

    found = [(each.message.split(" ")[0], each.field) for each in examined.findings if each.code == "program"]
    assert found == [("git", "ledger"), ("rsync", "deploy[0]"), ("ssh", "deploy[0]")]


def test_an_example_is_looked_at_from_end_to_end(example):
    """The whole command, on a copy of this repository's page with mail, a ledger, a repository and a name server."""
    post = Post()
    with serving(post) as port, naming({("example.com", "MX"): ["mx.example.com"]}) as names:
        text = (example / "mkdocs.yml").read_text().replace("https://status.example.com/", "http://127.0.0.1:9/")
        mail = f"email: {{host: 127.0.0.1, port: {port}, security: none, from: status@example.com}}"
        text += f"      channels:\n        {mail}\n      ledger: sqlite:.stillup/ledger.sqlite\n"
        (example / "mkdocs.yml").write_text(text)
        subprocess.run(["git", "init", "-q", str(example)], check=True)
        common = ("doctor", "--root", example, "--at", AT, "--resolver", names, "--product", "app.example.com")
        first = stillup(*common, "--json", STILLUP_LEDGER_KEY=CANARY)
        begun = stillup("ledger", "init", "--root", example, STILLUP_LEDGER_KEY=CANARY)
        second = stillup(*common, "--send-test", "email=oncall@example.com", STILLUP_LEDGER_KEY=CANARY)
        third = stillup(*common, "--offline", STILLUP_LEDGER_KEY=CANARY)

    assert first.returncode == 1
    found = json.loads(first.stdout)
    keys = ["file", "line", "column", "field", "code", "level", "message", "fix"]
    assert {tuple(each) for each in found} == {tuple(keys)}
    assert all(each["message"].endswith((".", "?")) and each["fix"] for each in found), found
    assert [each["code"] for each in found if each["level"] == "error"] == ["ledger", "live"]
    assert begun.returncode == 0, begun.stderr
    assert (
        "ok: email would take messages now: without TLS, sender status@example.com. Nothing was sent." in second.stdout
    )
    assert "ok: The ledger sqlite:.stillup/ledger.sqlite can be written" in second.stdout
    assert "ok: A test was accepted by email for the address you named" in second.stdout
    assert [to for _, to, _ in post.taken] == [("oncall@example.com",)]
    assert second.stderr.splitlines()[-1].startswith("1 would not work, ")
    assert third.returncode == 0, third.stderr
    assert "canary" not in first.stdout + first.stderr + second.stdout + second.stderr
    with sqlite3.connect(example / ".stillup" / "ledger.sqlite") as base:
        assert base.execute("select count(*) from entry").fetchone() == (1,)


@pytest.mark.parametrize(
    "words", [("--resolver", "example.com"), ("--send-test", "fax=1"), ("--send-test", "email="), ("--send-test", "x")]
)
def test_words_that_mean_nothing_are_refused(page, words):
    page.set()

    assert CliRunner().invoke(main, ["doctor", "--root", str(page.root), *words]).exit_code == 2


def test_unsound_records_are_told_and_everything_else_is_looked_at_all_the_same(page):
    page.set("http://127.0.0.1:9/")
    (page.root / "components" / "payments.yml").write_text("nam: Card payments\n")

    examined = page.examine(offline=True)

    assert [each.file for each in examined.findings if each.code == "unknown-key"] == ["components/payments.yml"]
    assert told(examined, "offline")
    assert not examined.is_well
