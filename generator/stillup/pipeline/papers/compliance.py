"""The evidence bundle: what git, ledger and records prove of a period, in files whose hashes stand beside them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from stillup.delivery.audit import contents, faults
from stillup.errors import Problem, StillupError
from stillup.frozen import dataclass
from stillup.pipeline.approval.approved import Approved
from stillup.pipeline.event_log.reading import standing
from stillup.pipeline.git.repository import SIGNED, Repository
from stillup.pipeline.papers import report
from stillup.pipeline.papers.clock import read
from stillup.pipeline.sending.ledger import seen
from stillup.records import configuration
from stillup.records.private.store import Private
from stillup.records.settings import Settings
from stillup.records.store import Records
from stillup.reports.compliance import compliance
from stillup.reports.document import Document
from stillup.reports.evidence import LOST, Chained, Commit, Delivery, Evidence
from stillup.timeline.clock import board, exercise
from stillup.timeline.clock.clock import Clock
from stillup.timeline.metric_period import Period

SUMS = "SHA256SUMS"
LINES = "ledger.jsonl"
"""The ledger's own lines, so that its chain can be worked out again without us. They name nobody."""

_SECOND = timedelta(seconds=1)
_CHANGED = ("incidents", "components", "messages", "site_overrides")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The document and what goes with it."""

    document: Document
    settings: Settings
    warnings: tuple[Problem, ...]
    lines: bytes
    """The ledger as it is; empty where there is none."""


def bundle(root: Path, chosen: Callable[[str], Period], *, at: datetime) -> Bundle:
    """Return the evidence of the period that `chosen` returns for the page's zone, as known at `at`.

    Raises:
        RecordError: a record cannot be used.
        StillupError: the ledger cannot be read, or the period was over when the records began.
    """
    records, private, warnings = read(root)
    survey = report.surveyed(root, records, private, at=at)
    period = report.known(survey, chosen(survey.settings.timezone))
    ledger, deliveries, undated, lines = _ledger(root, survey.settings, period, at)
    ids = {case.id for case in survey.counted(period)}
    found = Evidence(
        commits=_commits(root, survey.settings, period, at),
        deliveries=deliveries,
        undated=undated,
        ledger=ledger,
        log=_log(root, survey.settings),
        clocks=tuple(each for each in _clocks(records, private, survey.settings, at) if each.incident in ids),
        drills=tuple(_exercises(private, survey.settings, period, at)),
    )
    made = compliance(survey, period, found)
    return Bundle(document=made, settings=survey.settings, warnings=warnings, lines=lines)


def write(root: Path, made: Bundle) -> tuple[Path, ...]:
    """Write the bundle, and the hash of each of its files; return them, the document first.

    Raises:
        RecordError: the private folder is published, so nothing is written.
        StillupError: there is no private folder.
    """
    files = list(report.write(root, made.settings, [made.document]))
    folder = files[0].parent
    if made.lines:
        (folder / LINES).write_bytes(made.lines)
        files.append(folder / LINES)
    sums = "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(files))
    (folder / SUMS).write_text(sums, encoding="utf-8")
    return (*files, folder / SUMS)


def _commits(root: Path, settings: Settings, period: Period, at: datetime) -> tuple[Commit, ...] | None:
    """Return the commits of the period, up to `at`, that changed what is published; None where there is no git."""
    try:
        repository = Repository(root, "The evidence of changes")
        repository.commit("HEAD")
    except StillupError:
        return None  # which the document says
    approved_later = Approved(root, settings.approval, repository)
    below = (*_CHANGED, configuration.name(root), configuration.folder(root, "docs_dir"))
    return tuple(
        Commit(
            id=id,
            at=datetime.fromtimestamp(int(seconds), UTC),
            author=author,
            committer=committer,
            signature=SIGNED.get(letter, f"signature not checked ({letter})"),
            approved=(*filter(None, approved.split("\x1f")), *approved_later.by(id, paths)),
            subject=subject,
            paths=paths,
        )
        for id, (seconds, author, committer, letter, approved), subject, paths in repository.between(
            period.start, min(period.end, at + _SECOND), *below
        )
    )


def _log(root: Path, settings: Settings) -> Chained | None:
    """Return how the public event log stands; None where there is none."""
    found = standing(root)
    if found is None or found.head is None:
        return None
    kind = settings.ledger.partition(":")[0]
    return Chained(place=kind, lines=found.head.seq, head=found.head.hash, faults=found.faults)


def _ledger(
    root: Path, settings: Settings, period: Period, at: datetime
) -> tuple[Chained | None, tuple[Delivery, ...], int, bytes]:
    """Return what the ledger proves of the period up to `at`, of how much it cannot say when, and all its lines.

    Nothing where it has not begun. What was emptied belongs to the period in which everybody's standing was decided.
    """
    ledger = seen(root, settings)
    if ledger is None:
        return None, (), 0, b""
    try:
        if ledger.beginning() is None:
            return None, (), 0, b""
        wrong = tuple(faults(ledger))
        kept = list(ledger.lines())
        lines = "".join(f"{line.hash} {line.text}\n" for line in kept).encode()
        # The place may be a path or an address that is nobody else's business.
        kind = settings.ledger.partition(":")[0]
        if wrong:
            return Chained(place=kind, lines=len(kept), head=kept[-1].hash, faults=wrong), (), 0, lines
        held = contents(ledger, at)
    finally:
        ledger.close()
    deliveries = tuple(
        Delivery(
            event=each.event,
            channel=each.channel,
            told_at=each.told_at,
            counts=dict(+each.counts),
            reasons=dict(each.reasons),
            erased=each.erased,
        )
        for each in held.accounts
        for since in (each.told_at or each.noted_at,)
        if since is not None and period.holds(since)
        if each.told_at is not None or each.erased or any(each.counts[word] > 0 for word in LOST)
    )
    undated = sum(each.erased and each.told_at is None and each.noted_at is None for each in held.accounts)
    return Chained(place=kind, lines=held.lines, head=held.head, faults=()), deliveries, undated, lines


def _clocks(records: Records, private: Private, settings: Settings, at: datetime) -> tuple[Clock, ...]:
    return board.clocks(records.incidents, records.components, private, settings, at)


def _exercises(private: Private, settings: Settings, period: Period, at: datetime) -> Iterator[Clock]:
    zone = ZoneInfo(settings.timezone)
    return exercise.over(private.drills.values(), settings.plan, zone, period.first, period.beyond, at)
