"""`python -m benchmarks.mail`: how many personalised mails one core makes a second out of one composed message."""

import sys
import time
from datetime import UTC, datetime

from markupsafe import Markup

from stillup.catalogue import words
from stillup.messages.compose import Slice, compose
from stillup.messages.letter import Letter, letter
from stillup.messages.recipient import Recipient
from stillup.messages.wording import Wording
from stillup.views.incident import IncidentView, UpdateView
from stillup.views.masthead import Masthead
from stillup.views.shape import Body, State, Time

ENOUGH = 50_000
"""Mails a second and core: a list of a million people takes 20 seconds."""

_AT = datetime(2026, 11, 20, 10, 12, tzinfo=UTC)
_TEXT = "Sign-in, payments and the dashboard fail for all customers. We are looking for the cause."


def measured(count: int) -> tuple[float, int]:
    """Return the seconds of CPU that `count` mails take, and the size of one in bytes."""
    people = [
        Recipient(
            channel="email",
            address=f"subscriber-{number}@example.com",
            id=f"s{number}",
            unsubscribe=f"https://status.example.com/u/eyJrIjoxfQ.{number:022}",
            manage=f"https://status.example.com/manage/eyJrIjoxfQ.{number:022}",
        )
        for number in range(count)
    ]
    composed = compose(_letter(), Wording(), Slice(channel="email"))
    size = len(composed.to(people[0]).body)
    began = time.process_time()
    for person in people:
        composed.to(person)
    return time.process_time() - began, size


def main() -> int:
    """Print the rate; 1 where it is too low."""
    count = 100_000
    seconds, size = min(measured(count) for _ in range(3))
    rate = count / seconds
    print(f"{rate:,.0f} mails of {size:,} bytes a second and core ({ENOUGH:,} asked for)")
    return 0 if rate >= ENOUGH else 1


def _letter() -> Letter:
    masthead = Masthead(
        organisation="Advancia Pay Ledger",
        team="The Advancia Pay Ledger Team",
        site_name="Advancia Pay Ledger Service Status",
        site_url="https://status.example.com/",
        description="",
        zone="UTC",
        language="en",
        direction="ltr",
        support_url="https://support.example.com",
        support_email="support@example.com",
        report_url="",
    )
    update = UpdateView(
        key="sign-in-fails/20261120t101200z",
        anchor="20261120t101200z",
        place="incidents/sign-in-fails/#20261120t101200z",
        at=_AT,
        time=Time(iso="2026-11-20T10:12:00Z", text="Fri 20 Nov 2026, 10:12 UTC"),
        status="investigating",
        word="Investigating",
        body=Body(html=Markup(f"<p>{_TEXT}</p>"), text=_TEXT, line=_TEXT),
        affected=(),
        changed=(),
        opening=True,
    )
    incident = IncidentView(
        id="sign-in-fails",
        place="incidents/sign-in-fails/",
        kind="incident",
        title="Sign-in and payments are failing",
        reference="INC-2026-11-20-001",
        description="",
        status="investigating",
        impact="critical",
        open=True,
        state=State(key="major", word="Major outage"),
        kick="",
        severity="",
        started=_AT,
        ended=None,
        closed=None,
        duration="",
        facts=(),
        affected=(),
        component_ids=(),
        promise=None,
        lanes=(),
        ticks=(),
        updates=(update,),
        postmortem=None,
    )
    return letter(masthead, words("en"), incident, update)


if __name__ == "__main__":
    sys.exit(main())
