"""The internal postmortem: the plan's template, filled from the records; what nobody wrote is named, not made up."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from stillup.records.private.lesson import ActionItem
from stillup.reports.paper.case import Case, amounts, span
from stillup.reports.paper.meeting import invitation
from stillup.reports.paper.paper import Paper, plain
from stillup.reports.paper.pen import Pen
from stillup.reports.wording import counted
from stillup.timeline.clock.clock import after
from stillup.vocabulary import ActionState, CostKind

LENGTH = timedelta(minutes=90)
"""The longest that the meeting takes."""

_FIRST_HOUR = 14
"""When a meeting is proposed for, on the clock of the page's zone."""


def postmortem(case: Case) -> Paper:
    """Return the document with the meeting's invitation beside it."""
    pen = Pen()
    _summary(pen, case)
    _timeline(pen, case)
    _cause(pen, case)
    _impact(pen, case)
    review = case.known.review
    pen.head("What Went Well")
    pen.items((_text(each) for each in review.went_well) if review else (), "review.went_well", "what went well")
    pen.head("What Went Poorly")
    pen.items((_text(each) for each in review.went_poorly) if review else (), "review.went_poorly", "what went poorly")
    pen.head("Action Items")
    pen.items(_actions(case), "action_items", "what is done so that it does not happen again, by whom, by when")
    pen.head("Lessons Learned")
    pen.items((_text(each) for each in review.lessons) if review else (), "review.lessons", "what was learned")
    start, proposed = meeting(case)
    _meeting(pen, case, start, proposed)
    _public(pen, case)
    numbers = {
        "severity": str(case.severity or ""),
        "duration_seconds": int(case.lasted.total_seconds()),
        "affected_users": case.known.affected_users.count if case.known.affected_users else None,
        "components": sorted({claim.component for claim in case.claims()}),
        "costs": _exact(case.costs(CostKind.DIRECT, CostKind.INDIRECT)),
        "prevention": _exact(case.costs(CostKind.PREVENTION)),
        "action_items": {
            state.value: sum(each.state is state for each in case.known.action_items) for state in ActionState
        },
        "meeting": {"at": start.strftime("%Y-%m-%dT%H:%M:%SZ") if start else None, "proposed": proposed},
    }
    beside = {"postmortem.ics": invitation(case, start, LENGTH)} if start and start > case.at else {}
    definitions = (
        "Duration: from when customers began to notice until they stopped; where it was opened again, without the time "
        "between."
    )
    return case.paper(
        "postmortem", f"Incident Postmortem: {case.title}", pen, definitions, numbers=numbers, beside=beside
    )


def meeting(case: Case) -> tuple[datetime | None, bool]:
    """Return when the meeting is or was, and whether that is only proposed; None before the incident is over.

    Proposed is the first working day after the end, at two in the afternoon on the page's clock, as long as that is
    within the plan's limit; where a weekend is in the way, whatever is the last moment within it.
    """
    review, closed = case.known.review, case.matter.closed
    if review is not None and (review.held_at or review.scheduled_for):
        return (review.held_at or review.scheduled_for), False
    target = case.settings.plan.severities.get(case.severity) if case.severity else None
    if closed is None or target is None or target.meeting is None:
        return None, False
    zone = ZoneInfo(case.settings.timezone)
    due = after(closed, target.meeting, zone)
    day = closed.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    start = datetime(day.year, day.month, day.day, _FIRST_HOUR, tzinfo=zone).astimezone(UTC)
    return min(start, due), True


def _summary(pen: Pen, case: Case) -> None:
    known = case.known
    pen.head("Summary")
    open_yet = "" if case.matter.closed else ", and it is not over"
    pen.fact("Date", f"{case.day(case.matter.began)}")
    pen.fact("Duration", f"{span(case.lasted)}{open_yet}")
    suggested = " (suggested: no record states it)" if case.matter.suggested else ""
    pen.fact("Severity", f"{case.severity or ''}{suggested}", "severity")
    for change in known.reclassified:
        pen.fact("Reclassified", f"{change.was} to {change.severity}, {case.time(change.at)}: {plain(change.why)}")
    pen.fact(
        "Systems affected",
        ", ".join(case.systems) or ("none of those on the page" if case.public else ""),
        "timeline",
        "which systems",
    )
    pen.fact("Users impacted", users(case), "affected_users", "how many users noticed")


