"""Components gathered by the state they are in."""

from collections.abc import Mapping, Sequence
from operator import attrgetter

from stillup.catalogue import Catalogue
from stillup.views.edition import Edition
from stillup.views.shape import Affected
from stillup.vocabulary import ComponentStatus

_rank = attrgetter("rank")
_MANY = 12
"""Above this number of names in one state what a reader should do would stand a screen further down."""

_FEW = 8
"""How many of them are named then, the last one by a number: seven and how many more."""


def affected(edition: Edition, held: Mapping[str, ComponentStatus]) -> tuple[Affected, ...]:
    """Return the components in `held` by state, worst first, each in page order; operational ones are left out."""
    if not held:
        return ()
    by_state: dict[ComponentStatus, list[str]] = {}
    for component, state in held.items():
        by_state.setdefault(state, []).append(component)
    found = []
    for state in sorted(by_state, key=_rank, reverse=True):
        if state is not ComponentStatus.OPERATIONAL:
            ids = in_order(edition, by_state[state])
            names = tuple([edition.name(id) for id in ids])
            short = in_short(edition.words, names)
            found.append(Affected(state=edition.states[state], names=names, ids=tuple(ids), short=short))
    return tuple(found)


def in_short(words: Catalogue, names: Sequence[str]) -> str:
    """Return the first of many `names` and how many more; empty where they are few enough to name them all."""
    return words.joined(names, _FEW) if len(names) > _MANY else ""


def in_order(edition: Edition, ids: list[str]) -> list[str]:
    """Return `ids` as they stand on the page; those that left it come last, by id."""
    if len(ids) < 2:
        return ids
    order, last = edition.order, len(edition.order)
    return sorted(ids, key=lambda id: (order.get(id, last), id))
