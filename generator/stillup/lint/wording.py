"""Rules of wording: causes, blame, apologies, noise and what was left unfinished."""

import re
from collections.abc import Iterator

from stillup.errors import Level
from stillup.fix import Fix, write
from stillup.lint.case import Case
from stillup.lint.pattern import any_word, each_match, sentences
from stillup.lint.rule import Remark, Rule
from stillup.vocabulary import UpdateStatus

_CAUSE = any_word("due to", "caused by", "because of", "as a result of", "root cause (?:is|was)", "resulting from")
_SUPPLIER = any_word(
    r"(?:our|an?|the|one of our) (?:\w+ ){0,3}(?:provider|vendor|supplier|partner|third[- ]party|host(?:er)?)s?",
    r"third[- ]party(?: \w+)? (?:issue|outage|problem|failure|provider|vendor|service)",
)
_JARGON = any_word(
    "failover", "failed over", "k8s", "kubernetes", "pods?", "shards?", "sharding", "oom", "5xx", "4xx", "p9[59]",
    "upstream", "downstream", "mitigat(?:ed|e|ion|ing)", "rollback", "rolled back", "hotfix", "prod", "egress",
    "ingress", "circuit breaker", "thundering herd", "backpressure", "replication lag", "load balancers?", "rca",
    "sev-?[0-9]", "blast radius", "remediat(?:e|ed|ion|ing)",
)  # fmt: skip
_KNOWN = frozenset(
    "API APIS URL URLS UTC GMT CET CEST EST EDT PST PDT BST SMS EU US USA UK HTTP HTTPS HTML CSS CSV PDF JSON XML RSS "
    "FAQ ID IDS IT OK PIN QR SDK SSL TLS SSH VPN TV AM PM IP DNS CDN II III IV IOS UI".split()
)
_ACRONYM = re.compile(r"(?<![\w/.-])[A-Z]{2,6}s?(?![\w-])")
_LONG = 30
_SORRY = any_word("sorry", "apologi[sz]e", "apologies", "apology", "regret")
_FORMULA = any_word(
    r"(?:sorry|apologi[sz]e|apologies)[^.!?]{0,20} for (?:any|the|this) inconvenience[^.!?]*",
    r"any inconvenience (?:caused|this (?:may|might) have caused)",
)
_CAPITALS = re.compile(r"\b[A-Z]{4,}(?:\s+[A-Z]{4,})+\b|!+|\bASAP\b|\basap\b")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u26ff\u2705\u274c\u203c\u2757]\ufe0f?")
_UNFINISHED = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{\{|\}\}|\$\{\w+\}|<(?:insert|your|placeholder|todo)\b[^>]*>?"
    r"|\[(?:insert|your|issue|incident|service|component|time|date|name|number|description|link|eta|customer|region)\b"
    r"[^\]\n]*\](?![(\[:])|\b(?:TODO|TBD|TBC|FIXME|XXX+|DATETIME|HH:MM|YYYY|lorem ipsum)\b"
)
_CAUSES_IN_TITLE = any_word(
    "due to", "caused by", "because of", "root cause", "database", "servers?", "clusters?", "nodes?", "kubernetes",
    "redis", "deploy(?:ment|ed)?", "migration", "network", "replicas?", "queues?", "disks?", "memory", "cpu",
    "load balancers?",
)  # fmt: skip
_TITLE = 80


def _causes(case: Case) -> Iterator[Remark]:
    if case.update.status is not UpdateStatus.INVESTIGATING or case.update.cause_confirmed:
        return
    for text in case.texts:
        for found, _ in each_match(_CAUSE, text.prose):
            yield Remark(
                text=text,
                at=found[0],
                message="This names a cause while it is still looked for.",
                fix=Fix("Leave it out, or ", write("cause_confirmed", "true", inside=True), "."),
            )


def _supplier(case: Case) -> Iterator[Remark]:
    for text in case.texts[:1]:
        first = next(iter(sentences(text.prose)), "")
        if (found := _SUPPLIER.search(first)) and case.is_incident:
            yield Remark(
                text=text,
                at=found[0],
                message="The first thing that customers read is that somebody else is to blame.",
                fix="Begin with what they notice and what you do about it.",
            )


