"""JSON Schema of every document, made from the types that print them.

The files beside this one are published as they are; a test says when a type has moved on and `pytest --accept`
writes them again.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from stillup.api import own, shape
from stillup.artifact import Artifact

OWN: Mapping[str, type] = {
    "incidents": own.Incidents,
    "uptime": own.Uptime,
    "days": own.Days,
    "maintenances": own.Maintenances,
    "vendors": own.Vendors,
    "manifest": own.Manifest,
    "manifest-part": own.ManifestPart,
    "manifest-events": own.EventsPart,
    "event": own.Event,
    "heartbeat": own.Heartbeat,
}
"""Documents of our own API by the name of their schema."""

STATUSPAGE: Mapping[str, type] = {
    "summary": shape.SummaryDocument,
    "status": shape.StatusDocument,
    "components": shape.ComponentsDocument,
    "incidents": shape.IncidentsDocument,
    "scheduled-maintenances": shape.MaintenancesDocument,
}
"""Documents of `api/v2` by their name."""

_NAMES = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> Iterator[Artifact]:
    """Return the published schemas: `api/stillup/v1/schema/<name>.json`."""
    folder = Path(__file__).parent
    for name in OWN:
        path = f"api/stillup/v1/schema/{name}.json"
        body = (folder / f"{name}.json").read_bytes()
        yield Artifact(path=path, body=body, media_type="application/schema+json")


def written(name: str, kind: type) -> str:
    """Return the schema of `kind` as the text of its file."""
    return json.dumps({"$schema": _DRAFT, "title": name, **schema(kind)}, indent=2, ensure_ascii=False) + "\n"


def schema(kind: type, *, closed: bool = False) -> dict[str, Any]:
    """Return the JSON Schema of a document; a `closed` one takes no other keys."""
    return _Schema(closed).of(kind)


class _Schema:
    def __init__(self, closed: bool) -> None:
        self._closed = closed

    def of(self, hint: Any) -> dict[str, Any]:
        """Return the schema of one type."""
        origin = get_origin(hint)
        if origin is Annotated:
            inner, *marks = get_args(hint)
            found = self.of(inner)
            for mark in marks:
                found = {**found, **mark.words}
            return found
        if origin is NotRequired:
            return self.of(get_args(hint)[0])
        if origin in (Union, UnionType):
            return self._any(get_args(hint))
        if origin is list:
            return {"type": "array", "items": self.of(get_args(hint)[0])}
        if origin is dict:
            return {"type": "object"}
        if is_typeddict(hint):
            return self._object(hint)
        return {"type": _NAMES[hint]}

    def _any(self, hints: tuple[Any, ...]) -> dict[str, Any]:
        found = [self.of(hint) for hint in hints]
        if all(each.keys() == {"type"} for each in found):
            return {"type": [each["type"] for each in found]}
        return {"anyOf": found}

    def _object(self, hint: Any) -> dict[str, Any]:
        hints = get_type_hints(hint, include_extras=True)
        about = " ".join((hint.__doc__ or "").split("\n\n")[0].split())
        return {
            "type": "object",
            **({"description": about} if about else {}),
            "properties": {name: self.of(kind) for name, kind in hints.items()},
            "required": [name for name in hints if name in hint.__required_keys__],
            **({"additionalProperties": False} if self._closed else {}),
        }