def users(case: Case) -> str:
    """Return how many users noticed, and how that was counted."""
    known = case.known.affected_users
    if known is None:
        return ""
    share = f" ({known.share:f} % of all)" if known.share is not None else ""
    return f"{known.count:,}{share}" + (f"; {plain(known.note)}" if known.note else "")


def is_late(item: ActionItem, case: Case) -> bool:
    """Whether an action item is open after its day, in the page's zone."""
    return item.state is ActionState.OPEN and case.is_past(item.due)


def _timeline(pen: Pen, case: Case) -> None:
    known = case.known
    pen.head("Timeline")
    found = ""
    if known.detected_at:
        ahead = case.matter.began - known.detected_at
        length = f"{span(ahead)} before" if ahead > timedelta(0) else f"{span(-ahead)} after"
        found = f"{case.time(known.detected_at)}, {length} customers began to notice"
        found += f": {plain(known.detected_by)}" if known.detected_by else ""
    pen.fact("Detection", found, "detected_at", "when and how it was detected")
    steps = [
        f"{word} {span(at - known.detected_at)} after detection"
        for word, at in (
            ("acknowledged", known.acknowledged_at),
            ("work began", case.matter.answered),
            ("mitigated", known.mitigated_at),
        )
        if at is not None and known.detected_at is not None and at >= known.detected_at
    ]
    pen.fact("Response", ", ".join(steps), "acknowledged_at", "when somebody took it on")
    resolved = case.newest("resolution")
    when = case.time(case.matter.closed) if case.matter.closed else ""
    pen.fact("Resolution", f"{when}. {_text(resolved)}".strip(" .") + "." if when else "*it is not over*")
    pen.table(("When (UTC)", "What", "Who", "Told"), _rows(case), "Nothing is recorded.")


def _rows(case: Case) -> Iterator[tuple[str, str, str, str]]:
    """Yield what we did and what we said, in order of time."""
    rows = [(each.at, 0, _text(each.what), plain(each.who), "internal") for each in case.known.timeline]
    for each in case.told:
        rows.append((each.at, 1, f"{each.status.capitalize()}: {_first(each.body)}", "", "public"))
    for step in case.known.escalated:
        rows.append((step.at, 2, f"{case.who(step.to)} is told", plain(step.by), "internal"))
    day = ""
    for at, _, what, who, told in sorted(rows):
        shown = f"{at:%H:%M}" if f"{at:%Y-%m-%d}" == day else f"{at:%Y-%m-%d %H:%M}"
        day = f"{at:%Y-%m-%d}"
        yield shown, what, who, told


def _cause(pen: Pen, case: Case) -> None:
    cause = case.known.root_cause
    pen.head("Root Cause")
    pen.fact("Immediate cause", _text(cause.immediate) if cause else "", "root_cause.immediate", "the direct trigger")
    contributing = "; ".join(_text(each).rstrip(".") for each in cause.contributing) if cause else ""
    pen.fact("Contributing factors", contributing, "root_cause.contributing", "what made it possible")
    pen.fact("Root cause", _text(cause.root) if cause else "", "root_cause.root", "the fundamental issue")
    pen.fact(
        "Category",
        plain(case.known.cause_category or ""),
        "cause_category",
        "the class of cause, by which repeats are found",
    )


