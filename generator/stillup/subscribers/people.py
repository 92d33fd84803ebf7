"""Who is told of an event: one recipient an address, however many of their subscriptions it meets."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

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


class Question(NamedTuple):
    """Whom an event is for."""

    event: Event
    also: Callable[[str], bool] | None = None
    """Takes an address: where it is true the event reaches them whatever they follow, as the end of a story reaches
    those who heard its beginning."""

    links: bool = True
    """False spares the links, for plans that print no message."""


class _Meeting:
    """Which rows of an address one event meets, and by what."""

    def __init__(self, question: Question, channel: str) -> None:
        self._event, self._also, self._channel = question.event, question.also, channel
        self._no_ticket = channel == "webhook" and not question.event.grave
        # Millions of people want the same few things.
        self._known: dict[Reach, tuple[str, ...]] = {}

    def of(self, rows: Iterable[Row]) -> list[tuple[Row, tuple[str, ...]]]:
        """Return those of `rows` that it meets, each with the reasons."""
        event, also, known = self._event, self._also, self._known
        found = []
        for row in rows:
            if event.audiences and row.audience not in event.audiences:
                continue
            reach = row.reach
            why = known.get(reach)
            if why is None:
                if len(known) >= _KEPT:
                    known.clear()
                why = known[reach] = met(event, self._channel, reach)
            if self._no_ticket and row.audience == HELP_DESK:
                why = ()
            if not why and also is not None and not row.silent and also(row.address):
                why = ("earlier",)
            if why:
                found.append((row, why))
        return found


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

        See `Question` for `also` and `links`.
        """
        for (found,) in self.answers(channel, [Question(event, also, links)]):
            if found is not None:
                yield found

    def answers(self, channel: str, questions: Sequence[Question]) -> Iterator[tuple[Recipient | None, ...]]:
        """Yield by address who there is to be told by each of `questions`, where anybody is; memory is bounded.

        They are answered in one walk along the list: whoever comes or leaves meanwhile is there for all or for none.
        """
        asked = [(each, _Meeting(each, channel)) for each in questions]
        for _, group in groupby(self.store.rows(channel), key=_KEY):
            rows = list(group)
            found = tuple([self._answer(each, channel, meeting.of(rows), rows[0].address) for each, meeting in asked])
            if any(found):
                yield found

    def silent(self, event: Event, channel: str) -> Mapping[str, int]:
        """Return how many addresses `event` reaches that are told nothing, by reason."""
        counts: Counter[str] = Counter()
        meeting = _Meeting(Question(event), channel)
        for _, group in groupby(self.store.rows(channel), key=_KEY):
            rows = [row for row, _ in meeting.of(group)]
            if rows and all(row.silent for row in rows):
                counts[rows[0].silent] += 1
        return dict(sorted(counts.items()))

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _answer(
        self, question: Question, channel: str, met_rows: list[tuple[Row, tuple[str, ...]]], address: str
    ) -> Recipient | None:
        """Return the one recipient at an address; of several spellings the same one whatever the event."""
        audible = [pair for pair in met_rows if not pair[0].silent]
        return self._recipient(question.event, channel, address, audible, question.links) if audible else None

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
