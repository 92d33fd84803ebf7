"""The kinds of value that fields of records have: what is taken of each, and what is said of the rest."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from stillup.internet import parts_of
from stillup.records import moment
from stillup.records.language import LANGUAGES
from stillup.records.mark import Bounded, Parsed, Words
from stillup.records.refusal import Unusable, choice, shown

CODE_ALPHABET = "0123456789bcdfghjklmnpqrstvwxyz"
"""Statuspage's: no vowels, so that no word appears."""

_ID = "[a-z0-9][a-z0-9-]{0,99}"
_CODE = f"[{CODE_ALPHABET}]{{12}}"
_RULE = r"C(?:0[1-9]|[1-3]\d|4[0-5])"
_ADDRESS = r"""https?://[^\s/?#<>"']+(?:[/?#][^\s<>"']*)?"""
_MAIL = r'[^\s@<>"(),:;]+@[^\s@<>"(),:;]+\.[^\s@<>"(),:;]+'

ID = re.compile(_ID).fullmatch
CODE = re.compile(_CODE).fullmatch


def identifier(written: object) -> str:
    """Return an id: small letters, digits and dashes."""
    if isinstance(written, str) and ID(written):
        return written
    raise Unusable(f"{shown(written)} is not an id.", "Use small letters, digits and dashes, at most 100.")


def code(written: object) -> str:
    """Return an API code: 12 letters of Statuspage's alphabet."""
    if isinstance(written, str) and CODE(written):
        return written
    if isinstance(written, int):
        raise Unusable(f"{written} is read as a number.", f'Quote it: "{written}".')
    raise Unusable(
        f"{shown(written)} is not an API code.",
        f"A code has 12 letters of {CODE_ALPHABET}; leave the line out to have one made.",
    )


def language(written: object) -> str:
    """Return a language code: `es`, `pt-BR`."""
    if isinstance(written, str):
        base, _, region = written.partition("-")
        if base in LANGUAGES and (not region or re.fullmatch(r"[A-Z]{2}|[0-9]{3}|[A-Z][a-z]{3}", region)):
            return written
        raise Unusable(
            f"{shown(written)} is not a language.",
            "Write a code of two letters such as es, or one with a region such as pt-BR.",
        )
    raise Unusable(f"{shown(written)} is not a language.", 'Write a code of two letters such as es; quote "no".')


def zone_name(written: object) -> str:
    """Return the name of an IANA time zone."""
    if not isinstance(written, str):
        raise Unusable(f"{shown(written)} is not a time zone.", "Write an IANA name such as Europe/Berlin, or UTC.")
    return moment.zone(written).key


def percent(written: object) -> Decimal:
    """Return a promise in percent: above 0, at most 100."""
    if isinstance(written, (int, Decimal)) and not isinstance(written, bool) and 0 < written <= 100:
        return Decimal(written)
    raise Unusable(f"{shown(written)} is not a percentage.", "Write a number above 0 and at most 100, such as 99.9.")


def reference_or_group(written: object) -> str:
    """Return the id of a component, or `group:` and the id of a group."""
    if isinstance(written, str) and ID(written.removeprefix("group:")):
        return written
    raise Unusable(
        f"{shown(written)} is not the id of a component.", "Write a component's id, or group: and a group's id."
    )


def opaque(written: object) -> Mapping[str, object]:
    """Return a mapping that nobody here looks into."""
    if isinstance(written, dict):
        return written
    raise Unusable(f"{shown(written)} is not a mapping.", "Write keys and values.")


def address(written: object) -> str:
    """Return a web address."""
    if isinstance(written, str) and re.fullmatch(_ADDRESS, written) and _leads(written):
        return written
    raise Unusable(f"{shown(written)} is not a web address.", "Write it whole, as in https://status.example.com.")