def _jargon(case: Case) -> Iterator[Remark]:
    known = case.page.words
    seen = "\n".join(update.body for update in case.earlier) + case.record.title
    for text in case.texts:
        for found, _ in each_match(_JARGON, text.prose):
            yield Remark(
                text=text,
                at=found[0],
                message=f"'{found[0]}' is a word of engineers.",
                fix="Say it as customers would.",
            )
        for found, _ in each_match(_ACRONYM, text.prose):
            word = found[0]
            plain = word.removesuffix("s")
            explained = f"({word})" in text.raw or re.search(rf"\b{word}\b\s*\(", text.raw) or plain in seen
            if plain in _KNOWN or plain in known or explained:
                continue
            seen += f" {plain}"
            yield Remark(
                text=text,
                at=word,
                message=f"'{word}' is not explained where it is first used.",
                fix=f"Write it out, with ({word}) behind it.",
            )
        for sentence in sentences(text.prose):
            count = len(re.findall(r"[\w'’-]+", sentence))
            if count > _LONG:
                yield Remark(
                    text=text,
                    at=" ".join(sentence.split()[:4]),
                    message=f"This sentence has {count} words.",
                    fix=f"Make two of it: up to {_LONG} words are read at a glance.",
                )


def _apology(case: Case) -> Iterator[Remark]:
    for text in case.texts:
        for found, _ in each_match(_FORMULA, text.prose):
            yield Remark(
                text=text,
                at=found[0],
                message="This apologises for 'any inconvenience', as if there might have been none.",
                fix="Say sorry for what happened to them.",
                level=Level.NOTE,
            )
    if case.is_incident and case.update.status is UpdateStatus.RESOLVED and case.grave and not _SORRY.search(case.said):
        yield Remark(
            field="body",
            message="The last word on a grave incident does not say sorry.",
            fix="Say sorry for what did not work.",
        )


def _noise(case: Case) -> Iterator[Remark]:
    for text in case.texts:
        for found in _CAPITALS.finditer(text.prose):
            yield Remark(
                text=text, at=found[0], message=f"'{found[0]}' shouts.", fix="Say it in plain words and small letters."
            )
        for found in _EMOJI.finditer(text.raw):
            yield Remark(
                text=text,
                at=found[0],
                message="A symbol stands for words that screen readers cannot guess.",
                fix="Leave it out.",
            )
        if len(re.findall(r"\bunfortunately\b", text.prose, re.IGNORECASE)) > 1:
            yield Remark(
                text=text, at="nfortunately", message="'Unfortunately' stands here twice.", fix="Leave it out."
            )


def _unfinished(case: Case) -> Iterator[Remark]:
    for text in case.everything:
        for found in _UNFINISHED.finditer(text.raw):
            yield Remark(
                text=text,
                at=found[0],
                message=f"'{found[0]}' was left to be filled in.",
                fix="Write what belongs there.",
            )


def _title(case: Case) -> Iterator[Remark]:
    title = case.of_record[0]
    if len(title.raw) > _TITLE:
        yield Remark(
            text=title,
            message=f"The title has {len(title.raw)} characters.",
            fix=f"Say the symptom in up to {_TITLE}: subjects and lock screens cut it there.",
        )
    named = case.page.features
    found = _CAUSES_IN_TITLE.search(title.raw)
    if case.is_incident and found and not any(found[0].lower() in name for name in named):
        yield Remark(
            text=title,
            at=found[0],
            message=f"'{found[0]}' is a cause or a part of the system, not what customers notice.",
            fix="Say what does not work for them.",
        )
    same = sorted(id for id, other in case.page.titles.items() if id != case.record.id and other == title.raw)
    if same and case.record.id in case.page.titles:
        yield Remark(text=title, message=f"The open {same[0]} has the same title.", fix="Say how they differ.")


RULES = (
    Rule("C14", Level.ERROR, "No cause is named while it is looked for.", _causes, english=True),
    Rule("C15", Level.WARNING, "The first sentence does not blame a supplier.", _supplier, english=True),
    Rule("C22", Level.WARNING, "No jargon, no unexplained acronym, no endless sentence.", _jargon, english=True),
    Rule(
        "C23", Level.WARNING, "A grave incident ends with an apology, and not with a formula.", _apology, english=True
    ),
    Rule("C24", Level.NOTE, "Nobody shouts: no capitals, exclamation marks or emoji.", _noise),
    Rule("C26", Level.ERROR, "Nothing was left to be filled in.", _unfinished),
    Rule("C28", Level.WARNING, "The title is a short symptom, and no two open incidents share it.", _title, whole=True),
)
