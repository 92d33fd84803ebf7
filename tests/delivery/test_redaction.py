"""A leaked text that is removed: it stands in no byte that is kept or leaves, and it is never sent again."""

import email
import email.policy
import json
import shutil
from datetime import timedelta

import pytest
from click.testing import CliRunner

from stillup.cli import main
from stillup.delivery.ledger.place import open_ledger
from stillup.delivery.plan import Reason
from stillup.pipeline.building.build import build
from tests.canary import Canaries
from tests.delivery.page import Page, git
from tests.delivery.world import AT

REASON = "It named a customer."
WHO = {
    name: value
    for role in ("AUTHOR", "COMMITTER")
    for name, value in ((f"GIT_{role}_NAME", "The on-call engineer"), (f"GIT_{role}_EMAIL", "oncall@example.com"))
}


LATER = AT + timedelta(minutes=10)


def minutes(count: int):
    return AT + timedelta(minutes=count)


@pytest.fixture
def canaries():
    return Canaries()


@pytest.fixture
def secret(canaries):
    return canaries.token("the leaked text")


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A page without an incident, built once: MkDocs takes its time, and copies need it no more."""
    root = tmp_path_factory.mktemp("ground")
    made = Page(root).make()
    made.write("docs/about.md", "# About this page\n")
    made.write("mkdocs.yml", f"{(root / 'mkdocs.yml').read_text()}theme: {{name: material, font: false}}\n")
    build(made.commit().root, at=AT)
    return made


@pytest.fixture
def page(ground, tmp_path):
    """A page whose ledger has begun."""
    made = Page(shutil.copytree(ground.root, tmp_path, symlinks=True, dirs_exist_ok=True))
    made.begin()
    return made


def told(page, secret, *more, body="We look into what {} reports."):
    """Write an incident whose second update has the secret in its body, and commit it."""
    page.incident(
        (minutes(1), "investigating", "degraded_performance", "We look into it."),
        (minutes(5), "identified", "degraded_performance", body.format(secret)),
        *more,
    )


def redact(page, *words, at=LATER, id="slow", status=0):
    said = ["incident", "redact", id, "--reason", REASON, "--root", str(page.root), "--at", at.isoformat(), *words]
    done = CliRunner().invoke(main, said, env=WHO, catch_exceptions=False)
    assert done.exit_code == status, done.output
    return done


def kept(page):
    """Return where the secret could be: everything but git's own history, which the command lists."""
    return [page.root / name for name in ("site", "outbox", ".stillup", "incidents")]


def found(page, canaries):
    return {str(folder): hits for folder in kept(page) if (hits := canaries.found_in(folder))}


def test_a_redacted_text_is_found_in_no_byte_that_is_kept_or_leaves(page, canaries, secret):
    told(page, secret)
    page.deliver(minutes(6))
    build(page.root, at=minutes(6))
    before = found(page, canaries)
    assert {path.rpartition("/")[2] for path in before} == {"site", "outbox", ".stillup", "incidents"}

    done = redact(page, "--commit")
    build(page.root, at=minutes(11))
    again = page.deliver(minutes(11))

    assert found(page, canaries) == {}
    assert secret not in done.output
    assert [(each.planned, each.accepted) for each in again.channels] == [(0, 0)]
    ledger = open_ledger(page.ledger, page.root)
    assert list(ledger.index_faults()) == [] and ledger.is_settled("slow/" + stamp(1), "email")
    ledger.close()


def stamp(count: int) -> str:
    return f"{minutes(count):%Y%m%dt%H%M%Sz}"


def test_the_mark_says_when_and_why_on_page_feeds_and_api(page, secret):
    told(page, secret)
    redact(page, "--commit")
    build(page.root, at=minutes(11))

    site = page.root / "site"
    mark = f"A text was removed {minutes(10).day} "
    for path in ("incidents/slow/index.html", "feed.atom", "feed.rss", "feed.json", "api/v2/incidents.json"):
        text = (site / path).read_text()
        assert mark in text and REASON in text, path
    feed = (site / "feed.atom").read_text()
    assert f"<updated>{minutes(10):%Y-%m-%dT%H:%M:%SZ}</updated>" in feed
    assert f"<published>{minutes(5):%Y-%m-%dT%H:%M:%SZ}</published>" in feed
    update = json.loads((site / "api/v2/incidents.json").read_text())["incidents"][0]["incident_updates"][0]
    assert update["updated_at"] == f"{minutes(10):%Y-%m-%dT%H:%M:%S.000Z}"
    assert update["created_at"] == f"{minutes(5):%Y-%m-%dT%H:%M:%S.000Z}"


