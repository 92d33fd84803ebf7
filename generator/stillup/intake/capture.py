"""Documents of a Statuspage in a folder: flat captures, or the tree as a host serves it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from stillup.errors import StillupError
from stillup.intake.original import Object, objects
from stillup.intake.speech import understood
from stillup.records.field import CODE

_INCIDENTS = ("incidents", "incidents/unresolved", "unresolved")
_MAINTENANCES = (
    "scheduled-maintenances",
    "scheduled_maintenances",
    "scheduled-maintenances/upcoming",
    "scheduled-maintenances/active",
)
_MOST = 64 * 1024 * 1024


@dataclass(slots=True)
class Capture:
    """The documents that were found, by their name."""

    documents: dict[str, Object] = field(default_factory=dict)
    """`summary`, `incidents`, `incidents/<code>` ...: as served."""

    feeds: dict[str, bytes] = field(default_factory=dict)
    """`history.atom` or `history.rss`."""

    def page(self) -> Object:
        """Return the newest `page` of any document."""
        found = [page for page in (doc.get("page") for doc in self.documents.values()) if isinstance(page, dict)]
        return max(found, key=lambda page: str(page.get("updated_at", "")), default={})

    def parts(self) -> tuple[str, list[Object]]:
        """Return the name of the document that lists components, and the list."""
        for name in ("summary", "components"):
            if isinstance(self.documents.get(name, {}).get("components"), list):
                return name, list(objects(self.documents[name]["components"]))
        return "", []

    def stories(self) -> dict[str, tuple[str, Object, bool]]:
        """Return by id: the place of an incident or maintenance, itself, and whether it is a maintenance.

        Told twice, the newer one counts, and of two alike the one with a document of its own.
        """
        found: dict[str, tuple[str, Object, bool]] = {}
        for name, document in self.documents.items():
            for key in ("incidents", "scheduled_maintenances"):
                for number, each in enumerate(objects(document.get(key))):
                    _newer(found, f"{name}.json {key}[{number}]", each, key != "incidents")
        for name, document in self.documents.items():
            if CODE(name.removeprefix("incidents/")) and isinstance(document.get("incident_updates"), list):
                _newer(found, f"{name}.json", document, "scheduled_for" in document)
        return found

    def listed(self) -> list[str]:
        """Return the codes that `history.json` lists, newest first, each once."""
        codes: dict[str, None] = {}
        for name, document in self.documents.items():
            if name.startswith("history"):
                for month in objects(document.get("months")):
                    for each in objects(month.get("incidents")):
                        codes.setdefault(str(each.get("code")))
        return list(codes)


def _newer(found: dict[str, tuple[str, Object, bool]], where: str, each: Object, maintenance: bool) -> None:
    id = str(each.get("id"))
    before = found.get(id)
    if before is None or _age(each) >= _age(before[1]):
        found[id] = (where, each, maintenance or bool(before and before[2]))


def _age(each: Object) -> tuple[str, int]:
    updates = each.get("incident_updates")
    return str(each.get("updated_at", "")), len(updates) if isinstance(updates, list) else 0


def read(folder: Path) -> Capture:
    """Return the documents in `folder`.

    Raises:
        StillupError: there are none, or one cannot be read.
    """
    capture = Capture()
    bases = [base for base in (folder / "api" / "v2", folder) if base.is_dir()]
    for base in bases:
        for name in ("summary", "components", *_INCIDENTS, *_MAINTENANCES):
            if name not in capture.documents and (base / f"{name}.json").is_file():
                capture.documents[name] = _json(base / f"{name}.json")
    for path in sorted(folder.glob("history*.json")):
        if re.fullmatch(r"history(?:-\d+)?", path.stem):
            capture.documents[path.stem] = _json(path)
    for path in sorted((folder / "incidents").glob("*.json")):
        if CODE(path.stem):
            capture.documents[f"incidents/{path.stem}"] = _json(path)
    for kind in ("history.atom", "history.rss"):
        if (folder / kind).is_file() and not capture.feeds:
            capture.feeds[kind] = (folder / kind).read_bytes()
    if not capture.documents and not capture.feeds:
        raise StillupError(
            f"{folder} holds no status page. Give the folder with summary.json and incidents.json, "
            "or the one with api/v2/ in it."
        )
    return capture


def parsed(data: bytes, name: str) -> Object:
    """Return the JSON object in `data`.

    Raises:
        StillupError: it is something else; the message begins with `name`.
    """
    try:
        found = understood(data)
    except (ValueError, RecursionError) as error:
        raise StillupError(f"{name}: This is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise StillupError(f"{name}: This is not a document of a status page, which is an object.")
    return found


def _json(path: Path) -> Object:
    if path.stat().st_size > _MOST:
        raise StillupError(f"{path}: The file has more than {_MOST // 1024 // 1024} MB.")
    return parsed(path.read_bytes(), str(path))
