"""What the page said at an instant, what was true by all that is known today, and who committed which words when."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.pipeline.repository import SIGNED, Repository
from stillup.records import configuration, store
from stillup.records.moment import utc
from stillup.records.store import Records
from stillup.timeline.course import course
from stillup.timeline.overall import is_counted, overall
from stillup.timeline.publication import published
from stillup.timeline.state import now
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
class Word:
    """One update of an incident that was open, and how it came to be on record."""

    incident: str
    update: str
    said_at: datetime
    """The time that the update itself gives."""

    status: str
    body: str
    """Its first line, as it stood at the instant asked for."""

    committed_at: datetime
    """When it was first committed."""

    commit: str
    author: str
    committer: str
    signature: str
    approved: tuple[str, ...]
    """Names of `Approved-by` and `Reviewed-by` lines of that commit."""


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
    site: Path | None = None

    def document(self) -> dict[str, object]:
        """Return it for scripts."""
        return {
            "at": utc(self.at),
            "commit": self.commit,
            "committed_at": utc(self.committed_at),
            "said": _state(self.said),
            "true": _state(self.true),
            "updates": [
                {
                    "incident": each.incident,
                    "update": each.update,
                    "said_at": utc(each.said_at),
                    "committed_at": utc(each.committed_at),
                    "commit": each.commit,
                    "author": each.author,
                    "committer": each.committer,
                    "signature": each.signature,
                    "approved_by": list(each.approved),
                    "status": each.status,
                    "text": each.body,
                }
                for each in self.words
            ],
            "site": str(self.site) if self.site else None,
        }


def as_published(root: Path, *, at: datetime, site_dir: Path | None = None) -> AsPublished:
    """Return what the page said at `at`; with `site_dir`, also build it there as it stood.

    What counts as said is what was committed by then: a page may have been deployed later, or not at all.

    Raises:
        RecordError: the records of then or of today cannot be used.
        StillupError: there is no git, or no commit by then.
    """
    repository = Repository(root, "as-published")
    commit = repository.by(at)
    if commit is None:
        raise StillupError(f"Git has no commit from before {utc(at)}. Nothing was published from here by then.")
    with tempfile.TemporaryDirectory(prefix="stillup-then-") as folder:
        then = Path(folder) / "page"
        _checkout(repository, commit, root, then)
        records = store.load(then)
        said = _at(records, at)
        true = _at(store.load(root), at)
        words = tuple(_words(repository, root, then, records, {*said.open, *true.open}, at, commit))
        if site_dir is not None:
            from stillup.pipeline.build import build

            build(then, at=at, site_dir=site_dir)
    about = repository.about(commit)
    return AsPublished(
        at=at,
        commit=commit,
        committed_at=_moment(about[0]),
        said=said,
        true=true,
        words=words,
        site=site_dir,
    )


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
                    when, author, committer, letter, approved = repository.about(commit)
                    yield Word(
                        incident=record.id,
                        update=told.id,
                        said_at=told.at,
                        status=told.status.value,
                        body=told.body.strip().splitlines()[0],
                        committed_at=_moment(when),
                        commit=commit,
                        author=author,
                        committer=committer,
                        signature=SIGNED.get(letter, f"signature not checked ({letter})"),
                        approved=tuple(filter(None, approved.split("\x1f"))),
                    )


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _state(state: State) -> dict[str, object]:
    return {"overall": state.overall, "components": dict(state.components), "open": list(state.open)}


def text(found: AsPublished) -> str:
    """Return it for people."""
    lines = [
        f"At {utc(found.at)}, by commit {found.commit[:10]} of {utc(found.committed_at)}:",
        f"  the page said: {found.said.overall}",
        f"  by today's records: {found.true.overall}",
    ]
    for id in sorted({*found.said.components, *found.true.components}):
        said, true = (each.components.get(id, "operational") for each in (found.said, found.true))
        lines.append(f"  {id}: {said}" + (f"; by today's records {true}" if said != true else ""))
    for id in dict.fromkeys([*found.said.open, *found.true.open]):
        only = "" if id in found.said.open and id in found.true.open else (
            " (open on the page, closed by today's records)" if id in found.said.open
            else " (not on the page then, open by today's records)"
        )  # fmt: skip
        lines.append(f"{id}{only}")
        for each in (word for word in found.words if word.incident == id):
            approved = f", approved by {', '.join(each.approved)}" if each.approved else ""
            by = f"{each.committer}, {each.signature}{approved}"
            times = f"{utc(each.said_at)} {each.status}, committed {utc(each.committed_at)}"
            lines.append(f"  {times} by {by}: {each.body}")
    if found.site:
        lines.append(f"{found.site}: the page as it stood.")
    return "\n".join(lines)


def dumped(found: AsPublished) -> str:
    """Return it as JSON."""
    return json.dumps(found.document(), ensure_ascii=False, indent=2)
