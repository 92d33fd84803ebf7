"""People and words, asked for at the desk by channels that send side by side."""

from collections.abc import Iterator, Mapping, Sequence

from stillup.delivery.plan import Candidate
from stillup.delivery.port import Composer, People
from stillup.messages.event import Event
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient
from stillup.pipeline.sending.desk import Desk


class PeopleAtDesk:
    """See `stillup.delivery.port.People`."""

    def __init__(self, people: People, desk: Desk) -> None:
        """Ask `people` at `desk`."""
        self._people, self._desk = people, desk

    def candidates(self, event: Event, channel: str) -> Iterator[Candidate]:
        """See `People`."""
        return self._desk.fetch(lambda: self._people.candidates(event, channel))

    def silent(self, event: Event, channel: str) -> Mapping[str, int]:
        """See `People`."""
        return self._desk.ask(self._people.silent, event, channel)


class ComposerAtDesk:
    """See `stillup.delivery.port.Composer`."""

    def __init__(self, composer: Composer, desk: Desk) -> None:
        """Ask `composer` at `desk`."""
        self._composer, self._desk = composer, desk

    @property
    def commit(self) -> str:
        """See `Composer`."""
        return self._composer.commit

    def event(self, commit: str, event: str) -> Event:
        """See `Composer`."""
        return self._desk.ask(self._composer.event, commit, event)

    def compose(
        self, commit: str, event: str, channel: str, first: bool, recipients: Sequence[Recipient]
    ) -> list[Message]:
        """See `Composer`."""
        return self._desk.ask(self._composer.compose, commit, event, channel, first, recipients)
