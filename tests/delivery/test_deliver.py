"""`stillup deliver` and `stillup ledger` on a page of its own: what leaves, and what is refused."""

import email
import email.policy
import json
import re
from collections import Counter
from datetime import timedelta

import pytest

from stillup.cli.delivering import table
from stillup.delivery.tally import Tally
from stillup.errors import StillupError
from stillup.pipeline.deliver import Delivered
from tests.delivery.page import KEY, UPDATE, Page, git
from tests.delivery.world import AT
from tests.tools import stillup

OPENED = (AT + timedelta(minutes=1), "investigating", "degraded_performance", "We look into it.")
GOES_ON = (AT + timedelta(minutes=20), "identified", "degraded_performance", "We know why.")
RESOLVED = (AT + timedelta(minutes=50), "resolved", "operational", "It is fast again.")


def minutes(count: int):
    return AT + timedelta(minutes=count)


@pytest.fixture
def page(tmp_path):
    made = Page(tmp_path).make()
    made.begin()
    return made


def mails(page) -> list[tuple[str, str]]:
    """Return for each mail whom it is for, and its subject."""
    read = [email.message_from_string(text, policy=email.policy.default) for text in page.outbox()]
    return sorted((mail["to"], mail["subject"]) for mail in read)


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


@pytest.mark.parametrize(("hours", "told"), [(5, 1), (7, 0)])
def test_an_update_that_is_too_late_is_not_sent(hours, told, page):
    page.people("a")
    page.incident(OPENED)

    done = page.deliver(AT + timedelta(hours=hours))

    assert len(mails(page)) == told
    assert done.channels[0].suppressed == ({} if told else {"late": 1})
    assert done.is_complete


def test_what_is_too_late_is_named_once_with_what_has_it_sent(page):
    page.incident(OPENED)

    planned = page.deliver(AT + timedelta(hours=7, minutes=1), dry_run=True)
    first, second = page.deliver(AT + timedelta(hours=7, minutes=1)), page.deliver(AT + timedelta(hours=8))

    assert [str(each) for each in first.warnings] == [
        "incidents/slow.yml:1:1: warning: updates[0]: 20261120t104600z is 7h old, and lateness allows 6h: whoever was "
        "not told of it is not told any more. To tell them, run stillup ledger resend --everybody for "
        "slow/20261120t104600z/email, then stillup deliver."
    ]
    assert (planned.warnings, second.warnings) == (first.warnings, ())


def test_what_is_filed_days_later_is_named_and_can_be_sent(page, monkeypatch):
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-25T10:00:00Z")
    page.incident(OPENED)
    page.deliver(minutes(2))
    page.deliver(AT + timedelta(days=4))
    page.incident(OPENED, GOES_ON)

    first, second = page.deliver(AT + timedelta(days=5)), page.deliver(AT + timedelta(days=5))

    assert [each.message.partition(":")[0] for each in first.warnings] == [
        "20261120t110500z is 4d23h old, and lateness allows 6h"
    ]
    assert (second.warnings, len(mails(page))) == ((), 3)
    resent = stillup("ledger", "resend", "--root", page.root, "--everybody", "slow/20261120t110500z/email")
    assert resent.returncode == 0, resent.stderr
    page.deliver(AT + timedelta(days=5))
    assert len(mails(page)) == 6


@pytest.mark.parametrize(("hours", "told"), [(23, 1), (26, 0)])
def test_a_resolution_may_be_later(hours, told, page):
    page.people("a")
    page.incident(OPENED, RESOLVED)

    page.deliver(AT + timedelta(hours=hours))

    assert len(mails(page)) == told


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


def test_what_was_published_before_the_ledger_began_is_never_sent(tmp_path):
    page = Page(tmp_path).make()
    page.incident(OPENED)

    begun = page.begin(minutes(5))
    page.deliver(minutes(6))

    assert (begun.left, begun.send, mails(page)) == (("slow",), (), [])


