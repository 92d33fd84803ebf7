"""The disaster recovery kit: what is done, said and by whom, in one file for the hour in which nothing else works."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from stillup.frozen import dataclass
from stillup.records.plan import Plan
from stillup.records.private.customer import Customer
from stillup.records.private.roster import Contact, Roster
from stillup.records.private.store import Private
from stillup.records.settings import Settings
from stillup.reports.contact import called, on_call
from stillup.reports.paper.case import span
from stillup.reports.paper.paper import Paper, plain
from stillup.reports.paper.pen import Pen
from stillup.vocabulary import Measure, Severity

RUNBOOK = "runbooks/disaster-recovery.md"
"""Below the private folder: what is done in which order. People write it."""

ORDER = (
    (
        "Regional outage",
        (
            "Decide: is it the region, or us?",
            "Move traffic to the other region",
            "Turn the names (DNS) there",
            "Make the replica of the database the first one",
            "Look at the sums: is everything there that was booked?",
        ),
    ),
    (
        "Database corruption",
        (
            "Stop all writing, at once",
            "Isolate the database; keep a copy of it as it is",
            "Restore the newest sound backup beside it",
            "Check the restored data before anybody uses it",
            "Let services come back one after the other",
        ),
    ),
    (
        "Complete service failure",
        (
            "Start the recovery site",
            "Tell everybody by what still works: mail, text messages, a copy of the page",
            "Bring services up by hand, the most needed first",
            "Check each before it is opened",
            "Watch closely for 24 hours",
        ),
    ),
)
"""The plan's three triggers, each with its order, in words that fit any page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text that was written ahead, with blanks in square brackets."""

    trigger: str
    """`region`, `database` or `everything`; empty: for each."""

    title: str
    """What it is for: a channel, an audience, a stage."""

    text: str


def recovery(
    settings: Settings,
    private: Private,
    runbook: str,
    drafts: Iterable[Draft],
    at: datetime,
    commit: str,
) -> Paper:
    """Return the kit. `runbook` is Markdown of our own; empty where there is none."""
    pen, texts = Pen(), list(drafts)
    pen.say("**Print it, and keep a copy where neither our network nor our accounts are needed.**")
    pen.head("Timetable")
    pen.say("From detection, for a P0. Tick off what is done and write the time beside it.")
    pen.table(("After", "What", "Done at"), ((after, what, "") for after, what in _timetable(settings, private.roster)))
    pen.head("In This Order")
    if runbook:
        pen.say(_deeper(runbook))
    else:
        pen.say(pen.blank(RUNBOOK, "what is done here in which order, with names and commands", RUNBOOK))
        for name, steps in ORDER:
            pen.head(name, 3)
            pen.items(f"[ ] {step}" for step in steps)
    pen.head("Whom to Call")
    _contacts(pen, settings, private, at)
    pen.head("Say It")
    pen.items(_saying(settings))
    pen.say("Texts to copy: what stands in [BRACKETS] is to be filled in.")
    for draft in texts:
        pen.head(draft.title, 3)
        pen.say(f"```text\n{draft.text}\n```")
    foot = (
        f"As of {at:%Y-%m-%d %H:%M} UTC, from the records of commit {commit or '(none)'}. "
        "Make it anew whenever the roster, the plan or the runbook changes: stillup report recovery."
    )
    return Paper(
        kind="recovery",
        subject="recovery",
        title=f"Disaster Recovery Kit: {plain(settings.organisation or settings.site_name)}",
        text=pen.text,
        foot=foot,
        numbers={"runbook": bool(runbook), "drafts": len(texts), "contacts": _count(private.roster)},
        gaps=tuple(pen.gaps),
    )


def _timetable(settings: Settings, roster: Roster | None) -> Iterator[tuple[str, str]]:
    """Yield what is due when, the soonest first."""
    found = sorted(_due(settings, settings.plan, roster), key=lambda each: each[0])
    for after, what in found:
        yield span(after) if after else "at once", what


