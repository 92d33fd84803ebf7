"""From the record to a real mail server and to a provider that knows its keys again: each mail is taken once."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.channels.fake_resend import FakeResend
from tests.channels.receiver import receiving
from tests.channels.test_smtp import Post, serving
from tests.delivery.page import Page
from tests.delivery.world import AT

OPENED = (AT + timedelta(minutes=1), "investigating", "degraded_performance", "We look into it.")
LATER = AT + timedelta(minutes=2)


def page(root, outlet: str) -> Page:
    made = Page(root, channels=f"{{email: {outlet}}}")
    made.environment["STILLUP_RESEND_KEY"] = "re_right"
    made.make()
    made.begin()
    made.incident(OPENED)
    return made


@pytest.fixture
def through(tmp_path):
    """A page whose mail goes through the server that the test runs."""

    def made(port: int) -> Page:
        sender = '"Advancia status <status@example.com>"'
        return page(tmp_path, f"{{host: 127.0.0.1, port: {port}, security: none, rate: 1000, from: {sender}}}")

    return made


def takers(post: Post) -> Counter[str]:
    return Counter(address for _, addresses, _ in post.taken for address in addresses)


def test_mail_is_taken_once_by_everybody(through):
    post = Post()
    with serving(post) as port:
        made = through(port)
        made.deliver(LATER)
        made.deliver(LATER)

    assert takers(post) == {"a@example.com": 1, "b@example.com": 1, "c@example.com": 1}


def test_a_mailbox_that_is_refused_keeps_nothing_from_the_others(through):
    post = Post(RCPT={"b@example.com": "550 5.1.1 no such mailbox"})
    with serving(post) as port:
        made = through(port)
        first = made.deliver(LATER).channels[0]
        made.incident(OPENED, (AT + timedelta(minutes=3), "identified", "degraded_performance", "We know why."))
        second = made.deliver(AT + timedelta(minutes=4)).channels[0]

    assert (first.accepted, first.failed.total(), first.is_complete) == (2, 1, False)
    assert second.accepted == 2
    assert takers(post) == {"a@example.com": 2, "c@example.com": 2}


def test_a_server_that_wants_us_to_come_back_gets_each_mail_once(through):
    post = Post(DATA="451 4.7.1 come back later")
    with serving(post) as port:
        made = through(port)
        first = made.deliver(LATER).channels[0]
        post.answers.clear()
        second = made.deliver(LATER).channels[0]

    assert (first.accepted, first.failed.total()) == (0, 3)
    assert second.accepted == 3
    assert takers(post) == {"a@example.com": 1, "b@example.com": 1, "c@example.com": 1}


def test_a_connection_that_breaks_after_the_data_is_unknown_and_repeated_once(through):
    post = Post(DATA="drop")
    with serving(post) as port:
        made = through(port)
        first = made.deliver(LATER).channels[0]
        post.answers.clear()
        second = made.deliver(LATER).channels[0]

    assert (first.accepted, first.unknown.total() + first.failed.total()) == (0, 3)
    assert first.is_complete is False
    assert all(count <= 1 for count in takers(post).values())
    assert second.planned == first.failed.total()


def test_resend_takes_each_mail_once_whatever_breaks_in_between(tmp_path):
    fake = FakeResend()
    with receiving(fake) as receiver:
        made = page(
            tmp_path,
            "{via: resend, api: "
            f"'http://127.0.0.1:{receiver.port}'"
            ', rate: 1000, from: "Advancia status <status@example.com>"}',
        )
        first = made.deliver(LATER).channels[0]
        second = made.deliver(LATER).channels[0]

    assert (first.accepted, second.planned) == (3, 0)
    assert Counter(str(mail["to"]) for mail in fake.mails) == Counter(
        str([f"{name}@example.com"]) for name in ("a", "b", "c")
    )


def test_resend_is_asked_again_with_the_same_key_and_bytes_after_a_lost_answer(tmp_path):
    fake = FakeResend()
    lost = [True]

    class Losing:
        """Takes the first mail, and its answer never comes."""

        def answer(self, asked):
            said = fake.answer(asked)
            if lost:
                lost.pop()
                return lambda connection: connection.close()
            return said

    with receiving(Losing()) as receiver:
        made = page(
            tmp_path,
            "{via: resend, api: "
            f"'http://127.0.0.1:{receiver.port}'"
            ', rate: 1000, from: "Advancia status <status@example.com>"}',
        )
        tally = made.deliver(LATER).channels[0]

    assert tally.accepted == 3
    assert len(fake.mails) == 3
    keys = Counter(asked.headers["idempotency-key"] for asked in receiver.asked)
    assert sorted(keys.values()) == [1, 1, 2]
