"""The whole way of a subscriber, in a browser without scripts; and that every page stands before its judges."""

import os
from functools import partial

import pytest

from tests.judge import axe_each
from tests.tools import CLIENT, browse, evaluate, html_errors, in_page, screenshots

ADA = "Ada.Lovelace@example.com"


def own(running, address=ADA):
    """Return the subscription of an address."""
    return next(each for each in running.kept() if each.address == address)


def test_somebody_subscribes_confirms_changes_and_leaves(running):
    without = partial(in_page, javascript=False, extra_http_headers={"x-forwarded-for": "198.51.100.7"})

    def subscribe(page):
        page.get_by_role("radio", name="E-mail").check()
        page.locator("#f-address").fill(ADA)
        page.get_by_label("Stripe").first.check()
        page.get_by_label("How bad").select_option("major")
        page.get_by_label("Time zone").fill("Europe/Madrid")
        page.get_by_role("button", name="Subscribe").click()
        return page.get_by_role("heading", level=1).inner_text()

    assert without(running.url, subscribe) == "Look into your inbox"
    kept = own(running)
    assert (kept.address, kept.confirmed_at) == (ADA, None)
    assert (kept.reach.impact, kept.timezone) == ("major", "Europe/Madrid")

    mail = running.inbox.wait(ADA)[0]
    assert mail["Subject"] == "Confirm your subscription to Advancia Pay Ledger"
    link = running.inbox.link(ADA)
    assert "ovelace" not in link

    for _ in range(2):  # a scanner of links opens them
        assert "Confirm your subscription" in CLIENT.get(link).text
    assert CLIENT.head(link).status_code == 200
    assert own(running).confirmed_at is None

    def confirm(page):
        assert "A…@example.com" in page.locator("main").inner_text()
        page.get_by_role("button", name="Yes, subscribe me").click()
        return page.get_by_role("heading", level=1).inner_text()

    assert without(link, confirm) == "You are subscribed"
    assert own(running).confirmed_at is not None

    # The way to the subscription: a new link, by mail.
    running.post("subscribe", address="somebody.else@example.com")  # whose mail is not ours
    assert running.post("link", address=ADA.upper()).status_code == 303
    assert len(running.inbox.wait(ADA)) == 1  # one message in ten minutes

    manage = manage_link(running, ADA)

    def change(page):
        assert page.get_by_label("How bad").input_value() == "major"
        page.get_by_label("How bad").select_option("critical")
        page.get_by_label("Planned maintenance").uncheck()
        page.get_by_role("button", name="Save").click()
        return page.get_by_role("status").inner_text()

    assert without(manage, change) == "Saved."
    assert (own(running).reach.impact, own(running).reach.kinds) == ("critical", "incident")

    assert "Ada.Lovelace@example.com" in CLIENT.get(f"{manage}/data.csv").text

    def leave(page):
        page.get_by_role("button", name="Unsubscribe").click()
        return page.get_by_role("heading", level=1).inner_text()

    assert without(manage, leave) == "You are unsubscribed"
    assert ADA not in [each.address for each in running.kept()]
    assert b"ovelace" not in b"".join(path.read_bytes() for path in running.database.parent.iterdir())
    assert b"ovelace" not in running.log.read_bytes()


def manage_link(running, address):
    """Return the link that a message to `address` would carry."""
    from datetime import UTC, datetime, timedelta

    from stillup.subscribers.token import Keys, Links
    from tests.server.conftest import KEY

    return Links(running.url, Keys(KEY.encode())).manage(
        own(running, address).id, datetime.now(UTC) + timedelta(days=1)
    )


@pytest.fixture(scope="module")
def pages(running):
    """Every kind of page there is, by name."""
    address = "judge@example.com"
    running.post("subscribe", address=address, components="payments-stripe")
    confirm = running.inbox.link(address)
    found = {"subscribe": running.url, "confirm": confirm, "sent": f"{running.url}sent"}
    CLIENT.post(confirm, data={}, headers={"x-forwarded-for": "198.51.100.8"})
    found["manage"] = manage_link(running, address)
    found["dead"] = f"{running.url}manage/nothing"
    sms = running.post("subscribe", channel="sms", address="+15551230000")
    found["code"] = running.url.rstrip("/") + sms.headers["location"]
    text = CLIENT.get(found["manage"]).text
    found["leave"] = (
        running.url.rstrip("/")
        + text.partition('action="')[2].partition("/u/")[0][:0]
        + ("/u/" + text.partition("/u/")[2].partition('"')[0])
    )
    return found


NAMES = ("subscribe", "confirm", "sent", "manage", "dead", "code", "leave")


@pytest.fixture(scope="module")
def judged(pages):
    """What axe finds: every other page is seen on a desk, and the others on a telephone at night."""
    desk, phone = NAMES[::2], ("subscribe", *NAMES[1::2])
    return {
        "desk": axe_each({name: pages[name] for name in desk}),
        "phone": axe_each({name: pages[name] for name in phone}, scheme="dark", width=390),
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_page_can_be_used_by_everybody(name, pages, judged, shots):
    url = pages[name]

    assert judged["phone" if NAMES.index(name) % 2 else "desk"][name] == []
    visit = browse(url, width=390)
    assert visit.foreign == ()
    assert [line for line in visit.console if "404" not in line] == []
    assert "<script" not in visit.html
    if "STILLUP_SHOTS" in os.environ:  # for people to look at
        screenshots(url, shots, f"serve-{name}")


@pytest.mark.parametrize("name", ["subscribe", "manage"])
def test_no_form_is_wider_than_a_telephone(name, pages, judged):
    assert evaluate(pages[name], "document.documentElement.scrollWidth", width=390) <= 390
    assert judged["phone"][name] == []


def test_every_page_is_sound_html(pages, tmp_path):
    for name, url in pages.items():
        (tmp_path / f"{name}.html").write_bytes(CLIENT.get(url).content)

    assert html_errors([tmp_path]) == []


def test_a_form_with_faults_says_what_is_wrong_and_keeps_what_was_written(running):
    answer = running.post(
        "subscribe", address="ada@nowhere", timezone="Atlantis", impact="huge", components=["payments-stripe", "nope"]
    )

    assert answer.status_code == 422
    for words in ("This is no e-mail address.", "There is no such time zone.", "Choose one of the entries."):
        assert words in answer.text
    assert 'value="ada@nowhere"' in answer.text
