"""Synthetic incidents, the same for every contestant: one seed, one instant, no clock."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""The instant for which the first build of every run is made."""

SEED = 20261124
DAYS = {100: 180, 1_000: 730, 10_000: 1_826, 100_000: 3_652}
"""How long a history of so many incidents is. A longer history is a busier one too, as with real pages."""

OPEN = 3
"""So many of the newest are not resolved."""

COMPONENTS = {
    "api": "API",
    "dashboard": "Web dashboard",
    "sign-in": "Sign-in",
    "webhooks": "Webhooks",
    "exports": "Exports",
    "storage": "File storage",
    "search": "Search",
    "billing": "Billing",
}
PLACES = ("us-east", "eu-west", "ap-south", "Zürich", "São Paulo", "大阪")
TITLES = (
    "Requests to {c} fail in {r}",
    "{c} slower than usual",
    "{c} does not answer",
    "{c}: results arrive late",
    "Some customers in {r} cannot reach {c}",
    "“{c}” shows yesterday's figures",
    "Störung: {c} in {r}",
    "Certificate & TLS errors on {c}",
)
WORK = ("{c}: new database servers", "Network work in {r}", "{c} moves to new disks")
TEXTS = {
    "investigating": (
        "About {p} % of requests to {c} from {r} fail with `HTTP 502`. We are looking for the cause and "
        "write again within 30 minutes.",
        "{c} answers slowly since {t} UTC: one request in {p} takes longer than {p} seconds. Nothing is "
        "lost; slow requests do finish.",
        "Customers in {r} may see time-outs in **{c}**. Other regions work as usual. Our engineers are on it.",
    ),
    "identified": (
        "The cause is a failed database server in {r}; its stand-by is taking over. Until then:\n\n- "
        "repeat a failed request up to {p} times\n- wait as long as `Retry-After` says\n- see [how to "
        "repeat safely](https://docs.example.com/retries)",
        "A change of settings (no. *{p}-{q}*) reached {c} by mistake. We are taking it back; servers pick "
        "up the old settings one after the other.",
        "Our network provider confirms lost packets between {r} and our entry points. We are leading "
        "traffic around the fault.",
    ),
    "monitoring": (
        "The mend is in place and {c} answers normally again. We watch it for the next hour before we close this.",
        "The old settings are back everywhere. Work that had queued up will be done in about {p} minutes; "
        "you need not send anything again.",
        "Traffic no longer passes through {r}. **No data was lost.** We keep watching error rates and "
        "latency (p95 now {p}0 ms).",
    ),
    "resolved": (
        "This is resolved. {c} has worked normally since {t} UTC. We will publish what we learnt within "
        "five working days.",
        "Everything works again. Affected were {p},{q} requests (≈ {p} % of all). We are sorry for the trouble.",
        "Resolved. If `{c}` still gives you errors, write to <support@example.com> and name the "
        "`X-Request-Id` of a reply.",
    ),
    "scheduled": (
        "We will work on {c} in {r}. Expect pauses of up to {p} seconds; *no action is needed on your "
        "side*. We chose the quietest hours.",
    ),
    "in_progress": ("The work on {c} has begun. You may see single `HTTP 503` replies; repeating the request helps.",),
    "verifying": (
        "The work on {c} is done, and we are checking that everything is as fast as before ({p} of {p} checks so far).",
    ),
    "completed": (
        "The work is completed as planned. {c} runs on the new systems since {t} UTC. Thank you for your patience.",
    ),
}
_INCIDENT = ("investigating", "identified", "monitoring", "resolved")
_MAINTENANCE = ("scheduled", "in_progress", "verifying", "completed")
_SEVERITY = {"down": "P1", "disrupted": "P2", "notice": "P3"}
_STATE = {"down": "major_outage", "disrupted": "partial_outage", "notice": "degraded_performance"}


@dataclass(frozen=True, slots=True)
class Update:
    """One entry, as its author knows it."""

    at: datetime
    status: str
    text: str
    """Markdown."""

    @property
    def label(self) -> str:
        """The status in words."""
        return self.status.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident or maintenance with its four updates, oldest first."""

    id: str
    title: str
    mark: str
    """`down`, `disrupted` or `notice`: what colours its days."""

    affected: tuple[str, ...]
    """Ids of components."""

    updates: tuple[Update, ...]
    maintenance: bool

    @property
    def started(self) -> datetime:
        """When trouble, or the planned work, began."""
        return self.updates[1].at if self.maintenance else self.updates[0].at

    @property
    def resolved(self) -> datetime | None:
        """When it was over, None while it is open."""
        last = self.updates[-1]
        return last.at if last.status in {"resolved", "completed"} else None

    @property
    def severity(self) -> str:
        """As a responder grades it."""
        return _SEVERITY[self.mark]

    @property
    def state(self) -> str:
        """What its components are while it lasts."""
        return _STATE[self.mark]


def many(count: int) -> dict[str, str]:
    """Return `count` components by id, for a page that is larger than the usual one."""
    return {f"part-{number:03d}": f"Part {number:03d}" for number in range(count)}


def incidents(count: int, components: Mapping[str, str] = COMPONENTS) -> Iterator[Incident]:
    """Return `count` incidents of `components` (names by id), oldest first, all begun before `AT`."""
    chance = random.Random(SEED)
    minutes = days(count) * 1440
    starts = sorted(AT - timedelta(minutes=chance.randint(300, minutes)) for _ in range(count))
    for number, start in enumerate(starts):
        yield _incident(chance, number, start, components, is_open=number >= count - OPEN)


def days(count: int) -> int:
    """Return how many days the history of `count` incidents is long."""
    return DAYS.get(count, max(90, count // 6))


def news(incident: Incident, at: datetime, number: int) -> Update:
    """Return one more update for the newest incident."""
    return Update(
        at, "monitoring", f"Error rates have dropped further, {number} of 9 regions are clear. We confirm in an hour."
    )


def _incident(
    chance: random.Random, number: int, start: datetime, components: Mapping[str, str], *, is_open: bool
) -> Incident:
    affected = tuple(chance.sample(list(components), chance.choice((1, 1, 1, 2, 2, 3))))
    words = {
        "c": components[affected[0]],
        "r": chance.choice(PLACES),
        "p": chance.randint(2, 9),
        "q": chance.randint(100, 999),
    }
    maintenance = not is_open and chance.random() < 1 / 12
    statuses = _MAINTENANCE if maintenance else _INCIDENT
    times = [start, *(start + timedelta(minutes=after) for after in sorted(chance.sample(range(3, 240), 3)))]
    if is_open:
        statuses = (*statuses[:3], "monitoring")
    return Incident(
        id=f"{start:%Y-%m-%d}-{number:05d}",
        title=chance.choice(WORK if maintenance else TITLES).format(**words),
        mark="notice" if maintenance else chance.choice(("down", "disrupted", "disrupted", "notice")),
        affected=affected,
        updates=tuple(
            Update(at, status, chance.choice(TEXTS[status]).format(**words, t=f"{at:%H:%M}"))
            for at, status in zip(times, statuses, strict=True)
        ),
        maintenance=maintenance,
    )
