"""What is told to nobody since it came too late: each event by its name, for whoever forgot it or filed it late."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from stillup.delivery.entry import Settled
from stillup.delivery.ledger import Ledger
from stillup.delivery.plan import Reason, Rules, silence
from stillup.errors import Level, Problem
from stillup.frozen import dataclass
from stillup.messages.event import Event
from stillup.pipeline.building.run import Run
from stillup.pipeline.git.repository import Repository
from stillup.pipeline.sending.told import record_of, told_of
from stillup.pipeline.sending.writer import Insight
from stillup.records import configuration
from stillup.timeline.clock.clock import apart, length

_SLACK = timedelta(days=2)
"""By how much the clock of a machine that commits may be wrong, or a commit be pushed late."""


@dataclass(frozen=True, slots=True)
class Late:
    """An event that is too late, and the channels on which nobody is told of it any more."""

    event: Event
    channels: tuple[str, ...]


def too_late(found: Iterable[Event], rules: Rules, ledger: Ledger, names: Sequence[str]) -> Iterator[Late]:
    """Yield which of `found` a run decides to tell nobody any more, on which of the channels `names`."""
    for event in found:
        open_ = [name for name in names if not ledger.is_settled(event.key, name)]
        late = [n for n in open_ if silence(event, rules, ledger.generation(event.key, n)) is Reason.LATE]
        if late:
            yield Late(event, tuple(late))


def overlooked(
    run: Run, insight: Insight, rules: Rules, ledger: Ledger, names: Sequence[str], since: datetime
) -> Iterator[Late]:
    """Yield what was filed with a time before `since`, from when on a run looks, and of which no run gave account.

    Only records that were committed since then are looked at.
    """
    if ledger.swept() is None or rules.beginning is None:
        return
    repository = Repository(run.root, "Sending")
    commits, prefix = repository.between(since - _SLACK, rules.at + _SLACK, "incidents"), repository.prefix()
    ids = {_id_of(path.removeprefix(prefix)) for *_, paths in commits for path in paths}
    for id in sorted(ids & run.index.ids()):
        for event in told_of(run, insight, run.record(id)):
            known = any(ledger.is_settled(event.key, name) for name in names)
            if event.at < since and not known and silence(event, rules, 0) is Reason.LATE:
                yield Late(event, tuple(names))


def settled(overlooked: Iterable[Late], at: datetime) -> list[Settled]:
    """Return the lines that give account of what was `overlooked`: whom it would have reached nobody counted."""
    return [
        Settled(event=e.event.key, channel=n, at=at, counts={Reason.LATE: 0}) for e in overlooked for n in e.channels
    ]


def warned(run: Run, found: Iterable[Late], rules: Rules) -> Iterator[Problem]:
    """Yield a warning for each of `found`: how late it is, and what has it sent nevertheless."""
    for each in found:
        event, record = each.event, record_of(run, each.event.incident)
        part = event.key.partition("/")[2]
        ids = [update.id for update in record.updates] if record else []
        limit = rules.lateness.resolution if event.closing else rules.lateness.update
        keys = " and ".join(f"{event.key}/{name}" for name in each.channels)
        what = f"The summary of {part}" if event.kind == "digest" else part
        yield Problem(
            file=run.index.path(record.id) if record else configuration.name(run.root),
            field=f"updates[{ids.index(part)}]" if part in ids else "" if record else "lateness",
            code="late",
            level=Level.WARNING,
            message=f"{what} is {apart(rules.at - event.at)} old, and lateness allows {length(limit)}: "
            "whoever was not told of it is not told any more.",
            fix=f"To tell them, run stillup ledger resend --everybody for {keys}, then stillup deliver.",
        )


def _id_of(path: str) -> str:
    """Return whose file it is: `incidents/2026/slow.yml` and `incidents/2026/slow/updates/a.yml` are of `slow`."""
    parts = path.split("/")
    return parts[-3] if parts[-2] == "updates" and len(parts) > 3 else parts[-1].rpartition(".")[0]
