"""The application as it runs: `stillup serve` in a process of its own, mail through a real server."""

import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import httpx
import pytest
import yaml

from stillup.subscribers.opening import open_store
from tests.mail_server import MailServer
from tests.tools import CLIENT, PATIENCE, ROOT, free_port, program, wait

KEY = "k" * 40
BOUNCES = "whsec_Ym91bmNlcy1ib3VuY2VzLWJvdW5jZXM="


@dataclass
class Inbox:
    """Keeps what arrives, by address."""

    arrived: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_DATA(self, server, session, envelope):
        for address in envelope.rcpt_tos:
            self.arrived.append((address, envelope.content))
        return "250 taken"

    def wait(self, address, count=1):
        """Return the mails to `address` once there are `count`."""
        wait(lambda: len(self.to(address)) >= count, f"fewer than {count} mails to {address}")
        return self.to(address)

    def to(self, address):
        """Return the mails to `address` so far."""
        return [message_from_bytes(body, policy=default) for to, body in list(self.arrived) if to == address]

    def link(self, address, count=1):
        """Return the address in the newest mail."""
        text = self.wait(address, count)[-1].get_body(("plain",)).get_content()
        return re.search(r"http://\S+", text)[0]


@dataclass
class Running:
    """A running application."""

    url: str
    root: Path
    inbox: Inbox
    log: Path

    @property
    def database(self):
        return self.root / "private" / "subscribers.sqlite"

    def kept(self):
        """Return every subscription, as another process sees it."""
        store = open_store(self.root, "sqlite:private/subscribers.sqlite", bytes(16))
        try:
            return list(store.everybody())
        finally:
            store.close()

    def token(self):
        """Return the token of a fresh form."""
        return re.search(r'name="form" value="([^"]+)"', CLIENT.get(self.url).text)[1]

    def post(self, path, **fields):
        """Send a form as a browser does, from an address of its own."""
        data = {"form": self.token(), "channel": "email", **fields}
        return CLIENT.post(self.url + path, data=data, headers={"x-forwarded-for": fresh_address()})


_addresses = iter(range(1, 1 << 16))


def fresh_address():
    """Return an address in a network in which few others are."""
    number = next(_addresses)
    return f"198.{18 + number // 256 % 2}.{number % 256}.{number // 512 + 1}"


@contextmanager
def serving(root, environment=None):
    """Run the application for the example's page, laid out at `root`."""
    for name in ("components", "incidents", "docs", "site_overrides"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name)
    inbox, port = Inbox(), free_port()
    mail = MailServer(inbox)
    mail.start()
    settings = {
        "organisation": "Advancia Pay Ledger",
        "languages": ["en", "es"],
        "channels": {
            "email": {"via": "smtp", "host": "127.0.0.1", "port": mail.port, "security": "none"},
            "sms": {"via": "outbox", "folder": "sent"},
            "webhook": {},
            "slack": {},
        },
        "serve": {
            "url": f"http://127.0.0.1:{port}/",
            "port": port,
            "channels": ["email", "sms", "webhook", "slack"],
            "proxies": 1,
        },
    }
    written = {"site_name": "Advancia Pay Ledger Status", "site_url": "https://status.example.com/"}
    written |= {"theme": {"name": "material", "font": False}, "plugins": ["search", {"stillup": settings}]}
    (root / "mkdocs.yml").write_text(yaml.safe_dump(written))
    environment = {**os.environ, "STILLUP_TOKEN_KEY": KEY, "STILLUP_BOUNCES_SECRET": BOUNCES, **(environment or {})}
    log = root / "log.txt"
    with log.open("w") as out:
        server = subprocess.Popen(
            [str(program("stillup")), "serve", "--root", str(root)], env=environment, stdout=out, stderr=out
        )
        try:
            url = f"http://127.0.0.1:{port}/"

            def answers():
                assert server.poll() is None, log.read_text()
                try:
                    return CLIENT.get(f"{url}healthz").text == "ok\n"
                except httpx.TransportError:
                    return False

            wait(answers, "the application never answered")
            yield Running(url, root, inbox, log)
        finally:
            server.terminate()
            server.wait(PATIENCE)
            mail.stop()


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("serve")) as running:
        yield running


@pytest.fixture
def flooded(tmp_path):
    """An application of its own: what is counted there is of one test alone."""
    with serving(tmp_path) as running:
        yield running
