"""All records of a repository: which files there are, each of them read, all of them together."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from stillup.errors import Level, Problem, RecordError
from stillup.frozen import dataclass
from stillup.records import configuration, identity
from stillup.records.component import Component, ComponentFacts, Group
from stillup.records.document import Document
from stillup.records.field import ID
from stillup.records.folder import RecordFile, contents, record_files
from stillup.records.incident import Incident
from stillup.records.inventory import Components, in_page_order, in_words
from stillup.records.outside import outside
from stillup.records.reading import read
from stillup.records.settings import Settings
from stillup.records.vendor import VENDORS, VendorState

if TYPE_CHECKING:
    from stillup.records.finding import Findings

__all__ = ["Components", "RecordFile", "Records", "clashes", "components", "files", "incident", "load", "misplaced"]

GROUPS = "components/_groups.yml"
_NOTHING: Mapping[str, bytes] = {}


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


def components(root: Path, instead: Mapping[str, bytes] = _NOTHING) -> tuple[Components, tuple[Problem, ...]]:
    """Return the components that could be read, in page order, and every problem of `components/`.

    `instead` holds by path what to read in place of what stands there.
    """
    # pydantic comes along here, which a run over unchanged records never needs.
    from stillup.records import lifetime
    from stillup.records.finding import Findings
    from stillup.records.shape import shaped

    found, problems = record_files(root, "components")
    findings = Findings(problems)
    groups = _groups(root, findings, instead)
    heard = _vendors(root, findings, instead)
    documents: dict[str, Document] = {}
    result: list[Component] = []
    for file in found:
        document, faults = _read(root, file.path, instead)
        findings.problems += faults
        if document is None:
            document = Document(file.path, None, refused={()})
        taken = shaped(document, ComponentFacts, document.value)
        findings.problems += taken.problems
        findings.lose(document, taken.lost)
        if file.id in documents:
            continue
        documents[file.id] = document
        if taken.value is None:
            result.append(_stand_in(file.id, document))
            continue
        lifetime.of_component(taken.value, document, findings)
        facts = {name: getattr(taken.value, name) for name in ComponentFacts.__dataclass_fields__}
        result.append(Component(id=file.id, affected=heard.get(file.id), **facts))
    everything = in_page_order(result, groups or ())
    lifetime.together(everything, documents, None if groups is None else {group.id for group in groups}, findings)
    return everything, tuple(sorted(findings.problems))


def incident(
    root: Path, file: RecordFile, components: Components, zone: str = "UTC", instead: Mapping[str, bytes] = _NOTHING
) -> tuple[Incident | None, tuple[Problem, ...]]:
    """Return the incident in `file` with its update files, and what is wrong with it.

    None when something is an error; warnings come with the record. `zone` is the page's: it says on which civil day an
    update falls, so which components a group had. `instead` holds by path what was already read, or is to be read in
    place of what stands there.
    """
    from stillup.records.assembly import assembled

    main, problems = _read(root, file.path, instead)
    others = []
    for path in file.updates:
        document, faults = _read(root, path, instead)
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
    parts, more = components(root)
    found, stray = files(root)
    everything = [*problems, *more, *stray, *misplaced(root)]
    incidents: list[Incident] = []
    named: list[identity.Identity] = []
    for file in found:
        record, problems = incident(root, file, parts, settings.timezone)
        everything += problems
        if record is not None:
            incidents.append(record)
            named.append(identity.of_incident(record, file.path))
    everything += clashes(root, named, settings, parts)
    if any(problem.level is Level.ERROR for problem in everything):
        raise RecordError(everything)
    incidents.sort(key=lambda record: (record.started_at or record.updates[0].at, record.id))
    return Records(settings, parts, tuple(incidents), tuple(sorted(everything)))


def clashes(
    root: Path, incidents: Iterable[identity.Identity], settings: Settings, components: Components
) -> tuple[Problem, ...]:
    """Return a problem for each id, former id and API code that is taken twice in the whole repository.

    `incidents` are names only (`identity.of_incident`), so that an index can keep them instead of records; a file is
    read again only to find the line of a clash.
    """
    paths, _ = record_files(root, "components")
    by_id = {file.id: file.path for file in paths}
    named = [*incidents, identity.of_settings(settings, configuration.name(root))]
    named += [identity.of_component(part, by_id.get(part.id, "components")) for part in components.components]
    named += identity.of_groups(components.groups, GROUPS)
    return identity.clashes(named, lambda file, key, value: _find(root, file, key, value))


def misplaced(root: Path) -> tuple[Problem, ...]:
    """Return a problem for each folder below `docs/`, which MkDocs would publish, and each link out of it."""
    records = tuple(
        Problem(
            file=f"docs/{name}",
            code="misplaced",
            message="MkDocs publishes everything in docs/, and these files do not belong to the public.",
            fix=f"Move the folder to {home}/.",
        )
        for name, home in (("incidents", "incidents"), ("drills", "private/drills"), ("runbooks", "private/runbooks"))
        if (root / "docs" / name).exists()
    )
    return (*records, *outside(root))


def _read(
    root: Path, path: str, instead: Mapping[str, bytes] = _NOTHING
) -> tuple[Document | None, tuple[Problem, ...]]:
    if path in instead:
        return read(instead[path], path)
    data, problem = contents(root, path)
    return (None, (problem,)) if problem else read(data, path)


def _find(root: Path, path: str, key: str, value: str) -> Problem:
    """Return a problem without words where a record says `key: value` last, by reading its files once more."""
    if path in configuration.NAMES:
        return configuration.found(root, key, value)
    beside = root / path.removesuffix(".yml") / "updates"
    paths = [path, *(file.relative_to(root).as_posix() for file in sorted(beside.glob("*.yml")))]
    for document in filter(None, (_read(root, path)[0] for path in reversed(paths))):
        for loc in reversed(tuple(document.values)):
            if key in loc[-2:] and document.at(loc) == value:
                return document.problem(loc, "")
    return Problem(file=path, message="")


def _vendors(root: Path, findings: "Findings", instead: Mapping[str, bytes]) -> dict[str, VendorState]:
    """Return by component what was last heard of its supplier."""
    from stillup.records.shape import shaped

    if VENDORS not in instead and not (root / VENDORS).exists():
        return {}
    document, problems = _read(root, VENDORS, instead)
    findings.problems += problems
    if document is None:
        return {}
    if not isinstance(document.value, list):
        fix = "Take the file away and run stillup intake vendors."
        findings.say(document, (), "This is not a list of suppliers.", fix, code="type")
        return {}
    taken = [shaped(document, VendorState, entry, (index,)) for index, entry in enumerate(document.value)]
    for each in taken:
        findings.problems += each.problems
    return {each.value.component: each.value for each in taken if each.value is not None}


def _stand_in(id: str, document: Document) -> Component:
    """Return what can be said of a component with a faulty file, so that records which name it are not faulty too."""
    group = document.value.get("group") if isinstance(document.value, dict) else None
    return Component(id=id, name=in_words(id), group=group if isinstance(group, str) and ID(group) else None)


def _groups(root: Path, findings: "Findings", instead: Mapping[str, bytes]) -> list[Group] | None:
    """Return the written groups; None where no sound list of them is written."""
    from stillup.records.shape import shaped
    from stillup.records.written import WrittenGroup

    if not (root / GROUPS).exists():
        return None
    document, problems = _read(root, GROUPS, instead)
    findings.problems += problems
    result: list[Group] = []
    faulty = False
    if document is None:
        return None
    if not isinstance(document.value, list):
        findings.say(
            document, (), "This is not a list of groups.", "Write - id: and name: for each group.", code="type"
        )
        return None
    for index, entry in enumerate(document.value):
        taken = shaped(document, WrittenGroup, entry, (index,))
        findings.problems += taken.problems
        if taken.value is None:
            faulty = True
            continue
        if any(group.id == taken.value.id for group in result):
            message = f"The group {taken.value.id} stands here twice."
            findings.say(document, (index, "id"), message, "Keep one of the two.", code="duplicate-id")
            continue
        facts = {name: getattr(taken.value, name) for name in Group.__dataclass_fields__}
        result.append(Group(**{**facts, "name": taken.value.name or in_words(taken.value.id)}))
    return None if faulty else result
