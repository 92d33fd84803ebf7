"""Mail through a real mail server: TLS, logins, refusals, and every moment at which a connection can break."""

import asyncio
import socket
import threading
from collections import Counter
from contextlib import contextmanager

import pytest
from aiosmtpd.smtp import AuthResult

from stillup.delivery.channels.smtp import PASSWORD, Smtp, open_channel
from stillup.delivery.receipt import Outcome
from stillup.delivery.wire import trust
from stillup.errors import StillupError
from stillup.records.outlet import ChannelSettings, EmailOutlet
from stillup.records.settings import Settings
from stillup.vocabulary import Security
from tests.channels.receiver import AT, message
from tests.mail_server import MailServer
from tests.tools import PATIENCE

MAIL = (
    b"From: Advancia status <status@example.com>\r\nTo: a@example.com\r\nSubject: Cards\r\n\r\n.hidden\r\n..\r\nEnd\r\n"
)
TO = "subscriber@example.com"


class Post:
    """A mail server that keeps what it took, and answers as it is told."""

    def __init__(self, **answers) -> None:
        self.answers = answers
        self.taken: list[tuple[str, tuple[str, ...], bytes]] = []
        self.heard: Counter[str] = Counter()
        self.sessions: set[int] = set()

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.heard["MAIL"] += 1
        self.sessions.add(id(session))
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.heard["RCPT"] += 1
        said = self.answers.get("RCPT", {})
        if address in said:
            return said[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.heard["DATA"] += 1
        said = self.answers.get("DATA", "250 OK")
        if said == "drop":
            server.transport.abort()
            return "250 never said"
        if said == "wait":
            await asyncio.sleep(60)  # longer than anybody waits; it ends with the server
        if said.startswith("2") or said == "wait":
            self.taken.append((envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content))
        return "250 OK" if said == "wait" else said


@contextmanager
def serving(post: Post, *, ssl_context=None, **more):
    server = MailServer(post, ssl_context=ssl_context, **more)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


@contextmanager
def channel(port, security=Security.NONE, environment=None, host="127.0.0.1", patience=PATIENCE, **more):
    outlet = EmailOutlet(host=host, port=port, security=security, user=more.pop("user", ""))
    opened = Smtp(outlet, sender="status@example.com", context=trust(environment or {}), patience=patience, **more)
    try:
        yield opened
    finally:
        opened.close()


def sent(opened, to=TO, body=MAIL):
    return opened.send(message("email", to, body, "message/rfc822"), key="k", at=AT)


def test_a_mail_arrives_as_it_was_written_and_one_connection_carries_many():
    post = Post()
    with serving(post) as port, channel(port) as opened:
        receipts = [sent(opened, f"subscriber{n}@example.com") for n in range(5)]

    assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED}
    assert [to for _, to, _ in post.taken] == [(f"subscriber{n}@example.com",) for n in range(5)]
    assert {body for _, _, body in post.taken} == {MAIL}
    assert {sender for sender, _, _ in post.taken} == {"status@example.com"}
    assert len(post.sessions) == 1


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
def test_a_protected_way_needs_a_certificate_that_is_believed(security, trusted):
    post = Post()
    tls = {"ssl_context": trusted.context()} if security is Security.SSL else {"tls_context": trusted.context()}
    with serving(post, **tls) as port:
        with channel(port, security, trusted.environment) as opened:
            good = sent(opened)
        with channel(port, security) as opened:
            stranger = sent(opened)

    assert good.outcome is Outcome.ACCEPTED
    assert (stranger.outcome, stranger.halt) == (Outcome.LATER, True)
    assert "certificate is not valid" in stranger.reason
    assert len(post.taken) == 1


def test_a_server_without_starttls_gets_no_mail():
    post = Post()
    with serving(post) as port, channel(port, Security.STARTTLS) as opened:
        receipt = sent(opened)

    assert (receipt.outcome, receipt.halt, post.heard) == (Outcome.LATER, True, Counter())
    assert "offers no STARTTLS" in receipt.reason


def test_a_login_is_made_inside_tls_and_a_wrong_one_gives_nobody_up(trusted):
    def authenticate(server, session, envelope, mechanism, given):
        return AuthResult(success=given.password == b"right", handled=False)

    post = Post()
    more = {"tls_context": trusted.context(), "authenticator": authenticate, "auth_required": True}
    with serving(post, **more) as port:
        with channel(port, Security.STARTTLS, trusted.environment, user="status", password="right") as opened:
            good = sent(opened)
        with channel(port, Security.STARTTLS, trusted.environment, user="status", password="canary-wrong") as opened:
            wrong = sent(opened)
        with channel(port, Security.STARTTLS, trusted.environment) as opened:
            without = sent(opened)

    assert good.outcome is Outcome.ACCEPTED
    assert (wrong.outcome, wrong.halt) == (Outcome.LATER, True)
    assert wrong.reason == f"The login is not accepted: SMTP 535 5.7.8. Look at {PASSWORD}."
    assert (without.outcome, without.halt) == (Outcome.LATER, True)
    assert "canary" not in repr((opened, vars(wrong) if hasattr(wrong, "__dict__") else wrong))