def test_what_was_owed_of_it_is_not_sent_and_the_plan_says_why(page, secret):
    told(page, secret)
    redact(page, "--commit")

    plan = page.deliver(minutes(11), dry_run=True)
    done = page.deliver(minutes(11))

    skipped = {row.key: (row.action, row.reason) for row in plan.rows}
    assert skipped[f"slow/{stamp(5)}"] == ("skip", str(Reason.REDACTED))
    assert skipped[f"slow/{stamp(1)}"][0] == "send"
    assert done.channels[0].accepted == 3
    assert all(secret not in mail for mail in page.outbox())


def test_an_interrupted_message_is_not_made_again_from_before_the_redaction(page, canaries, secret):
    """The folder takes nothing at first, so that the intent stays open; then the text goes."""
    told(page, secret)
    (page.root / "outbox").write_text("in the way")
    stuck = page.deliver(minutes(6))
    assert stuck.channels[0].accepted == 0 and not stuck.is_complete
    (page.root / "outbox").unlink()

    redact(page, "--commit")
    page.deliver(minutes(11))

    sent = [email.message_from_string(text, policy=email.policy.default) for text in page.outbox()]
    assert all(secret not in str(mail) for mail in sent)
    assert found(page, canaries) == {}


def test_one_text_of_an_update_can_go_while_its_body_stays(page, canaries, secret):
    told(
        page,
        secret,
        body=f"We know why.\n    scope: Only {{}}.\n    translations: {{{{es: {{{{scope: Solo {secret}.}}}}}}}}",
    )
    redact(page, "--field", "scope", "--commit")
    build(page.root, at=minutes(11))

    text = (page.root / "site/incidents/slow/index.html").read_text()
    assert "We know why." in text and REASON in text
    assert found(page, canaries) == {}
    assert "translations" not in (page.root / "incidents/slow.yml").read_text()


def test_a_postmortem_can_be_redacted(page, canaries, secret):
    told(page, "it", (minutes(6), "resolved", "operational", "It is fast again."))
    path = page.root / "incidents/slow.yml"
    path.write_text(
        path.read_text() + f"postmortem:\n  at: {minutes(7):%Y-%m-%dT%H:%M:%SZ}\n  body: |\n    It was {secret}.\n"
    )
    page.commit()
    redact(page, "--commit", id="slow/postmortem")
    build(page.root, at=minutes(11))

    assert found(page, canaries) == {}
    assert REASON in (page.root / "site/incidents/slow/index.html").read_text()
    assert "slow/postmortem" not in {
        row.key for row in page.deliver(minutes(11), dry_run=True).rows if row.action == "send"
    }


def named(page, secret, id="slow"):
    """Write an incident with the secret in its title, in both languages, and commit it."""
    page.incident((minutes(1), "investigating", "degraded_performance", "We look into it."), id=id)
    path = page.root / f"incidents/{id}.yml"
    spanish = f"translations: {{es: {{title: {secret} no puede}}}}\n"
    path.write_text(path.read_text().replace("The API answers slowly", f"{secret} cannot pay") + spanish)
    page.commit()


def test_a_redacted_title_is_found_in_no_byte_that_is_kept_or_leaves(page, canaries, secret):
    named(page, secret)
    page.deliver(minutes(2))
    build(page.root, at=minutes(2))
    assert {path.rpartition("/")[2] for path in found(page, canaries)} == {"site", "outbox", ".stillup", "incidents"}

    done = redact(page, "--title", "Payments fail", "--commit")
    build(page.root, at=minutes(11))
    again = page.deliver(minutes(11))

    assert found(page, canaries) == {}
    assert secret not in done.output and secret not in git(page.root, "log", "-1", "--format=%B")
    assert [(each.planned, each.accepted) for each in again.channels] == [(0, 0)]
    mark = f"The title was replaced {minutes(10).day} "
    site = page.root / "site"
    for path in ("incidents/slow/index.html", "feed.atom", "feed.rss", "feed.json", "api/v2/incidents.json"):
        text = (site / path).read_text()
        assert mark in text and REASON in text and "Payments fail" in text, path
    assert f"<updated>{minutes(10):%Y-%m-%dT%H:%M:%SZ}</updated>" in (site / "feed.atom").read_text()
    (told,) = json.loads((site / "api/v2/incidents.json").read_text())["incidents"]
    assert told["updated_at"] == f"{minutes(10):%Y-%m-%dT%H:%M:%S.000Z}"
    ledger = open_ledger(page.ledger, page.root)
    assert list(ledger.index_faults()) == [] and ledger.is_settled(f"slow/{stamp(1)}", "email")
    ledger.close()


