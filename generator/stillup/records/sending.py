"""What does not fit together in the settings of channels and of deployment."""

from collections.abc import Iterator
from typing import Any

from stillup.errors import Problem
from stillup.records import target
from stillup.records.document import Document, Loc
from stillup.records.settings import Settings

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Hosts to which a way without protection leads through no network."""

DATABASES = ("sqlite:", "postgresql://")
"""How the addresses begin at which people who subscribe themselves can be kept."""

_OF_SMTP = ("host", "port", "security", "unprotected", "user")
_OF_TWILIO = ("account", "service")


def unfit(document: Document, written: object, loc: Loc) -> Iterator[Problem]:
    """Yield a problem for each contradiction in the settings `written` at `loc`, every value of which is sound."""
    if not isinstance(written, dict):
        return
    channels = written.get("channels") or {}
    if "email" in channels:
        yield from _mail(document, channels["email"], (*loc, "channels", "email"))
    if "sms" in channels:
        yield from _text(document, channels["sms"], (*loc, "channels", "sms"))
    for number, entry in enumerate(written.get("deploy") or ()):
        place: Loc = (*loc, "deploy", number)
        for key, message, fix in target.wrong(entry):
            yield document.problem(
                (*place, key) if key else place, message, fix, code="contradiction", at_key=bool(key)
            )


def unserved(settings: Settings) -> Iterator[tuple[Loc, str, str]]:
    """Yield where, why and what to write for each setting that `stillup serve` would refuse to start with.

    A page is published all the same: what people subscribe at is not what an outage waits for.
    """
    for name in settings.serve.channels:
        if getattr(settings.channels, name) is None:
            message = f"People are to subscribe to {name}, and there is no such channel: stillup serve does not start."
            yield ("serve", "channels"), message, f"Set {name} below channels:, or leave it out of the channels here."
    kept = settings.subscribers
    if kept and not kept.startswith(DATABASES):
        message = "People who subscribe themselves are kept in a database: stillup serve does not start."
        yield ("subscribers",), message, "Write sqlite:private/subscribers.sqlite or postgresql://host/database."


def _mail(document: Document, written: dict[str, Any], loc: Loc) -> Iterator[Problem]:
    via = written.get("via", "smtp")
    if via != "smtp":
        yield from _foreign(document, written, loc, _OF_SMTP, "smtp", via)
    elif written.get("security") == "none":
        if written.get("user"):
            message = "A password would go through the network for everybody to read."
            yield document.problem((*loc, "security"), message, "Write starttls or ssl.", code="contradiction")
        elif str(written.get("host", "localhost")).lower() not in LOOPBACK and not written.get("unprotected"):
            message = "Everybody on the way to this server could read and change mails."
            fix = "Write starttls or ssl; or, where nobody can listen, unprotected: true as well."
            yield document.problem((*loc, "security"), message, fix, code="contradiction")
    yield from _plain_api(document, written, loc)


def _text(document: Document, written: dict[str, Any], loc: Loc) -> Iterator[Problem]:
    via = written.get("via", "twilio")
    if via != "twilio":
        yield from _foreign(document, written, loc, _OF_TWILIO, "twilio", via)
        return
    if "account" not in written:
        yield document.problem(loc, "Twilio needs an account.", "Write account: AC...", code="missing")
    senders = [key for key in ("from", "service") if key in written]
    if not senders:
        fix = 'Write from: "+15551234567", or service: MG...'
        yield document.problem(loc, "A text message needs a number to come from.", fix, code="missing")
    elif len(senders) == 2:
        message = "The messaging service chooses the number."
        yield document.problem((*loc, "from"), message, "Leave from or service out.", code="contradiction", at_key=True)
    yield from _plain_api(document, written, loc)


def _foreign(
    document: Document, written: dict[str, Any], loc: Loc, keys: tuple[str, ...], theirs: str, via: str
) -> Iterator[Problem]:
    for key in keys:
        if key in written:
            message, fix = f"{key} belongs to {theirs}, and messages leave via {via}.", "Leave the line out."
            yield document.problem((*loc, key), message, fix, code="contradiction", at_key=True)


def _plain_api(document: Document, written: dict[str, Any], loc: Loc) -> Iterator[Problem]:
    api = str(written.get("api", ""))
    host = api.removeprefix("http://").split("/")[0]
    host = host.partition("]")[0][1:] if host.startswith("[") else host.partition(":")[0]
    if api.startswith("http://") and host not in LOOPBACK:
        message = "The key would go through the network for everybody to read."
        yield document.problem((*loc, "api"), message, "Begin it with https://.", code="contradiction")
