"""The event log as it stood at an instant: the end that it had, and where the records of then say otherwise.

What is to be logged of a record is what the next publish would append to it. So git and the log agree about an instant
exactly where nothing was to be appended then; everything else is told, with what became of it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import takewhile

from stillup.delivery.event_log import Reader
from stillup.delivery.event_log.entry import Draft, Logged
from stillup.frozen import dataclass
from stillup.pipeline.event_log.draft import drafts, part_of, removals
from stillup.records.incident import Incident
from stillup.records.moment import utc
from stillup.views.code import origin
from stillup.views.edition import Edition
from stillup.views.event_log import Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One point on which git and the log say different things of an instant."""

    kind: str
    """`not_logged`, `other_words`, `only_logged` or `other_commits`."""

    key: str
    """`<incident>/<update>` and so on; empty where it is about no single one."""

    said: str
    """What each of the two says, in a sentence."""


class LogThen:
    """A log up to the last entry before the first that was appended after an instant: that others came is not seen."""

    def __init__(self, log: Reader, at: datetime) -> None:
        """Read `log` as it stood at `at`, by the clock of whoever appended."""
        self._log, self._head = log, None
        for each in takewhile(lambda each: each.entry.logged_at <= at, log.entries()):
            self._head = Head(seq=each.seq, hash=each.hash)

    @property
    def last(self) -> int:
        """The number of the newest entry; 0 where it had not begun."""
        return self._head.seq if self._head else 0

    def head(self) -> Head | None:
        """See `Reader`."""
        return self._head

    def find(self, key: str) -> Logged | None:
        """See `Reader`."""
        found = self._log.find(key)
        return found if found is not None and found.seq <= self.last else None

    def of(self, incident: str) -> tuple[Logged, ...]:
        """See `Reader`."""
        return tuple(each for each in self._log.of(incident) if each.seq <= self.last)

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Logged]:
        """See `Reader`."""
        end = min(last or self.last, self.last)
        return self._log.entries(first, end) if first <= end else iter(())

    def is_known(self, key: str) -> bool:
        """See `Reader`."""
        return self._head is not None and self._log.is_known(key)

    def next(self, incident: str, part: str) -> Logged | None:
        """Return the first entry about `part` of an incident that came after the instant."""
        later = (each for each in self._log.of(incident) if each.seq > self.last and part_of(each.entry.key) == part)
        return next(later, None)


def differences(
    then: LogThen, edition: Edition, records: Mapping[str, Incident], commits: frozenset[str]
) -> Iterator[Difference]:
    """Yield where the log of `then` and git differ, by incident.

    `records`: by the first id that each had, as git has them at the edition's instant. `commits`: the whole ids of
    every commit in the history of what is checked out.
    """
    if then.head() is None:
        return
    told: dict[str, list[Logged]] = {}
    for each in then.entries():
        told.setdefault(each.entry.incident, []).append(each)
    began = next(then.entries(1, 1)).entry.logged_at
    for first, record in records.items():
        if first not in told and _is_settled(then, record, began):
            continue
        for draft in drafts(edition, record, then, compare=first in told):
            yield _difference(then, draft, told.get(first, []))
    for first in sorted(told.keys() - records.keys() - {""}):
        for draft in removals(first, told[first], (), edition.at):
            yield _difference(then, draft, told[first])
    yield from _strange(then, commits)


def _is_settled(then: LogThen, record: Incident, began: datetime) -> bool:
    """Whether everything of a record was public before the log began, so that nothing of it is logged."""
    first, newest = record.updates[0], record.updates[-1]
    return newest.at < began and then.is_known(f"{origin(record)}/{first.id}")


def _difference(then: LogThen, draft: Draft, told: list[Logged]) -> Difference:
    part = part_of(draft.key)
    newest = next((each for each in reversed(told) if part_of(each.entry.key) == part), None)
    if draft.kind.endswith("_removed"):
        assert newest is not None, "only what is logged can have been removed"
        return Difference(kind="only_logged", key=part, said=_only_logged(then, draft, newest))
    if draft.kind.endswith("_edited") and newest is not None:
        return Difference(kind="other_words", key=part, said=_other_words(then, draft, newest))
    came = then.next(draft.incident, part)
    so = f"it came as entry {came.seq}, at {utc(came.entry.logged_at)}" if came else "no later entry tells it"
    kind = draft.kind.replace("_", ".", 1)
    return Difference(
        kind="not_logged", key=draft.key, said=f"Git has it by then ({kind}), and the log had not yet: {so}."
    )


def _only_logged(then: LogThen, draft: Draft, newest: Logged) -> str:
    came = then.next(draft.incident, part_of(draft.key))
    so = f" Entry {came.seq} of {utc(came.entry.logged_at)} says {_kind(came)}." if came else ""
    return f"The log has it by then, as {_entry(newest)}, and git has not.{so}"


def _other_words(then: LogThen, draft: Draft, newest: Logged) -> str:
    """Return what stands in git and in the log, of each field that differs."""
    if newest.telling is None or newest.entry.kind.endswith("_removed"):
        return f"Git has it by then, and the log says {_kind(newest)}, in entry {newest.seq}."
    git, log = _fields(draft.content), _fields(newest.telling.content)
    names = [name for name in git | log if git.get(name) != log.get(name)]
    each = "; ".join(f"{name} in git {git.get(name, 'none')!r}, in the log {log.get(name, 'none')!r}" for name in names)
    came = then.next(draft.incident, part_of(draft.key))
    so = f" Entry {came.seq} of {utc(came.entry.logged_at)} says {_kind(came)}." if came else ""
    return f"It reads otherwise than in {_entry(newest)}: {each or 'a translation'}.{so}"


def _fields(content: Mapping[str, object]) -> dict[str, str]:
    """Return what an entry says, by name, as far as two entries about one update are compared."""
    update, incident, components = content["update"], content["incident"], content["components"]
    assert isinstance(update, Mapping)
    assert isinstance(incident, Mapping)
    assert isinstance(components, list)
    left_out = {"id", "url", "html", "published_at", "next_update_at", "correction"}
    return {
        **{name: str(incident[name]) for name in ("title", "started_at", "ended_at") if incident.get(name)},
        **{name: str(text) for name, text in update.items() if text and name not in left_out},
        **{each["id"]: str(each["after"]) for each in components},
    }


def _strange(then: LogThen, commits: frozenset[str]) -> Iterator[Difference]:
    """Yield that entries name commits which git does not know: history was rewritten, or they are another branch's."""
    named: dict[str, list[int]] = {}
    for each in then.entries():
        if each.entry.commit:
            named.setdefault(each.entry.commit, []).append(each.seq)
    lengths = {len(commit) for commit in named}
    known = {commit[:length] for commit in commits for length in lengths}
    strange = {commit: entries for commit, entries in named.items() if commit not in known}
    for commit, entries in strange.items():
        many = "Entries" if len(entries) > 1 else "Entry"
        verb = "name" if len(entries) > 1 else "names"
        yield Difference(
            kind="other_commits",
            key="",
            said=f"{many} {', '.join(map(str, entries))} {verb} commit {commit}, which is not in the history of what "
            "is checked out: it was rewritten, or another branch was published.",
        )


def _entry(each: Logged) -> str:
    return f"entry {each.seq} of {utc(each.entry.logged_at)} ({_kind(each)})"


def _kind(each: Logged) -> str:
    return each.entry.kind.replace("_", ".", 1)
