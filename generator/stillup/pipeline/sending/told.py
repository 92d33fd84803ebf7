"""What is told of a page's records: the events of a run, and the messages about them as of any commit."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from stillup.delivery.entry import Beginning
from stillup.delivery.plan import is_before
from stillup.delivery.port import Gone
from stillup.errors import Level, Problem, StillupError
from stillup.messages.event import BREACH, Event
from stillup.messages.events import DIGEST, digests
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient
from stillup.pipeline.building.run import Run
from stillup.pipeline.git.repository import Repository
from stillup.pipeline.reading.telling import events_of, lasting
from stillup.pipeline.sending.compose import compose, summarise
from stillup.pipeline.sending.writer import Insight
from stillup.records import configuration
from stillup.records.incident import Incident
from stillup.timeline.publication import AHEAD
from stillup.views.code import origin

_WRITTEN = ("incidents", "components", "messages")
"""What messages are made of; with the settings."""


def outliving(found: Sequence[Event], record: Incident) -> Iterator[Event]:
    """Return the events of `record` under keys that outlive its name: those of the first name it had."""
    first = origin(record)
    for event in found:
        yield (
            event
            if first == record.id
            else replace(
                event,
                incident=first,
                key=lasting(event.key, record),
                concerns=lasting(event.concerns, record) if event.concerns else "",
            )
        )


def events(
    run: Run,
    insight: Insight,
    since: datetime,
    also: Sequence[str] = (),
    *,
    beginning: Beginning | None = None,
    digest: dict[str, tuple[Event, ...]] | None = None,
) -> list[Event]:
    """Return every event from `since` on, and those whose keys are in `also`, in the order in which they are told.

    With `digest`, one for each day that is over, of what was told since the `beginning` of the ledger; what each sums
    up is put there, by its key.
    """
    wanted = frozenset(also)
    again = {key.partition("/")[0] for key in wanted}
    early = since - timedelta(days=2)
    ids = {story.id for story in run.index.lately(int((early - AHEAD).timestamp()))}
    known = {story.id for story in run.index.lately(0)} if again - ids else ids
    found = [
        event
        for id in sorted(ids | (again & known))
        for event in told_of(run, insight, run.record(id))
        if event.at >= early or event.key in wanted
    ]
    if digest is not None:
        for whole, parts in summed(run, insight, found, beginning):
            digest[whole.key] = parts
            found.append(whole)
    chosen = [event for event in found if event.at >= since or event.key in wanted]
    return sorted(chosen, key=lambda event: (event.at, event.sequence, event.key))


def told_of(run: Run, insight: Insight, record: Incident) -> Iterator[Event]:
    """Return everything that is told of `record`, under keys that outlive its name."""
    return outliving(events_of(run.edition, record, approved=insight.approved(record)), record)


def withheld(run: Run, insight: Insight) -> frozenset[str]:
    """Return the lasting names of incidents of which insiders cannot be told."""
    records = [run.record(id) for id in insight.withheld & run.index.ids()]
    return frozenset(map(origin, records))


def concerned(run: Run, insight: Insight, found: Iterable[Event]) -> Mapping[str, frozenset[tuple[str, str]]]:
    """Return whom alone the notices of a breach in `found` concern, by the lasting name of the incident."""
    result = {}
    for incident in {event.incident for event in found if event.kind == BREACH}:
        record = record_of(run, incident)
        people = insight.concerned(record) if record is not None else None
        if people is not None:
            result[incident] = people
    return result


def unlimited(run: Run, found: Iterable[Event], limits: Mapping[str, object]) -> tuple[Problem, ...]:
    """Return a warning for each notice of a breach in `found` that goes to everybody, concerned or not."""
    place = run.edition.settings.private.rstrip("/")
    firsts = {event.incident for event in found if event.kind == BREACH} - limits.keys()
    names = sorted(record.id for first in firsts if (record := record_of(run, first)) is not None)
    return tuple(
        Problem(
            file=f"{place}/incidents/{name}.yml",
            field="personal_data.customers",
            code="breach",
            level=Level.WARNING,
            message="The notice of a breach goes to every subscriber, since nothing says whose data they are.",
            fix="Write the ids of those customers before legal_approved.",
        )
        for name in names
    )


def summed(
    run: Run, insight: Insight, found: Sequence[Event], beginning: Beginning | None
) -> tuple[tuple[Event, tuple[Event, ...]], ...]:
    """Return the digests of `found`, each with what it sums up: nothing from before the `beginning`.

    A notice of a breach that concerns only some is not summed up: they are told by themselves.
    """
    limits = concerned(run, insight, found)
    told = (event for event in found if event.kind != BREACH or event.incident not in limits)
    since = [event for event in told if beginning is None or not is_before(event, beginning)]
    return digests(since, run.edition.zone, run.edition.at)


def newest(run: Run, ids: Sequence[str]) -> Iterator[Event]:
    """Return of each record the newest update of which people are told."""
    for id in ids:
        record = run.record(id)
        told = [
            event
            for event in outliving(events_of(run.edition, record), record)
            if not event.silent and event.key.partition("/")[2] in {update.id for update in record.updates}
        ]
        yield from told[-1:]


class Composer:
    """Makes messages as of commits: today's from the run, others from a checkout of their own."""

    def __init__(self, run: Run, insight: Insight, commit: str, beginning: Beginning | None = None) -> None:
        """Use `run`, which has read the records of `commit`; the ledger counts from its `beginning`."""
        self.commit = commit
        self._run, self._insight, self._beginning = run, insight, beginning
        self._others: dict[str, Run] = {}
        self._events: dict[tuple[str, str], tuple[Event, tuple[tuple[Incident, Event], ...]]] = {}
        """By commit and lasting key: the event, and what tells it under its record's own key: of a digest many."""

        self._folder: Path | None = None

    def compose(
        self, commit: str, event: str, channel: str, first: bool, recipients: Sequence[Recipient]
    ) -> list[Message]:
        """See `stillup.delivery.port.Composer`."""
        run = self._at(commit)
        self.event(commit, event)
        whole, parts = self._events[commit, event]
        if whole.kind == DIGEST:
            return summarise(run, whole, parts, recipients)
        ((record, own),) = parts
        return compose(run, self._insight, record, own, recipients, first=first)

    def event(self, commit: str, event: str) -> Event:
        """See `stillup.delivery.port.Composer`."""
        if (commit, event) not in self._events:
            first = event.partition("/")[0]
            self._read(self._at(commit), commit, "" if first == DIGEST else first)
            if (commit, event) not in self._events:
                raise Gone(f"commit {commit[:10]} does not tell {event}")
        if commit != self.commit:
            for record, _ in self._events[commit, event][1]:
                self._refuse_redacted(record)
        return self._events[commit, event][0]

    def parts(self, commit: str, event: str) -> tuple[Event, ...]:
        """Return what an event that was asked for sums up: of a digest several, of others itself."""
        return tuple(own for _, own in self._events[commit, event][1])

    def _refuse_redacted(self, old: Incident) -> None:
        """See that nothing is made of a record as it was, where a text was taken out of it since.

        Raises:
            Gone: one was.
        """
        first = origin(old)
        now = record_of(self._run, first)
        if now is not None and redacted(now) - redacted(old):
            raise Gone(f"a text of {first} was removed since it was made")

    def _read(self, run: Run, commit: str, first: str) -> None:
        """Learn the events of the record whose first name was `first`; without one of all, for digests."""
        record = record_of(run, first) if first else None
        if first and record is None:
            raise Gone(f"commit {commit[:10]} has no record {first}")
        records = [record] if record is not None else [run.record(story.id) for story in run.index.lately(0)]
        found: dict[str, tuple[Incident, Event]] = {}
        kept: list[Event] = []
        for each in records:
            own = events_of(run.edition, each, approved=self._insight.approved(each))
            for event, lasts in zip(own, outliving(own, each), strict=True):
                self._events[commit, lasts.key] = (lasts, ((each, event),))
                found[lasts.key] = (each, event)
                kept.append(lasts)
        if not first:
            for whole, parts in summed(run, self._insight, kept, self._beginning):
                self._events[commit, whole.key] = (whole, tuple(found[part.key] for part in parts))

    def close(self) -> None:
        """Remove the checkouts."""
        for run in self._others.values():
            run.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _at(self, commit: str) -> Run:
        if commit == self.commit:
            return self._run
        if commit not in self._others:
            self._others[commit] = self._opened(commit)
        return self._others[commit]

    def _opened(self, commit: str) -> Run:
        """Return a run on the records as they were at `commit`."""
        root = self._run.root
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="stillup-"))
        target = self._folder / commit[:40]
        try:
            top, inner = _git(root, "rev-parse", "--show-toplevel", "--show-prefix").splitlines()
            _git(root, "cat-file", "-e", f"{commit}^{{commit}}")
            _git(root, "clone", "--quiet", "--shared", "--no-checkout", top, str(target))
            _git(target, "checkout", "--quiet", "--detach", commit)
        except (StillupError, ValueError):
            raise Gone(f"commit {commit[:10]} is no more") from None
        run = Run(
            target / inner,
            at=self._run.edition.at,
            site_dir=target / "site",
            work=self._folder / f"{commit[:40]}.work",
            live=False,
            keep_last_good=True,
        )
        run.chain = self._run.chain.lent()
        run.read()
        return run


