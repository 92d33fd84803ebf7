"""An outage from first word to last, another just begun, and a maintenance, as the views would hand them over."""

from datetime import UTC, datetime

from markupsafe import Markup, escape

from stillup.views.incident import IncidentView, UpdateView
from stillup.views.masthead import Masthead
from stillup.views.shape import Affected, Body, Fact, Promise, State, Time

MASTHEAD = Masthead(
    organisation="Advancia Pay Ledger",
    team="The Advancia Pay Ledger Team",
    site_name="Advancia Pay Ledger Service Status",
    site_url="https://status.example.com/",
    description="Current state and history of every Advancia Pay Ledger service.",
    zone="UTC",
    language="en",
    direction="ltr",
    support_url="https://support.example.com",
    support_email="support@example.com",
    report_url="",
)

MAJOR = State(key="major", word="Major outage")
PARTIAL = State(key="partial", word="Partial outage")
DEGRADED = State(key="degraded", word="Degraded performance")
LABELS = {"impact_text": "Impact", "next_steps": "Next steps", "eta": "Expected", "data_loss": "Data", "scope": "Who"}


def moment(text: str) -> datetime:
    """Return `20 10:12` as that minute of November 2026."""
    return datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def when(at: datetime) -> Time:
    return Time(iso=at.strftime("%Y-%m-%dT%H:%M:%SZ"), text=f"{at:%a} {at.day} {at:%b %Y}, {at:%H:%M} UTC")


def body(text: str) -> Body:
    paragraphs = "".join(f"<p>{escape(each)}</p>\n" for each in text.split("\n\n"))
    return Body(html=Markup(paragraphs), text=text, line=text.split(". ")[0].rstrip(".") + ".")


def promise(time: str, every: str = "") -> Promise:
    due = moment(time)
    return Promise(due=due, time=Time(iso=when(due).iso, text=f"{due:%H:%M} UTC"), late=False, every=every)


def affected(state: State, **components: str) -> Affected:
    ids = tuple(each.replace("_", "-") for each in components)
    return Affected(state=state, names=tuple(components.values()), ids=ids)


def update(incident: str, time: str, status: str, text: str, **changes: object) -> UpdateView:
    """Return one update; a keyword of a record's optional text becomes a fact, any other a field."""
    at = moment(time)
    anchor = at.strftime("%Y%m%dt%H%M%Sz")
    fields = {each: changes.pop(each) for each in tuple(changes) if each in UpdateView.__dataclass_fields__}
    facts = tuple(
        Fact(key=key, label=LABELS.get(key, key.capitalize()), html=Markup(escape(value)), text=str(value))
        for key, value in changes.items()
    )
    known: dict[str, object] = {
        "key": f"{incident}/{anchor}",
        "anchor": anchor,
        "place": f"incidents/{incident}/#{anchor}",
        "at": at,
        "time": when(at),
        "status": status,
        "word": status.capitalize().replace("_", " "),
        "body": body(text),
        "affected": (),
        "changed": (),
        "facts": facts,
        "closing": status in {"resolved", "completed", "cancelled"},
    }
    return UpdateView(**known | fields)  # type: ignore[arg-type]


def incident(id: str, title: str, started: str, updates: tuple[UpdateView, ...], **changes: object) -> IncidentView:
    """Return an incident with `updates`, newest first."""
    newest = updates[0]
    known: dict[str, object] = {
        "id": id,
        "place": f"incidents/{id}/",
        "kind": "incident",
        "title": title,
        "reference": "",
        "description": title,
        "status": newest.status,
        "impact": "critical",
        "open": not newest.closing,
        "state": MAJOR,
        "kick": "",
        "severity": "",
        "started": moment(started),
        "ended": newest.at if newest.closing else None,
        "closed": newest.at if newest.closing else None,
        "duration": "",
        "facts": (),
        "affected": newest.affected,
        "component_ids": (),
        "promise": newest.promise,
        "lanes": (),
        "ticks": (),
        "updates": updates,
        "postmortem": None,
    }
    return IncidentView(**known | changes)  # type: ignore[arg-type]


