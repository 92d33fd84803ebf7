"""What cannot be true together within one update."""

from stillup.fix import Fix, leave, write
from stillup.records import window
from stillup.records.finding import Findings, Told
from stillup.records.moment import utc
from stillup.records.refusal import listed
from stillup.records.written import WrittenUpdate
from stillup.vocabulary import STATUSES_OF, Kind

UNTOLD = ("This key is missing.", Fix(write("body"), " and the text for customers."))
"""What is said of an update without a text that was not taken out either."""


def check(told: Told, kind: Kind, series: bool, findings: Findings) -> None:
    """Find what contradicts itself within one update; `series`: its record has several windows."""
    update, document, loc = told.update, told.document, told.loc
    if update.status not in STATUSES_OF[kind]:
        article = "an" if kind is Kind.INCIDENT else "a"
        message, fix = f'"{update.status}" is not {article} {kind} status.', f"Use {listed(STATUSES_OF[kind])}."
        findings.say(document, (*loc, "status"), message, fix, code="word")
    if update.next_update_in is not None or update.next_update_at is not None:
        _promise(told, findings)
    if update.changed_at is not None:
        _changed(told, kind, findings)
    if update.edited_at is not None and update.edited_at < update.at:
        findings.say(document, (*loc, "edited_at"), "The update was edited before it was published.", _later(update))
    if update.correction and update.edited_at is None:
        message = "A correction says what an edit put right, and no edit is noted."
        findings.say(document, (*loc, "correction"), message, _NOTED)
    if update.was is not None and update.edited_at is None:
        message = "It is kept what the update said before an edit, and no edit is noted."
        findings.say(document, (*loc, "was"), message, _NOTED, at_key=True)
    if update.withdrawn is not None and update.withdrawn.at < update.at:
        findings.say(
            document, (*loc, "withdrawn", "at"), "The update was withdrawn before it was published.", _later(update)
        )
    if update.redacted is None:
        if not update.body:
            findings.say(document, (*loc, "body"), *UNTOLD, code="missing")
    elif update.redacted.at < update.at:
        message = "The text was taken out before the update was published."
        findings.say(document, (*loc, "redacted", "at"), message, _later(update))
    if update.id == "postmortem":
        message = "The id postmortem belongs to the postmortem."
        findings.say(document, (*loc, "id"), message, "Write another id.", code="id")
    if update.scheduled is not None or update.occurrence is not None:
        window.of_move(told, kind, series, findings)


def _changed(told: Told, kind: Kind, findings: Findings) -> None:
    """Find a change of components that cannot have been then, or of which something else says when it was."""
    update, document, loc = told.update, told.document, (*told.loc, "changed_at")
    if kind is Kind.MAINTENANCE:
        findings.say(document, loc, "Windows say when a maintenance changes its components.", _LEAVE, at_key=True)
    elif update.status.closes:
        message, fix = _ENDS, Fix(write("ended_at"), " instead.")
        findings.say(document, loc, message, fix, at_key=True)
    elif not update.components:
        message, fix = (
            "This update changes no component.",
            Fix(write("components"), " and what changed, or ", leave("changed_at", inside=True), "."),
        )
        findings.say(document, loc, message, fix, at_key=True)
    elif update.changed_at is not None and update.changed_at > update.at:
        message = "Its components changed after it was published."
        findings.say(document, loc, message, f"Write a time before {utc(update.at)}.")


_LEAVE = Fix(leave("changed_at"), ".")
_ENDS = "This update closes the incident, and ended_at says when it ended."
_NOTED = Fix(write("edited_at"), " and when the text was changed.")


def _later(update: WrittenUpdate) -> str:
    return f"Write a time after {utc(update.at)}."


def _promise(told: Told, findings: Findings) -> None:
    """Find a next update that cannot come, or is promised twice."""
    update, document, loc = told.update, told.document, told.loc
    if update.next_update_in is not None and update.next_update_at is not None:
        message = "The next update is promised twice, by next_update_in and next_update_at."
        findings.say(document, (*loc, "next_update_at"), message, "Keep one of the two.", at_key=True)
    elif update.next_update_at is not None and update.next_update_at <= update.at:
        message = "The next update is promised for a time that is not after this one."
        findings.say(document, (*loc, "next_update_at"), message, _later(update))
    if update.status.closes:
        key = "next_update_in" if update.next_update_in is not None else "next_update_at"
        message = f"Nothing follows an update that is {update.status}, and one is promised."
        findings.say(document, (*loc, key), message, Fix(leave(key), "."), at_key=True)