@pytest.mark.parametrize(("hours", "sent", "suppressed"), [(1, 1, {}), (7, 0, {"late": 1})])
def test_what_is_written_after_the_ledger_began_is_told_although_its_time_is_earlier(hours, sent, suppressed, tmp_path):
    page = Page(tmp_path).make()
    page.people("a")
    was_there = (AT - timedelta(hours=8), "investigating", "degraded_performance", "It is slow.")
    page.incident(was_there)
    page.begin()
    page.incident(was_there, (AT - timedelta(hours=hours), "identified", "degraded_performance", "We know why."))

    done = page.deliver(minutes(2)).channels[0]
    again = page.deliver(minutes(3)).channels[0]

    assert (done.accepted, done.suppressed, again.planned) == (sent, {"before the ledger": 1, **suppressed}, 0)
    assert ["We know why." in text for text in page.outbox()] == [True] * sent


def test_a_digest_has_what_was_written_after_the_ledger_began_and_nothing_that_was_there(tmp_path):
    page = Page(tmp_path).make()
    page.people("a", follow="digest")
    was_there = (AT - timedelta(hours=2), "investigating", "degraded_performance", "It is slow.")
    page.incident(was_there)
    page.begin()
    page.incident(was_there, (AT - timedelta(hours=1), "identified", "degraded_performance", "We know why."))

    page.deliver(AT + timedelta(hours=14))

    (text,) = page.outbox()
    assert ("We know why." in text, "It is slow." in text) == (True, False)


def test_of_what_is_open_the_newest_update_is_sent_where_people_say_so(tmp_path):
    page = Page(tmp_path).make()
    page.people("a")
    page.incident(OPENED, GOES_ON)

    begun = page.begin(minutes(25), send_open=True)
    plan = page.deliver(minutes(26), dry_run=True)
    page.deliver(minutes(26))

    assert [event.key for event in begun.send] == ["slow/20261120t110500z"]
    assert plan.rows is not None
    assert [(row.key, row.reason) for row in plan.rows if row.action == "send"] == [
        ("slow/20261120t110500z", "opening")
    ]
    assert len(mails(page)) == 1


def test_what_is_open_and_too_old_is_not_said_to_be_sent(tmp_path):
    page = Page(tmp_path).make()
    page.people("a")
    page.incident(OPENED, GOES_ON)

    begun = page.begin(AT + timedelta(hours=9), send_open=True)
    page.deliver(AT + timedelta(hours=9, minutes=1))

    assert begun.send == ()
    assert [event.key for event in begun.late] == ["slow/20261120t110500z"]
    assert mails(page) == []


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


def test_nothing_is_sent_from_what_is_not_committed(page):
    page.write("incidents/slow.yml", "title: Not yet\n")

    with pytest.raises(StillupError, match="incidents/slow.yml is not committed"):
        page.deliver(minutes(2))


def test_nothing_is_sent_at_another_instant_than_now(page):
    page.incident(OPENED)

    with pytest.raises(StillupError, match="At another instant than now nothing is sent"):
        page.deliver(minutes(2), live=False)

    assert page.deliver(minutes(2), live=False, dry_run=True).rows
    assert mails(page) == []


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "The environment has no STILLUP_LEDGER_KEY"),
        ({"STILLUP_LEDGER_KEY": "short"}, "is shorter than 16 characters"),
        ({"STILLUP_LEDGER_KEY": "another key, which is long enough"}, "was begun with another key"),
    ],
)
def test_nothing_is_sent_without_the_key_of_the_beginning(environment, said, page):
    page.incident(OPENED)
    page.environment = environment

    with pytest.raises(StillupError, match=said):
        page.deliver(minutes(2))

    assert mails(page) == []


def test_nothing_is_sent_without_a_ledger_that_has_begun(tmp_path):
    page = Page(tmp_path).make()
    with pytest.raises(StillupError, match="has not begun"):
        page.deliver()

    (tmp_path / "mkdocs.yml").write_text((tmp_path / "mkdocs.yml").read_text().replace("ledger:", "# ledger:"))
    page.commit()
    with pytest.raises(StillupError, match="no ledger is"):
        page.deliver()


