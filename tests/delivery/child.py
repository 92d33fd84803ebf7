"""A run that kills itself with -9 at one moment: `python -m tests.delivery.child KIND PLACE URL POLICY MOMENT NUMBER`.

The moment is `before` or `after` one of the numbered steps of `stillup.delivery.dispatch`.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stillup.delivery.ledger import Ledger
from stillup.delivery.owner import owner
from tests.delivery import world

PEOPLE = 5


def open_ledger(kind: str, place: Path | str) -> Ledger:
    if kind == "postgres":
        from stillup.delivery.ledger import place as places

        return places.open_ledger(str(place), Path())
    if kind == "sqlite":
        from stillup.delivery.ledger.sqlite import SqliteLedger

        return SqliteLedger(Path(place))
    from stillup.delivery.ledger.git import GitLedger

    return GitLedger(Path(place), "origin", "refs/stillup/ledger")


def fatal(method: Callable[..., Any], when: str, chosen: Callable[..., bool], number: int) -> Callable[..., Any]:
    """Return `method`, whose `number`-th call is the end, before or after its effect."""
    calls = 0

    def call(*words: Any, **named: Any) -> Any:
        nonlocal calls
        calls += chosen(*words)
        end = calls == number and chosen(*words)
        if end and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = method(*words, **named)
        if end and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return call


def main(kind: str, place: str, url: str, policy: str, moment: str, number: str) -> None:
    ledger = open_ledger(kind, place)
    channel = world.Post(url, getattr(world, policy))
    when, _, step = moment.partition(" ")
    if step == "call":
        channel.send = fatal(channel.send, when, lambda *_: True, int(number))  # type: ignore[method-assign]
    elif step == "claim":
        ledger.claim = fatal(ledger.claim, when, lambda *_: True, int(number))  # type: ignore[method-assign]
    elif step:
        is_it = {"receipt": "answer", "settle": "settled"}[step]
        ledger.record = fatal(  # type: ignore[method-assign]
            ledger.record, when, lambda said: any(each.kind == is_it for each in said), int(number)
        )
    run = world.dispatch(ledger, channel, world.List(range(PEOPLE)), clock=world.Hands(), owner=owner())
    run.run([world.event("cards/one", opening=True)])
    ledger.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
