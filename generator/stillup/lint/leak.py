"""Rules of discretion: no person, customer, machine or secret in a public text."""

import re
from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import log2
from re import Pattern
from urllib.parse import urlsplit

from stillup.errors import Level
from stillup.lint.case import Case, Text
from stillup.lint.pattern import any_name, any_word
from stillup.lint.rule import Remark, Rule
from stillup.vocabulary import FIXED, Show

_HANDLE = re.compile(r"(?<![\w@./:-])@[A-Za-z][\w.-]*\w")
_BLAME = any_word(
    "human error", "operator error", "user error",
    "an? (?:\\w+ )?(?:engineer|developer|administrator|operator|employee|colleague)",
    r"(?:he|she|they|we|team|engineers?|developers?|operators?|administrators?|staff|employees?) failed to",
    "should have",
)  # fmt: skip
_ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?![\w.:]*\w)")
_INTERNAL: tuple[tuple[str, tuple[str, ...], Pattern[str]], ...] = (
    (
        "the name of an internal host",
        (".internal", ".local", ".corp", ".lan", ".intra", ".svc", "home.arpa", ".private"),
        re.compile(
            r"\b[\w-]+(?:\.[\w-]+)*\.(?:internal|local|localdomain|corp|lan|intra(?:net)?|svc|home\.arpa|private)\b"
            r"(?:\.[\w.-]+)?",
            re.IGNORECASE,
        ),
    ),
    ("the name of a pod", ("-",), re.compile(r"\b[a-z][a-z0-9]*(?:-[a-z0-9]+)*-[a-f0-9]{8,10}-[a-z0-9]{5}\b")),
    (
        "the id of a cloud machine",
        ("i-", "vol-", "vpc-", "sg-", "subnet-", "snap-"),
        re.compile(r"\b(?:i|vol|subnet|vpc|sg|eni|ami|snap)-[0-9a-f]{8,17}\b"),
    ),
    ("the name of a cloud resource", ("arn:",), re.compile(r"\barn:aws[\w-]*:\S+")),
    (
        "part of a stack trace",
        ("traceback", "file ", "at ", "exception", "error: "),
        re.compile(
            r"Traceback \(most recent call last\)|\bFile \"[^\"]+\", line \d+|\bat [\w.$]+\([\w.]+\.\w+:\d+\)"
            r"|\b\w+(?:\.\w+)*(?:Exception|Error): "
        ),
    ),
    (
        "a path on a machine",
        ("/", ":\\"),
        re.compile(r"(?<![\w:/.])/(?:var|etc|opt|home|usr|srv|root|mnt|tmp)/[\w./-]+|\b[A-Z]:\\[\w\\.-]+"),
    ),
    (
        "a link into a repository",
        ("git@", "github.", "gitlab.", "bitbucket."),
        re.compile(
            r"\bgit@[\w.-]+:\S+|\b(?:https?://)?(?:www\.)?(?:github|gitlab|bitbucket)\.(?:com|org)/[\w.-]+/[\w.-]+/"
            r"(?:-/)?(?:issues?|pulls?|commit|merge_requests|blob|tree|actions)\b\S*",
            re.IGNORECASE,
        ),
    ),
    (
        "a link into a chat or meeting",
        ("slack.com", "teams.microsoft.com", "discord.com", "meet.google.com", "zoom.us"),
        re.compile(
            r"\b(?:https?://)?(?:[\w-]+\.)*(?:slack\.com/(?:archives|client)|teams\.microsoft\.com/l"
            r"|discord\.com/channels|meet\.google\.com|zoom\.us/j)/?\S*",
            re.IGNORECASE,
        ),
    ),
    (
        "a link to a dashboard",
        (
            "grafana", "kibana", "datadoghq", "newrelic", "splunk", "pagerduty", "opsgenie", "honeycomb", "prometheus",
            "alertmanager", "jenkins", "sentry",
        ),
        re.compile(
            r"\b(?:https?://)?[\w.-]*(?:grafana|kibana|datadoghq|newrelic|splunk|pagerduty|opsgenie|honeycomb"
            r"|prometheus|alertmanager|jenkins|sentry)[\w.-]*\.[a-z]{2,}(?:[:/]\S*)?",
            re.IGNORECASE,
        ),
    ),
)  # fmt: skip
"""What it is, small letters without which it cannot be there, and how it looks."""

_TICKET = re.compile(r"(?<![\w/-])[A-Z][A-Z0-9]{1,9}-\d{2,7}(?![\w-])")
_NO_TICKET = frozenset(
    "UTF ISO SHA RFC CVE TLS SSL HTTP MD AES RSA IPV UTC GMT PCI SOC US EU COVID INC WCAG BASE SEV".split()
)
_SECRETS = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bxox[abposr]-[\w-]{10,}"
    r"|\b[sr]k_(?:live|test)_\w{8,}|\bwhsec_[\w+/=]{8,}|\bre_[A-Za-z0-9]{8,}_\w{8,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\bAIza[\w-]{30,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"
    r"|\b(?:password|passwd|api[_-]?key|secret|token)\s*[=:]\s*\S{6,}",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"akia|asia|gh[pousr]_|_pat_|glpat|xox|k_(?:live|test)|whsec|re_|sg\.|aiza|begin|eyj|pass|key|secret|token"
)
"""Small letters without which no secret is there."""

_LONG_WORD = re.compile(r"(?<![\w/.-])[A-Za-z0-9+/_=-]{28,}(?![\w/-])")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.+:/-])(?:\+\d[\d ()./-]{7,17}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?![\w:/-])")
_ACCOUNT = re.compile(
    r"\b(?:acct|cus|sub|pi|ch|in|usr|org)_[A-Za-z0-9]{8,}\b|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|\b(?:account|customer|tenant|user)\s*(?:id|number|no\.?|#)\s*[:#]?\s*\w*\d\w*",
    re.IGNORECASE,
)


