"""`stillup deliver` on a page of its own: who is told, once, and in which words."""

import json
import re
from collections import Counter

import pytest

from stillup.cli.delivering import table
from stillup.delivery.tally import Tally
from stillup.errors import StillupError
from stillup.pipeline.sending.deliver import Delivered
from tests.delivery.page import KEY, Page, git
from tests.delivery.story import GOES_ON, OPENED, RESOLVED, mails, minutes
from tests.delivery.world import AT
from tests.tools import stillup


def test_an_update_reaches_everybody_once_however_often_it_is_delivered(page):
    page.incident(OPENED)

    first, second = page.deliver(minutes(2)), page.deliver(minutes(3))

    assert [to for to, _ in mails(page)] == ["a@example.com", "b@example.com", "c@example.com"]
    assert [(each.planned, each.accepted) for each in (*first.channels, *second.channels)] == [(3, 3), (0, 0)]
    assert first.is_complete


def test_a_story_is_told_from_its_opening_to_its_closing(page):
    for number in range(1, 4):
        page.incident(*(OPENED, GOES_ON, RESOLVED)[:number])
        page.deliver(minutes(60))

    assert len(mails(page)) == 9
    assert len({subject for _, subject in mails(page)}) == 3


def test_a_typo_that_is_mended_is_told_to_nobody(page):
    page.incident(OPENED)
    page.deliver(minutes(2))
    page.incident((*OPENED[:3], "We look into it closely."))

    done = page.deliver(minutes(3))

    assert (done.channels[0].planned, len(mails(page))) == (0, 3)


def test_a_correction_reaches_only_those_who_heard(page):
    page.incident(OPENED)
    page.deliver(minutes(2))
    page.people("a", "b", "new")
    text = (page.root / "incidents/slow.yml").read_text()
    page.write(
        "incidents/slow.yml", text + f"    edited_at: {minutes(5):%Y-%m-%dT%H:%M:%SZ}\n    correction: Only reads.\n"
    )
    page.commit()

    done = page.deliver(minutes(6))

    assert done.channels[0].suppressed == {"did not hear of it": 1}
    assert Counter(to for to, _ in mails(page)) == {"a@example.com": 2, "b@example.com": 2, "c@example.com": 1}


def test_a_withdrawal_reaches_only_those_who_heard(page):
    page.incident(OPENED)
    page.deliver(minutes(2))
    page.people("a", "new")
    text = (page.root / "incidents/slow.yml").read_text()
    page.write(
        "incidents/slow.yml", text + f"    withdrawn: {{at: {minutes(5):%Y-%m-%dT%H:%M:%SZ}, reason: It was a test.}}\n"
    )
    page.commit()

    page.deliver(minutes(6))

    assert Counter(to for to, _ in mails(page)) == {"a@example.com": 2, "b@example.com": 1, "c@example.com": 1}


def test_whoever_got_the_opening_gets_the_closing_whatever_became_of_its_impact(page):
    page.people("a", impact="critical")
    page.incident((*OPENED[:2], "major_outage", "It is down."))
    page.deliver(minutes(2))
    page.write(
        "incidents/slow.yml",
        (page.root / "incidents/slow.yml").read_text().replace("severity", "impact: minor\nseverity"),
    )
    page.people("a", "never-told", impact="critical")
    page.incident((*OPENED[:2], "major_outage", "It is down."), RESOLVED)
    page.write(
        "incidents/slow.yml",
        (page.root / "incidents/slow.yml").read_text().replace("severity", "impact: minor\nseverity"),
    )
    page.commit()

    done = page.deliver(minutes(55))

    assert [to for to, _ in mails(page)] == ["a@example.com", "a@example.com"]
    assert done.channels[0].suppressed == {"not wanted": 1}


def test_who_wants_only_first_and_last_hears_two_things(page):
    page.people("a", follow="open_close")
    page.incident(OPENED, GOES_ON, RESOLVED)

    page.deliver(minutes(55))

    assert len(mails(page)) == 2


def test_the_first_they_hear_is_worded_as_an_opening_whenever_it_comes(page):
    """The impact rises with the second update, and only then it is bad enough for them."""
    page.people("a", impact="critical", follow="open_close")
    page.incident(OPENED, (*GOES_ON[:2], "major_outage", "It is worse than we thought."))

    done = page.deliver(minutes(25), dry_run=True)

    assert done.rows is not None
    assert [(row.key.rpartition("/")[2], row.action, row.reason) for row in done.rows] == [
        ("20261120t104600z", "skip", "not wanted: subscription"), ("20261120t110500z", "send", "opening")
    ]  # fmt: skip
    page.deliver(minutes(25))
    page.people("b")
    page.incident((*GOES_ON[:2], "major_outage", "It is bad."), id="other")
    page.deliver(minutes(26))
    ((_, late), (_, opening)) = mails(page)
    assert late == opening


