"""Maintenance windows as one document."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from stillup.api.artifact import artifact, iso
from stillup.api.listing import LIMIT
from stillup.api.statuspage import in_order
from stillup.artifact import Artifact
from stillup.views.document import IncidentDocument, PageDocument
from stillup.vocabulary import Kind

if TYPE_CHECKING:
    from stillup.api import own


def maintenances(documents: Iterable[IncidentDocument], page: PageDocument) -> Artifact:
    """Return `maintenances.json`: what is to come or runs, next first, then the newest that are over."""
    known = in_order(documents, Kind.MAINTENANCE)
    over = [each for each in known if not each.open][:LIMIT]
    whole: own.Maintenances = {
        "time_zone": page.zone,
        "maintenances": [_maintenance(each) for each in [*(each for each in known if each.open), *over]],
    }
    return artifact("api/stillup/v1/maintenances.json", whole)


def _maintenance(document: IncidentDocument) -> "own.Maintenance":
    return {
        "id": document.id,
        "code": document.code,
        "title": document.title,
        "status": document.status,
        "page": document.place,
        "document": f"incidents/{document.code}.json",
        "endless": document.endless,
        "components": list(document.component_ids),
        "windows": [
            {
                "key": window.key,
                "start": iso(window.start),
                "end": iso(window.end),
                "status": window.status,
                "began_at": iso(window.began) if window.began else None,
                "ended_at": iso(window.ended) if window.ended else None,
            }
            for window in document.windows
        ],
    }
