"""All components of the page, in the order it shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from stillup.records import moment
from stillup.records.component import Component, Group

_ACRONYMS = frozenset(
    "api sms dns cdn sdk ui id ip vpn sso ssh http https tls ci cd ai ml db sql us eu uk pdf csv".split()
)


def in_words(slug: str) -> str:
    """Return the name that a slug stands for: `api-endpoints` is API endpoints."""
    words = [word.upper() if word in _ACRONYMS else word for word in slug.split("-") if word]
    name = " ".join(words)
    return name[:1].upper() + name[1:]


@dataclass(frozen=True)
class Components:
    """Every component and group, in page order."""

    components: tuple[Component, ...] = ()
    groups: tuple[Group, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Component]:
        """Each component by its id."""
        return {component.id: component for component in self.components}

    @cached_property
    def by_group(self) -> Mapping[str, tuple[Component, ...]]:
        """The components of each group by the group's id, whenever they live."""
        return {
            group.id: tuple(component for component in self.components if component.group == group.id)
            for group in self.groups
        }

    def members(self, group_id: str, at: datetime | None = None, zone: str = "UTC") -> tuple[Component, ...]:
        """Return the components of a group that live on the civil day of `at` in `zone`; without `at`, all of them.

        Raises:
            KeyError: there is no such group.
        """
        members = self.by_group[group_id]
        if at is None:
            return members
        day = moment.civil(at, zone)
        return tuple(component for component in members if component.lives_on(day))


def in_page_order(components: Iterable[Component], groups: Iterable[Group]) -> Components:
    """Return everything in page order. Groups that are not in `groups` are made from their slugs.

    Written groups keep their order. Groups that only components name follow the smallest (position, id) of their
    members, and components without a group stand between groups by their own.
    """
    ordered = sorted(components, key=lambda component: (component.position, component.id))
    written = list(groups)
    listed = {group.id for group in written}
    first: dict[str, tuple[int, str]] = {}
    for component in ordered:
        if component.group is not None:
            first.setdefault(component.group, (component.position, component.id))
    blocks: list[tuple[tuple[int, str], Group | Component]] = []
    reached = (-1, "")
    for group in written:
        reached = max(reached, first.get(group.id, reached))
        blocks.append((reached, group))
    blocks += [(first[slug], Group(id=slug, name=in_words(slug))) for slug in first if slug not in listed]
    blocks += [((component.position, component.id), component) for component in ordered if component.group is None]
    blocks.sort(key=lambda block: block[0])
    row: list[Component] = []
    for _, block in blocks:
        if isinstance(block, Group):
            row += [component for component in ordered if component.group == block.id]
        else:
            row.append(block)
    return Components(tuple(row), tuple(block for _, block in blocks if isinstance(block, Group)))