@pytest.mark.parametrize(
    ("change", "reason"),
    [("notify", "notify is false"), ("backfilled", "backfilled"), ("severity", "severity")],
)
def test_what_is_told_to_nobody_says_why(change, reason, page):
    page.people("a")
    page.incident(OPENED, (minutes(2), "resolved", "operational", "It was short."))
    text = (page.root / "incidents/slow.yml").read_text()
    text = {
        "notify": text.replace("    body:", "    notify: false\n    body:"),
        "backfilled": f"backfilled: true\n{text}",
        "severity": text.replace("P1", "P3"),
    }[change]
    page.write("incidents/slow.yml", text)
    page.commit()

    done = page.deliver(minutes(2))

    assert mails(page) == []
    assert done.channels[0].suppressed == {reason: 2}


def test_a_renamed_record_is_told_to_nobody_again(page):
    page.incident(OPENED)
    page.deliver(minutes(2))
    text = (page.root / "incidents/slow.yml").read_text()
    (page.root / "incidents/slow.yml").unlink()
    page.write("incidents/slow-api.yml", f"formerly: [slow]\n{text}")
    page.commit()

    done = page.deliver(minutes(3))

    assert (done.channels[0].planned, len(mails(page))) == (0, 3)


def test_a_template_that_changes_between_a_crash_and_its_retry_changes_no_byte(page, monkeypatch):
    """The provider lost its answer; the second try is made from the commit of the first."""
    from stillup.delivery.channels.outbox import Outbox
    from stillup.delivery.receipt import Outcome, Receipt

    sent: list[bytes] = []
    answers = [Outcome.LATER] * 5

    def send(self, message, *, key, at):
        sent.append(message.body)
        outcome = answers.pop() if answers else Outcome.ACCEPTED
        return Receipt(outcome=outcome, reason="HTTP 503" if outcome is Outcome.LATER else "")

    monkeypatch.setattr(Outbox, "send", send)
    page.people("a")
    page.incident(OPENED)
    first = page.deliver(minutes(2))
    page.write("messages/incident_opened.email.txt.j2", "Subject: Another wording\n\n{{ title }}\n")
    page.commit()

    second = page.deliver(minutes(3))

    assert first.channels[0].failed == {"later: HTTP 503": 1}
    assert second.channels[0].accepted == 1
    assert len(set(sent)) == 1


def test_an_address_that_is_no_more_is_taken_off_the_list(page, monkeypatch):
    from stillup.delivery.channels.outbox import Outbox
    from stillup.delivery.receipt import Outcome, Receipt

    page.incident(OPENED)
    monkeypatch.setattr(Outbox, "send", lambda *_, **__: Receipt(outcome=Outcome.REFUSED, reason="no such", gone=True))
    first = page.deliver(minutes(2)).channels[0]
    monkeypatch.undo()
    page.incident(OPENED, GOES_ON)

    second = page.deliver(minutes(21)).channels[0]

    assert first.failed == {"refused: no such": 3}
    assert (second.accepted, second.suppressed) == (0, {"bounce": 3})


def test_a_retry_whose_commit_is_gone_is_unknown(page, monkeypatch):
    from stillup.delivery.channels.outbox import Outbox
    from stillup.delivery.receipt import Outcome, Receipt

    monkeypatch.setattr(Outbox, "send", lambda *_, **__: Receipt(outcome=Outcome.LATER, reason="HTTP 503"))
    page.people("a")
    page.incident(OPENED)
    page.deliver(minutes(2))
    git(page.root, "commit", "--amend", "--quiet", "--message", "Another history")
    git(page.root, "reflog", "expire", "--expire=now", "--all")
    git(page.root, "gc", "--quiet", "--prune=now")
    monkeypatch.undo()

    done = page.deliver(minutes(3))

    (reason,) = done.channels[0].unknown
    assert re.fullmatch("commit [0-9a-f]{10} is no more", reason)
    assert mails(page) == []


def test_neither_ledger_nor_output_holds_an_address_or_the_key(page):
    page.people("ada.lovelace")
    page.incident(OPENED)
    done = stillup("deliver", "--root", page.root, "--dry-run", "--at", "2026-11-20T10:50:00Z", STILLUP_LEDGER_KEY=KEY)
    page.deliver(minutes(2))
    shown = stillup("ledger", "show", "--root", page.root, "--json")
    files = [path for path in (page.root / ".stillup").rglob("*") if path.is_file()]

    assert done.returncode == shown.returncode == 0
    assert json.loads(shown.stdout)["accounts"][0]["counts"] == {"accepted": 1}
    for text in (done.stdout, done.stderr, shown.stdout, *(path.read_bytes().decode("latin-1") for path in files)):
        assert "lovelace" not in text
        assert KEY not in text