@pytest.mark.parametrize(
    ("answers", "outcome", "halt", "reason"),
    [
        ({"RCPT": {TO: f"550 5.1.1 <{TO}>: no such user"}}, Outcome.REFUSED, False, "SMTP 550 5.1.1."),
        ({"RCPT": {TO: "450 4.2.1 mailbox busy"}}, Outcome.LATER, False, "SMTP 450 4.2.1."),
        ({"DATA": "554 5.7.1 looks like spam"}, Outcome.REFUSED, False, "SMTP 554 5.7.1."),
        ({"DATA": "451 4.3.0 try again"}, Outcome.LATER, False, "SMTP 451 4.3.0."),
        ({"DATA": "421 4.3.2 closing"}, Outcome.LATER, False, "SMTP 421 4.3.2."),
        ({"MAIL": "550 5.7.1 not from you"}, Outcome.LATER, True, "The sender is not accepted: SMTP 550 5.7.1."),
        ({"MAIL": "451 4.7.1 greylisted"}, Outcome.LATER, False, "The sender is not accepted: SMTP 451 4.7.1."),
    ],
)
def test_what_a_server_says_without_a_word_of_it_in_the_receipt(answers, outcome, halt, reason):
    post = Post(**answers)
    with serving(post) as port, channel(port) as opened:
        receipt = sent(opened)
        again = sent(opened, "other@example.com")

    assert (receipt.outcome, receipt.halt, receipt.reason) == (outcome, halt, reason)
    assert "@" not in receipt.reason
    assert (again.outcome is Outcome.ACCEPTED) == ("RCPT" in answers), "one refusal does not spoil the next mail"


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        ("550 5.1.1 no such mailbox", True),
        ("550 5.1.10 the domain takes no mail", True),
        ("550 5.2.1 disabled", True),
        ("552 5.2.2 full", False),
        ("550 5.7.1 we do not like you", False),
        ("550 no", False),
    ],
)
def test_a_mailbox_that_is_no_more_is_told_from_one_that_is_refused_for_now(answer, gone):
    with serving(Post(RCPT={TO: answer})) as port, channel(port) as opened:
        receipt = sent(opened)

    assert (receipt.outcome, receipt.gone) == (Outcome.REFUSED, gone)


def test_a_refused_recipient_does_not_end_the_connection():
    post = Post(RCPT={TO: "550 5.1.1 no"})
    with serving(post) as port, channel(port) as opened:
        outcomes = [sent(opened, to).outcome for to in (TO, "b@example.com", TO, "c@example.com")]

    assert outcomes == [Outcome.REFUSED, Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED]
    assert len(post.sessions) == 1


@pytest.mark.parametrize(("how", "patiences"), [("drop", (PATIENCE,)), ("wait", (0.5, 2, 8, 32))])
def test_a_connection_that_breaks_after_the_data_is_unknown_and_the_mail_is_not_sent_twice(how, patiences):
    for patience in patiences:  # long enough for the answers before it, on a machine as busy as it is
        post = Post(DATA=how)
        with serving(post) as port, channel(port, patience=patience) as opened:
            receipt = sent(opened)
        if post.heard["DATA"]:
            break

    assert receipt.outcome is Outcome.UNKNOWN
    assert post.heard["DATA"] == 1


def scripted(*steps: bytes | None):
    """Return what plays a mail server: each answer after one line; None ends the connection."""

    def play(connection: socket.socket) -> None:
        with connection:
            connection.sendall(b"220 ready\r\n")
            lines = connection.makefile("rb")
            for step in steps:
                line = lines.readline()
                while step is not None and step.startswith(b"after-data ") and line not in {b".\r\n", b""}:
                    line = lines.readline()
                if step is None or not line:
                    return
                connection.sendall(step.removeprefix(b"after-data "))

    return play


@contextmanager
def playing(*plays):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for play in plays:
                try:
                    connection, _ = server.accept()
                    play(connection)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


