"""Messages for those who see internal facts: responders, executives, board, investors. Only this file knows a briefing.

What a public message is made of has no field for these facts; here they are added as words.
"""

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from stillup.amount import money
from stillup.catalogue import Catalogue
from stillup.messages import clock
from stillup.messages.compose import Composed, Slice, compose
from stillup.messages.letter import Letter
from stillup.messages.recipient import Sender
from stillup.messages.template import INSIDE
from stillup.messages.wording import ABSENT, Wording, one_line
from stillup.views.briefing import Briefing
from stillup.vocabulary import Kind, UpdateStatus

REVIEW_WITHIN = timedelta(hours=72)
"""The plan: a postmortem is scheduled within 72 hours of the resolution."""


def briefed(
    letter: Letter, briefing: Briefing, wording: Wording, part: Slice, *, sender: Sender | None = None
) -> Composed:
    """Return what everybody in `part` gets, public or not; enterprise customers get the commander's line of it."""
    inside = facts(letter, briefing) if part.audience in INSIDE else None
    return compose(letter, wording, part, sender=sender, line=briefing.line, internal=inside)


def facts(letter: Letter, briefing: Briefing) -> Mapping[str, object]:
    """Return the internal facts in words, for templates; one that is not known takes its line with it."""
    words, zone = letter.words, ZoneInfo(letter.zone)
    detected = clock.moment(words, briefing.detected_at, zone) if briefing.detected_at else ""
    if detected and briefing.detected_by:
        detected = words.say("alert.detected_by", time=detected, who=briefing.detected_by)
    told: dict[str, str] = {
        "severity": str(briefing.severity or ""),
        "commander": briefing.commander,
        "channel": briefing.channel,
        "responders": words.listed(briefing.responders),
        "detected": detected,
        # Until it is over, a cause is a guess that somebody above would pass on.
        "root_cause": briefing.root_cause if letter.ended is not None else "",
        "affected_users": _users(words, briefing),
        "complaints": words.digits(briefing.complaints) if briefing.complaints else "",
        "media_coverage": words.listed(briefing.media) or words.say("executives.media_none"),
        "financial": _costs(words, briefing),
        "recovery": _recovery(letter, zone),
        "confidence": _confidence(letter),
        "postmortem": _postmortem(letter, briefing, zone),
    }
    return {name: one_line(text) or ABSENT for name, text in told.items()}


def _users(words: Catalogue, briefing: Briefing) -> str:
    if briefing.affected_users is None:
        return ""
    count = words.digits(briefing.affected_users)
    return f"{count} ({briefing.affected_share})" if briefing.affected_share else count


def _costs(words: Catalogue, briefing: Briefing) -> str:
    costs = [money(amount, currency) for currency, amount in sorted(briefing.costs.items())]
    return words.listed(costs) or words.say("executives.assessed")


def _recovery(letter: Letter, zone: ZoneInfo) -> str:
    if letter.ended is not None:
        return letter.words.say("executives.recovery_done", time=clock.moment(letter.words, letter.ended, zone))
    eta = next((fact.text for fact in letter.known if fact.key == "eta"), "")
    return eta or letter.words.say("executives.recovery_open")


def _confidence(letter: Letter) -> str:
    """Return how sure recovery is: as sure as the state of the work allows."""
    if letter.incident.kind == Kind.MAINTENANCE:
        return ""
    status = UpdateStatus(letter.update.status)
    return letter.words.say(f"executives.confidence.{status}")


def _postmortem(letter: Letter, briefing: Briefing, zone: ZoneInfo) -> str:
    if briefing.review_at is not None:
        return clock.moment(letter.words, briefing.review_at, zone)
    if letter.ended is None:
        return ""
    due = letter.update.at + REVIEW_WITHIN
    return letter.words.say("alert.postmortem_by", time=clock.moment(letter.words, due, zone))
