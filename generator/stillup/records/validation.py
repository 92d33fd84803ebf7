"""Validators of pydantic's engine for our own few kinds of type.

`pydantic.TypeAdapter` makes the same of these types, and JSON Schema comes from it; but loading all of pydantic takes
longer than a build with one new update may. A test compares the two.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, cast, get_args, get_origin, get_type_hints

from pydantic_core import CoreSchema, SchemaValidator, core_schema

from stillup.records.mark import key

_PLAIN: dict[object, CoreSchema] = {
    str: core_schema.str_schema(),
    int: core_schema.int_schema(),
    bool: core_schema.bool_schema(),
}
_validators: dict[type, SchemaValidator] = {}


def validator(shape: type) -> SchemaValidator:
    """Return the validator of a dataclass, made once."""
    if shape not in _validators:
        _validators[shape] = SchemaValidator(_schema(shape))
    return _validators[shape]


def _schema(hint: Any) -> CoreSchema:
    """Return what pydantic's engine is to check for a type.

    Raises:
        TypeError: no record has a field of such a type yet.
    """
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        kind, (*inner, mark) = arguments[0], hint.__metadata__
        rest = Annotated[kind, *inner] if inner else kind
        return cast(CoreSchema, mark.__get_pydantic_core_schema__(kind, lambda _: _schema(rest)))
    if origin is UnionType or NoneType in arguments:
        (kind,) = (argument for argument in arguments if argument is not NoneType)
        return core_schema.nullable_schema(_schema(kind))
    if origin is tuple:
        return core_schema.tuple_schema([_schema(arguments[0])], variadic_item_index=0)
    if origin is Mapping:
        return core_schema.dict_schema(_schema(arguments[0]), _schema(arguments[1]))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return core_schema.enum_schema(hint, list(hint), sub_type="str")
    if is_dataclass(hint):
        return _dataclass(hint)
    raise TypeError(f"no schema for {hint}")


def _dataclass(shape: Any) -> CoreSchema:
    hints = get_type_hints(shape, include_extras=True)
    parts = [
        core_schema.dataclass_field(
            part.name, _field(part, hints[part.name]), kw_only=True, validation_alias=key(part.name)
        )
        for part in fields(shape)
    ]
    arguments = core_schema.dataclass_args_schema(shape.__name__, parts)
    names = [part.name for part in fields(shape)]
    return core_schema.dataclass_schema(
        shape, arguments, names, slots=True, config=core_schema.CoreConfig(extra_fields_behavior="forbid")
    )


def _field(part: Field[Any], hint: Any) -> CoreSchema:
    schema = _schema(hint)
    if part.default is not MISSING:
        return core_schema.with_default_schema(schema, default=part.default)
    if part.default_factory is not MISSING:
        return core_schema.with_default_schema(schema, default_factory=part.default_factory)
    return schema
