"""A small page as its API tells it, and the folders of an import."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PAGE = {
    "id": "kctbh9vrtdw0",
    "name": "Advancia",
    "url": "https://status.example.com",
    "time_zone": "Etc/UTC",
    "updated_at": "2026-07-31T03:29:01.470Z",
}


def component(id: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "name": name,
        "status": "operational",
        "created_at": "2020-01-01T00:00:00.100Z",
        "updated_at": "2026-01-01T00:00:00.200Z",
        "position": 1,
        "description": None,
        "showcase": True,
        "start_date": None,
        "group_id": None,
        "page_id": PAGE["id"],
        "group": False,
        "only_show_if_degraded": False,
        **more,
    }


def update(id: str, status: str, at: str, body: str = "Text.", **more: Any) -> dict[str, Any]:
    stamp = f"2026-07-{at}:00.500Z"
    return {
        "id": id,
        "status": status,
        "body": body,
        "incident_id": "",
        "created_at": stamp,
        "updated_at": stamp,
        "display_at": stamp,
        "affected_components": None,
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
        **more,
    }


def affected(code: str, before: str, after: str, name: str = "API") -> dict[str, str]:
    return {"code": code, "name": name, "old_status": before, "new_status": after}


def incident(id: str, *updates: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Of updates told oldest first."""
    first, last = updates[0], updates[-1]
    return {
        "id": id,
        "name": "Payments fail",
        "status": last["status"],
        "created_at": first["created_at"],
        "updated_at": last["updated_at"],
        "monitoring_at": None,
        "resolved_at": last["display_at"] if last["status"] == "resolved" else None,
        "impact": "minor",
        "shortlink": f"https://stspg.io/{id}",
        "started_at": first["display_at"],
        "page_id": PAGE["id"],
        "incident_updates": list(reversed(updates)),
        "components": [],
        "reminder_intervals": None,
        **more,
    }


API = component("8l4ygp009s50", "API")
OUTAGE = incident(
    "9tpgqq1h4bs0",
    update("7f4jmtk5hld0", "investigating", "30T09:00"),
    update("7f4jmtk5hld1", "resolved", "30T10:00", "Done."),
)

Capture = Callable[..., Path]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def capture(tmp_path: Path) -> Capture:
    """A folder with documents of these incidents and components."""

    def write(*incidents: dict[str, Any], parts: tuple[dict[str, Any], ...] = (API,), **more: Any) -> Path:
        folder = tmp_path / "capture"
        folder.mkdir(exist_ok=True)
        documents = {
            "summary": {"page": PAGE, "components": list(parts), "incidents": [], "scheduled_maintenances": []},
            "incidents": {"page": PAGE, "incidents": list(incidents)},
            **more,
        }
        for name, document in documents.items():
            (folder / f"{name}.json").parent.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.json").write_text(json.dumps(document))
        return folder

    return write


def texts(root: Path) -> dict[str, str]:
    """Every file of records, by path."""
    return {path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*.yml"))}