CARDS = "card-payments-declined"
CARDS_OPENED = update(
    CARDS,
    "09 14:45",
    "investigating",
    "About 40 % of card payments through Stripe are declined for customers in Europe, since 14:20 UTC. "
    "We are looking for the cause.",
    opening=True,
    affected=(
        affected(PARTIAL, payments_stripe="Stripe"),
        affected(DEGRADED, payments="Payments"),
    ),
    changed=(
        ("payments", "operational", "degraded_performance"),
        ("payments-stripe", "operational", "partial_outage"),
    ),
    promise=promise("09 15:15", "30 minutes"),
    impact_text="About 40 % of card payments through Stripe are declined in Europe.",
    scope="Customers in Europe who take cards through Stripe.",
)
CARDS_IDENTIFIED = update(
    CARDS,
    "09 15:12",
    "identified",
    "Payments from one of our two regions are signed with outdated credentials, and Stripe declines them.\n\n"
    "We are replacing the credentials.",
    affected=(affected(PARTIAL, payments_stripe="Stripe"), affected(DEGRADED, payments="Payments")),
    promise=promise("09 15:42", "30 minutes"),
    progress="The new credentials are in use in a third of the region.",
    next_steps="Roll them out to the rest.",
    eta="About 15:40 UTC.",
    workaround="Offer NOWPayments or Cryptomus.",
)
CARDS_MONITORING = update(
    CARDS,
    "09 15:38",
    "monitoring",
    "Card payments through Stripe work again since 15:35 UTC. We watch until the last late confirmation has left.",
    changed=(
        ("payments", "degraded_performance", "operational"),
        ("payments-stripe", "partial_outage", "operational"),
    ),
    promise=promise("09 16:00"),
    monitoring="We watch declines for about 20 minutes.",
)
CARDS_RESOLVED = update(
    CARDS,
    "09 15:55",
    "resolved",
    "Card payments through Stripe work again in Europe. Declined payments can be tried again.",
    summary="One of our two regions signed card payments with outdated credentials, and about 40 % of card payments in "
    "Europe were declined.",
    resolution="Both regions use the new credentials since 15:35 UTC. Declined payments can be tried again.",
    prevention="Credentials now change in one region at a time, and the change stops by itself when declines rise.",
    data_loss="No data was lost, and no card was charged twice.",
)
CARDS_STORY = incident(
    CARDS,
    "Card payments declined",
    "09 14:20",
    (CARDS_RESOLVED, CARDS_MONITORING, CARDS_IDENTIFIED, CARDS_OPENED),
    reference="INC-2026-11-09-002",
    impact="major",
)

SIGN_IN = "sign-in-and-payments-failing"
SIGN_IN_OPENED = update(
    SIGN_IN,
    "20 10:12",
    "investigating",
    "Since 10:05 UTC, sign-in, payments and the dashboard fail for all customers. We are looking for the cause.",
    opening=True,
    affected=(
        affected(
            MAJOR,
            authentication="Authentication",
            payments="Payments",
            dashboard="Web dashboard",
            ledger_database="Ledger database",
        ),
        affected(
            PARTIAL,
            preferences="Preferences",
            payments_stripe="Stripe",
            payments_nowpayments="NOWPayments",
            payments_cryptomus="Cryptomus",
        ),
    ),
    promise=promise("20 10:27", "15 minutes"),
    impact_text="Sign-in, payments and the dashboard fail for all customers.",
    scope="All customers on all plans. The sandbox works.",
    workaround="Please do not retry payments. Those we accepted before 10:05 UTC are safe and will be processed once.",
)
SIGN_IN_STORY = incident(
    SIGN_IN,
    "Sign-in and payments are failing for all customers",
    "20 10:05",
    (SIGN_IN_OPENED,),
    reference="INC-2026-11-20-001",
)

MOVE = "stripe-webhooks-move"
MOVE_SCHEDULED = update(
    MOVE,
    "17 09:00",
    "scheduled",
    "On Sunday, 22 November, from 02:00 to 03:30 UTC, we move the webhooks for Stripe to a new address.",
    opening=True,
    scope="Customers who receive webhooks for card payments through Stripe.",
)
MOVE_STORY = incident(
    MOVE,
    "Stripe webhook endpoint moves to a new address",
    "22 02:00",
    (
        update(MOVE, "22 03:10", "completed", "The webhooks now come from the new address."),
        update(MOVE, "22 02:00", "in_progress", "The move has begun."),
        MOVE_SCHEDULED,
    ),
    kind="maintenance",
    impact="none",
    html_windows=Markup("Sun 22 Nov 2026, 02:00 to 03:30 UTC"),
)
