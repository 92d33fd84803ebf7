"""Who follows by digest hears of a day once, and of all that concerned them."""

import email
import email.policy
from datetime import timedelta

from tests.delivery.page import UPDATE
from tests.delivery.story import GOES_ON, OPENED, RESOLVED, mails, minutes
from tests.delivery.world import AT


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


def test_a_summary_that_comes_too_late_is_called_one(page):
    page.people("a", follow="digest")
    page.incident(OPENED)

    done = page.deliver(AT + timedelta(days=2))

    assert [each.message.partition(":")[0] for each in done.warnings if "summary" in each.message] == [
        "The summary of 2026-11-20 is 34h45m old, and lateness allows 6h"
    ]
