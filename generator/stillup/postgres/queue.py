"""Jobs that wake workers, through procrastinate: it says who is next, and never what is so.

A job names a thing to do by its number. Jobs of one lock run one after the other, the higher priority first, then the
older; so of two messages to one person the first comes first, whichever workers send them.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, NamedTuple

import procrastinate
import psycopg
from procrastinate import exceptions, jobs

from stillup.errors import StillupError
from stillup.postgres.address import Address
from stillup.postgres.session import Cursor, options

NAME = "stillup"
"""Of the queue, and of the one task in it."""

BEAT = 5.0
"""Seconds between two signs of life of a worker."""

SILENT = 30.0
"""After so many seconds without one it is taken for dead."""

Do = Callable[[int, int], None]
"""Does what a number names, by the job of a number; it may raise `Elsewhere`."""


class Elsewhere(StillupError):
    """Nothing is wrong, but it cannot be done here: another worker may, or this one later."""


class Job(NamedTuple):
    """Something to do."""

    number: int
    lock: str
    priority: int


def tables() -> str:
    """Return the SQL of procrastinate's own tables."""
    return (files("procrastinate") / "sql" / "schema.sql").read_text(encoding="utf-8")


class Queue:
    """The jobs of one schema."""

    def __init__(self, address: Address) -> None:
        """Use the queue at `address`."""
        found = options(address)
        found["options"] = f"-c search_path={address.schema}"
        self._connector = procrastinate.PsycopgConnector(kwargs=found, min_size=1, max_size=4, timeout=20)
        self._app = procrastinate.App(connector=self._connector)
        # Its log names no person; but it is for people who look after queues, and goes nowhere unless they ask.
        for name in ("procrastinate", "psycopg.pool"):
            logging.getLogger(name).addHandler(logging.NullHandler())
            logging.getLogger(name).propagate = False

    def defer(self, cursor: Cursor, wanted: Iterable[Job]) -> None:
        """Put `wanted` into the queue, in the transaction of `cursor`; whatever waits there is taken out."""
        cursor.execute("DELETE FROM procrastinate_jobs WHERE queue_name = %s AND status <> 'doing'", (NAME,))
        made = [
            jobs.Job(
                queue=NAME,
                lock=each.lock,
                queueing_lock=None,
                task_name=NAME,
                task_kwargs={"number": each.number},
                priority=each.priority,
            )
            for each in wanted
        ]
        if made:
            self._app.job_manager.batch_defer_jobs(made, connection=cursor.connection)

    def work(self, do: Do, leave: Callable[[], None], *, parent: int = 0) -> None:
        """Do jobs as they come, one at a time and all in one thread, until a signal says stop.

        With `parent`, a process: until it is no more. In the end `leave` is called in the thread of the jobs.
        """
        with ThreadPoolExecutor(max_workers=1) as thread:
            try:
                asyncio.run(self._work(do, thread, parent))
            finally:
                thread.submit(leave).result()

    def silent(self, cursor: Cursor) -> set[int]:
        """Return the jobs whose worker has given no sign of life for long."""
        query = (
            "SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id "
            "WHERE j.queue_name = %s AND j.status = 'doing' "
            "AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %s))"
        )
        return {int(id) for (id,) in cursor.execute(query, (NAME, SILENT)).fetchall()}

    def failed(self, cursor: Cursor) -> int:
        """Return how many jobs ended in a fault."""
        query = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = %s AND status IN ('failed', 'aborted')"
        row = cursor.execute(query, (NAME,)).fetchone()
        return int(row[0]) if row else 0

    def again(self, cursor: Cursor, job: int) -> None:
        """Put a job whose worker is dead back into the queue."""
        with contextlib.suppress(psycopg.errors.RaiseException):  # It has come to an end meanwhile.
            cursor.execute(
                "SELECT procrastinate_retry_job_v2(%s, %s, NULL, NULL, NULL)", (job, datetime(2000, 1, 1, tzinfo=UTC))
            )

    async def _work(self, do: Do, thread: ThreadPoolExecutor, parent: int) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_unless_away)

        async def task(context: Any, number: int) -> None:
            await loop.run_in_executor(thread, do, number, int(context.job.id))

        self._app.task(
            name=NAME,
            queue=NAME,
            pass_context=True,
            retry=procrastinate.RetryStrategy(wait=3, retry_exceptions=[Elsewhere]),
        )(task)
        while True:
            async with self._app.open_async():
                worker = asyncio.ensure_future(
                    self._app.run_worker_async(
                        queues=[NAME],
                        concurrency=1,
                        fetch_job_polling_interval=1.0,
                        update_heartbeat_interval=BEAT,
                        stalled_worker_timeout=SILENT,
                        delete_jobs="successful",
                    )
                )
                watch = asyncio.ensure_future(_orphaned(parent))
                await asyncio.wait({worker, watch}, return_when=asyncio.FIRST_COMPLETED)
                watch.cancel()
                if not worker.done():
                    worker.cancel()
                try:
                    await worker
                    return
                except asyncio.CancelledError:
                    return
                except (exceptions.ConnectorException, psycopg.Error):
                    pass  # The database went away; what is under way goes on by its own connection.
            await asyncio.sleep(1)


def _unless_away(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report what went wrong beside the work, but not that the database was away: its jobs are given out again."""
    if not isinstance(context.get("exception"), (exceptions.ConnectorException, psycopg.Error)):
        loop.default_exception_handler(context)


async def _orphaned(parent: int) -> None:
    """Return when `parent`, which started us, is no more."""
    while not parent or os.getppid() == parent:
        await asyncio.sleep(0.5)
