"""Internal documents of the example, and the incidents that they are about."""

from datetime import UTC, datetime

from stillup.pipeline.papers import paper

NOW = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
OPEN = "2026-11-20-sign-in-and-payments-failing"
STRIPE = "2026-11-09-card-payments-through-stripe-declined"
SECRET = "2026-11-17-supplier-account-opened-by-a-stranger"
TOKENS = "2026-10-28-connected-apps-signed-out"
OUTAGE = "2026-07-28-no-service-reachable-in-us-east"


def text(page, kind, id, at=NOW, **more):
    return paper.of_incident(page, kind, id, at=at, **more).paper.markdown


def put(page, id, words):
    file = page / "private" / "incidents" / f"{id}.yml"
    file.write_text(file.read_text() + words)
