"""What people at the keyboard do with subscribers: add, take in, forget. Nothing is changed unless all of it can be."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.records.document import Document
from stillup.records.inventory import Components
from stillup.records.refusal import choice
from stillup.records.shape import shaped
from stillup.records.subscriber import SubscriberFacts
from stillup.subscribers.address import masked, normal
from stillup.subscribers.reading import Read, subscriptions, unknown
from stillup.subscribers.store import Store
from stillup.subscribers.subscription import Subscription, of_facts

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of an import."""

    added: int = 0
    changed: int = 0
    known: int = 0
    """Subscriptions that are there already, under the same id or another."""

    unconfirmed: int = 0
    """Of those added or changed: people who have not agreed yet, and are told nothing."""

    suppressed: int = 0
    """Of those added or changed: addresses that are told nothing."""


def followable(components: Components) -> frozenset[str]:
    """Return everything that a subscription may follow."""
    return frozenset({*components.by_id, *(f"group:{group.id}" for group in components.groups)})


def described(
    written: Mapping[str, object], id: str, components: Iterable[str], trusted: Collection[str] = ()
) -> Subscription:
    """Return the subscription that `written`, fields as a file has them, describes.

    Raises:
        RecordError: with every problem; their file is empty.
    """
    taken = shaped(Document("", dict(written)), SubscriberFacts, dict(written))
    if taken.value is None or taken.problems:
        raise RecordError(taken.problems)
    known = frozenset(components)
    wrong = [_unknown("", name, known) for name in taken.value.components if name not in known]
    if wrong:
        raise RecordError(wrong)
    address, key = normal(taken.value.channel, taken.value.address, trusted)
    return of_facts(replace(taken.value, id=taken.value.id or id), address, key)


def twin(store: Store, subscription: Subscription) -> Subscription | None:
    """Return the subscription of `store` that asks for the same on the same address, under whatever id."""
    of_address = store.of(subscription.channel, subscription.key)
    return next((each for each in of_address if each.same == subscription.same), None)


def of_file(
    path: Path, components: Iterable[str], confirmed_at: datetime | None, trusted: Collection[str] = ()
) -> tuple[list[Subscription], tuple[Problem, ...]]:
    """Return what the file at `path` says, and warnings; `confirmed_at` is when people agreed where it says nothing.

    Raises:
        RecordError: with every problem of the file, also of components that the page does not have.
    """
    name = str(path)
    if path.suffix == ".sqlite":
        return _of_database(path), ()
    if path.suffix.lower() not in (".yml", ".yaml", ".csv"):
        raise StillupError(f"{name} is no list of subscribers. Its name ends in .csv, .yml or .sqlite.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StillupError(f"{name} cannot be read: {error.strerror}.") from None
    found, problems = judged(data, name, frozenset(components), trusted)
    if any(problem.level is Level.ERROR for problem in problems):
        raise RecordError(problems)
    result = [
        each if each.confirmed_at or confirmed_at is None else replace(each, confirmed_at=confirmed_at)
        for each in found.subscriptions
    ]
    return result, problems


def judged(
    data: bytes, name: str, components: frozenset[str], trusted: Collection[str] = ()
) -> tuple[Read, tuple[Problem, ...]]:
    """Return what the bytes of the file `name` say, and every problem, also of components that there are not."""
    found = subscriptions(data, name, trusted)
    missing = dict.fromkeys(each for _, each in unknown(found.subscriptions, components))
    return found, (*found.problems, *(_placed(data, name, each, components) for each in missing))


def take(
    store: Store, wanted: Iterable[Subscription], *, origin: str = "", consent: str = "", dry_run: bool = False
) -> Taken:
    """Add `wanted` to `store`, or put them in the place of those with their ids; what is there already stays.

    `origin` and `consent` are told of those that say none themselves and are new; others keep what was known.
    """
    counts = {"added": 0, "changed": 0, "known": 0, "unconfirmed": 0, "suppressed": 0}
    fresh: list[Subscription] = []
    for said in wanted:
        before = store.get(said.id)
        known = before or Subscription(id="", channel="", address="", key="", consent=consent, origin=origin)
        each = replace(said, consent=said.consent or known.consent, origin=said.origin or known.origin)
        if before == each or (before is None and twin(store, each) is not None):
            counts["known"] += 1
            continue
        counts["changed" if before else "added"] += 1
        counts["unconfirmed"] += each.confirmed_at is None
        counts["suppressed"] += store.suppression(each.channel, each.key) is not None
        fresh.append(each)
    if fresh and not dry_run:
        store.save(fresh)
    return Taken(**counts)


def found(store: Store, written: str, channel: str = "", trusted: Collection[str] = ()) -> tuple[Subscription, ...]:
    """Return every subscription of the address `written`, on one channel or on all."""
    result: list[Subscription] = []
    for each in (channel,) if channel else ("email", "sms", "webhook", "slack", "teams", "discord", "apprise"):
        try:
            _, key = normal(each, written, trusted)
        except ValueError:
            continue
        result += store.of(each, key)
    return tuple(result)


def line(subscription: Subscription, suppressed: str, *, show: bool) -> str:
    """Return a line for people; the address is masked unless `show`."""
    each, reach = subscription, subscription.reach
    address = each.address if show else masked(each.channel, each.address)
    wants = [reach.components or "all", *(part for part in reach[1:] if part)]
    state = suppressed or ("" if each.confirmed_at else "unconfirmed")
    return "  ".join(filter(None, (each.id, each.channel, address, each.audience, " ".join(wants), state)))


def _of_database(path: Path) -> list[Subscription]:
    from stillup.subscribers.sqlite_store import SqliteStore

    if not path.is_file():
        raise StillupError(f"There is no {path}.")
    other: SqliteStore = SqliteStore(path, str(path), b"")
    try:
        return list(other.everybody())
    finally:
        other.close()


def _placed(data: bytes, file: str, name: str, known: frozenset[str]) -> Problem:
    """Return the problem of a component that the page does not have, at the first place where the file names it."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    place = re.search(rf"(?<![\w:-]){re.escape(name)}(?![\w-])", text)
    start = place.start() if place else 0
    line, column = text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1
    return replace(_unknown(file, name, known), line=line, column=column)


def _unknown(file: str, name: str, known: frozenset[str]) -> Problem:
    what = "group" if name.startswith("group:") else "component"
    fix = choice(name, sorted(known)) or f"Write the id of a {what} of the page."
    message = f"There is no {what} {name.removeprefix('group:')}, so nobody would be told."
    return Problem(file=file, field="components", code="reference", message=message, fix=fix)