def page_address(written: object) -> str:
    """Return the public address of the page, which every address on it begins with: a slash is at its end."""
    found = address(written).rstrip("/") + "/"
    if any(sign in found for sign in "?#@"):
        raise Unusable(
            f"{shown(written)} is more than where the page is, and every link would begin with it.",
            "Write scheme, host and path alone, as in https://status.example.com.",
        )
    return found


def _leads(written: str) -> bool:
    """Whether an address of the right form has a host and a port that there can be; so has one for mail."""
    parts = parts_of(written)
    return parts is not None and (parts.hostname is not None or not parts.scheme)


def lint_rule(written: object) -> str:
    """Return the id of a lint rule."""
    if isinstance(written, str) and re.fullmatch(_RULE, written):
        return written
    raise Unusable(f"{shown(written)} is not a lint rule.", "Rules are named C01 to C45.")


def one_of(what: str, *words: str) -> Parsed:
    """Return the rule of a key that is one of `words`."""
    known = frozenset(words)

    def parse(written: object) -> str:
        if isinstance(written, str) and written in known:
            return written
        raise Unusable(f"{shown(written)} is not {what}.", choice(str(written), words))

    return Parsed(parse, {"enum": list(words)})


def mail(written: object) -> str:
    """Return an e-mail address."""
    if isinstance(written, str) and re.fullmatch(_MAIL, written):
        return written
    raise Unusable(f"{shown(written)} is not an e-mail address.", "Write it as support@example.com.")


def contact(written: object) -> str:
    """Return an address for mail or of a page."""
    if isinstance(written, str) and re.fullmatch(f"{_ADDRESS}|{_MAIL}", written) and _leads(written):
        return written
    message = f"{shown(written)} is neither an e-mail address nor a web address."
    raise Unusable(message, "Write it as security@example.com or https://example.com/security.")


def colour(written: object) -> str:
    """Return a colour as `#rrggbb`."""
    if isinstance(written, str) and re.fullmatch(r"#(?:[0-9a-fA-F]{3}){1,2}", written):
        digits = written[1:].lower()
        return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))
    raise Unusable(f"{shown(written)} is not a colour.", 'Write it in quotes, as in "#1d4f8c".')


def thousandths(written: object) -> int:
    """Return a share from 0 to 1 in thousandths: 0.3 is 300."""
    if isinstance(written, (int, Decimal)) and not isinstance(written, bool) and 0 <= written <= 1:
        result = Decimal(written) * 1000
        if result == int(result):
            return int(result)
        raise Unusable(f"{written} is finer than a thousandth.", "Write at most three decimals.")
    raise Unusable(f"{shown(written)} is not a share.", "Write a number from 0 to 1, such as 0.3.")


_PUBLIC = ("docs", "incidents", "components", "messages", "manual", "site", "outbox", "site_overrides")


_PICTURE = re.compile(r"[\w-][\w. -]*(?:/[\w-][\w. -]*)*\.(?:svg|png)").fullmatch
_DRAW = "Write one below the theme's folder of overrides, such as assets/logo.svg."


def is_public(path: str) -> bool:
    """Return whether `path`, from the root, is the root or lies in a folder that is published."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in {"", "."}]
    return not parts or (parts[0] in _PUBLIC and not path.startswith("/"))


def private_folder(written: object) -> str:
    """Return the path of a folder that is never published."""
    if not isinstance(written, str) or not written.strip():
        raise Unusable(f"{shown(written)} is not a folder.", "Write its path, such as private.")
    if is_public(written):
        raise Unusable(f"{shown(written)} is published.", "Write a folder of its own, such as private.")
    return written


def picture(written: object) -> str:
    """Return the path of an SVG or PNG below the theme's folder of overrides."""
    if isinstance(written, str) and _PICTURE(written) and ".." not in written.split("/"):
        return written
    raise Unusable(f"{shown(written)} is not the path of an SVG or PNG.", _DRAW)


Text = Annotated[str, Words()]
"""Markdown or plain words, as many lines as needed."""

Line = Annotated[str, Words(most=255, one_line=True)]
"""Words on one line, at most 255 characters."""