def test_what_is_owed_goes_out_under_the_new_title_and_what_was_interrupted_does_not_go_again(page, canaries, secret):
    named(page, secret)
    (page.root / "outbox").write_text("in the way")
    assert page.deliver(minutes(2)).channels[0].accepted == 0
    (page.root / "outbox").unlink()
    page.write("incidents/other.yml", (page.root / "incidents/slow.yml").read_text())
    page.commit()

    redact(page, "--title", "Payments fail", "--commit")
    redact(page, "--title", "Transfers fail", "--commit", id="other")
    page.deliver(minutes(11))

    sent = [email.message_from_string(text, policy=email.policy.default) for text in page.outbox()]
    assert all(secret not in str(mail) for mail in sent)
    texts = [mail.get_body(("plain",)).get_content() for mail in sent]
    assert len(texts) == 3 and all("The title was replaced" in text for text in texts), "of the other incident alone"
    assert found(page, canaries) == {}


def test_an_id_with_words_of_the_title_is_told_and_so_are_the_subjects_of_commits(page):
    named(page, "Lovelace", id="lovelace-cannot-pay")
    plain = redact(page, "--title", "Payments fail", "--dry-run", id="lovelace-cannot-pay").output
    update = redact(page, "--dry-run", id="lovelace-cannot-pay").output

    assert "- the id lovelace-cannot-pay. It has words of the title" in plain
    assert "--replace-message ../remove.txt" in plain and "in their subjects" in plain
    assert "the id lovelace" not in update and "--replace-message" not in update


def test_a_title_is_replaced_by_another_and_alone(page, secret):
    named(page, secret)

    assert "That is its title already" in redact(page, "--title", f"{secret} cannot pay", status=1).output
    assert "--title is about the record" in redact(page, "--title", "x", "--field", "body", status=2).output
    assert "--title is about the record" in redact(page, "--title", "x", id=f"slow/{stamp(1)}", status=2).output


def test_a_dry_run_lists_what_is_out_of_reach_and_changes_nothing(page, secret):
    told(page, secret)
    before = (page.root / "incidents/slow.yml").read_bytes()

    done = json.loads(redact(page, "--dry-run", "--json").stdout)

    assert (page.root / "incidents/slow.yml").read_bytes() == before
    places = " ".join(each["place"] for each in done["not_reached"])
    for word in (
        "history of git",
        "search engines",
        "feed readers",
        "messages already sent (email)",
        "content delivery",
        "CI",
    ):
        assert word in places
    assert done["dry_run"] and done["texts"] == 1 and not done["thrown_away"]


def test_what_is_not_there_cannot_be_redacted(page, secret):
    told(page, secret)

    assert "has no scope" in redact(page, "--field", "scope", status=1).output
    assert "has no update x" in redact(page, id="slow/x", status=1).output
    assert "has no postmortem" in redact(page, id="slow/postmortem", status=1).output


def test_a_redaction_is_no_silent_edit_and_a_missing_text_without_one_is_an_error(page, secret):
    told(page, secret)
    redact(page, "--commit")
    check = ["check", "--root", str(page.root), "--at", minutes(12).isoformat()]

    sound = CliRunner().invoke(main, [*check, "--base", "HEAD~1"])
    assert sound.exit_code == 0, sound.output
    path = page.root / "incidents/slow.yml"
    path.write_text("".join(line for line in path.read_text().splitlines(True) if "redacted" not in line))
    broken = CliRunner().invoke(main, check)
    assert broken.exit_code == 1
    assert "updates[1].body: This key is missing. Write body: and the text for customers." in broken.output


def test_the_way_back_through_git_is_told_with_the_remote_of_the_page(page, secret, tmp_path):
    git(page.root, "remote", "add", "origin", "git@git.example.com:ledger/status.git")
    told(page, secret)

    said = redact(page, "--dry-run").output

    assert "git clone --branch main git@git.example.com:ledger/status.git" in said
    assert "git filter-repo --force --refs main --replace-text ../remove.txt" in said
