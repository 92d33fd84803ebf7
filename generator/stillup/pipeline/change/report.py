"""What customers report: each report a private file, and a complaint about the incident that it is probably about."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

from stillup.errors import StillupError
from stillup.pipeline.change import internal
from stillup.pipeline.change.desk import Desk
from stillup.pipeline.change.entry import block
from stillup.pipeline.change.form import Form
from stillup.pipeline.change.sheet import Change, Sheets
from stillup.records import moment
from stillup.records.reading import read
from stillup.records.settings import Settings
from stillup.vocabulary import Kind

EARLY = timedelta(hours=2)
"""How long before customers began to notice, as the record of an incident says, a report may have been made of it."""

_LONG = 4000
"""Letters of a report that are kept."""

_FILE = re.compile(r"\d{8}t\d{6}z-[0-9a-f]{4}\.yml").fullmatch


def reported(desk: Desk, form: Form) -> Change:
    """Return the report as a file of `private/reports/`, counted as a complaint where one open incident fits.

    Raises:
        StillupError: there is no private folder, or the very same report stands there.
    """
    if not (desk.root / desk.settings.private).is_dir():
        raise StillupError(f"There is no folder {desk.settings.private}, and a report is private. Make it first.")
    said = form.fields.get("message") or form.fields.get("what_happens") or form.fields.get("heading") or ""
    component = _component(desk, form.fields)
    facts: dict[str, object] = {"at": moment.utc(desk.at), "title": form.fields.get("heading", "")[:200]}
    facts |= {"component": component, "url": form.url, "body": block(said[:_LONG])}
    mark = blake2b(f"{form.url}{said}".encode(), digest_size=2).hexdigest()
    where = internal.path(desk.settings, "reports", f"{moment.stamp(desk.at)}-{mark}.yml")
    sheets = Sheets(desk.root)
    if sheets.has(where):
        raise StillupError(f"{where} is there already.")
    fits = [
        record
        for record in desk.open()
        if record.kind is Kind.INCIDENT
        and (not component or any(component in update.components for update in record.updates))
    ]
    if len(fits) == 1:
        facts["incident"] = fits[0].id
    sheets.new(where, {name: _visible(value) for name, value in facts.items() if value})
    written = {where}
    if len(fits) == 1:
        written.add(internal.note(sheets, desk.settings, fits[0].id, "complaints", "1", desk.at))
    return Change(
        record=fits[0].id if len(fits) == 1 else "",
        subject="Note an outage report",
        files=sheets.files,
        internal=frozenset(written),
    )


def counted(desk: Desk, sheets: Sheets, id: str, components: Collection[str], began: datetime) -> frozenset[str]:
    """Let reports that came before the incident `id` was opened count as complaints about it; return changed files.

    See `attributed`.
    """

    def alone() -> bool:
        return not any(record.kind is Kind.INCIDENT for record in desk.open())

    affected = set(components)
    for group in [each.removeprefix("group:") for each in components if each.startswith("group:")]:
        affected |= {part.id for part in desk.edition.components.by_group.get(group, ())}
    return attributed(sheets, desk.settings, id, affected, began, desk.at, alone)


def attributed(
    sheets: Sheets,
    settings: Settings,
    id: str,
    affected: Collection[str],
    began: datetime,
    at: datetime,
    alone: Callable[[], bool],
) -> frozenset[str]:
    """Let reports that came before the incident `id` is opened, at `at`, count as complaints about it.

    These are reports of the components `affected`, none of which is another incident's yet, since `EARLY` before it
    `began`; and those that name no component, where nothing else is open: `alone`. They count from the opening on:
    before it there was nobody to be told. The files that change are returned.
    """
    found = list(_waiting(sheets, settings, min(began, at) - EARLY, at))
    nameless = any(not component for _, component in found) and alone()
    fits = [path for path, component in found if (component in affected if component else nameless)]
    for path in fits:
        sheets.put(path, ("incident",), id)
    if not fits:
        return frozenset()
    return frozenset({*fits, internal.note(sheets, settings, id, "complaints", str(len(fits)), at)})


def _waiting(sheets: Sheets, settings: Settings, since: datetime, at: datetime) -> Iterator[tuple[str, str]]:
    """Yield path and component of each report from `since` to `at` that is about no incident yet.

    Unsound ones are left.
    """
    folder = sheets.root / settings.private / "reports"
    for name in sorted(path.name for path in folder.glob("*.yml") if _FILE(path.name)):
        if moment.stamp(since) <= name.partition("-")[0] <= moment.stamp(at):
            path = internal.path(settings, "reports", name)
            document, _ = read(sheets.text(path), path)
            if document is not None and isinstance(document.value, dict) and not document.at(("incident",)):
                yield path, str(document.at(("component",)) or "")


def _visible(value: object) -> object:
    from stillup.records.writing.spelling import visible

    return visible(value) if isinstance(value, str) else value


def _component(desk: Desk, fields: Mapping[str, str]) -> str:
    """Return the id of the component that the report names; empty where it names none that there is."""
    said = (fields.get("component") or fields.get("components") or fields.get("what_is_affected") or "").strip().lower()
    parts = desk.edition.components.components
    return next((part.id for part in parts if said in (part.id, part.name.lower())), "")