Filled = Bounded({"min_length": 1})
"""Of a list: at least one entry."""


def spelled(pattern: str, say: str, **more: object) -> dict[str, object]:
    """Return the JSON Schema of a text that `pattern` describes; an editor says `say` of another."""
    return {"type": "string", "pattern": f"^{pattern}$", "patternErrorMessage": say, **more}


Picture = Annotated[str, Parsed(picture, spelled(r"[^/].*\.(svg|png)", _DRAW))]
Flag = Annotated[bool, Bounded({"strict": True})]
Position = Annotated[int, Bounded({"strict": True, "ge": 0, "le": 1_000_000})]
Moment = Annotated[
    datetime,
    Parsed(
        moment.instant,
        spelled(
            r"\d{4}-\d\d?-\d\d?[Tt ] *\d\d?:\d\d(:\d\d)? *([Zz]|[+-]\d\d:\d\d|[A-Za-z].+) *",
            "Write it as 2026-11-20T10:12:00Z, or 2026-11-20 10:12 Europe/Berlin.",
            description="RFC 3339 with a zone, or day, time and IANA zone.",
            examples=["2026-11-20T10:12:00Z", "2026-11-20 10:12 Europe/Berlin"],
        ),
    ),
]
Day = Annotated[date, Parsed(moment.day, spelled(r"\d{4}-\d\d-\d\d", "Write it as 2026-11-20.", format="date"))]
Duration = Annotated[
    timedelta,
    Parsed(
        moment.duration,
        spelled(
            r"(?=.*[1-9])(\d{1,4}w)?(\d{1,5}d)?(\d{1,6}h)?(\d{1,7}m)?",
            "Write minutes, hours, days or weeks, as in 30m, 4h, 2d or 1h30m.",
            examples=["30m", "4h", "1h30m"],
        ),
    ),
]
Id = Annotated[str, Parsed(identifier, spelled(_ID, "Use small letters, digits and dashes, at most 100."))]
Code = Annotated[str, Parsed(code, spelled(_CODE, f"A code has 12 letters of {CODE_ALPHABET}."))]
Language = Annotated[
    str,
    Parsed(
        language,
        spelled("[a-z]{2,3}(-[A-Z]{2}|-[0-9]{3}|-[A-Z][a-z]{3})?", "Write a code such as es, or pt-BR with a region."),
    ),
]
Zone = Annotated[str, Parsed(zone_name, {"type": "string"})]
Percent = Annotated[Decimal, Parsed(percent, {"type": "number", "exclusiveMinimum": 0, "maximum": 100})]
Affected = Annotated[
    str,
    Parsed(
        reference_or_group,
        spelled(f"(group:)?{_ID}", "Write a component's id, or group: and a group's id."),
    ),
]
Opaque = Annotated[Mapping[str, object], Parsed(opaque, {"type": "object"})]
Address = Annotated[
    str, Parsed(address, spelled(_ADDRESS, "Write it whole, as in https://status.example.com.", format="uri"))
]
Mail = Annotated[str, Parsed(mail, spelled(_MAIL, "Write it as support@example.com.", format="email"))]
Contact = Annotated[
    str,
    Parsed(
        contact,
        spelled(f"(?:{_ADDRESS}|{_MAIL})", "Write it as security@example.com or https://example.com/security."),
    ),
]
Colour = Annotated[str, Parsed(colour, spelled("#([0-9a-fA-F]{3}){1,2}", 'Write it in quotes, as in "#1d4f8c".'))]
Thousandths = Annotated[int, Parsed(thousandths, {"type": "number", "minimum": 0, "maximum": 1})]
Folder = Annotated[str, Parsed(private_folder, {"type": "string"})]
Rule = Annotated[str, Parsed(lint_rule, spelled(_RULE, "Rules are named C01 to C45."))]
Days = Annotated[int, Bounded({"strict": True, "ge": 1, "le": 3660})]
