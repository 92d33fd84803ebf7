"""What customers report: each report a private file, and a complaint about the incident that it is probably about."""

from collections.abc import Mapping
from hashlib import blake2b

from stillup.errors import StillupError
from stillup.pipeline.change import internal
from stillup.pipeline.change.desk import Desk
from stillup.pipeline.change.entry import block
from stillup.pipeline.change.form import Form
from stillup.pipeline.change.sheet import Change, Sheets
from stillup.records import moment
from stillup.vocabulary import Kind

_LONG = 4000
"""Letters of a report that are kept."""


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


def _visible(value: object) -> object:
    from stillup.records.writing.spelling import visible

    return visible(value) if isinstance(value, str) else value


def _component(desk: Desk, fields: Mapping[str, str]) -> str:
    """Return the id of the component that the report names; empty where it names none that there is."""
    said = (fields.get("component") or fields.get("components") or fields.get("what_is_affected") or "").strip().lower()
    parts = desk.edition.components.components
    return next((part.id for part in parts if said in (part.id, part.name.lower())), "")
