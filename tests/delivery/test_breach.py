"""The notice of a breach of personal data reaches those whom it concerns, and it is said when that is not known."""

import email
import email.policy
from datetime import timedelta

import pytest

from stillup.pipeline.building.build import check
from tests.delivery.page import Page
from tests.delivery.world import AT

PEOPLE = """\
- {channel: email, address: Ops@concerned.example.com, confirmed_at: 2026-01-01T00:00:00Z, components: [web]}
- {channel: email, address: daily@concerned.example.com, confirmed_at: 2026-01-01T00:00:00Z, follow: digest}
- {channel: email, address: other@example.com, confirmed_at: 2026-01-01T00:00:00Z}
- {channel: email, address: digest@example.com, confirmed_at: 2026-01-01T00:00:00Z, follow: digest}
- {channel: email, address: board@example.com, confirmed_at: 2026-01-01T00:00:00Z, audience: executives}
- {channel: email, address: press@example.com, confirmed_at: 2026-01-01T00:00:00Z, audience: media}
- {channel: email, address: shares@example.com, confirmed_at: 2026-01-01T00:00:00Z, audience: investors}
"""
CUSTOMERS = """\
- id: concerned
  name: A concerned customer
  contacts: [{role: Operations, email: ops@concerned.example.com}, {role: Reports, email: daily@concerned.example.com}]
  webhooks: [https://Chat.example.com/concerned]
- {id: other, name: Another customer, contacts: [{role: Operations, email: other@example.com}]}
"""
PRIVATE = """\
detected_at: 2026-11-20T10:00:00Z
personal_data: {{confirmed_at: 2026-11-20T10:40:00Z, categories: [Addresses]{customers}}}
legal_approved: {{at: 2026-11-20T10:50:00Z, by: Legal counsel}}
"""


@pytest.fixture
def breach(tmp_path):
    """Return a maker of a page with a breach of the data of `customers`."""

    def make(customers: str) -> Page:
        page = Page(tmp_path).make()
        page.begin()
        page.write("private/subscribers.yml", PEOPLE)
        page.write("private/customers.yml", CUSTOMERS)
        page.write("private/incidents/slow.yml", PRIVATE.format(customers=customers))
        page.incident((AT + timedelta(minutes=1), "investigating", "degraded_performance", "We look into it."))
        return page

    return make


def noticed(page: Page, at) -> tuple[list[str], object]:
    """Deliver; return who has the notice by then, and what was done."""
    done = page.deliver(at)
    mails = [email.message_from_string(text, policy=email.policy.default) for text in page.outbox()]
    return sorted(mail["to"] for mail in mails if "about your data" in mail["subject"]), done


def test_only_whom_it_concerns_is_told_whatever_they_follow_and_insiders_have_a_copy(breach):
    page = breach(", customers: [concerned]")

    told, done = noticed(page, AT + timedelta(hours=1))
    again, _ = noticed(page, AT + timedelta(hours=14))

    assert told == again == ["Ops@concerned.example.com", "board@example.com", "daily@concerned.example.com"]
    assert [each for each in done.warnings if each.code == "breach"] == []
    assert all("digest@example.com" not in text or "about your data" not in text for text in page.outbox())


def test_the_chat_of_a_concerned_customer_has_the_notice_and_no_other_chat(breach):
    page = breach(", customers: [concerned]")
    page.write(
        "mkdocs.yml", (page.root / "mkdocs.yml").read_text().replace("{via: outbox}", "{via: outbox}, slack: {}")
    )
    page.people("x", channel="slack")
    people = (page.root / "private/subscribers.yml").read_text()
    chats = [people.replace("x@example.com", f"https://chat.example.com/{name}") for name in ("concerned", "other")]
    page.write("private/subscribers.yml", "".join(chats))
    page.commit()

    plan = page.deliver(AT + timedelta(hours=1), dry_run=True)

    notices = [(row.action, row.recipients, row.reason) for row in plan.rows if row.kind == "breach_notice"]
    assert notices == [("send", 1, ""), ("skip", 1, "not wanted: not concerned")]


def test_where_it_is_not_known_whom_it_concerns_everybody_is_told_and_that_is_said_before(breach):
    page = breach("")

    (said,) = [each for each in check(page.root, at=AT + timedelta(hours=1)).warnings if each.code == "breach"]
    plan = page.deliver(AT + timedelta(hours=1), dry_run=True)
    told, done = noticed(page, AT + timedelta(hours=1))

    assert (said.file, said.field) == ("private/incidents/slow.yml", "legal_approved")
    assert "goes to every subscriber" in said.message
    assert [each.code for each in plan.warnings] == [each.code for each in done.warnings] == ["breach"]
    assert "other@example.com" in told


def test_where_it_was_decided_that_nobody_is_at_risk_nobody_is_told(breach):
    page = breach("")
    decided = (
        "regulatory: {gdpr: {aware_at: 2026-11-20T10:40:00Z, decision: no_risk, reason: Nobody could read them.}}\n"
    )
    page.write("private/incidents/slow.yml", PRIVATE.format(customers="") + decided)

    told, done = noticed(page, AT + timedelta(hours=1))

    assert (told, done.warnings) == ([], ())
    assert check(page.root, at=AT).warnings == ()


def test_a_customer_of_whom_nothing_is_known_is_an_error(breach):
    page = breach(", customers: [concernd]")

    with pytest.raises(Exception, match="There is no customer of that id. Did you mean concerned"):
        check(page.root, at=AT)
