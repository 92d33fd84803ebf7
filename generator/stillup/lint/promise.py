"""Rules of promises: when the next word comes, and what must not be promised."""

import re
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from stillup.errors import Level
from stillup.fix import Fix, Way, named, write
from stillup.lint.case import Case
from stillup.lint.pattern import CLOCK, any_word, each_match
from stillup.lint.rule import Remark, Rule
from stillup.timeline.promise import promise
from stillup.vocabulary import UpdateStatus

_EXPECTED = (UpdateStatus.INVESTIGATING, UpdateStatus.IDENTIFIED, UpdateStatus.MONITORING, UpdateStatus.VERIFYING)
_TOLD = re.compile(
    rf"(?:next|another|further|more|an)\s+(?:status\s+)?updates?\b(?P<rest>[^.!?]*?)(?:(?P<clock>{CLOCK})"
    r"|(?:in|within|every)\s+(?:the\s+next\s+)?(?P<number>\d+)\s*(?P<unit>minutes?|mins?|hours?|hrs?|h|m)\b)",
    re.IGNORECASE,
)
_ETA = any_word(
    r"(?:will|should|is expected to|are expected to) be (?:fixed|resolved|restored|repaired|back(?: up| online)?)"
    r" (?:by|within|in|before|at)[^.!?]*",
    r"(?:fix(?:ed)?|restored?|resolved?|resolution|recovery) (?:is )?(?:expected )?(?:within|in under|in less than)"
    r" [^.!?]*?(?:minutes?|hours?|days?)",
)


def _next(case: Case) -> Iterator[Remark]:
    update = case.update
    if update.status not in _EXPECTED:
        return
    if update.next_update_at is None:
        yield Remark(message="This update does not say when the next one comes.", fix=_suggestion(case))
        return
    field = "next_update_in" if update.next_update_in is not None else "next_update_at"
    wait = update.next_update_at - update.at
    if wait <= timedelta(0):
        yield Remark(field=field, message="The next update is promised for before this one.", fix="Write a later time.")
    elif wait > case.cadence and not (case.followed and case.followed - update.at <= case.cadence):
        yield Remark(
            field=field,
            message=f"The next update comes after {_short(wait)}; here it is due every {_short(case.cadence)}.",
            fix=Fix(write("next_update_in", _short(case.cadence)), ", or less."),
        )


def _suggestion(case: Case) -> str:
    return Fix(write("next_update_in", _short(case.cadence)), ".")


def _short(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes % 1440 == 0:
        return f"{minutes // 1440}d"
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


def _words_agree(case: Case) -> Iterator[Remark]:
    update = case.update
    for text in case.texts:
        for found, _ in each_match(_TOLD, text.prose):
            if update.next_update_at is None:
                if not update.status.closes:
                    message = "The text promises a next update, and the record knows nothing of it."
                    yield Remark(text=text, at=found[0], message=message, fix=Fix(Way.PROMISE, "."))
                continue
            if found["clock"]:
                zones = (case.page.zone, ZoneInfo("UTC"))
                meant = {f"{update.next_update_at.astimezone(zone):%H:%M}" for zone in zones}
                agrees = found["clock"].rjust(5, "0") in meant
            else:
                hours = found["unit"][0].lower() == "h"
                span = timedelta(hours=int(found["number"])) if hours else timedelta(minutes=int(found["number"]))
                agrees = span == update.next_update_at - update.at
            if not agrees:
                due = update.next_update_at.astimezone(case.page.zone)
                message = f"The text names another time than the promise, {due:%H:%M} {due.tzname()}."
                yield Remark(
                    text=text, at=found[0], message=message, fix="Leave the time out: page and mails print it."
                )


def _kept(case: Case) -> Iterator[Remark]:
    made = promise(case.record, case.page.at)
    if made is not None and made.late:
        overdue = case.page.at - made.due
        yield Remark(
            message=f"The update promised for {made.due:%Y-%m-%d %H:%M} UTC is {_span(overdue)} late.",
            fix="Publish an update now, even if there is nothing new to say.",
        )


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _no_date(case: Case) -> Iterator[Remark]:
    for text in case.texts:
        if text.field == "eta":
            continue
        for found, _ in each_match(_ETA, text.prose):
            yield Remark(
                text=text,
                at=found[0],
                message="This promises when it will work again.",
                fix=Fix("Promise the next update instead; an estimate belongs in ", named("eta"), "."),
            )


RULES = (
    Rule("C01", Level.ERROR, "An update that is not the last says when the next one comes, within the cadence.", _next),
    Rule(
        "C02",
        Level.ERROR,
        "A time for the next update in the text is the promised one.",
        _words_agree,
        english=True,
    ),
    Rule("C03", Level.ERROR, "A promised update is there when its time comes.", _kept, whole=True),
    Rule("C16", Level.NOTE, "Texts do not promise when it will work again.", _no_date, english=True),
)
