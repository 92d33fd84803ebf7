"""What the page said at an instant, what was true by all that is known today, and who said, approved and sent it when.

Git tells what was committed by then and who agreed to it; the event log what was published; the ledger who was told.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from stillup.delivery.audit import Account, contents
from stillup.delivery.event_log.audit import faults
from stillup.delivery.event_log.entry import Logged
from stillup.delivery.event_log.place import seen_log
from stillup.delivery.ledger import LedgerError
from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.pipeline.approval.approval import Approvals, Wording
from stillup.pipeline.building.build import claimed, frontage
from stillup.pipeline.building.run import Run
from stillup.pipeline.event_log.chain import Chain
from stillup.pipeline.event_log.then import Difference, LogThen, differences
from stillup.pipeline.git.repository import SIGNED, Repository
from stillup.pipeline.reading import looks
from stillup.pipeline.sending.ledger import seen
from stillup.records import configuration, store
from stillup.records.incident import Incident
from stillup.records.moment import utc
from stillup.records.settings import Settings
from stillup.records.store import Records
from stillup.timeline.course import course
from stillup.timeline.overall import is_counted, overall
from stillup.timeline.publication import published
from stillup.timeline.state import now
from stillup.views.code import origin
from stillup.views.edition import Edition
from stillup.views.event_log import Head
from stillup.vocabulary import Kind

_ALL = ("incidents", "components", "messages", "site_overrides")
_MANY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What records say of an instant."""

    overall: str
    components: Mapping[str, str]
    """By id, those that were not operational."""

    open: tuple[str, ...]
    """Ids of open incidents, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A commit, as far as it matters here."""

    id: str
    at: datetime
    author: str
    committer: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A commit that says who agrees to a text, word by word as it stood at the instant."""

    commit: Committed
    people: tuple[str, ...]
    """As its `Approved-by:` and `Reviewed-by:` lines name them."""

    counts: bool
    """Whether one of them owns the record by CODEOWNERS, did not write it, and signed where that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One update of an incident that was open, and how it came to be on record."""

    incident: str
    update: str
    key: str
    """As the event log and the ledger have it."""

    said_at: datetime
    """The time that the update itself gives."""

    status: str
    body: str
    """Its first line, as it stood at the instant asked for."""

    digest: str
    """Of the words as they stood: what an approval names."""

    brought: Committed
    """The commit with which the update came."""

    worded: Committed
    """The commit that made the words what they were at the instant; another one where they were edited by then."""

    approvals: tuple[Approval, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The event log, as far as it is known here."""

    began_at: datetime
    head: Head | None
    """The newest entry by the instant; None: it began later."""

    faults: tuple[str, ...]
    """Where it is not whole."""

    events: tuple[Logged, ...]
    """What had been published by then of the incidents that were open."""

    differences: tuple[Difference, ...]
    """Where it and git say different things of the instant, on whatever record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsPublished:
    """All of it."""

    at: datetime
    commit: str
    committed_at: datetime
    said: State
    """By the records as they were committed at the instant."""

    true: State
    """By the records of today, for the same instant."""

    words: tuple[Word, ...]
    log: Log | None
    """None: there is none here, and git alone tells what was published."""

    sent: tuple[Account, ...] | None
    """What the ledger knew by then of messages about what was open; None: it had not begun, or cannot be read."""

    notes: tuple[str, ...]
    """What cannot be told here, and why."""

    site: Path | None = None


def as_published(root: Path, *, at: datetime, site_dir: Path | None = None) -> AsPublished:
    """Return what the page said at `at`; with `site_dir`, also build it there as it stood.

    By git, said is what was committed by then; the event log knows what of it was published.

    Raises:
        RecordError: the records of then or of today cannot be used.
        StillupError: there is no git, or no commit by then, or not the whole history.
    """
    repository = Repository(root, "as-published")
    if repository.is_shallow():
        raise StillupError("This clone is shallow, so git cannot tell when a text came: run git fetch --unshallow.")
    commit = repository.by(at)
    if commit is None:
        raise StillupError(f"Git has no commit from before {utc(at)}. Nothing was published from here by then.")
    settings, _ = configuration.settings(root)
    with tempfile.TemporaryDirectory(prefix="stillup-then-") as folder:
        then = Path(folder) / "page"
        _checkout(repository, commit, root, then)
        records, today = store.load(then), store.load(root)
        said, true = _at(records, at), _at(today, at)
        open_ = {*said.open, *true.open}
        words = tuple(_words(repository, root, then, records, open_, at, commit))
        names = {origin(each) for each in (*records.incidents, *today.incidents) if each.id in open_}
        log = seen_log(settings.ledger, root) if settings.ledger else None
        try:
            stood = LogThen(log, at) if log is not None else None
            told = None
            if log is not None and stood is not None:
                told = Log(
                    began_at=next(log.entries(1, 1)).entry.logged_at,
                    head=stood.head(),
                    faults=tuple(faults(log)),
                    events=tuple(each for name in sorted(names) for each in stood.of(name)),
                    differences=tuple(_differences(repository, then, records, stood, at, commit)),
                )
            if site_dir is not None:
                _build(then, site_dir, at, Chain.of(stood))
        finally:
            if log is not None:
                log.close()
    sent, why = _sent(root, settings, names, at)
    return AsPublished(
        at=at,
        commit=commit,
        committed_at=_committed(repository, commit).at,
        said=said,
        true=true,
        words=words,
        log=told,
        sent=sent,
        notes=tuple(filter(None, (_without(settings, told, at), why))),
        site=site_dir,
    )


def _differences(
    repository: Repository, then: Path, records: Records, stood: LogThen, at: datetime, commit: str
) -> Iterator[Difference]:
    settings = records.settings
    edition = Edition(
        settings=settings,
        components=records.components,
        words=looks.words(then, settings.languages)[0],
        tag=settings.languages[0],
        zone=ZoneInfo(settings.timezone),
        at=at,
        commit=commit,
        live=False,
    )
    public: dict[str, Incident] = {origin(each): each for each in records.incidents}
    return differences(stood, edition, public, repository.history())


def _build(then: Path, site_dir: Path, at: datetime, chain: Chain) -> None:
    """Build the records at `then`, with the log as it stood."""
    site, work = claimed(then, site_dir)
    with Run(then, at=at, site_dir=site, work=work, live=False) as run:
        run.chain = chain
        run.read()
        run.write(frontage(run))


def _without(settings: Settings, log: Log | None, at: datetime) -> str:
    """Return why the event log says nothing of the instant; nothing where it does."""
    alone = "What was published is told by git alone, which knows commits, and not when they went out."
    if log is None and not settings.ledger:
        return f"There is no event log: no ledger is set. {alone}"
    if log is None:
        return f"No event log is known here; `stillup ledger verify` fetches one that is kept elsewhere. {alone}"
    if log.head is None:
        return f"The event log began at {utc(log.began_at)}, after {utc(at)}. {alone}"
    return ""


def _sent(root: Path, settings: Settings, names: Iterable[str], at: datetime) -> tuple[tuple[Account, ...] | None, str]:
    """Return what the ledger knew by then of the incidents `names`; else why it says nothing."""
    try:
        ledger = seen(root, settings)
        if ledger is None:
            return None, "There is no ledger, so nobody can say who was told." if settings.ledger else ""
        with closing(ledger):
            held = contents(ledger, at)
    except LedgerError as error:
        return None, f"Who was told is not known here: {error}"
    if held.beginning is None:
        return None, "The ledger began later, so nobody can say who was told by then."
    wanted = frozenset(names)
    return tuple(each for each in held.accounts if each.event.partition("/")[0] in wanted), ""


def _at(records: Records, at: datetime) -> State:
    """Return what `records` say of `at`, drafts left out."""
    courses = [course(each, at) for each in records.incidents if published(each, at) is not None]
    today = at.astimezone(ZoneInfo(records.settings.timezone)).date()
    states = {each.id: now(each, courses, at).status for each in records.components.components}
    counted = [states[each.id] for each in records.components.components if is_counted(each, today)]
    running = [each for each in courses if each.kind is Kind.INCIDENT and each.open and each.started <= at]
    return State(
        overall=overall(counted, [each.impact for each in running]).label,
        components={id: state.value for id, state in states.items() if state.rank},
        open=tuple(each.id for each in running),
    )


def _checkout(repository: Repository, commit: str, root: Path, to: Path) -> None:
    """Write the files of `commit` that a page is made of into the folder `to`."""
    docs = configuration.folder(root, "docs_dir")
    files = repository.files(commit, *_ALL, *configuration.NAMES, docs)
    bodies = repository.read(files.values())
    to.mkdir(parents=True)
    for path, blob in files.items():
        place = to / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(bodies[blob])


def _words(
    repository: Repository, root: Path, then: Path, records: Records, ids: set[str], at: datetime, newest: str
) -> Iterator[Word]:
    """Yield each update of the incidents `ids` that was on record by then, with the commit that brought it."""
    paths = {file.id: file for file in store.files(then)[0]}
    approvals = Approvals(root, records.settings.approval, newest)
    for record in (each for each in records.incidents if each.id in ids):
        file, public = paths[record.id], published(record, at)
        if public is None:
            continue
        waiting = {update.id: update for update in public.updates}
        own = (file.path, *file.updates)
        for commit in reversed(repository.touching(own, _MANY, newest)):
            stood = repository.files(commit, *own)
            if file.path not in stood:
                continue
            blobs = repository.read(stood.values())
            bodies = {path: blobs[blob] for path, blob in stood.items()}
            version = store.RecordFile(file.id, file.path, tuple(path for path in file.updates if path in stood))
            seen, _ = store.incident(root, version, records.components, records.settings.timezone, bodies)
            for update in seen.updates if seen is not None else ():
                if update.id in waiting:
                    told = waiting.pop(update.id)
                    wording = approvals.wording(file, update.id)
                    yield Word(
                        incident=record.id,
                        update=told.id,
                        key=f"{origin(record)}/{told.id}",
                        said_at=told.at,
                        status=told.status.value,
                        body=told.body.strip().splitlines()[0],
                        digest=wording.name.partition("@")[2] if wording else "",
                        brought=_committed(repository, commit),
                        worded=_committed(repository, wording.commit if wording else commit),
                        approvals=tuple(_approvals(repository, wording)),
                    )


def _approvals(repository: Repository, wording: Wording | None) -> Iterator[Approval]:
    for each in wording.agreed if wording is not None else ():
        yield Approval(commit=_committed(repository, each.commit), people=each.people, counts=each.counts)


def _committed(repository: Repository, commit: str) -> Committed:
    seconds, author, committer, letter, _ = repository.about(commit)
    return Committed(
        id=commit,
        at=datetime.fromtimestamp(int(seconds), UTC),
        author=author,
        committer=committer,
        signature=SIGNED.get(letter, f"signature not checked ({letter})"),
    )