@pytest.mark.parametrize("words", [("show",), ("verify",), ("resend", "x/email")])
def test_a_ledger_that_is_set_wrongly_is_not_said_to_be_none(words, tmp_path):
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Status\nplugins:\n  - stillup: {ledger: 'mysql:x', timezone: Berlin}\n"
    )

    done = stillup("ledger", *words, "--root", tmp_path)

    assert done.returncode == 1
    (place, _) = done.stderr.split("\n", 1)
    assert place.startswith('mkdocs.yml:3:23: plugins[0].stillup.ledger: "mysql:x" is not a place for a ledger.')


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


def test_what_was_too_late_can_be_sent_on_purpose(page):
    page.people("a", "b")
    page.incident(OPENED)
    page.deliver(AT + timedelta(hours=9))
    assert mails(page) == []
    (account,) = json.loads(stillup("ledger", "show", "--root", page.root, "--json").stdout)["accounts"]
    assert (account["key"], account["counts"]) == ("slow/20261120t104600z/email", {"late": 2})

    assert stillup("ledger", "resend", "--root", page.root, account["key"]).returncode == 1
    assert stillup("ledger", "resend", "--root", page.root, "--everybody", account["key"]).returncode == 0
    page.deliver(AT + timedelta(hours=10))
    page.deliver(AT + timedelta(hours=11))

    assert len(mails(page)) == 2


def test_a_ledger_somebody_wrote_into_is_found_out(page):
    import sqlite3

    page.incident(OPENED)
    page.deliver(minutes(2))
    base = sqlite3.connect(page.root / ".stillup/ledger.sqlite")
    base.execute("DROP TRIGGER entry_stays")
    base.execute("UPDATE entry SET text = replace(text, 'slow', 'fast') WHERE number = 2")
    base.commit()
    base.close()

    done = stillup("ledger", "verify", "--root", page.root)

    assert done.returncode == 1
    assert "Line 2 does not follow from the one before" in done.stderr


def test_an_index_that_differs_from_its_lines_is_found_out(page):
    import sqlite3

    page.incident(OPENED)
    page.deliver(minutes(2))
    base = sqlite3.connect(page.root / ".stillup/ledger.sqlite")
    base.execute("DELETE FROM told")
    base.commit()
    base.close()

    assert stillup("ledger", "verify", "--root", page.root).returncode == 1


