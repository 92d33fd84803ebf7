"""JSON Schema of every kind of file, made from the types that read it; descriptions are the fields' docstrings.

Editors complete and check with it while somebody types. It promises less than reading does: what depends on other
fields or files, a colon too many or an hour that clocks skip is found by `check` only.
"""

import ast
import inspect
import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from textwrap import dedent
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from stillup.records.component import ComponentFacts
from stillup.records.mark import key
from stillup.records.plan import Plan
from stillup.records.private.contract import Contract
from stillup.records.private.customer import Customer
from stillup.records.private.drill import DrillFacts
from stillup.records.private.incident import PrivateIncidentFacts
from stillup.records.private.roster import Roster
from stillup.records.scenario import Scenario
from stillup.records.settings import Settings, WrittenSettings
from stillup.records.subscriber import SubscriberFacts
from stillup.records.written import WrittenGroup, WrittenIncident, WrittenUpdate
from stillup.vocabulary import STATUSES_OF, Kind

Json = dict[str, Any]

SHAPES: Mapping[str, Any] = {
    "incident": WrittenIncident,
    "update": WrittenUpdate,
    "component": ComponentFacts,
    "groups": tuple[WrittenGroup, ...],
    "settings": WrittenSettings,
    "subscribers": tuple[SubscriberFacts, ...],
    "private-incident": PrivateIncidentFacts,
    "roster": Roster,
    "customers": tuple[Customer, ...],
    "contracts": tuple[Contract, ...],
    "drill": DrillFacts,
    "scenario": Scenario,
}
"""What a file of each kind holds: `incidents/**`, `incidents/**/updates/*`, `components/**`, `components/_groups.yml`,
`plugins: - stillup:` of `mkdocs.yml`, and below the private folder `subscribers.yml`, `incidents/*`,
`roster.yml`, `customers.yml`, `contracts.yml`, `drills/*` and `drills/_scenarios/*`."""

_OF_MKDOCS = ("site_name", "site_url", "site_description")
"""What we read of `mkdocs.yml` besides our own settings."""

_TOLD_OR_REDACTED: Json = {"anyOf": [{"required": ["body"]}, {"required": ["redacted"]}]}

_PLAIN: Mapping[object, Json] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    object: {},
}


def schema(kind: str) -> Json:
    """Return the JSON Schema (2020-12) of a kind of file.

    Raises:
        KeyError: `kind` is not one of `SHAPES`.
    """
    shared: dict[str, Json] = {}
    top = _of(SHAPES[kind], shared)
    if kind == "settings":
        _of(Plan, shared)
        shared["Settings"]["properties"] |= shared.pop("Plan")["properties"]
        top = _mkdocs(top)
    reference = top.pop("$ref", "").rpartition("/")[2]
    top = {**(shared.pop(reference) if reference else {}), **top}
    if kind == "incident":
        top |= _by_kind(shared)
        for name in ("Update", "Postmortem"):
            shared[name] |= _TOLD_OR_REDACTED
    if kind == "update":
        top |= _TOLD_OR_REDACTED
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": kind}
    return {**dialect, **top, **({"$defs": dict(sorted(shared.items()))} if shared else {})}


def file_name(kind: str) -> str:
    """Return the name under which the schema of `kind` is kept."""
    return f"{kind}.schema.json"


def text(kind: str) -> str:
    """Return the schema of `kind` as its file has it."""
    return json.dumps(schema(kind), ensure_ascii=False, indent=2) + "\n"


def _mkdocs(settings: Json) -> Json:
    """Return the schema of a whole `mkdocs.yml` with `settings`: an editor knows whole files only.

    Plugins are a list or a mapping; everything else in the file is the business of MkDocs.
    """
    options = {"if": {"type": "object"}, "then": settings, "else": {"type": "null"}}
    said, place = _docstrings(Settings), {"properties": {"stillup": options}}
    site = {name: {"type": ["string", "null"], "description": said[name]} for name in _OF_MKDOCS}
    plugins = {
        "description": "MkDocs' plugins; the settings of Stillup stand below `stillup`.",
        "items": place,
        **place,
    }
    return {
        "description": "The settings of MkDocs and Stillup.",
        "type": "object",
        "properties": site | {"plugins": plugins},
    }


