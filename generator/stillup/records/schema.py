"""JSON Schema of every kind of file, made from the types that read it; descriptions are the fields' docstrings.

Editors complete and check with it while somebody types. It promises less than reading does: what depends on other
fields or files, a colon too many or an hour that clocks skip is found by `check` only.
"""

import ast
import inspect
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from textwrap import dedent
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from stillup.records.component import ComponentFacts
from stillup.records.mark import key
from stillup.records.written import WrittenGroup, WrittenIncident, WrittenSettings, WrittenUpdate

Json = dict[str, Any]

SHAPES: Mapping[str, Any] = {
    "incident": WrittenIncident,
    "update": WrittenUpdate,
    "component": ComponentFacts,
    "groups": tuple[WrittenGroup, ...],
    "settings": WrittenSettings,
}
"""What a file of each kind holds: `incidents/**`, `incidents/**/updates/*`, `components/**`, `components/_groups.yml`,
and `plugins: - stillup:` of `mkdocs.yml`."""

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
    reference = top.pop("$ref", "").rpartition("/")[2]
    top = {**(shared.pop(reference) if reference else {}), **top}
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": kind}
    return {**dialect, **top, **({"$defs": dict(sorted(shared.items()))} if shared else {})}


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
        default = {"default": part.default} if isinstance(part.default, (bool, StrEnum)) else {}
        properties[key(part.name)] = {**_of(hints[part.name], shared), **described, **default}
    needed = [key(part.name) for part in fields(shape) if part.default is MISSING and part.default_factory is MISSING]
    return {
        "description": _sentence(shape.__doc__ or ""),
        "type": "object",
        "properties": properties,
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


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
