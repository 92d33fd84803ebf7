"""A page whose one rule publishes as it is told, and what alerts say to it."""

import json
from datetime import UTC, datetime

from click.testing import CliRunner

from stillup.cli import main
from stillup.intake.alert.notification import alerts
from stillup.pipeline.serving.alerts import receive
from stillup.records import store

SETTINGS = """
site_url: https://status.example.com/
plugins:
  - stillup:
      organisation: Advancia Pay Ledger
      intake:
        rules:
          - match: {{alertname: "Pay*"}}
            component: payments
            impact: {{warning: degraded_performance, critical: major_outage}}
            severity: {{warning: P2, critical: P1}}
            publish: {publish}
"""


def say(root, at, *told_alerts):
    """Let Alertmanager tell of `told_alerts` (start, end, severity) at the minute `at` after noon."""
    told = [
        {
            "status": "firing" if end is None else "resolved",
            "labels": {"alertname": "PayErrors", "severity": severity, "instance": "db-3.internal"},
            "annotations": {"summary": "db-3.internal is on fire"},
            "startsAt": f"2026-11-20T12:{start:02}:00Z",
            "endsAt": "0001-01-01T00:00:00Z" if end is None else f"2026-11-20T12:{end:02}:00Z",
            "fingerprint": severity,
        }
        for start, end, severity in told_alerts
    ]
    body = json.dumps({"version": "4", "alerts": told}).encode()
    hour, minute = divmod(at, 60)
    return receive(root, alerts("alertmanager", body), at=datetime(2026, 11, 20, 12 + hour, minute, tzinfo=UTC))


def updates(root):
    """Return status and id of each update of the records below `root`."""
    return [[(str(update.status), update.id) for update in record.updates] for record in store.load(root).incidents]


def accept(root, *words):
    more = ["--anyway", "told by monitoring", "--at", "2026-11-20T12:20:00Z", "--root", str(root)]
    done = CliRunner().invoke(main, ["incident", "accept", "2026-11-20-payments-1200", *words, *more])
    assert done.exit_code == 0, done.output
    (record,) = store.load(root).incidents
    return record
