"""Who is called, and how: `private/roster.yml`. People are named by their roles, which are those of the settings."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated

from stillup.frozen import dataclass
from stillup.records.field import Filled, Id, Line, Mail, Moment, Zone
from stillup.records.mark import Strict
from stillup.records.private.kind import Phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Strict):
    """One person or desk that can be called."""

    id: Id
    """Its short name, unique in the file."""

    name: Line
    """What to ask for."""

    roles: tuple[Id, ...] = ()
    """The roles it fills; default: its own id."""

    phone: Phone | None = None
    """The number that is answered at night."""

    email: Mail = ""
    """The mailbox."""

    chat: Line = ""
    """The name in chat."""

    timezone: Zone = "UTC"
    """Where they live."""

    deputy: Id | None = None
    """Whom to call when nobody answers."""

    note: Line = ""
    """What a caller must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift(Strict):
    """Who is on call from when to when; half-open."""

    start: Moment
    """When it begins."""

    end: Moment
    """When it is over."""

    contact: Id
    """Who."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster(Strict):
    """Who is called, and how."""

    contacts: Annotated[tuple[Contact, ...], Filled]
    """Everybody, in the order of the contact sheet."""

    on_call: Mapping[Id, tuple[Shift, ...]] = field(default_factory=dict)
    """The shifts by role."""

    def filling(self, role: str) -> tuple[Contact, ...]:
        """Return who fills `role`, in file order."""
        return tuple(contact for contact in self.contacts if role in (contact.roles or (contact.id,)))
