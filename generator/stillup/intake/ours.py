"""What is there already: our files by the code of the record in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stillup.records import configuration
from stillup.records.folder import contents, record_files
from stillup.records.reading import read
from stillup.records.settings import Settings
from stillup.views import code as codes

GROUPS = "components/_groups.yml"
Record = dict[str, Any]


@dataclass(slots=True)
class Ours:
    """The repository before the import, and what the import makes of it."""

    root: Path
    settings: Settings
    groups: list[Record] = field(default_factory=list)
    components: dict[str, tuple[str, Record]] = field(default_factory=dict)
    """By code: id and content."""

    incidents: dict[str, tuple[str, Record]] = field(default_factory=dict)
    """By code: path and content."""

    component_ids: set[str] = field(default_factory=set)
    incident_ids: set[str] = field(default_factory=set)
    beside: dict[str, set[str]] = field(default_factory=dict)
    """By path of an incident: the codes of updates in files of their own."""

    paths: dict[str, str] = field(default_factory=dict)
    """By code of a component: its path."""

    listed: bool = False
    """Whether there is a list of groups."""

    commented: set[str] = field(default_factory=set)
    """Files in which people wrote comments."""


def ours(root: Path) -> Ours:
    """Return what `root` holds. Files that cannot be read are left alone."""
    settings, _ = configuration.settings(root)
    found = Ours(root=root, settings=settings)
    for file in record_files(root, "components")[0]:
        record = _read(found, file.path)
        found.component_ids.add(file.id)
        if isinstance(record, dict):
            code = _code(record) or codes.code("component", file.id)
            found.components[code] = (file.id, record)
            found.paths[code] = file.path
    if (root / GROUPS).is_file():
        groups = _read(found, GROUPS)
        found.listed = isinstance(groups, list)
        found.groups = [each for each in groups if isinstance(each, dict)] if isinstance(groups, list) else []
    for file in record_files(root, "incidents")[0]:
        found.incident_ids.add(file.id)
        record = _read(found, file.path)
        if isinstance(record, dict):
            formerly = record.get("formerly")
            origin = formerly[0] if isinstance(formerly, list) and formerly else file.id
            found.incidents[_code(record) or codes.code("incident", str(origin))] = (file.path, record)
            updates = (_read(found, path) for path in file.updates)
            found.beside[file.path] = {_code(each) for each in updates if isinstance(each, dict)} - {""}
    return found


def _code(record: Mapping[str, object]) -> str:
    code = record.get("code")
    return code if isinstance(code, str) else ""


def _read(found: Ours, path: str) -> Any:
    data, problem = contents(found.root, path)
    if problem is not None:
        return None
    lines = [line.lstrip() for line in data.splitlines()]
    if any(line.startswith(b"#") and not line.startswith(b"# yaml-language-server:") for line in lines):
        found.commented.add(path)
    document, problems = read(data, path)
    return document.value if document is not None and not problems else None