def _by_kind(shared: dict[str, Json]) -> Json:
    """Return what an incident and a maintenance do not have in common; `shared` keeps what they have."""
    del shared[shared["Update"]["properties"]["status"].pop("$ref").rpartition("/")[2]]
    statuses = {kind: {"enum": [status.value for status in STATUSES_OF[kind]]} for kind in Kind}

    def updates(**parts: object) -> Json:
        return {"updates": {"items": {"properties": parts}}}

    return {
        "if": {"properties": {"kind": {"const": Kind.MAINTENANCE.value}}, "required": ["kind"]},
        "then": {"properties": updates(status=statuses[Kind.MAINTENANCE]), "required": ["scheduled"]},
        "else": {
            "properties": {"scheduled": False}
            | updates(status=statuses[Kind.INCIDENT], scheduled=False, occurrence=False)
        },
    }


def _of(hint: Any, shared: dict[str, Json]) -> Json:
    """Return the schema of a type; dataclasses and enums are put into `shared` and referred to."""
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        bare = _of(arguments[0], shared) if arguments[0] in _PLAIN or get_origin(arguments[0]) is tuple else {}
        for mark in hint.__metadata__:
            bare = mark.json(bare)
        return bare
    if origin is UnionType or NoneType in arguments:
        return _of(next(argument for argument in arguments if argument is not NoneType), shared)
    if origin is tuple:
        return {"type": "array", "items": _of(arguments[0], shared)}
    if origin is Mapping:
        names = _of(arguments[0], shared)
        limits = {} if names == _PLAIN[str] else {"propertyNames": names}
        return {"type": "object", **limits, "additionalProperties": _of(arguments[1], shared)}
    name = hint.__name__.removeprefix("Written").removesuffix("Facts")
    if name not in shared:
        shared[name] = {}  # a shape may hold itself
        shared[name] = _dataclass(hint, shared) if is_dataclass(hint) else _enum(hint)
    return {"$ref": f"#/$defs/{name}"}


def _enum(words: type[StrEnum]) -> Json:
    return {"description": _sentence(words.__doc__ or ""), "enum": [word.value for word in words]}


def _dataclass(shape: Any, shared: dict[str, Json]) -> Json:
    said, hints = _docstrings(shape), get_type_hints(shape, include_extras=True)
    properties: dict[str, Json] = {}
    for part in fields(shape):
        described: Json = {"description": said[part.name]} if part.name in said else {}
        made = _of(hints[part.name], shared)
        properties[key(part.name)] = {**made, **described, **_default(part.default, made)}
    needed = [key(part.name) for part in fields(shape) if part.default is MISSING and part.default_factory is MISSING]
    return {
        "description": _sentence(shape.__doc__ or ""),
        "type": "object",
        "properties": properties,
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def _default(value: object, made: Json) -> Json:
    """Return the default of a field where it is written as it is kept."""
    plain = isinstance(value, (bool, StrEnum)) or (type(value) is int and made.get("type") == "integer")
    return {"default": value} if plain or (isinstance(value, str) and value) else {}


def _docstrings(shape: type) -> dict[str, str]:
    """Return what stands below each field, in `shape` and in what it is made of."""
    said: dict[str, str] = {}
    for part in reversed(shape.__mro__):
        if not is_dataclass(part):
            continue
        body = ast.parse(dedent(inspect.getsource(part))).body[0]
        assert isinstance(body, ast.ClassDef)
        for field, below in zip(body.body, body.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                text = (
                    below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
                )
                if isinstance(text, str) and text:
                    said[field.target.id] = _sentence(text)
    return said


def _sentence(text: str) -> str:
    return " ".join(text.split())