def _due(settings: Settings, plan: Plan, roster: Roster | None) -> Iterator[tuple[timedelta, str]]:
    none = timedelta(0)
    yield none, "Page the on-call engineer; name a commander; open the incident channel"
    target = plan.severities.get(Severity.P0)
    if target is not None and target.acknowledge is not None:
        yield target.acknowledge, "Acknowledged in monitoring"
    cadence = settings.every("P0", "investigating", disaster=True)
    if cadence is not None:
        yield cadence, f"First words on the page, then new ones every {span(cadence)}, even if nothing changed"
    if target is not None and target.respond is not None:
        yield target.respond, "Work on recovery has begun; partners know"
    for rung in plan.escalation.chain:
        limit = rung.after.get(Severity.P0)
        if limit is not None:
            yield limit, plain(f"Still open: {called(roster, rung.to)} is told")
    for trigger in plan.triggers.values():
        if trigger.active and trigger.measure is Measure.OUTAGE and trigger.after is not None:
            yield (
                trigger.after,
                plain(f"Customers still affected: {', '.join(called(roster, to) for to in trigger.to)} are told"),
            )
    if target is not None and target.resolve is not None:
        yield target.resolve, "Over"


def _contacts(pen: Pen, settings: Settings, private: Private, at: datetime) -> None:
    roster, plan = private.roster, settings.plan
    if roster is None:
        pen.say(pen.blank("roster.yml", "whom to call", "roster.yml"))
        return
    rows = []
    for role in plan.escalation.roles:
        duty = on_call(roster, role, at)
        for contact in (duty,) if duty is not None else roster.filling(role):
            rows.append((plain(called(roster, role)), *_reach(contact), plain(_deputy(roster, contact))))
        if duty is None and not roster.filling(role):
            rows.append((plain(called(None, role)), "*nobody*", "", "", ""))
    pen.table(("Role, in the order of calling", "Who", "Phone", "Mail, chat", "Nobody answers"), rows)
    others = [each for each in roster.contacts if not set(each.roles or (each.id,)) & set(plan.escalation.roles)]
    pen.table(("Everybody else", "Phone", "Mail, chat"), (_reach(each) for each in others), "")
    zone = ZoneInfo(settings.timezone)
    shifts = [
        (plain(role), plain(_named(roster, shift.contact)), f"{shift.start.astimezone(zone):%Y-%m-%d %H:%M}",
         f"{shift.end.astimezone(zone):%Y-%m-%d %H:%M} {settings.timezone}")
        for role, listed in roster.on_call.items()
        for shift in listed
        if shift.end > at
    ]  # fmt: skip
    if shifts:
        pen.table(("On call", "Who", "From", "To"), shifts)
    big = [each for each in private.customers.values() if each.contacts]
    if big:
        pen.table(("Customer", "Tier", "Ours", "Theirs"), map(_customer, big))


def _reach(contact: Contact) -> tuple[str, str, str]:
    name = plain(contact.name) + (f" ({plain(contact.note)})" if contact.note else "")
    return name, plain(contact.phone or ""), plain(", ".join(filter(None, (contact.email, contact.chat))))


def _deputy(roster: Roster, contact: Contact) -> str:
    deputy = next((each for each in roster.contacts if each.id == contact.deputy), None)
    return f"{deputy.name} {deputy.phone or deputy.email}" if deputy is not None else ""


def _named(roster: Roster, id: str) -> str:
    return next((each.name for each in roster.contacts if each.id == id), id)


def _customer(customer: Customer) -> tuple[str, str, str, str]:
    theirs = "; ".join(
        plain(f"{each.role}: {', '.join(filter(None, (each.phone, each.email)))}") for each in customer.contacts
    )
    return plain(customer.name), plain(customer.tier), plain(customer.account_manager), theirs


def _saying(settings: Settings) -> Iterator[str]:
    yield (
        "On the page, from any laptop with a clone: `stillup incident open TITLE -c COMPONENT=major -s P0 --disaster`, "
        "then `stillup publish`."
    )
    yield (
        "Where nothing of ours can be reached: `stillup mirror` writes the whole page into one file, which any web "
        "space can serve."
    )
    yield "Without git, tools or network: read a text below aloud, or send it from any phone."
    if settings.support.email or settings.support.url:
        yield plain(f"Customers ask at {' and '.join(filter(None, (settings.support.email, settings.support.url)))}.")


def _deeper(runbook: str) -> str:
    """Return Markdown with its headings below the kit's own."""
    return re.sub(r"(?m)^(#{1,4}) ", r"##\1 ", runbook.strip())


def _count(roster: Roster | None) -> int:
    return len(roster.contacts) if roster is not None else 0
