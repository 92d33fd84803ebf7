"""What was there when a ledger begins, and what is late: who is told of it, and what is said of it."""

import json
from datetime import timedelta

import pytest

from tests.delivery.page import Page
from tests.delivery.story import GOES_ON, OPENED, RESOLVED, mails, minutes
from tests.delivery.world import AT
from tests.tools import stillup


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
