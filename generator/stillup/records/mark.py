"""How pydantic's engine and JSON Schema are told of a field's kind: marks in `Annotated`.

A mark says once what is taken, for the engine (`__get_pydantic_core_schema__`, pydantic's own hook) and in JSON Schema.
Nothing here loads pydantic before a record is read: a run that takes unchanged records from the index never needs it.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from stillup.frozen import dataclass

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


_SPELLED = {"exceptions": "except", "sender": "from"}


def key(name: str) -> str:
    """Return the key in files of the field `name`: the same word, but for what Python keeps for itself."""
    return _SPELLED.get(name, name)


class Strict:
    """A shape that refuses unknown keys."""

    __slots__ = ()
    __pydantic_config__: ClassVar[Any] = {"extra": "forbid", "alias_generator": key}


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """How a written value becomes the field's: `parse` returns it or raises `Unusable`."""

    parse: Callable[[object], object]
    schema: Mapping[str, object]
    """The JSON Schema of what is written."""

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Let pydantic call `parse` and nothing else."""
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.parse)

    def json(self, inner: dict[str, Any]) -> dict[str, Any]:
        """Return the JSON Schema of what is written; `inner` is that of the bare type."""
        return dict(self.schema)


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """A type with bounds, in pydantic's words: `strict` takes no truth from `1` and no number from text."""

    bounds: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Return the type's own schema with the bounds."""
        schema: dict[str, Any] = {**handler(source), **self.bounds}
        return cast("CoreSchema", schema)

    def json(self, inner: dict[str, Any]) -> dict[str, Any]:
        """Return the JSON Schema of the bare type with the bounds."""
        words = {"ge": "minimum", "le": "maximum", "min_length": "minItems"}
        return {**inner, **{words[bound]: value for bound, value in self.bounds.items() if bound in words}}


_SEEN = (
    r"[^\s\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2060-\u206F"
    r"\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0]"
)
"""A character that draws something, as a regular expression of Rust and of JSON Schema: neither one of Unicode's
Default_Ignorable_Code_Point, as far as they have four digits, nor the empty Braille pattern."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Text for people: something in it can be seen, ends trimmed, a bounded length."""

    most: int = 65536
    one_line: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Return a string schema that trims first."""
        from pydantic_core import core_schema

        pattern = rf"^[^\n]*{_SEEN}[^\n]*$" if self.one_line else _SEEN
        return core_schema.str_schema(strip_whitespace=True, min_length=1, max_length=self.most, pattern=pattern)

    def json(self, inner: dict[str, Any]) -> dict[str, Any]:
        """Return the JSON Schema of such a text."""
        bounds = {**inner, "minLength": 1, "maxLength": self.most}
        if self.one_line:
            return {
                **bounds,
                "pattern": rf"^\s*[^\n]*{_SEEN}[^\n]*\s*$",
                "patternErrorMessage": "Write it on one line.",
            }
        return {**bounds, "pattern": _SEEN, "patternErrorMessage": "Write the text."}
