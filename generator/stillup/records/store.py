"""All records of a repository: which files there are, each of them read, all of them together."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stillup.errors import Level, Problem, RecordError
from stillup.records import configuration
from stillup.records.component import Component, ComponentFacts, Group
from stillup.records.document import Document
from stillup.records.folder import RecordFile, contents, record_files
from stillup.records.incident import Incident
from stillup.records.inventory import Components, in_page_order, in_words
from stillup.records.reading import read
from stillup.records.settings import Settings
from stillup.records.shape import shaped

__all__ = ["Components", "RecordFile", "Records", "components", "files", "incident", "load"]


@dataclass(frozen=True, slots=True)
class Records:
    """Everything that is written."""

    settings: Settings
    components: Components
    incidents: tuple[Incident, ...]
    """By when they began, then by id."""

    warnings: tuple[Problem, ...] = ()
    """What is usable and probably not meant."""


def files(root: Path) -> tuple[tuple[RecordFile, ...], tuple[Problem, ...]]:
    """Return every incident file by path, without reading any, and everything in `incidents/` that cannot be one."""
    return record_files(root, "incidents")


def components(root: Path) -> tuple[Components, tuple[Problem, ...]]:
    """Return the components that could be read, and every problem of `components/`."""
    from stillup.records.written import WrittenComponent

    found, problems = record_files(root, "components")
    all_problems = list(problems)
    groups, group_problems = _groups(root)
    all_problems += group_problems
    result: list[Component] = []
    for file in found:
        document, faults = _read(root, file.path)
        all_problems += faults
        if document is None:
            continue
        taken = shaped(document, WrittenComponent, document.value)
        all_problems += taken.problems
        if taken.value is not None:
            result.append(Component(id=file.id, **_facts(taken.value)))
    return in_page_order(result, groups), tuple(sorted(all_problems))


def incident(root: Path, file: RecordFile, components: Components, zone: str = "UTC") -> tuple[Incident | None, tuple[Problem, ...]]:
    """Return the incident in `file` with its update files, and what is wrong with it.

    None when something is an error; warnings come with the record. `zone` is the page's: it says on which civil day an
    update falls, so which components a group had.
    """
    from stillup.records.assembly import assembled  # brings pydantic, which a run over unchanged records never needs

    main, problems = _read(root, file.path)
    others = []
    for path in file.updates:
        document, faults = _read(root, path)
        problems += faults
        if document is not None:
            others.append(document)
    if main is None:
        return None, problems
    return assembled(file.id, main, others, components, zone, problems)


def load(root: Path) -> Records:
    """Return all records of the repository at `root`.

    Raises:
        RecordError: with every error and warning of every file, when there is an error in any.
    """
    settings, problems = configuration.settings(root)
    all_problems = list(problems)
    parts, problems = components(root)
    all_problems += problems
    found, problems = files(root)
    all_problems += problems
    incidents = []
    for file in found:
        record, problems = incident(root, file, parts, settings.timezone)
        all_problems += problems
        if record is not None:
            incidents.append(record)
    if any(problem.level is Level.ERROR for problem in all_problems):
        raise RecordError(all_problems)
    incidents.sort(key=lambda record: (record.started_at or record.updates[0].at, record.id))
    return Records(settings, parts, tuple(incidents), tuple(sorted(all_problems)))


def _read(root: Path, path: str) -> tuple[Document | None, tuple[Problem, ...]]:
    data, problem = contents(root, path)
    return (None, (problem,)) if problem else read(data, path)


def _facts(written: ComponentFacts) -> dict[str, Any]:
    return {name: getattr(written, name) for name in ComponentFacts.__dataclass_fields__}


def _groups(root: Path) -> tuple[Iterable[Group], list[Problem]]:
    from stillup.records.written import WrittenGroup

    path = "components/_groups.yml"
    if not (root / path).exists():
        return (), []
    document, problems = _read(root, path)
    result: list[Group] = []
    faults = list(problems)
    if document is not None and isinstance(document.value, list):
        for index, entry in enumerate(document.value):
            taken = shaped(document, WrittenGroup, entry, (index,))
            faults += taken.problems
            if taken.value is not None:
                facts = {name: getattr(taken.value, name) for name in Group.__dataclass_fields__}
                result.append(Group(**{**facts, "name": taken.value.name or in_words(taken.value.id)}))
    elif document is not None:
        faults.append(document.problem((), "This is not a list of groups.", "Write - id: and name: for each group."))
    return result, faults
