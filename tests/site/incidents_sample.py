"""Finished incidents of a day with a major outage, as the timeline would have made them."""

from datetime import UTC, datetime

from markupsafe import Markup, escape

from stillup.views.incident import Edit, IncidentView, Lane, PostmortemView, UpdateView
from stillup.views.masthead import Masthead
from stillup.views.page import Built
from stillup.views.shape import Affected, Body, Fact, Promise, State, Time

WORDS = {
    "ok": "Operational",
    "degraded": "Degraded performance",
    "partial": "Partial outage",
    "major": "Major outage",
    "maint": "Under maintenance",
    "none": "No data",
}
MASTHEAD = Masthead(
    organisation="Advancia Pay Ledger",
    team="The Advancia Pay Ledger Team",
    site_name="Advancia Pay Ledger Status",
    site_url="https://status.example.com/",
    description="Current state, incidents, maintenance and uptime of Advancia Pay Ledger.",
    zone="UTC",
    language="en",
    direction="ltr",
    support_url="https://support.example.com/",
    support_email="support@example.com",
    report_url="https://support.example.com/report",
)
BUILT = Built(time=Time(iso="2026-11-20T10:45:00Z", text="20 Nov 2026, 10:45 UTC"), commit="1f4c9ae")


def state(key: str, word: str = "") -> State:
    """Return the state of `key`."""
    return State(key=key, word=word or WORDS[key])


def body(text: str) -> Body:
    """Return a body whose paragraphs are divided by empty lines."""
    paragraphs = text.split("\n\n")
    html = Markup("").join(Markup("<p>{}</p>").format(paragraph) for paragraph in paragraphs)
    return Body(html=html, text=text, line=paragraphs[0])


def fact(key: str, label: str, text: str) -> Fact:
    """Return a fact in plain words."""
    return Fact(key=key, label=label, html=escape(text), text=text)


def time_fact(key: str, label: str, iso: str, text: str, after: str = "") -> Fact:
    """Return a fact that is a time."""
    html = Markup('<time datetime="{}">{}</time>{}').format(iso, text, after)
    return Fact(key=key, label=label, html=html, text=text + after)


def affected(key: str, names: str) -> Affected:
    """Return components in one state, named with commas."""
    parts = tuple(names.split(", "))
    return Affected(state=state(key), names=parts, ids=tuple(slug(part) for part in parts))


def slug(name: str) -> str:
    """Return an id made of `name`."""
    return "-".join(name.lower().split())


def update(incident: str, at: str, word: str, text: str, time: str = "", **changes: object) -> UpdateView:
    """Return an update of `incident` at `at` (`20261120t104100z`)."""
    moment = datetime.strptime(at, "%Y%m%dt%H%M%Sz").replace(tzinfo=UTC)
    facts: dict[str, object] = {
        "key": f"{incident}/{at}",
        "anchor": at,
        "place": f"incidents/{incident}/#{at}",
        "at": moment,
        "time": Time(iso=f"{moment:%Y-%m-%dT%H:%M:%SZ}", text=time or f"{moment.day} {moment:%b, %H:%M} UTC"),
        "status": word.lower(),
        "word": word,
        "body": body(text),
        "affected": (),
        "changed": (),
    }
    return UpdateView(**facts | changes)  # type: ignore[arg-type]


