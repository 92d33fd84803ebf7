"""Notifications for authorities and for people concerned: what each asks for, from the records. Not legal advice."""

from collections.abc import Callable, Iterator, Mapping

from stillup.records.plan import Regime, Step
from stillup.records.private.breach import Regulatory
from stillup.reports.paper.case import STATES, Case, span
from stillup.reports.paper.meeting import filling
from stillup.reports.paper.paper import Paper, plain
from stillup.reports.paper.pen import Pen
from stillup.timeline.clock.clock import Clock
from stillup.timeline.clock.regime import filed
from stillup.vocabulary import ClockState, Decision

NOTICE = (
    "**Not legal advice.** A draft from our records: confirm it with the data protection officer and legal "
    "counsel before it leaves."
)


def regulator(case: Case, only: str = "") -> Paper:
    """Return the drafts of every notice of the regimes in the record, or of the one called `only`."""
    pen = Pen()
    pen.say(NOTICE)
    records = {name: each for name, each in case.known.regulatory.items() if not only or name == only}
    if not records:
        pen.say(
            f"No authority is in the record. Write `regulatory:` with `{only or 'gdpr'}: {{aware_at: ...}}`, and "
            "the clocks run."
        )
        pen.blank(f"regulatory.{only or 'gdpr'}", "when we knew, and what was decided")
    numbers: dict[str, object] = {}
    for name, record in records.items():
        regime = case.settings.plan.regimes[name]
        pen.head(f"{plain(regime.name or name)}")
        numbers[name] = _regime(pen, case, name, regime, record)
    return case.paper(
        "regulator",
        f"Notifications: {case.title}",
        pen,
        "Hours are elapsed hours, days and months those of the calendar in the page's zone. A notice is met only "
        "with its "
        "time and a reference.",
        numbers={"regimes": numbers},
    )


def _regime(pen: Pen, case: Case, name: str, regime: Regime, record: Regulatory) -> object:
    pen.fact("Aware", case.time(record.aware_at))
    pen.fact(
        "Decision", str(record.decision or "").replace("_", " "), f"regulatory.{name}.decision", "what was decided"
    )
    pen.fact("Reason", " ".join(record.reason.split()), f"regulatory.{name}.reason", "why so")
    if regime.note:
        pen.fact("Note", regime.note)
    if record.decision is Decision.NO_RISK:
        pen.say("\nNobody is told. The decision and its reason are kept, as an authority may ask for them.")
        return {"decision": "no_risk", "steps": {}}
    numbers = {}
    for step_name, step in regime.steps.items():
        clock = next((each for each in case.clocks if each.clock == f"regime/{name}/{step_name}"), None)
        pen.head(f"{plain(step_name.replace('-', ' ').capitalize())}: to the {plain(step.to)}", 3)
        _due(pen, case, name, record, step_name, step, clock)
        numbers[step_name] = {
            "due": f"{clock.due:%Y-%m-%dT%H:%M:%SZ}" if clock and clock.due else None,
            "state": clock.state.value if clock else "not_asked",
        }
        if clock is not None and clock.state not in {ClockState.MET, ClockState.LATE}:
            _content(pen, case, name, step_name, step, clock)
    return {"decision": str(record.decision or "open"), "steps": numbers}


def _due(pen: Pen, case: Case, name: str, record: Regulatory, step_name: str, step: Step, clock: Clock | None) -> None:
    if clock is None:
        pen.fact("Due", f"not asked for by what is recorded ({_condition(step)})")
        return
    handed = filed(record, step_name)
    reference = record.filed[step_name].reference if step_name in record.filed else record.reference
    pen.fact("Due", case.time(clock.due) if clock.due else "without undue delay")
    pen.fact("State", STATES[clock.state] + (f": {case.time(handed)}, {plain(reference)}" if handed else ""))
    pen.fact("Rule", case.rule(clock))


def _condition(step: Step) -> str:
    if step.high_risk:
        return "only where the people concerned run a high risk"
    if step.residents is not None:
        return f"only where at least {step.residents} residents are concerned, after the step {step.step or 'before'}"
    return f"it runs from {f'the step {step.step}' if step.step else step.after}, which is not recorded yet"


def _content(pen: Pen, case: Case, name: str, step_name: str, step: Step, clock: Clock) -> None:
    """Write the draft: each thing that the step asks for, and what is known of it."""
    for asked in step.content:
        if asked.startswith("reasons for a delay") and clock.state is not ClockState.OVERDUE:
            continue
        pen.say(f"**{asked[0].upper()}{asked[1:]}**")
        said = _answers(asked, case, pen)
        pen.items(said)
        pen.say("")


def _answers(asked: str, case: Case, pen: Pen) -> list[str]:
    """Return what is known of `asked`; a thing we have no words for is left to whoever files it."""
    for words, answer in _KNOWN.items():
        if words in asked.casefold():
            return list(answer(case, pen))
    return [pen.blank("regulatory", asked)]


