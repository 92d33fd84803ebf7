"""Everything that Apprise reaches. It says only whether it worked, so nothing is repeated by itself."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from stillup.delivery.guard import NotPublic, Resolve, addresses_of, is_reachable
from stillup.delivery.receipt import Outcome, Policy, Receipt
from stillup.errors import StillupError
from stillup.messages.message import Message
from stillup.records.settings import Settings

_HERE = frozenset("dbus kde qt glib gnome macosx windows syslog growl".split())
"""What shows a message on this machine: no subscriber sits there."""


class Apprise:
    """Sends text to the address of a service, in Apprise's own spelling of it."""

    name = "apprise"

    def __init__(self, trusted: Collection[str] = (), *, rate: float = 1, resolve: Resolve = addresses_of) -> None:
        """Reach hosts on the public internet, and those in `trusted` wherever they are."""
        self._trusted, self._resolve = frozenset(trusted), resolve
        self.policy = Policy(repeat_unknown=False, rate=rate)

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        """Try once."""
        import apprise

        for name in ("apprise", "urllib3"):  # both write addresses into the log
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        service: Any = apprise.Apprise.instantiate(message.to)
        if service is None:
            return Receipt(outcome=Outcome.REFUSED, reason="Apprise does not know this kind of address.")
        if _HERE & set(_schemas(service)):
            return Receipt(outcome=Outcome.REFUSED, reason="This kind of address shows messages on this machine only.")
        service.redirects = False  # else whoever is asked says which machine is asked next
        host = getattr(service, "host", None)
        if isinstance(host, str) and host:
            try:
                is_reachable(host, getattr(service, "port", None) or 443, self._trusted, self._resolve)
            except NotPublic as error:
                return Receipt(outcome=Outcome.REFUSED, reason=error.message)
            except OSError:
                return Receipt(outcome=Outcome.LATER, reason="The host of the address is not known.")
        if service.notify(body=message.body.decode("utf-8"), title=message.subject):
            return Receipt(outcome=Outcome.ACCEPTED)
        return Receipt(outcome=Outcome.UNKNOWN, reason="Apprise says that it did not work, and not why.")

    def close(self) -> None:
        """Nothing is kept open."""


def _schemas(service: Any) -> set[str]:
    """Return the beginnings of addresses that a service goes by."""
    found: set[str] = set()
    for name in ("protocol", "secure_protocol"):
        written = getattr(service, name, None) or ()
        found |= {written} if isinstance(written, str) else set(written)
    return found


def open_channel(settings: Settings, environment: Mapping[str, str]) -> Apprise:
    """Return the channel as the settings have it.

    Raises:
        StillupError: Apprise is not installed.
    """
    from importlib.util import find_spec

    if find_spec("apprise") is None:
        raise StillupError("channels: apprise: needs Apprise. Install it with pip install stillup[apprise].")
    own = settings.channels.apprise
    return Apprise(settings.intranet, rate=own.rate if own else 1)
