"""How many people an event reaches, by channel, audience and language. Addresses are never kept."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from stillup.delivery import plan
from stillup.delivery.keyring import Keyring
from stillup.delivery.ledger.memory import MemoryLedger
from stillup.delivery.plan import Lateness, Rules
from stillup.errors import RecordError, StillupError
from stillup.messages.event import Event
from stillup.pipeline.preview.shape import Reach
from stillup.pipeline.sending.audience import Audience
from stillup.records.settings import Settings
from stillup.subscribers.opening import open_store
from stillup.subscribers.people import People
from stillup.subscribers.place import place

_NEVER_LATE = Lateness(update=timedelta(days=36_500), resolution=timedelta(days=36_500))


class Uncounted(Exception):
    """Why nobody can be counted, in a sentence."""


class Crowd:
    """Everybody who subscribed, only ever counted."""

    def __init__(self, root: Path, settings: Settings) -> None:
        """Open the list of the page at `root`.

        Raises:
            Uncounted: it is not here, or cannot be opened.
        """
        where = place(root, settings)
        path = where.removeprefix("sqlite:")
        if "://" not in where and not (root / path).is_file():
            raise Uncounted(f"Nobody is counted: {path} is not here. Private records are not part of the repository.")
        try:
            self._people = Audience(People(open_store(root, where, bytes(16), settings.intranet)))
        except RecordError as error:
            count = len(error.problems)
            raise Uncounted(f"Nobody is counted: {path} has {count} problems, which stillup check lists.") from None
        except StillupError as error:
            raise Uncounted(f"Nobody is counted: {error}") from None
        self._keyring, self._ledger = Keyring(b"a preview without a ledger"), MemoryLedger()

    def limit(self, concerned: Mapping[str, Collection[tuple[str, str]]]) -> None:
        """Count of a breach those whom it concerns: channel and key of each, by incident."""
        self._people.concerned = concerned

    def reaches(
        self, story: Sequence[Event], channels: Sequence[str], wanted: Collection[str], at: datetime
    ) -> Mapping[str, tuple[tuple[Reach, ...], Mapping[str, int]]]:
        """Return for each key in `wanted` whom its event reaches, and how many it does not, by reason.

        `story` is everything told of one record, oldest first: who heard the beginning hears the end. It is counted as
        if each event so far had reached everybody it is for. Of a correction those are counted who are told the update.
        """
        found: dict[str, tuple[Counter[tuple[str, str, str]], Counter[str]]] = {
            key: (Counter(), Counter()) for key in wanted
        }
        for channel in channels:
            heard: dict[bytes, datetime] = {}
            for event in story:
                for step in self._steps(event, channel, story, heard, at):
                    if event.key not in found:
                        continue
                    reached, skipped = found[event.key]
                    if step.reason is None:
                        for _, recipient in step.people:
                            reached[channel, step.audience, recipient.language] += 1
                    else:
                        why = f"{step.reason}: {step.detail}" if step.detail else str(step.reason)
                        skipped[why] += len(step.people)
                if event.key in found:
                    found[event.key][1].update(self._people.silent(event, channel))
        return {
            key: (
                tuple(
                    Reach(channel=channel, audience=audience, language=language, people=people)
                    for (channel, audience, language), people in sorted(reached.items())
                ),
                dict(sorted(skipped.items())),
            )
            for key, (reached, skipped) in found.items()
        }

    def _steps(
        self, event: Event, channel: str, story: Sequence[Event], heard: dict[bytes, datetime], at: datetime
    ) -> list[plan.Step]:
        asked = replace(event, concerns="") if event.concerns else event
        rules = Rules(at=min(at, event.at), beginning=None, lateness=_NEVER_LATE)
        return list(
            plan.steps(
                asked,
                channel,
                self._people.candidates(asked, channel),
                known=self._ledger,
                keyring=self._keyring,
                reason=plan.silence(event, rules, 0, [each for each in story if each.at <= rules.at]),
                assumed=heard,
            )
        )

    def close(self) -> None:
        """Give back files and connections."""
        self._people.close()
