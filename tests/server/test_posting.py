"""Invitations leave by hands of their own: what never answers holds up nobody else."""

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
import yaml

from stillup.delivery.receipt import Outcome, Receipt
from stillup.pipeline.serving.serving import open_bench
from stillup.server import application
from stillup.subscribers.bounce import reports
from stillup.subscribers.token import Scope
from tests.server.test_openapi import signed
from tests.tools import PATIENCE

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
PEOPLE = 60
"""More than threads answer at once."""


class Stuck:
    """A channel whose receivers never answer, until they do."""

    def __init__(self) -> None:
        self.freed, self.tried = threading.Event(), 0

    def send(self, message, *, key, at):
        self.tried += 1
        self.freed.wait(30)
        return Receipt(Outcome.LATER, "timed out")

    def close(self) -> None:
        self.freed.set()


class Quick(Stuck):
    def send(self, message, *, key, at):
        self.tried += 1
        return Receipt(Outcome.ACCEPTED, "taken")


@pytest.fixture
def bench(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "cards.yml").write_text("name: Cards\n")
    settings = {
        "channels": {"webhook": {}, "email": {"via": "outbox"}},
        "serve": {"url": "https://subscribe.example.com/", "channels": ["webhook", "email"], "proxies": 1},
    }
    written = {"site_name": "Status", "theme": {"name": "material", "font": False}, "plugins": [{"stillup": settings}]}
    (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump(written))
    bench = open_bench(tmp_path, at=AT, environment={"STILLUP_TOKEN_KEY": "k" * 32})
    yield replace(bench, channels={"webhook": Stuck(), "email": Quick()})
    bench.close()


def test_webhooks_that_never_answer_hold_up_neither_pages_nor_mail(bench):
    app = application(bench, lambda: AT)

    async def ask():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://subscribe.example.com") as client:

            async def subscribe(number, channel, address):
                form = {"form": bench.keys.sign(Scope.FORM, "form"), "channel": channel, "address": address}
                headers = {"x-forwarded-for": f"198.51.100.{number}"}
                return (await client.post("/subscribe", data=form, headers=headers)).status_code

            hooks = (subscribe(number, "webhook", f"https://{number}.example.com/") for number in range(PEOPLE))
            statuses = await asyncio.gather(*hooks)
            statuses.append(await subscribe(99, "email", "ada@example.com"))
            async with app.router.lifespan_context(app):
                statuses.append((await client.get("/healthz")).status_code)
                while not bench.channels["email"].tried:
                    await asyncio.sleep(0.02)
                bench.channels["webhook"].freed.set()
            return statuses

    statuses = asyncio.run(asyncio.wait_for(ask(), PATIENCE))

    assert set(statuses[:-1]) == {303}
    assert statuses[-1] == 200
    assert bench.channels["email"].tried == 1
    assert 0 < bench.channels["webhook"].tried < PEOPLE, "what waits at the end is not sent any more"


def test_a_report_that_is_nested_without_end_is_none():
    secret = "whsec_" + "a" * 32
    body = b"[" * 20_000

    with pytest.raises(ValueError, match="nested"):
        reports(signed(body, secret, AT), body, secret, AT)
