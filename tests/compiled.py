"""Templates of one run of tests, compiled once for all its processes.

A page that is built for the first time compiles some fifty templates, ours and the theme's: a third of its work, and
the same in each of the hundreds of pages that tests make. What is kept here is what Jinja makes of exactly this
source, under this name, with these settings of its environment; what the product keeps between builds is beside it,
as ever.

    keep_compiled(folder)
"""

import marshal
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import CodeType
from typing import Any

from jinja2 import Environment
from jinja2.utils import internalcode

_SETTINGS = (
    "block_start_string", "block_end_string", "variable_start_string", "variable_end_string", "comment_start_string",
    "comment_end_string", "line_statement_prefix", "line_comment_prefix", "trim_blocks", "lstrip_blocks",
    "newline_sequence", "keep_trailing_newline", "optimized", "is_async", "sandboxed", "policies", "intercepted_binops",
    "intercepted_unops", "newstyle_gettext", "direct",
)  # fmt: skip
"""What a lexer, a parser or a writer of code asks of an environment."""


Compile = Callable[[Environment, str, str | None, str | None], CodeType]


def keep_compiled(folder: Path) -> None:
    """From now on, take what `folder` has of a template that this process would compile, and put there what it lacks.

    `folder` belongs to one run: code of ours that writes code may be another in the next.
    """
    made = Environment.compile

    @internalcode
    def compile(
        self: Environment, source: Any, name: str | None = None, filename: str | None = None, *more: Any, **named: Any
    ) -> Any:
        if not isinstance(source, str) or more or named:
            return made(self, source, name, filename, *more, **named)
        return compiled(folder, made, self, source, name, filename)

    Environment.compile = compile  # type: ignore[method-assign]


@internalcode
def compiled(
    folder: Path, make: Compile, environment: Environment, source: str, name: str | None, filename: str | None
) -> CodeType:
    """Return what `make` makes of a template, from `folder` where it has been made before."""
    path = folder / sha256(repr((source, name, filename, _environment(environment, name))).encode()).hexdigest()
    with suppress(FileNotFoundError):
        return marshal.loads(path.read_bytes())
    code = make(environment, source, name, filename)
    if folder.is_dir():  # a process that is left over from a run may outlive it
        with NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(marshal.dumps(code))
        os.replace(file.name, path)
    return code


def _environment(environment: Environment, name: str | None) -> object:
    """Return everything about an environment that what it compiles depends on."""
    escaped = environment.autoescape(name) if callable(environment.autoescape) else environment.autoescape
    return (
        _named(type(environment)),
        _named(environment.code_generator_class),
        escaped,
        [(setting, str(getattr(environment, setting, None))) for setting in _SETTINGS],
        _named(environment.finalize),
        sorted(environment.extensions),
        _names(environment.filters),
        _names(environment.tests),
    )


def _names(known: Mapping[str, object]) -> list[tuple[str, str]]:
    return sorted((name, _named(what)) for name, what in known.items())


def _named(what: object) -> str:
    return f"{getattr(what, '__module__', '')}.{getattr(what, '__qualname__', type(what).__qualname__)}"
