"""Alerts that are sent to us: kept for good before the sender hears so, worked out afterwards, written, pushed.

What is kept cannot be lost: working it out is tried again until it succeeds, and starts from everything kept.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from stillup import errand
from stillup.errors import RecordError, StillupError
from stillup.intake.alert import inbox
from stillup.intake.alert.alert import Alert
from stillup.intake.alert.notification import LARGEST, SOURCES, alerts
from stillup.intake.alert.signature import genuine
from stillup.intake.speech import understood
from stillup.pipeline.change.handover import PAUSES
from stillup.pipeline.serving.alerts import SUBJECT, Received, folder_of, receive
from stillup.pipeline.serving.carry import Before, carry
from stillup.records.settings import Settings

__all__ = ["ENQUEUE", "LARGEST", "SOURCES", "Inlet", "secret_of", "settle"]

log = logging.getLogger("stillup.serve")

ENQUEUE = "/intake/pagerduty/v2/enqueue"
"""Where clients of PagerDuty's Events API v2 send their events: some of them add the last two words themselves."""

AGAIN = timedelta(minutes=1)
"""How soon after a failure it is tried again."""

FAREWELL = 5.0
"""Seconds in which a round that is under way may come to an end, when the application does."""


LEAST = 16
"""Characters of each of two secrets: a shorter part of one that has a space in it would be guessed."""


def secrets_of(written: str) -> tuple[str, ...]:
    """Return the secrets that a variable holds: two, divided by a space, while one takes the place of the other."""
    parts = tuple(written.split())
    return parts if len(parts) == 2 and all(len(each) >= LEAST for each in parts) else (written,) if written else ()


def secret_of(source: str) -> str:
    """Return the environment variable that holds the secret shared with `source`."""
    return f"STILLUP_INTAKE_{source.upper()}_SECRET"


class Inlet:
    """Takes notifications of any number of senders at once; one thread works out what they amount to."""

    def __init__(
        self,
        root: Path,
        settings: Settings,
        environment: Mapping[str, str],
        now: Callable[[], datetime],
        *,
        commit: bool = False,
        push: bool = False,
    ) -> None:
        """Work for the page at `root`; `now` is the clock."""
        self._root, self._folder, self._now = root, folder_of(root, settings), now
        self._secrets = {source: secrets_of(environment.get(secret_of(source), "")) for source in SOURCES}
        self._commit, self._push = commit, push
        self._news, self._ends = threading.Event(), threading.Event()
        self.trouble = ""
        """Why what is kept could not be worked out; empty where it could."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the senders that can prove who they are."""
        return tuple(source for source, secrets in self._secrets.items() if secrets)

    def take(self, source: str, body: bytes, headers: Mapping[str, str]) -> tuple[HTTPStatus, str]:
        """Keep a notification of at most `LARGEST` bytes; return the answer: a good one says that it is on the disk.

        A sender such as Alertmanager drops what is answered with 4xx, so load and trouble of ours are 503.
        """
        now = self._now()
        # Each of them is tried, so that the time says nothing.
        proved = [genuine(source, body, headers, secret, now) for secret in self._secrets[source]]
        if not any(proved):
            return HTTPStatus.UNAUTHORIZED, f"not signed with {secret_of(source)}"
        try:
            told = alerts(source, body, at=self._now(), name=source)
        except RecordError as error:
            log.warning("%s", error)
            return HTTPStatus.BAD_REQUEST, str(error)
        try:
            new = inbox.keep(self._folder, told)
        except OSError as error:
            log.error("an alert could not be kept: %s", error)
            return HTTPStatus.SERVICE_UNAVAILABLE, "it could not be kept"
        self._news.set()
        return HTTPStatus.OK, f"{new} new"

    def enqueue(self, body: bytes, headers: Mapping[str, str]) -> tuple[HTTPStatus, dict[str, object]]:
        """Keep an event as `take` does; return the answer in the words of PagerDuty's Events API v2."""
        status, said = self.take("pagerduty", body, headers)
        if status != HTTPStatus.OK:
            return status, {"status": "invalid event", "message": said, "errors": [said]}
        event = {"status": "success", "message": "Event processed", "dedup_key": understood(body).get("dedup_key")}
        return HTTPStatus.ACCEPTED, event

    @contextmanager
    def working(self) -> Iterator[None]:
        """Work out what is kept, now and whenever something comes or is due, until the end of the block.

        A round that outlasts the block for long is left alone, and the process may end in the middle of it: the next
        one makes up for that, as after a crash. A remote that does not answer is not asked any longer.
        """
        thread = threading.Thread(target=self._work, name="intake", daemon=True)
        if self.sources:
            thread.start()
        try:
            yield
        finally:
            self._ends.set()
            self._news.set()
            if thread.ident is not None:
                thread.join(FAREWELL)
                errand.end_all()
                thread.join(1.0)
                if thread.is_alive():
                    log.warning("alerts are kept, and were still being worked out: the next start does it")

    def _work(self) -> None:
        while not self._ends.is_set():
            self._news.clear()
            due = self._round()
            wait = None if due is None else max((due - self._now()).total_seconds(), 0.0)
            self._news.wait(wait)

    def _round(self) -> datetime | None:
        """Work out once what is kept; return when to do so again though nothing comes."""
        try:
            received = settle(self._root, at=self._now().replace(microsecond=0), commit=self._commit, push=self._push)
        except Exception as error:  # whatever it is: nobody else would work out the alerts that come after this one
            known = isinstance(error, (StillupError, OSError))
            log.error("alerts are kept, and could not be worked out: %s", error, exc_info=None if known else error)
            self.trouble = f"{type(error).__name__}: {error}"
            return self._now() + AGAIN
        self.trouble = ""
        for path in received.written:
            log.info("wrote %s", path)
        for problem in received.problems:
            log.warning("%s", problem)
        for name in received.unknown:
            log.warning("%s fires, and no rule knows it", name)
        return received.due


def settle(
    root: Path,
    told: Iterable[Alert] = (),
    *,
    at: datetime,
    commit: bool,
    push: bool,
    pauses: Sequence[float] = PAUSES,
) -> Received:
    """Keep `told`, write what all alerts kept amount to at `at`; `commit` it, and `push` it on top of others' commits.

    Raises:
        RecordError: records are unsound.
        StillupError: git refuses; alerts stay kept, and the next run goes on.
    """
    if not (commit or push):
        return receive(root, told, at=at)
    waiting, rounds = [list(told)], list[Received]()

    def work(before: Before) -> list[str]:
        rounds.append(receive(root, waiting.pop() if waiting else (), at=at, before=before))
        return rounds[-1].written

    made = carry(root, work, SUBJECT, push=push, pauses=pauses)
    return replace(rounds[-1], new=rounds[0].new, commit=made)
