"""Telling one share after the other of a delivery: everything that it needs is opened once."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from stillup.delivery.dispatch import Dispatch
from stillup.delivery.keyring import Keyring
from stillup.delivery.ledger.postgres import PostgresLedger
from stillup.delivery.outlet import open_channel
from stillup.delivery.owner import owner
from stillup.delivery.pace import Clock, Effort
from stillup.delivery.plan import Candidate, Reason, Rules
from stillup.delivery.share import Share
from stillup.delivery.shared_pace import SharedPace
from stillup.messages.event import Event
from stillup.messages.recipient import Recipient
from stillup.pipeline.building.run import Run
from stillup.pipeline.sending.audience import Audience
from stillup.pipeline.sending.told import Composer, concerned, withheld
from stillup.pipeline.sending.writer import Insight


class Part:
    """Some of the list: see `stillup.delivery.port.People`."""

    def __init__(self, whole: Audience) -> None:
        """Begin with everybody of `whole`."""
        self.whole = self._now = whole

    def narrow(self, first: int, past: int) -> None:
        """Speak of those in the slices from `first` to before `past` from now on."""
        self._now = self.whole.within(first, past)

    def candidates(self, event: Event, channel: str) -> Iterator[Candidate]:
        """See `People`."""
        return self._now.candidates(event, channel)

    def silent(self, event: Event, channel: str) -> Mapping[str, int]:
        """See `People`."""
        return self._now.silent(event, channel)


class Teller:
    """Tells shares of a delivery in one thread. What it opens is closed with the stack it is given."""

    def __init__(
        self,
        run: Run,
        ledger: PostgresLedger,
        keyring: Keyring,
        audience: Audience,
        rules: Rules,
        commit: str,
        *,
        environment: Mapping[str, str],
        clock: Clock,
        seed: str,
        effort: Effort,
        stack: ExitStack,
    ) -> None:
        """Tell `audience` of the records of `run`, which stand at `commit`."""
        self._run, self._ledger, self._keyring, self._rules = run, ledger, keyring, rules
        self._environment, self._clock, self._seed, self._effort = environment, clock, seed, effort
        self._stack = stack
        self._insight = Insight(run)
        self._composer = Composer(run, self._insight, commit, rules.beginning)
        stack.callback(self._composer.close)
        self._parts = Part(audience)
        self._dispatches: dict[str, Dispatch] = {}

    def dispatch(self, channel: str) -> Dispatch:
        """Return what sends through `channel`."""
        if channel not in self._dispatches:
            opened = open_channel(channel, self._run.edition.settings, self._environment, self._run.root)
            self._stack.callback(opened.close)
            self._dispatches[channel] = Dispatch(
                channel=opened,
                ledger=self._ledger,
                keyring=self._keyring,
                people=self._parts,
                composer=self._composer,
                rules=self._rules,
                clock=self._clock,
                owner=owner(),
                seed=self._seed,
                effort=self._effort,
                gone=self._gone,
                pace=SharedPace(self._ledger.session, channel, opened.policy.rate, self._clock),
            )
        return self._dispatches[channel]

    def tell(self, share: Share) -> Mapping[str, int]:
        """Send what is owed of one share; return how many were sent it, and why the others were not.

        Raises:
            StillupError: the database does not answer any more, say.
        """
        event = self._composer.event(share.commit, share.event)
        whole = self._parts.whole
        whole.parts = {event.key: self._composer.parts(share.commit, event.key)}
        whole.withheld = withheld(self._run, self._insight)
        whole.concerned = concerned(self._run, self._insight, [event])
        self._parts.narrow(share.first, share.past)
        return self.dispatch(share.channel).tell(event, Reason(share.reason) if share.reason else None)

    def _gone(self, recipient: Recipient) -> None:
        self._parts.whole.gone(recipient, self._clock.now())