def _nature(case: Case, pen: Pen) -> Iterator[str]:
    data = case.known.personal_data
    yield f"{_what(case)} It began {case.time(case.matter.began)}" + (
        f" and was detected {case.time(case.known.detected_at)}." if case.known.detected_at else "."
    )
    yield from _information(case, pen)
    yield (
        f"People: {data.subjects:,}{f', {plain(data.people)}' if data.people else ''}"
        if data and data.subjects is not None
        else pen.blank("personal_data.subjects", "about how many people")
    )
    yield (
        f"Records: {data.records:,}"
        if data and data.records is not None
        else pen.blank("personal_data.records", "about how many records")
    )


def _information(case: Case, pen: Pen) -> Iterator[str]:
    data = case.known.personal_data
    yield (
        f"Data: {', '.join(map(plain, data.categories))}"
        if data and data.categories
        else pen.blank("personal_data.categories", "which kinds of data")
    )


def _contact(case: Case, pen: Pen) -> Iterator[str]:
    roster = case.private.roster
    officers = [
        each
        for role in ("data-protection-officer", "dpo", "legal")
        for each in (filling(roster, role) if roster else ())
    ]
    if officers:
        yield (
            f"{plain(officers[0].name)}, {plain(', '.join(filter(None, (officers[0].email, officers[0].phone or ''))))}"
        )
    else:
        yield pen.blank("contacts", "a contact with the role data-protection-officer", "roster.yml")


def _consequences(case: Case, pen: Pen) -> Iterator[str]:
    data = case.known.personal_data
    yield (
        " ".join(data.consequences.split())
        if data and data.consequences
        else pen.blank("personal_data.consequences", "what may follow for them")
    )


def _measures(case: Case, pen: Pen) -> Iterator[str]:
    data = case.known.personal_data
    yield (
        " ".join(data.measures.split())
        if data and data.measures
        else pen.blank("personal_data.measures", "what was done or is proposed")
    )
    if data and data.encrypted:
        yield "The data are encrypted: nobody can read them."


def _advice(case: Case, pen: Pen) -> Iterator[str]:
    said = " ".join(case.newest("workaround").split())
    yield said if said and said != "none_known" else pen.blank("workaround", "what the people concerned can do")


def _more(case: Case, pen: Pen) -> Iterator[str]:
    support = case.settings.support
    reach = ", ".join(filter(None, (support.email, support.url, case.place)))
    yield reach or pen.blank("support", "where they can ask, in the settings")


def _happened(case: Case, pen: Pen) -> Iterator[str]:
    yield f"{_what(case)} It began {case.time(case.matter.began)}."


def _what(case: Case) -> str:
    summary = " ".join(case.newest("summary").split())
    return summary or f"{case.title}."


def _severity(case: Case, pen: Pen) -> Iterator[str]:
    ended = case.matter.recovered or case.matter.closed
    yield (
        f"Severity {case.severity or '?'}; "
        f"{'lasted ' + span(case.lasted) if ended else 'goes on since ' + case.time(case.matter.began)}."
    )
    yield f"Systems: {', '.join(case.systems) or 'none of those on the page'}"
    users = case.known.affected_users
    yield f"Users: {users.count:,}" if users else pen.blank("affected_users", "how many users are concerned")


def _malicious(case: Case, pen: Pen) -> Iterator[str]:
    if case.known.security is None:
        yield pen.blank("security", "whether it is suspected to be malicious")
        return
    yield "It is handled as a security incident" + (
        "; the attack goes on." if case.known.security.active_attack else "."
    )
    yield (
        pen.blank("security.note", "whether an unlawful or malicious act is suspected")
        if not case.known.security.note
        else " ".join(case.known.security.note.split())
    )


def _cause(case: Case, pen: Pen) -> Iterator[str]:
    cause = case.known.root_cause
    yield (
        " ".join(cause.root.split()) if cause and cause.root else pen.blank("root_cause.root", "the fundamental issue")
    )


def _form(case: Case, pen: Pen) -> Iterator[str]:
    """Yield the facts that the form of the technical standard asks for, as far as records have them."""
    known = case.known
    record = known.regulatory.get("dora")
    yield f"Reference: {plain(case.reference)}"
    yield (
        f"Detected: {case.time(known.detected_at)}"
        if known.detected_at
        else pen.blank("detected_at", "when it was detected")
    )
    yield (
        f"Classified: {case.time(record.classified_at)}"
        if record and record.classified_at
        else pen.blank("regulatory.dora.classified_at", "when it was classified as major")
    )
    yield f"Description: {_what(case)}"
    yield from _severity(case, pen)
    yield (
        f"Discovered by: {plain(known.detected_by)}"
        if known.detected_by
        else pen.blank("detected_by", "how it was discovered")
    )
    yield from _measures(case, pen)


_KNOWN: Mapping[str, Callable[[Case, Pen], Iterator[str]]] = {
    "nature of the breach, in plain": _happened,
    "nature of the breach": _nature,
    "data protection officer": _contact,
    "consequences": _consequences,
    "root cause": _cause,
    "measures": _measures,
    "malicious": _malicious,
    "severity and impact": _severity,
    "what happened": _happened,
    "what information": _information,
    "what we are doing": _measures,
    "what you can do": _advice,
    "for more information": _more,
    "2025/302": _form,
    "intermediate report, once": _form,
}
"""By words of what is asked for, the first that fits: what our records say to it."""
