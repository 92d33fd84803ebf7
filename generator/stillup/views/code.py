"""The public API's ids: 12 letters of Statuspage's alphabet, kept from an import or made from our own id."""

from functools import lru_cache
from hashlib import blake2b

from stillup.records.component import Component, Group
from stillup.records.field import CODE_ALPHABET
from stillup.records.incident import Incident
from stillup.records.settings import Settings

_PAIRS = tuple(one + other for one in CODE_ALPHABET for other in CODE_ALPHABET)


def code(kind: str, id: str) -> str:
    """Return the code of what is called `id` among its `kind`: always the same, on every machine."""
    number = int.from_bytes(blake2b(f"{kind}:{id}".encode(), digest_size=8).digest(), "big")
    number, first = divmod(number, 961)
    number, second = divmod(number, 961)
    number, third = divmod(number, 961)
    number, fourth = divmod(number, 961)
    number, fifth = divmod(number, 961)
    two = _PAIRS
    return two[first] + two[second] + two[third] + two[fourth] + two[fifth] + two[number % 961]


@lru_cache(maxsize=4096)
def _named(kind: str, id: str) -> str:
    """Return a code that is asked for again and again."""
    return code(kind, id)


def of_page(settings: Settings) -> str:
    """Return the page's code, made from its address, or from its name where it has none."""
    return settings.code or code("page", settings.site_url or settings.site_name)


def of_component(component: Component) -> str:
    """Return a component's code."""
    return component.code or _named("component", component.id)


def of_group(group: Group) -> str:
    """Return a group's code."""
    return group.code or _named("group", group.id)


def origin(incident: Incident) -> str:
    """Return the id that an incident was first published under; the oldest former id stands first."""
    return incident.formerly[0] if incident.formerly else incident.id


def of_incident(incident: Incident) -> str:
    """Return an incident's code; a rename does not change it."""
    return incident.code or code("incident", origin(incident))
