"""Rules of progress: the states one after the other, and what the last word must hold."""

import re
from collections.abc import Iterator

from stillup.errors import Level
from stillup.fix import Fix, Way, named, write
from stillup.lint.case import Case
from stillup.lint.pattern import CLOCK, any_word
from stillup.lint.rule import Remark, Rule
from stillup.vocabulary import STATUSES_OF, ComponentStatus, Kind, UpdateStatus

_ORDER = {status: place for place, status in enumerate(STATUSES_OF[Kind.INCIDENT])}
_WHY_BACK = any_word(
    "again", r"re-?open\w*", "recurr\\w*", "return(?:ed|s|ing)?", "came back", "back", "still",
    "not (?:fully )?", "continu\\w+", "however", "but", "regress\\w*", "another", "new", "further", "instead",
    "in fact", "turned out",
)  # fmt: skip
_HOW_LONG = re.compile(
    rf"(?<!\d)\d+\s*(?:min|hour|hr|h\b|day)|\b(?:until|till|by|for the (?:next|rest)|overnight|an hour)\b|{CLOCK}", re.I
)
_LOST = re.compile(
    r"\b(?:data|records?|messages?|payments?|transactions?)\b"
    r"[^.!?]*\b(?:los[ts]|intact|safe|delivered|complete|missing|affected|reach)"
    r"|\b(?:no|nothing)\b[^.!?]*\blost\b",
    re.IGNORECASE,
)
_AFTER = any_word(
    "monitor\\w*", "watch\\w*", "backlog", "queued?", "may still", "might still", "can still", "linger\\w*",
    "remain\\w*", "no further", "fully", "all (?:delayed|queued|held|waiting) ", "caught up",
    "catch(?:ing)? up", "as normal", "as usual", "normally", "nothing (?:more|else|is left)", "no action",
    "need(?:s)? to do", "retr(?:y|ies|ied)",
)  # fmt: skip


def _order_of_work(case: Case) -> Iterator[Remark]:
    """Of a series nothing: its windows begin and end one after the other, and an update may speak of any of them."""
    scheduled = case.record.scheduled
    status, before = case.update.status, case.earlier[-1].status
    if not before.closes or status is UpdateStatus.SCHEDULED or (scheduled is not None and scheduled.recurrence):
        return
    yield Remark(
        field="status",
        message=f"This was {before} before.",
        fix=Fix(Way.EDIT, " instead.") if status.closes else "Say with stillup maintenance move when it is to be.",
    )


def _order(case: Case) -> Iterator[Remark]:
    if not case.earlier:
        return
    if not case.is_incident:
        yield from _order_of_work(case)
        return
    status, before = case.update.status, case.earlier[-1].status
    if before.closes and status.closes:
        yield Remark(
            field="status",
            message="This was resolved before.",
            fix=Fix(Way.EDIT_END, ", or ", Way.GO_ON, "."),
        )
    elif before.closes:
        if not _WHY_BACK.search(case.said):
            yield Remark(
                field="status",
                message="This opens a resolved incident again without saying why.",
                fix="Say that and how the problem came back.",
            )
    elif _ORDER[status] < _ORDER[before]:
        if not _WHY_BACK.search(case.said):
            yield Remark(
                field="status",
                message=f"The state goes back from {before} to {status} without a word why.",
                fix="Say what changed, or keep the state.",
            )
    elif status is UpdateStatus.RESOLVED and before is UpdateStatus.INVESTIGATING and case.grave:
        yield Remark(
            field="status",
            message="This goes from investigating to resolved: nothing was said of cause or fix on the way.",
            fix=Fix("Tell in ", named("summary"), " and ", named("resolution"), " what it was."),
            level=Level.WARNING,
        )


def _states(case: Case) -> Iterator[Remark]:
    if not case.is_incident:
        return
    update = case.update
    bad = sorted(id for id, state in update.components.items() if state is not ComponentStatus.OPERATIONAL)
    if update.status.closes and bad and not case.record.backfilled:
        yield Remark(
            field=f"components.{bad[0]}",
            message=f"The incident is resolved while {', '.join(bad)} is not operational.",
            fix="Write operational, or stay in monitoring.",
        )
    calm = case.states and all(state is ComponentStatus.OPERATIONAL for state in case.states.values())
    troubled = case.worst is not ComponentStatus.OPERATIONAL
    if calm and troubled and update.status in (UpdateStatus.INVESTIGATING, UpdateStatus.IDENTIFIED):
        yield Remark(
            field="status",
            message=f"Every component is operational again, and the incident is {update.status}.",
            fix="Write monitoring or resolved.",
        )


def _watched(case: Case) -> Iterator[Remark]:
    if case.update.status is not UpdateStatus.MONITORING or case.update.monitoring:
        return
    if not _HOW_LONG.search(case.said):
        yield Remark(
            message="Nothing says for how long it is watched.",
            fix=Fix(write("monitoring"), " what is watched, and until when."),
        )


def _whole_story(case: Case) -> Iterator[Remark]:
    update, record = case.update, case.record
    if (
        not case.is_incident
        or update.status is not UpdateStatus.RESOLVED
        or (case.earlier and case.earlier[-1].status.closes)
    ):
        return
    said = case.said
    lacking = []
    if record.started_at is None and not re.search(CLOCK, said):
        lacking.append("when it began and ended (started_at, ended_at)")
    if not update.data_loss and not _LOST.search(said):
        lacking.append("whether anything was lost (data_loss)")
    if not update.monitoring and not _AFTER.search(said):
        lacking.append("what customers may still notice (monitoring)")
    if lacking:
        yield Remark(
            message=f"The last word does not tell {', '.join(lacking)}.",
            fix=Fix(Way.PARENTHESES, ", or say it in the text."),
            level=Level.ERROR if case.grave else None,
        )


def _instants(case: Case) -> Iterator[Remark]:
    update, record = case.update, case.record
    if record.started_at is not None and update.at < record.started_at and case.is_incident:
        yield Remark(
            field="at",
            message="This update stands before the incident's start.",
            fix=Fix("Write an earlier ", named("started_at"), ", or ", Way.REAL_TIME, "."),
        )


def _first_word(case: Case) -> Iterator[Remark]:
    if not case.is_incident or case.number != 0 or case.detected is None or case.record.backfilled:
        return
    wait = case.update.at - case.detected
    if wait > case.cadence:
        minutes = int(wait.total_seconds()) // 60
        yield Remark(
            field="at",
            message=f"The first word came {minutes} min after the incident was noticed.",
            fix="Say something sooner next time: what is noticed is enough.",
        )


RULES = (
    Rule("C04", Level.WARNING, "The first word comes within the cadence after the incident was noticed.", _first_word),
    Rule("C10", Level.ERROR, "States go forward, and a reopening says why.", _order, english=True),
    Rule("C11", Level.ERROR, "Resolved and operational go together.", _states),
    Rule("C12", Level.WARNING, "Monitoring says for how long.", _watched, english=True),
    Rule(
        "C13",
        Level.WARNING,
        "The last word tells start, end, what was lost and what may linger.",
        _whole_story,
        english=True,
    ),
    Rule("C43", Level.ERROR, "Updates stand after the start.", _instants),
)
