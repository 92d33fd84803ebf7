"""The eight documents of `api/v2`, from bounded input: what is open, and the newest of what is over."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from stillup.api.artifact import artifact
from stillup.api.statuspage import Printer, in_order
from stillup.artifact import Artifact
from stillup.views.document import IncidentDocument, Roster
from stillup.vocabulary import Kind, UpdateStatus

if TYPE_CHECKING:
    from stillup.api import shape

LIMIT = 50
"""How many incidents, and how many maintenances, the API lists."""


def listing(roster: Roster, documents: Iterable[IncidentDocument]) -> Iterator[Artifact]:
    """Return everything below `api/v2`. `documents` hold at least all open records and the 50 newest of each kind."""
    printer = Printer(roster)
    known = tuple(documents)
    incidents = in_order(known, Kind.INCIDENT)[:LIMIT]
    works = in_order(known, Kind.MAINTENANCE)[:LIMIT]
    page, status, components = printer.page(), printer.status(), printer.components()
    told = {each.id: printer.incident(each) for each in incidents}
    planned = {each.id: printer.maintenance(each) for each in works}
    unresolved = [told[each.id] for each in incidents if each.open]
    upcoming = [planned[each.id] for each in works if each.open and each.status == UpdateStatus.SCHEDULED]
    active = [planned[each.id] for each in works if each.open and each.status != UpdateStatus.SCHEDULED]
    summary: shape.SummaryDocument = {
        "page": page,
        "components": components,
        "incidents": unresolved,
        "scheduled_maintenances": [*active, *upcoming],
        "status": status,
    }
    yield artifact("api/v2/summary.json", summary)
    overall: shape.StatusDocument = {"page": page, "status": status}
    yield artifact("api/v2/status.json", overall)
    listed: shape.ComponentsDocument = {"page": page, "components": components}
    yield artifact("api/v2/components.json", listed)
    for path, found in (("incidents", list(told.values())), ("incidents/unresolved", unresolved)):
        some: shape.IncidentsDocument = {"page": page, "incidents": found}
        yield artifact(f"api/v2/{path}.json", some)
    for path, chosen in (
        ("scheduled-maintenances", list(planned.values())),
        ("scheduled-maintenances/upcoming", upcoming),
        ("scheduled-maintenances/active", active),
    ):
        work: shape.MaintenancesDocument = {"page": page, "scheduled_maintenances": chosen}
        yield artifact(f"api/v2/{path}.json", work)
