"""What is known of the suppliers behind components, as a document."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from stillup.api.artifact import artifact, iso
from stillup.artifact import Artifact
from stillup.views.document import SupplierDocument

if TYPE_CHECKING:
    from stillup.api import own


def vendors(suppliers: Iterable[SupplierDocument]) -> Artifact:
    """Return `vendors.json`."""
    told: own.Vendors = {
        "vendors": [
            {
                "component": each.id,
                "code": each.code,
                "name": each.name,
                "vendor": each.vendor,
                "page": each.page,
                "status": each.status,
                "last_known": each.last_known,
                "since": iso(each.since) if each.since else None,
            }
            for each in suppliers
        ]
    }
    return artifact("api/stillup/v1/vendors.json", told)
