"""Who is told of an event: one recipient an address, however many of their subscriptions it meets."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import groupby
from operator import itemgetter

from stillup.messages.event import Event
from stillup.messages.recipient import Recipient
from stillup.messages.ticket import HELP_DESK
from stillup.subscribers.store import Sliced, Store
from stillup.subscribers.subscription import RANK, Reach, Row, met
from stillup.subscribers.token import Links

MANAGEABLE = timedelta(days=90)
"""How long the link in a message changes the subscription: messages are passed on. The page sends a new one."""

_KEPT = 20_000
_KEY = itemgetter(0)


class People:
    """Everybody who subscribed, as delivery asks for them."""

    def __init__(self, store: Store, links: Links | None = None) -> None:
        """Ask `store`; `links` makes the addresses in messages, None where nothing answers there."""
        self.store = store
        self._links = links

    def within(self, first: int, past: int) -> "People":
        """Return those in the slices from `first` to before `past`.

        Raises:
            TypeError: the store has no slices.
        """
        if not isinstance(self.store, Sliced):
            raise TypeError("only a list in PostgreSQL has slices")
        return People(self.store.within(first, past), self._links)

    def recipients(
        self, event: Event, channel: str, *, also: Callable[[str], bool] | None = None, links: bool = True
    ) -> Iterator[Recipient]:
        """Yield whoever is to be told of `event` on `channel`, ordered by address, each once; memory is bounded.

        `also` takes an address: where it is true the event reaches them whatever they follow, as the end of a story
        reaches those who heard its beginning. `links=False` spares the links, for plans that print no message.
        """
        for address, rows, reasons in self._met(event, channel, also):
            audible = [(row, why) for row, why in zip(rows, reasons, strict=True) if not row.silent]
            if audible:
                yield self._recipient(event, channel, address, audible, links)

    def silent(self, event: Event, channel: str) -> Mapping[str, int]:
        """Return how many addresses `event` reaches that are told nothing, by reason."""
        counts: Counter[str] = Counter()
        for _, rows, _ in self._met(event, channel, None):
            if all(row.silent for row in rows):
                counts[rows[0].silent] += 1
        return dict(sorted(counts.items()))

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _met(
        self, event: Event, channel: str, also: Callable[[str], bool] | None
    ) -> Iterator[tuple[str, list[Row], list[tuple[str, ...]]]]:
        """Yield by address the rows that `event` meets, and by what.

        Of several spellings the same one is yielded whatever the event: lists for two events can be laid side by side.
        """
        # Millions of people want the same few things.
        known: dict[Reach, tuple[str, ...]] = {}
        no_ticket = channel == "webhook" and not event.grave
        for _, group in groupby(self.store.rows(channel), key=_KEY):
            rows, reasons, address = [], [], ""
            for row in group:
                address = address or row.address
                if event.audiences and row.audience not in event.audiences:
                    continue
                reach = row.reach
                why = known.get(reach)
                if why is None:
                    if len(known) >= _KEPT:
                        known.clear()
                    why = known[reach] = met(event, channel, reach)
                if no_ticket and row.audience == HELP_DESK:
                    why = ()
                if not why and also is not None and not row.silent and also(row.address):
                    why = ("earlier",)
                if why:
                    rows.append(row)
                    reasons.append(why)
            if rows:
                yield address, rows, reasons

    def _recipient(
        self, event: Event, channel: str, address: str, audible: list[tuple[Row, tuple[str, ...]]], links: bool
    ) -> Recipient:
        row, reasons = audible[0]
        if len(audible) > 1:
            row = min((each for each, _ in audible), key=lambda each: (RANK[each.audience], each.id))
            reasons = tuple(dict.fromkeys(reason for _, why in audible for reason in why))
        unsubscribe = manage = ""
        if links and self._links is not None:
            unsubscribe = self._links.unsubscribe(row.id)
            manage = self._links.manage(row.id, event.at + MANAGEABLE)
        return Recipient(
            channel=channel,
            address=address,
            audience=row.audience,
            id=row.id,
            unsubscribe=unsubscribe,
            manage=manage,
            language=row.language,
            timezone=row.timezone,
            secret=row.secret,
            reasons=reasons,
            wishes=tuple(dict.fromkeys(each.reach for each, _ in audible)) if event.kind == "digest" else (),
        )
