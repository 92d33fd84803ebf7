"""Handing a batch of messages to a channel: at its pace, again where that can help, never again where it may not."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Lock

from stillup.delivery.entry import Standing
from stillup.delivery.pace import Breaker, Clock, Effort, Pace, Waiting, party_of, pause, provider_of
from stillup.delivery.port import LEASE
from stillup.delivery.receipt import Channel, Outcome, Receipt
from stillup.delivery.vigil import Vigil
from stillup.messages.message import Message

ENDED = "the run was told to end"
"""Why a call was not made any more."""

SLOW = "the provider is so slow that runs elsewhere would take this one for dead"
"""Why a call is left to the next run: who takes over a batch may repeat what is under way."""

_LOOK = 0.5
"""Seconds between two looks at calls that are under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One message of a claimed batch."""

    number: int
    """Its place in the batch."""

    message: Message
    key: str
    safe_until: datetime | None
    """Until when the provider knows the key again, so that a repeat is safe whatever happened; None: never."""

    doubtful: bool = False
    """Whether an earlier run made it, and it may have been taken then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one call in this run."""

    call: Call
    standing: Standing
    reason: str = ""
    reference: str = ""
    gone: bool = False


@dataclass(slots=True)
class _Try:
    call: Call
    attempts: int = 0
    due: datetime | None = None
    last: Receipt | None = None
    unsure: int = 0
    """How many tries may have been taken."""


def _results(futures: Sequence[Future[_Try | None]]) -> list[_Try | None]:
    """Return what came of all of them; where one raises, those that have not begun are not begun.

    Looks up now and then: a signal that comes just before a wait begins is heard only when that wait is over.
    """
    left, failed = set(futures), None
    while left and failed is None:
        ended, left = wait(left, timeout=_LOOK, return_when=FIRST_EXCEPTION)
        failed = next((each for each in ended if each.exception() is not None), None)
    for each in left:
        each.cancel()
    if failed is not None:
        failed.result()
    return [each.result() for each in futures]


class Attempts:
    """Sends batches over one channel; its pace and its breaker last for the run."""

    def __init__(
        self,
        channel: Channel,
        clock: Clock,
        effort: Effort,
        seed: str,
        named: Callable[[str], str] = lambda provider: provider,
        pace: Waiting | None = None,
    ) -> None:
        """Use `channel`; `seed` decides the share of chance in pauses, `named` what providers are called in `rests`.

        Without a `pace` that is shared with others, it is our own.
        """
        self.rests: dict[str, datetime] = {}
        """Until when providers asked to be let alone, by name: by this run, and by those before it."""

        self._named = named
        self._channel, self._clock, self._effort, self._seed = channel, clock, effort, seed
        self._policy = channel.policy
        self._pace = pace or Pace(self._policy.rate, clock)
        self._breaker = Breaker(effort.trip)
        self._vigil = Vigil(channel.name, effort.slow, effort.silence)

    def send(self, calls: Sequence[Call], done: Callable[[Verdict], None]) -> None:
        """Send `calls`, and call `done` once for each, as they come to an end; never for two at a time.

        Where `done` raises, what happened cannot be noted: no call begins any more, whatever another one waits for.
        """
        lock, mute = Lock(), Event()
        open_ = [_Try(call) for call in calls]
        began = self._clock.now()
        until, over = began + self._effort.patience, began + LEASE / 2

        def one(each: _Try) -> _Try | None:
            verdict = self._once(each, until, over, lambda: mute.is_set() or self._effort.ends())
            if verdict is None:
                return each
            with lock:
                try:
                    done(verdict)
                except BaseException:
                    mute.set()
                    raise
            return None

        with self._vigil.within(), ThreadPoolExecutor(max_workers=max(1, self._policy.parallel)) as workers:
            while open_:
                now = self._clock.now()
                ready = [each for each in open_ if each.due is None or each.due <= now or self._effort.ends()]
                if not ready:
                    due, why = min((each.due, each.last.reason if each.last else "") for each in open_ if each.due)
                    seconds = (due - now).total_seconds()
                    self._vigil.paused(seconds, why or "the provider asked to be let alone")
                    self._clock.sleep(max(0.001, seconds))
                    continue
                waiting = [each for each in open_ if each not in ready]
                if self._policy.parallel > 1:
                    again = _results([workers.submit(one, each) for each in ready])
                else:
                    again = [one(each) for each in ready]
                open_ = [*waiting, *(each for each in again if each is not None)]

    def _once(self, each: _Try, until: datetime, over: datetime, ends: Callable[[], bool]) -> Verdict | None:
        """Try once, unless it `ends` or is `over`; None where it is to be tried again in this run."""
        call = each.call
        if ends():
            return self._given_up(each, ENDED)
        provider = provider_of(self._channel.name, call.message.to)
        party = party_of(self._channel.name, call.message.to)
        if why := self._breaker.why_open(provider, party):
            return self._given_up(each, why)
        rest = self.rests.get(self._named(party))
        if rest is not None and self._clock.now() < rest:
            each.due = rest
            reason = f"the provider asked to be let alone until {rest.astimezone(UTC):%H:%M:%S} UTC"
            return None if rest <= until else self._given_up(each, reason)
        self._pace.wait()
        if ends():
            return self._given_up(each, ENDED)
        if self._clock.now() >= over:
            return self._given_up(each, SLOW)
        if (each.unsure or call.doubtful) and call.safe_until is not None and self._clock.now() >= call.safe_until:
            reason = "the provider has forgotten its key meanwhile"
            return Verdict(call=call, standing=Standing.UNKNOWN, reason=reason)
        each.attempts += 1
        receipt = each.last = self._channel.send(call.message, key=call.key, at=self._clock.now())
        self._vigil.moved()
        if receipt.outcome is Outcome.ACCEPTED:
            self._breaker.answered(provider, party)
            if receipt.retry_after is not None:
                self._rest(call, receipt.retry_after)
            return Verdict(call=call, standing=Standing.ACCEPTED, reference=receipt.reference)
        if receipt.halt:
            self._breaker.halt(provider, receipt.reason)
            return self._given_up(each, receipt.reason)
        if receipt.outcome is Outcome.REFUSED:
            self._breaker.answered(provider, party)
            return Verdict(call=call, standing=Standing.REFUSED, reason=receipt.reason, gone=receipt.gone)
        self._breaker.failed(provider, party, receipt.reason)
        if receipt.retry_after:
            self._rest(call, receipt.retry_after)
        if receipt.outcome is Outcome.UNKNOWN:
            each.unsure += 1
            if not self._may_repeat(each):
                return Verdict(call=call, standing=Standing.UNKNOWN, reason=receipt.reason)
        return None if self._waits(each, receipt, until) else self._given_up(each, receipt.reason)

    def _may_repeat(self, each: _Try) -> bool:
        """Whether a call that may have been taken may be made once more."""
        safe = each.call.safe_until
        if safe is not None:
            return self._clock.now() < safe  # After that the provider has forgotten the key: it is for people.
        return self._policy.repeat_unknown and each.unsure < 2

    def _waits(self, each: _Try, receipt: Receipt, until: datetime) -> bool:
        """Set when the next try is due; false where that is for another run."""
        if each.attempts >= self._effort.attempts:
            return False
        wanted = receipt.retry_after or timedelta(0)
        each.due = self._clock.now() + max(wanted, pause(self._effort, self._seed, each.call.key, each.attempts))
        return each.due <= until

    def _rest(self, call: Call, length: timedelta) -> None:
        """Let alone for `length` whoever asked for it."""
        name = party_of(self._channel.name, call.message.to)
        self.rests[self._named(name)] = self._clock.now() + length
        if name == self._channel.name:
            self._pace.rest(min(length, self._effort.patience))

    def _given_up(self, each: _Try, reason: str) -> Verdict:
        """Return what the next run is told: it was not taken, or it may have been and a repeat is safe."""
        standing = Standing.MAYBE if each.unsure or each.call.doubtful else Standing.LATER
        return Verdict(call=each.call, standing=standing, reason=reason or (each.last.reason if each.last else ""))
