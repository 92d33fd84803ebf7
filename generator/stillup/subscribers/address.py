"""One spelling of every address: what is sent to, and by what the same person is known again."""

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna

from stillup.internet import NotPublic, check
from stillup.records.refusal import Unusable

HOOKS = ("webhook", "slack", "teams", "discord")
"""Channels whose addresses are URLs that strangers may give us."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*").fullmatch
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}").fullmatch
_BETWEEN = re.compile(r"[ ().\u00a0/-]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://[\x21-\x7e]+", re.IGNORECASE).fullmatch

# No sentence here repeats the address: problems are printed where addresses have no business.


def normal(channel: str, written: str, trusted: Collection[str] = ()) -> tuple[str, str]:
    """Return `written` as it is sent to, and its key: two addresses of one key are one recipient.

    Webhooks lead to the public internet, or to a host in `trusted`.

    Raises:
        Unusable: no message can go there, or none may.
    """
    written = written.strip()
    if channel == "email":
        return _mail(written)
    if channel == "sms":
        number = _BETWEEN.sub("", written)
        number = "+" + number[2:] if number.startswith("00") else number
        if not _NUMBER(number):
            raise Unusable("This is no telephone number.", 'Write it with its country, as in "+15551234567".')
        return number, number
    if channel in HOOKS:
        url = _url(written, trusted)
        return url, url
    if not _SCHEME(written):
        raise Unusable("This is no address that Apprise knows.", "Write its scheme too, as in mailtos://...")
    return written, written


def key_of(channel: str, address: str) -> str:
    """Return the key of an address in its normal form, as it is kept; nothing is looked at."""
    return address.lower() if channel == "email" else address


def masked(channel: str, address: str) -> str:
    """Return as much of `address` as lets its owner recognise it."""
    if channel == "email":
        local, _, domain = address.rpartition("@")
        return f"{local[:1]}…@{domain}"
    if channel == "sms":
        return f"{address[:3]}…{address[-2:]}"
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}/…"


def _mail(written: str) -> tuple[str, str]:
    local, _, domain = written.rpartition("@")
    if not local.isascii():
        raise Unusable("Before the @ stands a letter that mail servers may refuse.", "Write an address in plain ASCII.")
    if not _LOCAL(local) or len(local) > 64:
        raise Unusable("This is no e-mail address.", "Write it as name@example.com.")
    try:
        domain = idna.encode(domain.rstrip("."), uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        domain = ""
    last = domain.rpartition(".")[2]
    if "." not in domain or len(local) + len(domain) > 253 or not (last.isalpha() or last.startswith("xn--")):
        raise Unusable("This is no e-mail address.", "Write it as name@example.com.")
    address = f"{local}@{domain}"
    return address, key_of("email", address)


def _url(written: str, trusted: Collection[str]) -> str:
    try:
        place = check(written, trusted)
    except NotPublic as error:
        raise Unusable(error.message, error.fix) from None
    parts = urlsplit(written)
    host = f"[{place.host}]" if ":" in place.host else place.host
    netloc = host if place.port == {"https": 443, "http": 80}[parts.scheme] else f"{host}:{place.port}"
    if not f"{parts.path}{parts.query}".isascii():
        raise Unusable("There is a letter outside ASCII in the address.", "Write it in its escaped form.")
    return urlunsplit(SplitResult(parts.scheme, netloc, parts.path or "/", parts.query, ""))