def _persons(case: Case) -> Iterator[Remark]:
    staff = any_name(case.page.names.staff)
    for text in case.everything:
        found = [match[0] for match in _HANDLE.finditer(text.raw) if not _MAIL.match(text.raw, match.start())]
        found += [match[0] for match in staff.finditer(text.raw)] if staff else []
        for name in found:
            yield Remark(text=text, at=name, message=f"'{name}' names a person.", fix="Say the role, or 'we'.")
        for match in _BLAME.finditer(text.prose) if text.language == "en" else ():
            yield Remark(
                text=text,
                at=match[0],
                message=f"'{' '.join(match[0].split())}' points at a person.",
                fix="Say what in the system let it happen.",
            )


def _machines(case: Case) -> Iterator[Remark]:
    hosts = any_name(case.page.names.hosts)
    for text in case.everything:
        for match in _ADDRESS.finditer(text.raw):
            if _is_internal(match[0]):
                yield _leaked(text, match[0], "an internal address")
        small = text.raw.lower()
        for what, signs, pattern in _INTERNAL:
            if any(sign in small for sign in signs):
                for match in pattern.finditer(text.raw):
                    yield _leaked(text, match[0], what)
        for match in hosts.finditer(text.raw) if hosts else ():
            yield _leaked(text, match[0], "the name of an internal host")
        for match in _TICKET.finditer(text.raw):
            own = case.record.reference and match[0] in case.record.reference
            if not own and match[0].rpartition("-")[0] not in _NO_TICKET:
                yield _leaked(text, match[0], "the key of a ticket")
        for match in _SECRETS.finditer(text.raw) if _SIGN.search(small) else ():
            yield _leaked(text, match[0], "a secret", secret=True)
        for match in _LONG_WORD.finditer(text.raw):
            if _is_random(match[0]) and not _SECRETS.search(match[0]):
                yield _leaked(text, match[0], "something that looks like a key", secret=True)


def _leaked(text: Text, found: str, what: str, *, secret: bool = False) -> Remark:
    shown = f"{found[:4]}..." if secret else found.strip()
    return Remark(
        text=text, at=found, message=f"'{shown}' is {what}.", fix="Take it out; internal facts belong below private/."
    )


def _is_internal(written: str) -> bool:
    try:
        address: IPv4Address | IPv6Address = ip_address(written)
    except ValueError:
        return False
    return not address.is_global and not address.is_unspecified and written.count(":") != 2


def _is_random(word: str) -> bool:
    """Whether `word` mixes small, capital letters and digits as no word does: over 4 bits a character."""
    kinds = (any(c.islower() for c in word), any(c.isupper() for c in word), any(c.isdigit() for c in word))
    share = [count / len(word) for count in Counter(word).values()]
    return all(kinds) and -sum(part * log2(part) for part in share) > 4.0


def _customers(case: Case) -> Iterator[Remark]:
    names = any_name(case.page.names.customers)
    support = case.page.settings.support.email
    home = urlsplit(case.page.settings.site_url).hostname or ""
    for text in case.everything:
        if names:
            for match in names.finditer(text.raw):
                yield Remark(
                    text=text,
                    at=match[0],
                    message=f"'{match[0]}' is a customer.",
                    fix="Say which region, plan or feature.",
                )
        for match in _MAIL.finditer(text.raw):
            domain = match[0].rpartition("@")[2].lower()
            if match[0].lower() != support.lower() and not (home and f".{home}".endswith(f".{domain}")):
                yield Remark(
                    text=text,
                    at=match[0],
                    message="This is somebody's mail address.",
                    fix="Name the support address of the settings.",
                )
        for pattern, what in ((_PHONE, "a telephone number"), (_ACCOUNT, "the id of an account")):
            for match in pattern.finditer(text.prose):
                yield Remark(
                    text=text, at=match[0], message=f"'{match[0].strip()}' looks like {what}.", fix="Take it out."
                )


def _hidden(case: Case) -> Iterator[Remark]:
    never = {part.id for part in case.page.components.components if part.show is Show.NEVER}
    for id in sorted(never & case.update.components.keys()):
        yield Remark(
            field=f"components.{id}",
            message=f"{id} is never shown, and this public update names it.",
            fix="Name a public component, or keep the incident below private/.",
        )


def _marked(case: Case) -> Iterator[Remark]:
    for text in case.texts:
        if (text.field, text.raw) in FIXED:
            continue  # a word of the format, which is told in fixed words
        marked = re.search(r"\bdrill\b", text.prose, re.IGNORECASE)
        if case.drill and not marked:
            yield Remark(
                text=text,
                message="This is a drill, and the text does not say so.",
                fix="Begin it with: This is a drill.",
            )
        elif marked and not case.drill:
            yield Remark(
                text=text,
                at=marked[0],
                message="The text speaks of a drill, and the record is none.",
                fix="Write drill: true in the private record, or leave the word out.",
                level=Level.WARNING,
            )


RULES = (
    Rule("C19", Level.ERROR, "No person is named or blamed.", _persons),
    Rule("C20", Level.ERROR, "No internal address, host, ticket, path, link or secret.", _machines),
    Rule("C21", Level.ERROR, "No customer, mail address, account or telephone number.", _customers),
    Rule("C37", Level.ERROR, "No component is named that is never shown.", _hidden),
    Rule("C45", Level.ERROR, "A drill says in every text that it is one.", _marked),
)
