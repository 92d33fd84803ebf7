"""A worker: does shares of deliveries as they come, until it is told to stop."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from uuid import UUID

from stillup.delivery.ledger import LedgerError
from stillup.delivery.ledger.place import open_ledger
from stillup.delivery.ledger.postgres import PostgresLedger
from stillup.delivery.owner import owner
from stillup.delivery.pace import Clock, Effort
from stillup.delivery.share import Share, Shares
from stillup.errors import StillupError
from stillup.pipeline.building.build import work_folder
from stillup.pipeline.building.run import Run
from stillup.pipeline.event_log.reading import fetch
from stillup.pipeline.sending.audience import Audience
from stillup.pipeline.sending.deliver import ready, rules_of
from stillup.pipeline.sending.share import Teller
from stillup.pipeline.sending.told import committed
from stillup.postgres import migration
from stillup.postgres.address import address
from stillup.postgres.queue import Elsewhere, Queue
from stillup.records import configuration


def work(root: Path, *, clock: Clock, environment: Mapping[str, str], seed: str = "", parent: int = 0) -> None:
    """Do shares of the page at `root` until a signal says stop, or with `parent` until that process is no more.

    Raises:
        StillupError: the ledger is not in PostgreSQL, or cannot be opened.
    """
    settings, _ = configuration.settings(root)
    if not settings.ledger.startswith("postgresql://"):
        raise StillupError("Workers share a ledger in PostgreSQL. Write ledger: postgresql://user@host/database.")
    ledger = open_ledger(settings.ledger, root)
    assert isinstance(ledger, PostgresLedger)
    place = address(settings.ledger)
    try:
        ledger.session.read(lambda cursor: migration.check(cursor, place, "queue", LedgerError))
        hand = _Hand(root, Shares(ledger.session), clock, environment, seed)
        Queue(place).work(hand.do, hand.leave, parent=parent)
    finally:
        ledger.close()


class _Hand:
    """Keeps open what the delivery at hand needs."""

    def __init__(self, root: Path, shares: Shares, clock: Clock, environment: Mapping[str, str], seed: str) -> None:
        self._root, self._shares, self._clock = root, shares, clock
        self._environment, self._seed = environment, seed
        self._at: tuple[UUID, datetime, str] | None = None
        self._teller: Teller | None = None
        self._stack = ExitStack()

    def do(self, number: int, job: int) -> None:
        """Tell one share."""
        share = self._shares.begin(number, owner(), job)
        if share is None:
            return  # It is done, or its delivery is over.
        self._shares.end(number, self._of(share).tell(share))

    def leave(self) -> None:
        """Close what is open."""
        self._stack.close()

    def _of(self, share: Share) -> Teller:
        wanted = (share.delivery, share.at, share.commit)
        if self._teller is None or self._at != wanted:
            self._stack.close()
            self._at, self._teller = None, None
            if committed(self._root) != share.commit:
                raise Elsewhere(f"The records here do not stand at {share.commit[:10]}.")
            self._stack = ExitStack()
            self._teller, self._at = self._opened(share), wanted
        return self._teller

    def _opened(self, share: Share) -> Teller:
        site, folder = work_folder(self._root)
        stack = self._stack
        folder = stack.enter_context(_own(folder))
        run = stack.enter_context(Run(self._root, at=share.at, site_dir=site, work=folder, keep_last_good=True))
        settings = run.edition.settings
        there = ready(self._root, settings, self._environment)
        stack.callback(there.ledger.close)
        assert isinstance(there.ledger, PostgresLedger)
        fetch(self._root, settings.ledger)
        run.read()
        audience = Audience.open(self._root, settings, self._environment, there.keyring)
        stack.callback(audience.close)
        return Teller(
            run,
            there.ledger,
            there.keyring,
            audience,
            rules_of(run, there.ledger),
            there.commit,
            environment=self._environment,
            clock=self._clock,
            seed=self._seed,
            effort=Effort(),
            stack=stack,
        )


@contextmanager
def _own(folder: Path) -> Iterator[Path]:
    """Return a folder in `folder` that nobody else works in: what is kept of records is for one process at a time.

    It outlives the worker, so that the next one need not read everything anew.
    """
    for number in count(1):
        place = folder / f"worker-{number}"
        place.mkdir(parents=True, exist_ok=True)
        with (place / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield place
            return