def record_of(run: Run, first: str) -> Incident | None:
    """Return the record whose first name was `first`."""
    ids = [story.id for story in run.index.lately(0)]
    records = map(run.record, [first] if first in ids else ids)
    return next((each for each in records if first in (each.id, *each.formerly[:1])), None)


def redacted(record: Incident) -> frozenset[tuple[str, datetime]]:
    """Return which parts of `record` lost a text, and when: ids of updates, `postmortem`, or `title`."""
    found = {(update.id, update.redacted.at) for update in record.updates if update.redacted}
    if record.redacted:
        found.add(("title", record.redacted.at))
    if record.postmortem and record.postmortem.redacted:
        found.add(("postmortem", record.postmortem.redacted.at))
    return frozenset(found)


def committed(root: Path) -> str:
    """Return the commit that the records at `root` stand at.

    Raises:
        StillupError: there is none, or something that messages are made of is not committed.
    """
    repository = Repository(root, "Sending")
    commit = repository.commit("HEAD")
    below = (*_WRITTEN, configuration.name(root))
    changed = sorted(repository.changed(commit, *below))
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise StillupError(
            f"{changed[0]}{more} is not committed. A message is sent from a commit, so that a second try sends the "
            "same bytes. Commit first."
        )
    return commit


def horizon(at: datetime, swept: datetime | None, beginning: datetime | None, longest: timedelta) -> datetime:
    """Return from which instant on events must be looked at: what is before is settled, or too late anyhow."""
    known = [each for each in (swept, beginning) if each is not None]
    return max(known) if known else at - longest


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise StillupError("Sending needs git, which is not installed.") from None
    if done.returncode != 0:
        raise StillupError(done.stderr.strip())
    return done.stdout
