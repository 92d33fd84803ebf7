"""What a reader is told of the supplier behind a component."""

from datetime import datetime

from stillup.records.component import Component
from stillup.views import code
from stillup.views.document import SupplierDocument
from stillup.views.edition import KEYS, Edition
from stillup.views.shape import State
from stillup.vocabulary import ComponentStatus


def remark(edition: Edition, component: Component) -> State | None:
    """Return the sentence beside `component`; None while its supplier is known to be well, or there is none."""
    heard = component.affected
    if heard is None or not component.vendor:
        return None
    words, doubted = edition.words, _doubted(edition, component)
    key = KEYS[heard.status] if heard.status else ""
    state = words.say(f"said.{key}") if key else ""
    if doubted is not None:
        fields = {"vendor": heard.vendor, "time": edition.clock(doubted, edition.today).text}
        text = words.say("vendor.unknown_last", state=state, **fields) if key else words.say("vendor.unknown", **fields)
        return State(key="none", word=text)
    if heard.status in (None, ComponentStatus.OPERATIONAL) or heard.since is None:
        return None
    time = edition.clock(heard.since, edition.today).text
    return State(key=key, word=words.say("vendor.affected", vendor=heard.vendor, state=state, time=time))


def suppliers(edition: Edition) -> tuple[SupplierDocument, ...]:
    """Return what the API tells of each component with a supplier that was asked."""
    found = []
    for component in edition.components.components:
        heard = component.affected
        if heard is None or not component.vendor:
            continue
        doubted = _doubted(edition, component)
        found.append(
            SupplierDocument(
                id=component.id,
                code=code.of_component(component),
                name=edition.name(component.id),
                vendor=heard.vendor,
                page=component.vendor["statuspage"],
                status="unknown" if doubted or heard.status is None else heard.status.value,
                last_known=heard.status,
                since=doubted or heard.since,
            )
        )
    return tuple(found)


def due(edition: Edition) -> list[datetime]:
    """Return when words on suppliers begin to count for nothing."""
    stale = edition.settings.vendors.stale_after
    heard = [each.affected for each in edition.components.components if each.affected is not None]
    moments = [each.seen_at + stale for each in heard if each.seen_at is not None and each.unknown_since is None]
    return [moment for moment in moments if moment > edition.at]


def _doubted(edition: Edition, component: Component) -> datetime | None:
    heard = component.affected
    return heard.doubted(edition.at, edition.settings.vendors.stale_after) if heard is not None else None