def test_a_git_remote_keeps_the_ledger_and_nothing_of_the_page(tmp_path):
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    (tmp_path / "page").mkdir()
    page = Page(tmp_path / "page", ledger="git:origin#refs/stillup/ledger").make()
    git(page.root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    page.begin()
    page.incident(OPENED)
    page.deliver(minutes(2))
    page.deliver(minutes(3))

    assert len(mails(page)) == 3
    refs = git(tmp_path / "remote.git", "for-each-ref", "--format=%(refname)").split()
    assert refs == [f"refs/stillup/ledger{part}" for part in ("", "-event-texts", "-events")]
    assert stillup("ledger", "verify", "--root", page.root).returncode == 0


def test_a_ledger_that_was_put_back_sends_nothing(tmp_path):
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    (tmp_path / "page").mkdir()
    page = Page(tmp_path / "page", ledger="git:origin#refs/stillup/ledger").make()
    git(page.root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    page.begin()
    first = git(tmp_path / "remote.git", "rev-parse", "refs/stillup/ledger")
    page.incident(OPENED)
    page.deliver(minutes(2))
    git(tmp_path / "remote.git", "update-ref", "refs/stillup/ledger", first)

    with pytest.raises(StillupError, match="does not continue what was seen of it before"):
        page.deliver(minutes(3))
    git(tmp_path / "remote.git", "update-ref", "-d", "refs/stillup/ledger")
    with pytest.raises(StillupError, match="is gone"):
        page.deliver(minutes(3))

    assert len(mails(page)) == 3


def test_a_remote_that_everybody_can_read_is_refused_unless_told(tmp_path, serve):
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(tmp_path / "remote.git", "update-server-info")
    (tmp_path / "page").mkdir()
    page = Page(tmp_path / "page", ledger="git:origin").make()
    url = serve(tmp_path)
    git(page.root, "remote", "add", "origin", f"{url}remote.git")
    git(page.root, "remote", "set-url", "--push", "origin", str(tmp_path / "remote.git"))

    with pytest.raises(StillupError, match="Everybody can read origin"):
        page.begin()

    assert git(tmp_path / "remote.git", "for-each-ref") == ""
    git(page.root, "remote", "set-url", "origin", str(tmp_path / "remote.git"))
    page.begin(public=True)


def test_who_follows_by_digest_hears_of_a_day_once_it_is_over(page):
    page.people("a", follow="digest", components="[api]")
    page.incident(OPENED, GOES_ON, RESOLVED)

    same_day = page.deliver(minutes(60)).channels[0]
    next_day = page.deliver(AT + timedelta(hours=14)).channels[0]
    again = page.deliver(AT + timedelta(hours=15)).channels[0]

    assert (same_day.accepted, same_day.suppressed) == (0, {"not wanted": 3})
    assert (next_day.planned, next_day.accepted, again.planned) == (1, 1, 0)
    ((to, _),) = mails(page)
    assert to == "a@example.com"
    assert "We know why." in "".join(page.outbox())


def test_a_digest_sums_up_what_each_would_have_been_told_one_by_one(page):
    """Impact and audience count as they do for single messages; who would have been told nothing gets no digest."""
    page.write(
        "private/subscribers.yml",
        "".join(
            f"- {{channel: email, address: {name}@example.com, {also}, confirmed_at: 2026-01-01T00:00:00Z}}\n"
            for name, also in (
                ("all", "follow: digest"),
                ("bad", "follow: digest, impact: major"),
                ("web", "follow: digest, components: [web]"),
            )
        ),
    )
    page.incident(OPENED, RESOLVED)
    page.incident((minutes(5), "investigating", "major_outage", "It is down."), id="down")

    done = page.deliver(AT + timedelta(hours=14)).channels[0]

    told = {email.message_from_string(text, policy=email.policy.default)["to"]: text for text in page.outbox()}
    assert sorted(told) == ["all@example.com", "bad@example.com"]
    assert "It is down." in told["all@example.com"]
    assert "We look into it." in told["all@example.com"]
    assert "It is down." in told["bad@example.com"]
    assert "We look into it." not in told["bad@example.com"]
    assert done.suppressed["not wanted"] == 4, "the digest of the web, and the resolution to each"
    assert done.is_complete


def test_a_digest_says_what_was_corrected_and_withdrawn_and_nothing_that_is_for_others(page):
    page.people("a", follow="digest")
    page.incident((*OPENED[:2], "major_outage", "It is down."))
    text = (page.root / "incidents/slow.yml").read_text()
    text += "    edited_at: 2026-11-20T10:50:00Z\n    correction: Only writes are.\n"
    text += UPDATE.format(at=minutes(10), status="monitoring", state="operational", body="It works.")
    text += "    withdrawn: {at: 2026-11-20T11:00:00Z, reason: It does not work yet.}\n"
    page.write("incidents/slow.yml", text)
    page.commit()

    page.deliver(AT + timedelta(hours=14))

    (mail,) = page.outbox()
    plain = email.message_from_string(mail, policy=email.policy.default).get_body(("plain",)).get_content()
    items = [line.partition("UTC: ")[2] for line in plain.splitlines() if line.startswith("- Fri")]
    assert items == ["It is down.", "Correction: Only writes are.", "Update withdrawn: It does not work yet."]


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
