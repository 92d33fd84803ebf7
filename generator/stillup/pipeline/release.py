"""Publish: the site built, and the messages of open and recent incidents rendered for everybody to see."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from stillup.artifact import Artifact
from stillup.errors import StillupError
from stillup.messages.compose import addressed
from stillup.messages.events import digests
from stillup.messages.message import Message
from stillup.messages.outbox import INTERNAL
from stillup.messages.outbox import outbox as rendered
from stillup.messages.recipient import sample_insiders, sample_recipients
from stillup.pipeline.build import claimed, frontage
from stillup.pipeline.ground import claim
from stillup.pipeline.run import Built, Run
from stillup.pipeline.tree import files
from stillup.pipeline.writer import Insight, Writer, recent

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
        composed, artifacts = _rendered(run)
        built = run.write(frontage(run))
        _replace(target, {artifact.path: artifact.body for artifact in artifacts})
    return replace(built, outbox=target, messages=composed)


def compose(run: Run, insight: Insight) -> Iterator[Message]:
    """Return every customer message of incidents that are open, and of what was told in the last seven days.

    Each is made as of its own event: what a subscriber would have read then.
    """
    writer = Writer(run)
    told = list(recent(run, writer, insight, run.edition.at - RECENT))
    everybody = sample_recipients(run.edition.masthead)
    for record, event in told:
        if not event.audiences or "customers" in event.audiences:
            yield from addressed(everybody, partial(writer.composed, record, event))
    records = {event.key: record for record, event in told}
    days = digests((event for _, event in told), run.edition.zone, run.edition.at)
    for whole, parts in days[-1:]:
        known = [(records[event.key], event) for event in parts]
        yield from addressed(everybody[:1], partial(writer.summary, whole, known))


def compose_internal(run: Run, insight: Insight) -> Iterator[Message]:
    """Return what every other audience is told of the same events."""
    writer = Writer(run)
    for record, event in recent(run, writer, insight, run.edition.at - RECENT):
        known = insight.briefing(record, event.at)
        insiders = [each for each in sample_insiders(run.edition.masthead) if each.audience in event.audiences]
        yield from addressed(insiders, partial(writer.composed, record, event, briefing=known))


def _rendered(run: Run) -> tuple[int, list[Artifact]]:
    """Return how many messages there are, and their files; those with internal facts have a folder of their own."""
    insight = Insight(run)
    public = tuple(compose(run, insight))
    artifacts = list(rendered(public))
    if not insight.present:
        return len(public), artifacts
    internal = tuple(compose_internal(run, insight))
    artifacts += [
        Artifact(path=f"{INTERNAL}/{each.path}", body=each.body, media_type=each.media_type)
        for each in rendered(internal, internal=True)
    ]
    return len(public) + len(internal), artifacts


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
