"""A subscription as it is kept, and what of the page it reaches."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from stillup.messages.event import Event
from stillup.messages.recipient import Recipient
from stillup.records.subscriber import AUDIENCES, SubscriberFacts
from stillup.vocabulary import Follow, Impact, Kind, Severity

RANK = {audience: rank for rank, audience in enumerate(AUDIENCES)}


class Reach(NamedTuple):
    """What somebody wants to hear, in the spelling in which it is kept; empty stands for the default."""

    components: str = ""
    """Ids and `group:` ids divided by spaces; empty: all."""

    impact: str = ""
    kinds: str = ""
    follow: str = ""
    incident: str = ""


class Row(NamedTuple):
    """A subscription as it streams past when a million of them are asked: texts only, in the order of their keys."""

    key: str
    """By what the address is known: rows of one key are one recipient."""

    id: str
    address: str
    audience: str
    components: str
    impact: str
    kinds: str
    follow: str
    incident: str
    language: str
    timezone: str
    secret: str
    silent: str
    """Why they are told nothing: `unconfirmed`, `bounce` or `complaint`; empty where they are."""

    @property
    def reach(self) -> Reach:
        """What they want to hear."""
        return Reach(*self[4:9])


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One address on one channel, and what it wants to hear."""

    id: str
    channel: str
    address: str
    """In its normal form."""

    key: str
    """By what the address is known: rows of one channel and key are one recipient."""

    audience: str = "customers"
    reach: Reach = Reach()
    language: str = ""
    timezone: str = ""
    confirmed_at: datetime | None = None
    secret: str = field(default="", repr=False)
    consent: str = ""
    """Which text the person agreed to, as `consented` names it or whoever took them in."""

    origin: str = ""
    """How the subscription came here: `form`, `command`, or `import` and the file's name."""

    @property
    def same(self) -> tuple[str, ...]:
        """What two subscriptions have in common when one of them is too many."""
        return (self.channel, self.key, self.audience, *self.reach)

    def row(self, suppressed: str = "") -> Row:
        """Return it as it streams past; `suppressed` is why nothing goes to its address."""
        silent = suppressed or ("" if self.confirmed_at else "unconfirmed")
        return Row(
            self.key,
            self.id,
            self.address,
            self.audience,
            *self.reach,
            self.language,
            self.timezone,
            self.secret,
            silent,
        )


def of_facts(facts: SubscriberFacts, address: str, key: str, number: int = 1) -> Subscription:
    """Return what a file says, with the normal form of its address; it is the `number`th of that address there."""
    return Subscription(
        id=facts.id or made_id(facts.channel, key, number),
        channel=facts.channel,
        address=address,
        key=key,
        audience=facts.audience,
        reach=Reach(
            components=" ".join(facts.components),
            impact=facts.impact or "",
            kinds=" ".join(sorted(facts.kinds or ())),
            follow=facts.follow or "",
            incident=facts.incident or "",
        ),
        language=facts.language or "",
        timezone=facts.timezone or "",
        confirmed_at=facts.confirmed_at,
        secret=facts.secret or "",
        consent=facts.consent or "",
        origin=facts.origin or "",
    )


def consented(language: str, text: str) -> str:
    """Return the version of a text that people agree to: its language, and the first digits of its SHA-256."""
    return f"{language}-{sha256(text.encode()).hexdigest()[:8]}"


def made_id(channel: str, key: str, number: int = 1) -> str:
    """Return the id of a row that states none: the same as long as the row stands in its file."""
    base = "s" + sha256(f"stillup subscriber\0{channel}\0{key}".encode()).hexdigest()[:15]
    return base if number == 1 else f"{base}-{number}"


def met(event: Event, channel: str, reach: Reach) -> tuple[str, ...]:
    """Return by what `reach` asks for `event`: `all`, ids of components, `group:` ids, or `incident`; else nothing."""
    if reach.incident and reach.incident != event.incident:
        return ()
    if reach.kinds and event.record not in reach.kinds.split():
        return ()
    if not _followed(event, Follow(reach.follow or (Follow.OPEN_CLOSE if channel == "sms" else Follow.ALL))):
        return ()
    if not _bad_enough(event, channel, reach):
        return ()
    if not reach.components:
        return ("incident",) if reach.incident else ("all",)
    if not event.components and not event.groups:
        return ("all",)  # it is about the whole page
    there = {*event.components, *(f"group:{group}" for group in event.groups)}
    return tuple(name for name in reach.components.split(" ") if name in there)


def concerning(parts: Iterable[Event], recipient: Recipient) -> tuple[Event, ...]:
    """Return which of `parts`, the events of a digest, `recipient` would have been told one by one."""
    reaches = [Reach(*wish)._replace(follow=Follow.ALL) for wish in recipient.wishes]
    return tuple(
        part
        for part in parts
        if recipient.audience in (part.audiences or (recipient.audience,))
        and (not reaches or any(met(part, recipient.channel, reach) for reach in reaches))
    )


def _followed(event: Event, follow: Follow) -> bool:
    if event.kind == "digest" or follow is Follow.DIGEST:
        return event.kind == "digest" and follow is Follow.DIGEST
    # What takes back or changes the first message is for everybody who got it.
    changes = event.kind in ("maintenance_moved", "maintenance_cancelled") or bool(event.concerns)
    return follow is Follow.ALL or event.opening or event.closing or changes


def _bad_enough(event: Event, channel: str, reach: Reach) -> bool:
    """Whether the impact suffices. Maintenance has none, so that a threshold says nothing of it."""
    if event.kind == "digest":
        return True
    if reach.impact:
        return event.record is Kind.MAINTENANCE or event.impact.rank >= Impact(reach.impact).rank
    if channel != "sms" or Kind.MAINTENANCE in reach.kinds.split() and event.record is Kind.MAINTENANCE:
        return True
    return event.impact is Impact.CRITICAL or event.severity is Severity.P0
