"""A claimed batch on its way: the calls are made, the receipts are durable, the account is kept."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from stillup.delivery.attempt import Attempts, Call, Verdict
from stillup.delivery.entry import NO_ANSWER, Answer, Intent, Standing
from stillup.delivery.keyring import sending_key
from stillup.delivery.ledger import Ledger
from stillup.delivery.pace import Clock, Progress
from stillup.delivery.receipt import Channel
from stillup.delivery.tally import Tally
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient

TOGETHER = 25
"""Receipts in one write, where the provider drops repeats and a write is cheap."""


@dataclass(slots=True, kw_only=True)
class Batches:
    """What one channel's run does with its batches."""

    channel: Channel
    ledger: Ledger
    clock: Clock
    attempts: Attempts
    tally: Tally
    progress: Progress | None = None
    gone: Callable[[Recipient], None] | None = None
    """Told of each recipient whose address is no more."""

    undecided: set[str] = field(default_factory=set)
    """Events with somebody of whom nothing final is known."""

    lost: Counter[str] = field(default_factory=Counter)
    """How many addresses are off the list since this run tried an event, by the event: they are accounted for."""

    def send(
        self,
        intent: Intent,
        id: str,
        messages: Mapping[int, Message],
        recipients: Mapping[bytes, Recipient],
        doubtful: Collection[int] = (),
    ) -> None:
        """Send `messages`, by their number in the batch `intent`, and write down what became of them.

        Those that are `doubtful` may have been taken already, in an earlier run.
        """
        window = self.channel.policy.deduplicates
        calls = [
            Call(
                number=number,
                message=message,
                key=sending_key(intent.event, intent.channel, intent.recipients[number], intent.generation),
                safe_until=intent.at + window if window is not None else None,
                doubtful=number in doubtful,
            )
            for number, message in messages.items()
        ]
        ended: list[Verdict] = []
        unwritten: list[Verdict] = []
        # Where a repeat is safe it costs nobody anything to make some calls again.
        most = len(calls) if not self.ledger.is_cheap else 1 if window is None else TOGETHER

        def done(verdict: Verdict) -> None:
            ended.append(verdict)
            unwritten.append(verdict)
            if len(unwritten) >= most:
                self._write_down(intent, id, unwritten)
                unwritten.clear()
            if verdict.gone and self.gone is not None:
                self.lost[intent.event] += 1
                self.gone(recipients[intent.recipients[verdict.call.number]])

        self.attempts.send(calls, done)
        if unwritten:
            self._write_down(intent, id, unwritten)
        for verdict in ended:
            self.account(intent, verdict.standing, verdict.reason)

    def decide(self, intent: Intent, id: str, decided: Mapping[int, tuple[Standing, str]]) -> None:
        """Write down what is decided about some of a batch without a call: by number, with the reason."""
        standings = [NO_ANSWER] * len(intent.recipients)
        for number, (standing, _) in decided.items():
            standings[number] = standing.value
        self._record(id, standings, {str(number): reason for number, (_, reason) in decided.items()}, {})
        for standing, reason in decided.values():
            self.account(intent, standing, reason)

    def account(self, intent: Intent, standing: Standing, reason: str) -> None:
        """Count how one message ended."""
        if standing is Standing.ACCEPTED:
            self.tally.add("accepted")
        elif standing is Standing.UNKNOWN:
            self.tally.add("unknown", reason)
        elif standing is Standing.SUPPRESSED:
            self.tally.add("suppressed", reason)
        elif standing is Standing.REFUSED:
            self.tally.add("failed", f"refused: {reason}")
        else:
            self.tally.add("failed", f"later: {reason}")
            self.undecided.add(intent.event)
        if self.progress is not None:
            self.progress(intent.channel, standing.name.lower(), 1)

    def _write_down(self, intent: Intent, id: str, ended: Sequence[Verdict]) -> None:
        standings = [NO_ANSWER] * len(intent.recipients)
        for verdict in ended:
            standings[verdict.call.number] = verdict.standing.value
        reasons = {str(v.call.number): v.reason for v in ended if v.reason}
        references = {str(v.call.number): v.reference for v in ended if v.reference}
        self._record(id, standings, reasons, references)

    def _record(
        self, id: str, standings: Iterable[str], reasons: Mapping[str, str], references: Mapping[str, str]
    ) -> None:
        answer = Answer(
            intent=id, at=self.clock.now(), standings="".join(standings), reasons=reasons, references=references
        )
        self.ledger.record([answer])