OUTAGE_ID = "sign-in-and-payments-failing"
DECLINED_ID = "card-payments-declined"
DUE = Promise(
    due=datetime(2026, 11, 20, 10, 56, tzinfo=UTC),
    time=Time(iso="2026-11-20T10:56:00Z", text="10:56 UTC"),
    late=False,
    every="",
)
OUTAGE_AFFECTED = (
    affected("major", "Authentication, Payments, Web dashboard, Ledger database"),
    affected("partial", "Preferences, Stripe, NOWPayments, Cryptomus"),
    affected("degraded", "SMS, Read replicas"),
)
OUTAGE = IncidentView(
    id=OUTAGE_ID,
    place=f"incidents/{OUTAGE_ID}/",
    kind="incident",
    title="Sign-in and payments are failing for all customers",
    reference="INC-2026-11-20-001",
    description="Open since 20 November 2026, 10:05 UTC: sign-in, payments and the dashboard are down.",
    status="identified",
    impact="critical",
    open=True,
    state=state("major", "Open"),
    kick="Open incident · cause identified",
    severity="",
    started=datetime(2026, 11, 20, 10, 5, tzinfo=UTC),
    ended=None,
    closed=None,
    duration="",
    facts=(
        time_fact("since", "Since", "2026-11-20T10:05:00Z", "Fri 20 Nov, 10:05 UTC"),
        fact("affected", "Affected", "Major outage: Authentication, Payments"),
        fact("who", "Who", "All customers on all plans, in US-East and US-West. The sandbox works."),
        Fact(
            key="workaround",
            label="What to do",
            html=Markup(
                "<b>Please do not retry payments.</b> Those we accepted before 10:05 UTC are safe and will be "
                "processed once. Hold new ones until we say so here."
            ),
            text="Please do not retry payments.",
        ),
    ),
    affected=OUTAGE_AFFECTED,
    component_ids=tuple(name for group in OUTAGE_AFFECTED for name in group.ids),
    promise=DUE,
    lanes=(),
    ticks=(),
    updates=(
        update(
            OUTAGE_ID,
            "20261120t104100z",
            "Identified",
            "The second ledger database is now taking traffic and its copy is complete to the last entry. We are "
            "checking balances before we let sign-in through, a tenth of customers at a time. We expect the first "
            "sign-ins to succeed at about 10:55 UTC.",
        ),
        update(
            OUTAGE_ID,
            "20261120t102800z",
            "Identified",
            "A disk failure stopped the ledger database in US-East at 10:05, and the automatic change to its standby "
            "did not finish. We are moving to the standby by hand. No recorded payment is lost.",
            edited=Edit(
                time=Time(iso="2026-11-20T10:33:00Z", text="20 Nov, 10:33 UTC"),
                note="“a network failure” was corrected to “a disk failure”.",
                html=Markup("“a network failure” was corrected to “a disk failure”."),
            ),
        ),
        update(
            OUTAGE_ID,
            "20261120t101900z",
            "Investigating",
            "The failures come from the ledger database. Everything that reads or writes balances is affected. "
            "We are finding out why its standby did not take over.",
        ),
        update(
            OUTAGE_ID,
            "20261120t101200z",
            "Investigating",
            "Since 10:05 UTC sign-in, payments and the dashboard fail for most customers. We are looking for the "
            "cause.",
            opening=True,
        ),
    ),
    postmortem=None,
)
DECLINED = IncidentView(
    id=DECLINED_ID,
    place=f"incidents/{DECLINED_ID}/",
    kind="incident",
    title="Card payments through Stripe were declined",
    reference="INC-2026-11-09-002",
    description="Resolved: on 9 November 2026 about 40 % of card payments through Stripe were declined for 1 h 35 min.",
    status="resolved",
    impact="major",
    open=False,
    state=state("ok", "Resolved"),
    kick="Resolved",
    severity="P1",
    started=datetime(2026, 11, 9, 14, 20, tzinfo=UTC),
    ended=datetime(2026, 11, 9, 15, 55, tzinfo=UTC),
    closed=datetime(2026, 11, 9, 15, 55, tzinfo=UTC),
    duration="1 h 35 min",
    facts=(
        fact("impact", "Impact", "About 40 % of card payments were declined"),
        time_fact("began", "Began", "2026-11-09T14:20:00Z", "Mon 9 Nov 2026, 14:20 UTC"),
        time_fact("ended", "Ended", "2026-11-09T15:55:00Z", "Mon 9 Nov 2026, 15:55 UTC", " (1 h 35 min)"),
        fact(
            "who",
            "Who",
            "Customers in Europe who take cards through Stripe. NOWPayments and Cryptomus worked.",
        ),
        fact("data", "Data", "No data was lost. No card was charged twice."),
    ),
    affected=(affected("partial", "Stripe"), affected("degraded", "Payments, Web dashboard")),
    component_ids=("stripe", "payments", "web-dashboard"),
    promise=None,
    lanes=(
        Lane(
            name="Stripe",
            alt="Stripe: partial outage 14:20 to 15:35, degraded performance to 15:55",
            bits=(
                (83, 625, state("partial"), "Partial outage, 14:20 to 15:35"),
                (708, 167, state("degraded"), "Degraded performance, 15:35 to 15:55"),
            ),
        ),
        Lane(
            name="Payments",
            alt="Payments: degraded performance 14:20 to 15:35",
            bits=((83, 625, state("degraded"), "Degraded performance, 14:20 to 15:35"),),
        ),
        Lane(
            name="Web dashboard",
            alt="Web dashboard: degraded performance 14:40 to 15:10",
            bits=((250, 250, state("degraded"), "Degraded performance, 14:40 to 15:10"),),
        ),
    ),
    ticks=("14:10", "14:40", "15:10", "15:40", "16:10 UTC"),
    updates=(
        update(
            DECLINED_ID,
            "20261109t155500z",
            "Resolved",
            "Card payments work again since 15:35 UTC, and the queue of late confirmations is empty since 15:55. "
            "Payments that were declined can be tried again. We will publish what happened by Friday.",
            closing=True,
        ),
        update(
            DECLINED_ID,
            "20261109t153800z",
            "Monitoring",
            "Both regions use the new credentials. Declines are back to their usual level; confirmations may still "
            "arrive up to 15 minutes late.",
        ),
        update(
            DECLINED_ID,
            "20261109t151200z",
            "Identified",
            "The dashboard was sent to the wrong region.",
            withdrawn=Edit(time=Time(iso="2026-11-09T15:20:00Z", text="9 Nov, 15:20 UTC")),
        ),
        update(
            DECLINED_ID,
            "20261109t145500z",
            "Identified",
            "Payments from one of our regions are signed with outdated credentials. We are replacing them. Until then "
            "please offer NOWPayments or Cryptomus, or ask your customers to try again after 15:40 UTC.",
            edited=Edit(time=Time(iso="2026-11-09T15:02:00Z", text="9 Nov, 15:02 UTC")),
        ),
        update(
            DECLINED_ID,
            "20261109t144500z",
            "Investigating",
            "About 40 % of card payments through Stripe are declined for customers in Europe. We are looking for the "
            "cause.",
            opening=True,
        ),
    ),
    postmortem=PostmortemView(
        key=f"{DECLINED_ID}/postmortem",
        at=datetime(2026, 11, 13, 16, 0, tzinfo=UTC),
        time=Time(iso="2026-11-13T16:00:00Z", text="Fri 13 Nov, 16:00 UTC"),
        body=Body(
            html=Markup(
                "<p>At 14:20 UTC we switched our European traffic to a new set of Stripe credentials. One of our two "
                "regions still held the old ones, so four in ten payments were signed with a key that Stripe no "
                "longer accepts, and were declined.</p><h3>Why it took 95 minutes</h3><p>Our alarm watches the share "
                "of failed requests. Declined payments are answered correctly, so they did not count as failed. A "
                "customer told us at 14:41.</p><h3>What we changed</h3><ul><li>Credentials now change in one region "
                "at a time, and stop by themselves when declines rise above 2 %.</li><li>Declines by reason are "
                "watched and wake a person within five minutes.</li></ul>"
            ),
            text="",
            line="",
        ),
    ),
    note="partial outage for 1 h 35 min, Stripe, Payments",
)