def _impact(pen: Pen, case: Case) -> None:
    known = case.known
    pen.head("Impact")
    # What they noticed at the worst, not at the end: the longest-standing word is that of the first update.
    noticed = next((each.impact_text for each in case.told if each.impact_text), "")
    pen.fact("User impact", _text(noticed), "impact_text", "what customers noticed, in the public record", "public")
    business = [
        amounts(case.costs(CostKind.DIRECT, CostKind.INDIRECT)),
        counted(sum(each.count for each in known.complaints), "complaint") if known.complaints else "",
        f"{counted(len(known.media), 'mention')} in the media" if known.media else "",
    ]
    pen.fact("Business impact", ", ".join(filter(None, business)), "costs", "what it cost, and how that was worked out")
    lasted: dict[str, list[str]] = {}
    for claim in case.claims():
        end = claim.end or case.matter.recovered or case.at
        lasted.setdefault(claim.component, []).append(f"{claim.status.replace('_', ' ')} {span(end - claim.start)}")
    pen.fact("System impact", "; ".join(f"{case.name(id)}: {', '.join(spans)}" for id, spans in lasted.items()))
    pen.fact("Data", _text(case.newest("data_loss")))


def _actions(case: Case) -> Iterator[str]:
    for each in case.known.action_items:
        done = "x" if each.state is not ActionState.OPEN else " "
        more = f" ({each.state}: {plain(each.evidence)})" if each.state is not ActionState.OPEN else ""
        late = " **overdue**" if is_late(each, case) else ""
        yield f"[{done}] {plain(each.title)} - {plain(each.owner)} - {each.due}{late}{more}"


def _meeting(pen: Pen, case: Case, start: datetime | None, proposed: bool) -> None:
    pen.head("Meeting")
    if start is None:
        pen.say("It is scheduled when the incident is over.")
        return
    review = case.known.review
    held = review is not None and review.held_at is not None
    pen.fact("Held" if held else "Proposed" if proposed else "Scheduled", f"{case.time(start)}, 90 minutes at most")
    attendees = (
        review.attendees if review is not None and review.attendees else (case.known.commander, *case.known.responders)
    )
    pen.fact("Attendees", ", ".join(plain(each) for each in attendees if each), "responders", "who takes part")
    if review is not None:
        pen.fact("Minutes", plain(review.minutes))
        pen.fact("Document", plain(review.document))
    if proposed:
        pen.say(
            "\nThe invitation `postmortem.ics` lies beside this document. Write `review.scheduled_for` once it "
            "is agreed."
        )


def _public(pen: Pen, case: Case) -> None:
    pen.head("Public part, proposed")
    if case.public is None:
        pen.say("The whole incident is private: nothing of it is published.")
        return
    if case.public.postmortem is not None:
        pen.say(f"Published {case.time(case.public.postmortem.at)}.")
        return
    pen.say(
        "Made of what is public already; nothing internal was taken over. "
        "Complete what is missing in the words of customers, then publish it with "
        f"`stillup incident postmortem {case.id}`."
    )
    ended = case.matter.recovered
    in_all = " in all" if ended and case.lasted < ended - case.matter.began else ""
    lasted = (
        f"It lasted from {case.time(case.matter.began)} to {case.time(ended)} ({span(case.lasted)}{in_all})."
        if ended
        else ""
    )
    summary = case.newest("summary") or pen.blank("summary", "what happened, in the resolving update", "public")
    resolution = case.newest("resolution") or pen.blank("resolution", "what made it work again", "public")
    change = case.newest("prevention") or pen.blank("prevention", "what keeps it from happening again", "public")
    why = pen.blank("postmortem", "the cause, in the words of customers", "public")
    parts = [
        f"**What happened.** {summary} {lasted}",
        f"**Who noticed.** {case.newest('scope') or ', '.join(case.systems)}",
        f"**Why.** {why}",
        f"**What we did.** {resolution}",
        f"**What we change.** {change}",
    ]
    pen.quote("\n\n".join(" ".join(part.split()) for part in parts))


def _exact(sums: Mapping[str, Decimal]) -> dict[str, str]:
    """Return amounts for machines."""
    return {currency: str(amount) for currency, amount in sums.items()}


def _text(text: str) -> str:
    """Return a text of a record in one line; it is Markdown already."""
    return " ".join(text.split()).replace("|", "\\|")


def _first(text: str) -> str:
    """Return the first line of a text that was published."""
    return _text(text.strip().splitlines()[0])
