"""The report of a security incident: what was done by whom and when, whose data are concerned, who was told."""

from collections.abc import Iterator

from stillup.reports.paper.case import STATES, Case
from stillup.reports.paper.paper import Paper, plain
from stillup.reports.paper.pen import Pen
from stillup.reports.paper.postmortem import is_late, users
from stillup.vocabulary import SecurityAction

ACTIONS = {
    SecurityAction.ISOLATE_SYSTEMS: "Isolate affected systems",
    SecurityAction.REVOKE_CREDENTIALS: "Revoke compromised credentials",
    SecurityAction.CHANGE_PASSWORDS: "Change all related passwords and keys",
    SecurityAction.DOCUMENT_TIMELINE: "Document timeline and affected systems",
    SecurityAction.PRESERVE_EVIDENCE: "Preserve forensic evidence before cleanup",
    SecurityAction.ROTATE_SECRETS: "Rotate secrets",
    SecurityAction.UPDATE_API_KEYS: "Update API keys of integrations",
    SecurityAction.REFRESH_JWT: "Refresh JWT secrets, invalidate tokens",
    SecurityAction.VERIFY_RBAC: "Verify that permissions were not changed",
}
"""The plan's nine actions, in its order."""


def security(case: Case) -> Paper:
    """Return the report."""
    pen = Pen()
    known = case.known
    done = known.security.actions if known.security is not None else {}
    pen.head("Summary")
    pen.fact("Incident", f"{case.title} ({plain(case.reference)})")
    pen.fact("Severity", str(case.severity or ""), "severity")
    pen.fact("Began", case.time(case.matter.began))
    pen.fact(
        "Detected",
        f"{case.time(known.detected_at)}: {plain(known.detected_by)}" if known.detected_at else "",
        "detected_at",
        "when and how it was detected",
    )
    pen.fact("Over", case.time(case.matter.closed) if case.matter.closed else "no")
    if known.security is not None and known.security.active_attack:
        pen.fact("Attack", "**goes on**")
    pen.fact("Led by", plain(known.commander), "commander", "who leads")
    pen.fact("Public", f"<{case.place}>" if case.place else "nothing of it is public" if case.public is None else "yes")
    pen.head("Actions")
    pen.table(("Action", "When", "By", "Evidence"), _actions(case, pen))
    pen.head("Timeline")
    pen.table(("When (UTC)", "What", "Who"), _timeline(case))
    if not known.timeline:
        pen.say(pen.blank("timeline", "what else happened, step by step"))
    pen.head("Impact")
    pen.fact("Systems", ", ".join(case.systems) or "none of those on the page")
    pen.fact("Users", users(case), "affected_users", "how many users are concerned")
    data = known.personal_data
    if data is None:
        pen.fact("Personal data", "", "personal_data", "whether personal data are concerned; write it once it is known")
    else:
        pen.fact(
            "Personal data", ", ".join(map(plain, data.categories)), "personal_data.categories", "which kinds of data"
        )
        pen.fact(
            "People",
            f"{data.subjects:,}, {plain(data.people)}".rstrip(", ") if data.subjects is not None else "",
            "personal_data.subjects",
            "how many people",
        )
        pen.fact(
            "Records",
            f"{data.records:,}" if data.records is not None else "",
            "personal_data.records",
            "how many records",
        )
        pen.fact("Readable", "no: encrypted" if data.encrypted else "yes")
        pen.fact("High risk for them", "yes" if data.high_risk else "no")
        pen.fact(
            "Consequences",
            " ".join(data.consequences.split()),
            "personal_data.consequences",
            "what may follow for them",
        )
        pen.fact("Measures", " ".join(data.measures.split()), "personal_data.measures", "what was done or is proposed")
    pen.head("Notices")
    rows = (
        (
            case.rule(each),
            case.who(each.audience),
            case.time(each.due) if each.due else "without undue delay",
            STATES[each.state],
        )
        for each in case.clocks
        if each.clock.startswith(("regime/", "breach/"))
    )
    pen.table(("Notice", "To", "Due", "State"), rows, "None is due by what is recorded.")
    for name, each in known.regulatory.items():
        decided = str(each.decision or "open").replace("_", " ")
        pen.fact(
            plain(name.upper()),
            f"aware {case.time(each.aware_at)}, decision: {decided}. {' '.join(each.reason.split())}",
        )
    approved = known.legal_approved
    pen.fact(
        "Legal",
        f"{plain(approved.by)}, {case.time(approved.at)}: {plain(approved.note)}" if approved else "",
        "legal_approved",
        "that the legal side agreed",
    )
    pen.head("Lessons and prevention")
    pen.items((" ".join(each.split()) for each in known.review.lessons) if known.review else ())
    pen.items(
        (
            f"{plain(each.title)} - {plain(each.owner)} - {each.due}: "
            f"{'**overdue**' if is_late(each, case) else each.state}"
            for each in known.action_items
        ),
        "action_items",
        "what is done so that it does not happen again",
    )
    numbers = {
        "actions": {
            name.value: (f"{done[name].at:%Y-%m-%dT%H:%M:%SZ}" if name in done else None) for name in SecurityAction
        },
        "subjects": data.subjects if data else None,
        "records": data.records if data else None,
    }
    return case.paper("security", f"Security incident report: {case.title}", pen, numbers=numbers)


def _timeline(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield everything whose time is on record, in order: the detailed actions beside what was noted."""
    known = case.known
    done = known.security.actions if known.security is not None else {}
    moments = (
        (case.matter.began, "It began", ""),
        (known.detected_at, f"Detected: {plain(known.detected_by)}" if known.detected_by else "Detected", ""),
        (known.acknowledged_at, "Acknowledged", ""),
        (known.mitigated_at, "Mitigated", ""),
        (case.matter.closed, "Over", ""),
        *((each.at, ACTIONS[name], plain(each.by)) for name, each in done.items()),
        *((each.at, " ".join(each.what.split()), plain(each.who)) for each in known.timeline),
        *((each.at, f"{case.who(each.to)} is told", plain(each.by)) for each in known.escalated),
    )
    found = [(at, what, who) for at, what, who in moments if at is not None and at <= case.at]
    for at, what, who in sorted(found, key=lambda each: each[0]):
        yield f"{at:%Y-%m-%d %H:%M}", what, who


def _actions(case: Case, pen: Pen) -> Iterator[tuple[str, str, str, str]]:
    done = case.known.security.actions if case.known.security is not None else {}
    for name, words in ACTIONS.items():
        proof = done.get(name)
        if proof is None or proof.at > case.at:
            yield words, pen.blank(f"security.actions.{name}", "when it was done, or that it does not apply"), "", ""
        else:
            yield words, case.time(proof.at), plain(proof.by), plain(proof.evidence)
