"""Whom mails come from."""

from email.utils import parseaddr

from stillup.messages.recipient import Sender, sender_of
from stillup.records.outlet import EmailOutlet
from stillup.records.settings import Settings
from stillup.views.masthead import Masthead


def sender(settings: Settings, masthead: Masthead) -> Sender:
    """Return whom mails come from: as the channel says, else by the page's host. It may have no name yet."""
    name, address = parseaddr(settings.channels.email.sender if settings.channels.email else "")
    return Sender(name=name, address=address) if address else sender_of(masthead)


def sender_address(settings: Settings) -> str:
    """Return the address that mails come from."""
    from urllib.parse import urlsplit

    outlet = settings.channels.email or EmailOutlet()
    if outlet.sender:
        return parseaddr(outlet.sender)[1]
    host = urlsplit(settings.site_url).hostname or "example.com"
    return f"status@{host.encode('idna').decode('ascii')}"
