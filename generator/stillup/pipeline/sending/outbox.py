"""The outbox of a run: everything that is told, rendered for made-up readers, to be looked at before it is sent."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from stillup.artifact import Artifact
from stillup.messages.compose import addressed
from stillup.messages.events import digests
from stillup.messages.message import Message
from stillup.messages.outbox import INTERNAL
from stillup.messages.outbox import outbox as rendered
from stillup.messages.recipient import sample_insiders, sample_recipients
from stillup.pipeline.building.run import Run
from stillup.pipeline.sending.writer import Insight, Writer, recent

RECENT = timedelta(days=7)
"""What was told of closed incidents this long ago or later is rendered."""


def outbox(run: Run, insight: Insight) -> tuple[int, list[Artifact]]:
    """Return how many messages there are, and their files; those with internal facts have a folder of their own."""
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


def compose(run: Run, insight: Insight) -> Iterator[Message]:
    """Return every customer message of incidents that are open, and of what was told in the last seven days.

    Each is made as of its own event: what a subscriber would have read then.
    """
    writer = Writer(run)
    told = list(recent(run, writer, insight, run.edition.at - RECENT))
    everybody = sample_recipients(run.edition.settings.sampled)
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
    everybody = sample_insiders(run.edition.settings.sampled)
    for record, event in recent(run, writer, insight, run.edition.at - RECENT):
        if record.id in insight.withheld:
            continue
        known = insight.briefing(record, event.at)
        insiders = [each for each in everybody if each.audience in event.audiences]
        yield from addressed(insiders, partial(writer.composed, record, event, briefing=known))
