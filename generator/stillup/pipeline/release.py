"""Publish: the site built, and the messages of open and recent incidents rendered for everybody to see."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from stillup.errors import StillupError
from stillup.messages.compose import messages
from stillup.messages.message import Message
from stillup.messages.outbox import outbox as rendered
from stillup.messages.wording import Wording
from stillup.pipeline.build import claimed, frontage
from stillup.pipeline.ground import claim
from stillup.pipeline.run import Built, Run
from stillup.pipeline.story import tell
from stillup.pipeline.tree import files
from stillup.records.incident import Incident
from stillup.timeline import keeping
from stillup.timeline.overall import is_counted
from stillup.timeline.publication import AHEAD
from stillup.timeline.state import now
from stillup.vocabulary import ComponentStatus, Kind

RECENT = timedelta(days=7)
"""Updates of closed incidents this old or younger are rendered."""


def publish(
    root: Path,
    *,
    at: datetime,
    site_dir: Path | None = None,
    outbox: Path | None = None,
    live: bool = False,
    keep_last_good: bool = False,
) -> Built:
    """Check, build, and render messages into `outbox` (`outbox/` below `root` by default).

    `keep_last_good`: a broken record is taken as of the newest commit in which it was sound, with warnings.

    Raises:
        RecordError: a record is unusable; site and outbox are as they were.
        StillupError: the folder of one of them holds something else.
    """
    site, work = claimed(root, site_dir)
    target = outbox or root / "outbox"
    claim(target, root, made=(target / "index.html").is_file())
    with Run(root, at=at, site_dir=site, work=work, live=live, keep_last_good=keep_last_good) as run:
        run.read()
        _refuse_channels(run)
        composed = tuple(compose(run))
        artifacts = rendered(composed)
        built = run.write(frontage(run))
        _replace(target, {artifact.path: artifact.body for artifact in artifacts})
    return replace(built, outbox=target, messages=len(composed))


def compose(run: Run) -> Iterator[Message]:
    """Return every customer message of incidents that are open, and of the updates of the last seven days.

    Each is made as of its own update: what a subscriber would have read then.
    """
    edition = run.edition
    since = edition.at - RECENT
    wording = Wording(run.root / "messages")
    for story in run.index.lately(int(since.timestamp())):
        record = run.record(story.id)
        for number, update in enumerate(record.updates):
            if not story.open and update.at < since:
                continue
            then = replace(edition, at=update.at)
            told = tell(then, replace(record, updates=record.updates[: number + 1], postmortem=None))
            if told.view is None or update.at > edition.at + AHEAD:
                continue
            said = next(view for view in told.view.updates if view.anchor == update.id)
            yield from messages(
                edition.masthead,
                edition.words,
                wording,
                told.view,
                said,
                all_operational=_all_operational(run, record, update.at),
            )


def _all_operational(run: Run, record: Incident, at: datetime) -> bool:
    """Whether every component works at `at` and no incident but `record` is open."""
    second = int(at.timestamp())
    courses = [keeping.from_text(story.course) for story in run.index.touching(second, second)]
    others = [c for c in courses if c.id != record.id and c.kind is Kind.INCIDENT and c.started <= at]
    if any(other.closed is None or other.closed > at for other in others):
        return False
    today = at.astimezone(run.edition.zone).date()
    counted = [component for component in run.edition.components.components if is_counted(component, today)]
    return all(now(component, courses, at).status is ComponentStatus.OPERATIONAL for component in counted)


def _refuse_channels(run: Run) -> None:
    """A page with real channels must not be taken for one that has none."""
    settings = run.edition.settings
    configured = [*(["channels"] if settings.channels.names() else []), *(["deploy"] if settings.deploy else [])]
    if configured:
        raise StillupError(
            f"mkdocs.yml sets {' and '.join(configured)}, and this version sends and deploys nothing. "
            "Remove the setting, or publish with your own tools from `stillup build` and the outbox."
        )


def _replace(folder: Path, bodies: dict[str, bytes]) -> None:
    """Make `folder` hold exactly `bodies`; files that hold the same bytes are left alone."""
    for path in set(files(folder)) - bodies.keys():
        (folder / path).unlink()
    for path, body in bodies.items():
        target = folder / path
        if not target.is_file() or target.read_bytes() != body:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
    for parent in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        if not any(parent.iterdir()):
            parent.rmdir()
