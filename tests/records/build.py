"""A small repository for tests: three components, and incidents as texts."""

from pathlib import Path

from stillup.errors import Problem
from stillup.records import store
from stillup.records.incident import Incident

COMPONENTS = {
    "dashboard.yml": "name: Dashboard\nsince: 2025-06-01\n",
    "old.yml": "name: Old console\ngroup: past\nuntil: 2026-01-01\n",
    "paypal.yml": "name: PayPal\ngroup: payments\nsince: 2026-01-01\nposition: 2\n",
    "stripe.yml": "name: Stripe\ngroup: payments\nsince: 2025-06-01\nposition: 1\n",
}

OPENED = """\
  - at: 2026-11-20T10:12:00Z
    status: investigating
    body: We are looking into it.
"""
RESOLVED = """\
  - at: 2026-11-20T11:00:00Z
    status: resolved
    body: It works again.
"""
MAINTENANCE = """\
title: New disks
kind: maintenance
scheduled: {start: 2026-11-22T10:00:00Z, end: 2026-11-22T12:00:00Z}
updates:
  - at: 2026-11-20T10:12:00Z
    status: scheduled
    body: We change disks.
"""
SERIES = """\
title: New disks
kind: maintenance
scheduled:
  start: 2026-11-22T10:00:00Z
  end: 2026-11-22T12:00:00Z
  recurrence: FREQ=WEEKLY;BYDAY=SU;COUNT=8
updates:
  - at: 2026-11-20T10:12:00Z
    status: scheduled
    body: We change disks.
"""


def incident_text(top: str = "", updates: str = OPENED) -> str:
    """Return a record of four lines and what is put between them."""
    return f"title: Payments fail\n{top}updates:\n{updates}"


def write(root: Path, files: dict[str, str | bytes]) -> None:
    """Write files below `root`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def incident(
    root: Path, text: str | bytes, updates: dict[str, str] | None = None, zone: str = "UTC"
) -> tuple[Incident | None, tuple[Problem, ...]]:
    """Read one incident `x` beside the components of this module, with update files by name."""
    write(root, {f"components/{name}": body for name, body in COMPONENTS.items()})
    write(root, {"incidents/x.yml": text})
    write(root, {f"incidents/x/updates/{name}": body for name, body in (updates or {}).items()})
    parts, problems = store.components(root)
    assert problems == ()
    found, problems = store.files(root)
    assert problems == ()
    return store.incident(root, found[0], parts, zone)


def said(root: Path, text: str | bytes, updates: dict[str, str] | None = None) -> list[str]:
    """Return what is said of an incident, as people see it."""
    return [str(problem).replace("incidents/", "") for problem in incident(root, text, updates)[1]]


def sound(root: Path, text: str | bytes, updates: dict[str, str] | None = None, zone: str = "UTC") -> Incident:
    """Return an incident about which nothing is said."""
    record, problems = incident(root, text, updates, zone)
    assert problems == ()
    assert record is not None
    return record
