"""Templates that people put in place of ours: what is wrong in one is told with its place, as of every other file."""

from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from traceback import walk_tb
from typing import Any, NoReturn, TypeVar

from jinja2 import BytecodeCache, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.exceptions import TemplateError, TemplateNotFound, TemplateSyntaxError

from stillup.errors import Problem, RecordError

_FIX = "Mend it, or take the file away: then our own stands in its place again."
_OURS = "Write default/ before the name where ours is meant, as in default/pages/home.html."


class OwnEnvironment(Environment):
    """An environment in which a fault of a template in `folders` is a problem of its file; ours stay our own faults."""

    folders: tuple[Path, ...] = ()

    def __init__(self, *, overrides: Iterable[str | PathLike[str]] = (), **options: Any) -> None:
        """Make one as Jinja does, with people's templates in `overrides`."""
        super().__init__(**options)
        self.folders = tuple(map(Path, overrides))

    def handle_exception(self, source: str | None = None) -> NoReturn:
        """Raise what Jinja would.

        Raises:
            RecordError: in its place, where a template of people's own was on the way.
        """
        try:
            super().handle_exception(source)
        except Exception as error:
            problem = _blamed(error, self.folders)
            if problem is None:
                raise
            raise RecordError([problem]) from error


_Kind = TypeVar("_Kind", bound=OwnEnvironment)


def templated(
    kind: type[_Kind], ours: str, overrides: Iterable[str | PathLike[str]], cache: BytecodeCache | None
) -> _Kind:
    """Return an environment of `kind` with the templates in `overrides`, else those in `ours`.

    `default/` before a name always means ours.
    """
    theirs, own = list(overrides), FileSystemLoader(ours)
    return kind(
        overrides=theirs,
        loader=ChoiceLoader([FileSystemLoader(theirs), own, PrefixLoader({"default": own})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=cache,
    )


def with_ours(environment: Environment, ours: str) -> None:
    """Let `default/` before a name mean ours in an environment that somebody else made."""
    default = PrefixLoader({"default": FileSystemLoader(ours)})
    environment.loader = ChoiceLoader([each for each in (environment.loader, default) if each is not None])


def watch(environment: Environment, folders: Iterable[Path], refusal: Callable[[Problem], Exception]) -> None:
    """Let an environment that somebody else made raise `refusal` of what is wrong in a template of `folders`."""
    ours, raise_it = tuple(folders), environment.handle_exception

    def handle(source: str | None = None) -> NoReturn:
        try:
            raise_it(source)
        except Exception as error:
            problem = _blamed(error, ours)
            if problem is None:
                raise
            raise refusal(problem) from error

    # Jinja asks the environment itself, and MkDocs makes its own: there is no other place to stand in between.
    environment.handle_exception = handle  # type: ignore[method-assign]


def _blamed(error: Exception, folders: tuple[Path, ...]) -> Problem | None:
    """Return what is wrong in the innermost template of `folders` on the way to `error`; None where none was."""
    places = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    if isinstance(error, TemplateSyntaxError):
        places.append((error.filename or "", error.lineno))
    for name, line in reversed(places):
        for folder in folders:
            if Path(name).is_relative_to(folder):
                file = Path(name).relative_to(folder.parent).as_posix()
                endless = isinstance(error, RecursionError)
                said = "It takes in itself, without end" if endless else _said(error).rstrip(".")
                fix = _OURS if endless else _FIX
                return Problem(file=file, line=line, code="template", message=f"{said}.", fix=fix)
    return None


def _said(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"There is no template {error.name}"
    return str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