def test_the_plan_of_any_instant_can_be_printed(page):
    page.incident(OPENED, RESOLVED)

    at_once, later = (
        json.loads(
            stillup("deliver", "--root", page.root, "--dry-run", "--json", "--at", at, STILLUP_LEDGER_KEY=KEY).stdout
        )
        for at in ("2026-11-20T10:47:00Z", "2026-11-20T11:40:00Z")
    )

    assert [list(row) for row in at_once["plan"]] == [
        ["key", "kind", "audience", "channel", "recipients", "action", "reason"]
    ]
    assert [(row["kind"], row["recipients"], row["reason"]) for row in later["plan"]] == [
        ("incident_opened", 3, "opening"), ("incident_resolved", 3, "")
    ]  # fmt: skip


def test_the_commands_say_what_became_of_it(tmp_path):
    page = Page(tmp_path).make()

    def run(*words, status=0):
        done = stillup(*words, "--root", tmp_path, STILLUP_LEDGER_KEY=KEY)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "has not begun" in run("deliver", status=1)
    assert "would begin" in run("ledger", "init", "--dry-run")
    assert "has begun" in run("ledger", "init")
    assert "has begun already" in run("ledger", "init", status=1)
    assert re.search(r"^email +0 +0 +0 +0 +0$", run("deliver"), re.MULTILINE)
    assert "1 lines" in run("ledger", "show")
    assert "Hash of the last line" in run("ledger", "verify")
    assert "knows nothing of slow/x/email" in run("ledger", "resend", "slow/x/email", status=1)
    assert "At another instant" in run("deliver", "--at", "2026-11-20T10:47:00Z", status=1)
    assert page.outbox() == []


def test_what_to_do_about_the_unknown_is_said():
    known, unknown = (Tally(channel="sms", planned=1, accepted=n, unknown=Counter(["x"][n:])) for n in (1, 0))

    lines = [table(Delivered(at=AT, channels=(each,)))[2:] for each in (known, unknown)]

    assert lines[0] == []
    assert lines[1][0] == "sms: 1 unknown: x"
    assert "stillup ledger resend" in lines[1][1]


def test_a_broken_private_record_stops_no_urgent_message_and_insiders_are_told_once_it_is_mended(page):
    page.write(
        "private/subscribers.yml",
        "- {channel: email, address: a@example.com, confirmed_at: 2026-01-01T00:00:00Z}\n"
        "- {channel: email, address: board@example.com, audience: responders, confirmed_at: 2026-01-01T00:00:00Z}\n",
    )
    page.incident(OPENED)
    page.write("private/incidents/slow.yml", "commander: [\n")

    with pytest.raises(StillupError, match="The private records have a fault"):
        page.deliver(minutes(2))
    first = page.deliver(minutes(3), keep_last_good=True)
    page.write("private/incidents/slow.yml", "commander: Incident commander\n")
    second = page.deliver(minutes(4)).channels[0]

    assert first.channels[0].accepted == 1
    assert first.channels[0].failed == {"later: the private record cannot be used": 1}
    assert any("insiders are told nothing of its incident yet" in str(each) for each in first.warnings)
    assert (second.planned, second.accepted) == (1, 1)
    assert [to for to, _ in mails(page)] == ["a@example.com", "board@example.com"]
    assert "Incident commander" in "".join(page.outbox())


def test_text_messages_come_unasked_only_of_the_worst_and_only_first_and_last(tmp_path):
    page = Page(tmp_path, channels="{sms: {via: outbox}}").make()
    page.write(
        "private/subscribers.yml",
        '- {channel: sms, address: "+15550100001", confirmed_at: 2026-01-01T00:00:00Z}\n',
    )
    page.begin()
    story = (OPENED, GOES_ON, RESOLVED)
    page.incident(*story)
    page.incident(*story, id="worst", severity="P0")
    page.incident(
        *(
            (at, status, state.replace("degraded_performance", "major_outage"), body)
            for at, status, state, body in story
        ),
        id="down",
    )

    done = page.deliver(minutes(60)).channels[0]

    sent = [path for path in (tmp_path / "outbox" / "sent").rglob("*") if path.suffix == ".txt"]
    keys = sorted("worst" if "worst" in path.read_text() else "down" for path in sent)
    assert (done.accepted, keys) == (4, ["down", "down", "worst", "worst"])
    assert done.suppressed == {"not wanted": 5}


def test_a_language_that_messages_do_not_speak_gets_the_pages_own(page):
    page.people("a", language="fr")
    page.incident(OPENED)

    assert page.deliver(minutes(2)).channels[0].accepted == 1
