"""`mkdocs.yml` as MkDocs understands it, read without MkDocs: `!ENV`, `INHERIT`, anchors, tags that are not ours."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from yaml.events import AliasEvent

from stillup.errors import Problem
from stillup.records.document import Document, Loc, spelled
from stillup.records.reading import Walk
from stillup.records.scalar import Trap, plain
from stillup.records.syntax import decoded

_FOREIGN = "(a value that only MkDocs reads)"


def read_chain(
    root: Path, name: str, environment: Mapping[str, str]
) -> tuple[list["SettingsFile"], tuple[Problem, ...]]:
    """Return the settings file `name` and those it inherits from, the eldest first, and what is wrong with them."""
    chain: list[SettingsFile] = []
    problems: list[Problem] = []
    path: str | None = name
    while path is not None:
        file = SettingsFile.read(root, path, environment)
        problems += file.broken
        chain.insert(0, file)
        path = file.parent
        if path in {known.path for known in chain}:
            problems.append(file.document.problem(("INHERIT",), "The file inherits from itself.", "Leave INHERIT out."))
            break
        if path is not None and not (root / path).is_file():
            problems.append(file.document.problem(("INHERIT",), f"There is no file {path}.", "Correct the path."))
            break
    return chain, tuple(problems)


class SettingsFile:
    """One file of the chain."""

    def __init__(
        self,
        path: str,
        document: Document,
        found: list[tuple[Loc, Problem]],
        broken: tuple[Problem, ...],
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Keep what one walk brought; `broken` says why there is nothing in `document`."""
        self.path, self.document, self.found, self.broken = path, document, found, broken
        self._variables = variables
        self.value: dict[str, Any] = document.value if isinstance(document.value, dict) else {}

    @classmethod
    def read(cls, root: Path, path: str, environment: Mapping[str, str]) -> "SettingsFile":
        """Read the file at `path`, relative to the root."""
        try:
            data = (root / path).read_bytes()
        except OSError as error:
            problem = Problem(file=path, code="unreadable", message=f"The file cannot be read: {error.strerror}.")
            return cls(path, Document(path, None), [], (problem,))
        text, undecoded = decoded(data, path)
        if undecoded:
            return cls(path, Document(path, None), [], undecoded)
        walk = _Walk(text, path, environment)
        document, problems = walk.document()
        if document is None:
            return cls(path, Document(path, None), [], problems[-1:])
        return cls(path, document, walk.found, (), walk.variables)

    @property
    def parent(self) -> str | None:
        """The path of the file it inherits from, relative to the root."""
        inherited = self.value.get("INHERIT")
        if not isinstance(inherited, str):
            return None
        return os.path.normpath(os.path.join(os.path.dirname(self.path), inherited)).replace(os.sep, "/")

    def traced(self, problem: Problem) -> Problem:
        """Return a problem with the variable of the environment named that the value comes from."""
        name = self._variables.get(problem.field)
        if name is None:
            return problem
        fix = "Write it here in quotes, in place of !ENV." if problem.fix.startswith("Quote it:") else problem.fix
        return replace(problem, message=f"In the environment, {name}: {problem.message}", fix=fix)

    def problems(self, below: Loc) -> list[Problem]:
        """Return what the walk refused at or below a place: the rest of the file is MkDocs' business."""
        return [problem for loc, problem in self.found if loc[: len(below)] == below]


class _Walk(Walk):
    """A walk that knows MkDocs' tags and lets anchors be."""

    def __init__(self, text: str, file: str, environment: Mapping[str, str]) -> None:
        super().__init__(text, file)
        self.environment = environment
        self.anchored: dict[str, object] = {}
        self.variables: dict[str, str] = {}
        """By field: the variable whose value it has."""

    def value(self, event: Any, loc: Loc) -> object:
        """Return the value that begins with `event`, its tag obeyed or skipped."""
        if isinstance(event, AliasEvent):
            mark: Any = event.start_mark
            self.values[loc] = mark
            return self.anchored.get(event.anchor or "")
        anchor, tag = event.anchor, event.tag
        event.anchor = event.tag = None
        result = super().value(event, loc)
        if tag == "!ENV":
            result = self.from_environment(result, loc)
        elif tag is not None:
            self.refused.discard(loc)
            result = _FOREIGN
        if anchor is not None:
            self.anchored[anchor] = result
        return result

    def from_environment(self, named: object, loc: Loc) -> object:
        """Return what `!ENV NAME` or `!ENV [NAME, OTHER, default]` stands for."""
        names, default = [named], None
        if isinstance(named, list):
            names, default = (named[:-1], named[-1]) if len(named) > 1 else (named, None)
        for name in names:
            if isinstance(name, str) and name in self.environment:
                self.variables[spelled(loc)] = name
                text = self.environment[name]
                try:
                    return plain(text)
                except Trap:
                    return text  # nobody can quote it there: where a text belongs, it is one
        if default is None and loc not in self.empty:
            self.empty.append(loc)
        return default
