"""One of several publishers at once: `python -m tests.delivery.publisher KIND PLACE URL PEOPLE GATE`.

It starts when the file GATE is there.
"""

import sys
import time
from pathlib import Path

from stillup.delivery.owner import owner
from stillup.delivery.pace import Effort
from stillup.delivery.plan import Rules
from tests.delivery import world
from tests.delivery.child import open_ledger


def main(kind: str, place: str, url: str, people: str, gate: str) -> None:
    ledger = open_ledger(kind, place)
    print("ready", flush=True)
    while not Path(gate).exists():
        time.sleep(0.01)
    run = world.dispatch(
        ledger,
        world.Post(url, world.REPEAT),
        world.List(range(int(people))),
        clock=world.Wall(),
        owner=owner(),
        rules=Rules(at=world.AT, beginning=ledger.beginning()),
        effort=Effort(),
    )
    run.run([world.event("cards/one", opening=True), world.event("cards/two"), world.event("rails/one", opening=True)])
    assert run.tally.missing == 0, run.tally
    assert run.tally.is_complete, run.tally
    ledger.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