OK = b"250 OK\r\n"


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ((None,), Outcome.LATER),
        ((OK, None), Outcome.LATER),
        ((OK, OK, None), Outcome.LATER),
        ((OK, OK, OK, None), Outcome.LATER),
        ((OK, OK, OK, b"354 go\r\n", None), Outcome.UNKNOWN),
        ((OK, OK, OK, b"354 go\r\n", b"after-data garbage\r\n"), Outcome.UNKNOWN),
        ((OK, OK, OK, b"354 go\r\n", b"after-data 250 OK\r\n"), Outcome.ACCEPTED),
        ((OK, OK, OK, b"354 go\r\n", b"after-data 250-" + b"x" * 20_000 + b"\r\n"), Outcome.UNKNOWN),
        ((OK, OK, OK, b"503 5.5.1 no\r\n"), Outcome.REFUSED),
        ((OK, OK, b"garbage\r\n"), Outcome.LATER),
    ],
)
def test_each_moment_at_which_a_connection_can_end(steps, outcome):
    with playing(scripted(*steps)) as port, channel(port) as opened:
        assert sent(opened).outcome is outcome


def test_a_connection_that_ran_out_while_idle_is_made_anew_before_the_mail_begins():
    once = scripted(OK, OK, OK, b"354 go\r\n", b"after-data 250 OK\r\n")
    with playing(once, once) as port, channel(port) as opened:
        assert [sent(opened).outcome for _ in range(2)] == [Outcome.ACCEPTED] * 2


@pytest.mark.parametrize("greeting", [b"554 go away\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x16\x03\x01\x00"])
def test_what_greets_otherwise_is_no_mail_server(greeting):
    def play(connection: socket.socket) -> None:
        with connection:
            connection.sendall(greeting)

    with playing(play) as port, channel(port) as opened:
        assert sent(opened).outcome is Outcome.LATER


def test_a_server_that_is_not_there_or_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with channel(port, patience=0.5) as opened:
            quiet = sent(opened)
    with socket.socket() as held:  # and nobody listens
        held.bind(("127.0.0.1", 0))
        with channel(held.getsockname()[1]) as opened:
            nobody = sent(opened)
    with channel(25, host="mail.invalid") as opened:
        nowhere = sent(opened)

    assert quiet.reason == "The mail server did not answer in time."
    assert nobody.reason == "Nobody listens at the mail server's port."
    assert {receipt.outcome for receipt in (quiet, nobody, nowhere)} == {Outcome.LATER}


@pytest.mark.parametrize("to", ["a@example.com\r\nRCPT TO:<b@example.com>", "a b@example.com", "", "x", "ü@example.com",
                                "a@example.com>,<b@example.com"])  # fmt: skip
def test_an_address_that_is_none_is_refused_and_no_command_is_slipped_in(to):
    post = Post()
    with serving(post) as port, channel(port) as opened:
        assert sent(opened, to).outcome is Outcome.REFUSED

    assert post.heard == Counter()


def test_eight_threads_send_each_mail_once():
    post = Post()
    with serving(post) as port, channel(port) as opened:
        threads = [
            threading.Thread(target=lambda n=n: [sent(opened, f"s{n}-{m}@example.com") for m in range(10)])
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert Counter(to for _, to, _ in post.taken) == Counter(
        {(f"s{n}-{m}@example.com",): 1 for n in range(8) for m in range(10)}
    )
    assert len(post.sessions) <= 8


def test_a_user_without_a_password_is_told_before_anything_is_sent():
    settings = Settings(channels=ChannelSettings(email=EmailOutlet(user="status")))

    with pytest.raises(StillupError, match=PASSWORD):
        open_channel(settings, {})


def test_every_line_that_begins_with_a_dot_arrives():
    post = Post()
    body = b"Subject: x\r\n\r\n" + b"".join(b"." * n + b"\r\n" for n in range(8)) + b"no end"
    with serving(post) as port, channel(port) as opened:
        sent(opened, body=body)

    assert post.taken[0][2] == body + b"\r\n"


@contextmanager
def saying(**answers):
    """A mail server that answers commands as told, whatever is usual; yield its port and the lines of mails it took."""
    took: list[bytes] = []

    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 here\r\n")
            inside = False
            for line in lines:
                if inside:
                    took.append(line)
                    inside = line != b".\r\n"
                    said = None if inside else "250 taken"
                else:
                    word = line[:4].decode().upper()
                    said = answers.get(word, "354 go on" if word == "DATA" else "250 OK")
                    inside = said.startswith("354")
                if said is not None:
                    connection.sendall(f"{said}\r\n".encode())

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        yield server.getsockname()[1], took


def test_a_recipient_of_whom_the_server_is_not_sure_is_given_the_mail():
    with saying(RCPT="252 will try") as (port, took), channel(port) as opened:
        receipt = sent(opened)

    assert receipt.outcome is Outcome.ACCEPTED
    assert b"End\r\n" in took


def test_a_mail_that_was_never_given_does_not_count_as_taken():
    with saying(DATA="250 OK") as (port, took), channel(port) as opened:
        receipt = sent(opened)

    assert (receipt.outcome, took) == (Outcome.LATER, [])
