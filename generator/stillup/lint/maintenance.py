"""Rules of maintenance: notice, neighbours, and an end that is told."""

from collections.abc import Iterator
from datetime import timedelta

from stillup.errors import Level
from stillup.lint.case import Case
from stillup.lint.rule import Remark, Rule
from stillup.vocabulary import Kind, UpdateStatus

NOTICE = timedelta(hours=24)
"""How long before it begins a maintenance should be known: as long as the first reminder's default."""


def _announced(case: Case) -> Iterator[Remark]:
    scheduled = case.record.scheduled
    if scheduled is None:
        return
    notice = scheduled.start - case.update.at
    if case.number == 0 and not case.record.backfilled and notice < NOTICE:  # later words cannot mend it
        hours = max(0, int(notice.total_seconds()) // 3600)
        yield Remark(
            field="scheduled.start",
            message=f"This is announced {hours} h before it begins.",
            fix=f"Announce it {int(NOTICE.total_seconds()) // 3600} h before, or say why it cannot wait.",
            of_record=True,
        )
    if not case.newest:
        return
    mine = {id for update in case.record.updates for id in update.components}
    for window in case.course.occurrences:
        if window.status not in (UpdateStatus.SCHEDULED, UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING):
            continue
        for neighbour in case.page.neighbours:
            other = neighbour.course
            if other.id == case.record.id or not mine & neighbour.components:
                continue
            spans = (
                [(o.start, o.end) for o in other.occurrences]
                if other.kind is Kind.MAINTENANCE
                else [(claim.start, claim.end or case.page.at + timedelta(days=1)) for claim in other.claims]
            )
            if any(start < window.end and window.start < end for start, end in spans):
                yield Remark(
                    field="scheduled.start",
                    message=f"At {window.start:%Y-%m-%d %H:%M} UTC it meets {other.id} on the same component.",
                    fix="Move one of them.",
                    of_record=True,
                    level=Level.WARNING,
                )
                return


def _overrun(case: Case) -> Iterator[Remark]:
    for window in case.course.occurrences:
        running = window.status in (UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING)
        if running and window.end < case.page.at:
            told = max(update.at for update in case.record.updates)
            if told < window.end:
                yield Remark(
                    field="scheduled.end",
                    message=f"It should have ended at {window.end:%Y-%m-%d %H:%M} UTC, and nothing was said since.",
                    fix="Complete it, or move its end and say why.",
                )


RULES = (
    Rule("C31", Level.WARNING, "Maintenance is announced in time and meets no other work.", _announced),
    Rule("C32", Level.ERROR, "Maintenance that takes longer says so.", _overrun, whole=True),
)
