"""Rules of impact: who is affected, how badly, and what they can do."""

import re
from collections.abc import Iterator

from stillup.errors import Level
from stillup.fix import Fix, write
from stillup.lint.case import Case
from stillup.lint.pattern import any_word, each_match
from stillup.lint.rule import Remark, Rule
from stillup.vocabulary import ComponentStatus, Severity, UpdateStatus

_PEOPLE = any_word(
    "customers?", "users?", "you", "your", "people", "everyone", "everybody", "anyone", "visitors?",
    "members?", "merchants?", "requests?", "sign[- ]?ins?", "log[- ]?ins?", "payments?", "orders?",
    "messages?", "pages?", "jobs?", "(?:e-?)?mails?", "notifications?", "accounts?", "transactions?", "transfers?",
    "uploads?", "downloads?", "exports?", "files?", "invoices?", "receipts?",
)  # fmt: skip
_VAGUE = any_word(
    r"(?:some|certain|several|a few|a (?:very )?small (?:number|subset|percentage|portion|fraction) of"
    r"|a (?:subset|number|portion|fraction) of|a limited number of)(?: of)?(?: our| the)?"
    r" (?:users?|customers?|people|requests?|accounts?|payments?|organi[sz]ations?|repositories|messages?)",
    "intermittent(?:ly)?",
)
_REGION = any_word(
    r"[a-z]{2}-(?:north|south|east|west|central)\w*-\d", "regions?", "Europe(?:an)?", "EU", "US", "USA", "UK",
    "(?:North |South |Latin )?America", "Asia", "Africa", "Australia", "Oceania", "APAC", "EMEA",
    "US[- ](?:East|West)", "worldwide", "all (?:users|customers|regions|accounts|plans)", "plans?", "tiers?", "free",
    "pro", "enterprise", "iOS", "Android", "mobile", "web", "browsers?", "desktop",
)  # fmt: skip
_NUMBER = re.compile(r"\d|\b(?:one|two|three|four|five|six|ten|half|third|quarter|most|all|none)\b", re.IGNORECASE)
_OUTAGE = any_word("outages?", r"(?<!slow )(?<!slowed )(?<!broken )(?<!shut )(?<!scroll )down(?! to)(?!load)")
_SLOW = any_word("degrad(?:ed|ation)", "slow(?:er|ly|ness)?", "delays?", "delayed", "latency")
_BROKEN = any_word(
    "outages?", "down", "fail(?:s|ed|ing|ures?)?", "unavailable", "errors?", "unable", "can ?not", "can't", "offline",
    "unreachable", "timed? ?-?out", "rejected", "declined", "interrupted", "disrupt(?:ed|ion)", "not",
)  # fmt: skip


def _felt(case: Case) -> Iterator[Remark]:
    if not (case.is_incident and case.opens) or case.update.impact_text or case.update.status.closes:
        return
    said = case.said.lower()
    if not _PEOPLE.search(said) and not any(name in said for name in case.page.features):
        yield Remark(
            field="body",
            message="Nothing says what customers notice.",
            fix=Fix(write("impact_text"), " what does not work for them, or name the component and what fails."),
        )


def _vague(case: Case) -> Iterator[Remark]:
    for text in case.texts:
        for found, sentence in each_match(_VAGUE, text.prose):
            rest = sentence.replace(found[0], " ")
            if _NUMBER.search(rest) or _REGION.search(rest) or any(name in rest.lower() for name in case.page.features):
                continue
            yield Remark(
                text=text,
                at=found[0],
                message=f"'{' '.join(found[0].split())}' leaves everybody wondering whether they are meant.",
                fix="Say how many, or in which region, plan or feature.",
            )


def _scope(case: Case) -> Iterator[Remark]:
    if not case.is_incident or len(case.since_opening) != 1 or case.update.status.closes:
        return
    told = (*case.since_opening, case.update)
    if any(update.scope for update in told):
        return
    said = "\n".join([case.said, *(f"{update.body}\n{update.impact_text}" for update in case.since_opening)])
    if not (
        _REGION.search(said) or re.search(r"\d\s*%", said) or any(name in said.lower() for name in case.page.features)
    ):
        yield Remark(
            message="After two updates nobody knows which region, plan or feature is affected.",
            fix=Fix(write("scope"), " who is affected, and who is not."),
        )


def _workaround(case: Case) -> Iterator[Remark]:
    if not case.is_incident or case.update.status is not UpdateStatus.IDENTIFIED:
        return
    if not any(update.workaround for update in (*case.since_opening, case.update)):
        yield Remark(
            message="Nothing says what customers can do meanwhile.",
            fix=Fix(write("workaround"), " what they can do, or none_known."),
        )


def _strong_words(case: Case) -> Iterator[Remark]:
    if not case.is_incident or case.update.status.closes:
        return
    for text in case.texts:
        if text.field in ("prevention", "progress", "next_steps"):
            continue
        if case.impact.rank < 2:
            for found, _ in each_match(_OUTAGE, text.prose):
                yield Remark(
                    text=text,
                    at=found[0],
                    message=f"'{found[0]}' is said of an incident whose impact is {case.impact}.",
                    fix="Say what is slow or fails, or state the component's outage.",
                )
        elif (found_slow := _SLOW.search(text.prose)) and not _BROKEN.search(text.prose):
            yield Remark(
                text=text,
                at=found_slow[0],
                message=f"'{found_slow[0]}' is said of an incident whose impact is {case.impact}.",
                fix="Say what does not work, or state the components' milder state.",
            )


def _severity(case: Case) -> Iterator[Remark]:
    severity, worst = case.record.severity, case.worst
    if severity is Severity.P0 and ComponentStatus.OPERATIONAL.rank < worst.rank <= 2:
        yield Remark(
            field="severity",
            message=f"This is a P0, and the worst component is only {worst}.",
            fix="State the outage of the components, or a milder severity.",
        )
    elif severity is Severity.P3 and worst is ComponentStatus.MAJOR_OUTAGE:
        yield Remark(
            field="severity",
            message="This is a P3, and a component has a major outage.",
            fix="State a graver severity, or the component's milder state.",
        )


RULES = (
    Rule("C05", Level.ERROR, "The first update says what customers notice.", _felt, english=True),
    Rule("C06", Level.WARNING, "'Some users' comes with a number, region, plan or feature.", _vague, english=True),
    Rule("C07", Level.WARNING, "By the second update the scope is told.", _scope, english=True),
    Rule("C08", Level.WARNING, "Once the cause is found, a workaround is given or said not to be known.", _workaround),
    Rule("C17", Level.WARNING, "The words are as strong as the impact.", _strong_words, english=True),
    Rule("C18", Level.ERROR, "Severity and impact fit together.", _severity, whole=True),
)
