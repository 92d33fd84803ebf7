"""Customers that are told in person: an entry of `private/customers.yml`."""

from stillup.frozen import dataclass
from stillup.records.field import Address, Affected, Id, Language, Line, Mail, Zone
from stillup.records.mark import Strict
from stillup.records.private.kind import Phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Strict):
    """Somebody at the customer's, named by what they do there."""

    role: Line
    """What they do."""

    email: Mail = ""
    """Their mailbox."""

    phone: Phone | None = None
    """Their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(Strict):
    """One customer."""

    id: Id
    """Its short name, unique in the file."""

    name: Line
    """What it is called."""

    tier: Line = ""
    """What it pays for: enterprise, business ..."""

    components: tuple[Affected, ...] = ()
    """What it uses: ids of components, or `group:` and a group's id; empty: everything."""

    contacts: tuple[Person, ...] = ()
    """Who is told."""

    webhooks: tuple[Address, ...] = ()
    """Addresses of their webhooks and chats, as in the list of subscribers: a breach of their data is told there."""

    account_manager: Line = ""
    """Who of us speaks with it, as a role."""

    language: Language = "en"
    """The language it reads."""

    timezone: Zone = "UTC"
    """The zone of the times it is told."""

    region: Line = ""
    """Where its account is kept."""

    note: Line = ""
    """What else matters."""
