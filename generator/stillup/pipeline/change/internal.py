"""What only insiders know: it is written into the private record, never into the public one."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain, count

from stillup.errors import Problem, StillupError
from stillup.pipeline.change.sheet import Sheets
from stillup.records import moment
from stillup.records.finding import Findings
from stillup.records.incident import Incident
from stillup.records.private import contradiction
from stillup.records.private.incident import PrivateIncidentFacts
from stillup.records.private.store import ROSTER
from stillup.records.reading import read
from stillup.records.refusal import Unusable, choice
from stillup.records.settings import Settings
from stillup.records.shape import shaped
from stillup.vocabulary import RecoveryStep, Severity

_INSTANTS = ("detected_at", "acknowledged_at", "mitigated_at")
_LINES = ("detected_by", "commander", "channel", "cause_category")
_ENTRIES = {"timeline": "what", "complaints": "count", "media": "url"}
FIELDS = (*_INSTANTS, *_LINES, "affected_users", "responders", *_ENTRIES)
"""What a command can note; the rest is written by hand."""


def path(settings: Settings, *parts: str) -> str:
    """Return the path of a file in the private folder."""
    return "/".join([settings.private.replace("\\", "/").rstrip("/"), *parts])


def note(sheets: Sheets, settings: Settings, record: str, name: str, said: str, at: datetime) -> str:
    """Note `said` under the field `name` of the private record; return its path.

    Raises:
        StillupError: there is no such field, or the value is none of it.
    """
    try:
        return _note(sheets, settings, record, name, said, at)
    except Unusable as error:
        raise StillupError(f"-i {name}: {error.message} {error.fix}".rstrip()) from None


def reclassified(sheets: Sheets, settings: Settings, record: str, was: Severity, now: Severity, at: datetime) -> str:
    """Note that the severity changed, which may be a reason to tell people further up.

    Returns the path of the private record; empty where no private records are kept: then nobody would look there.
    """
    where = _place(settings, record)
    if not sheets.has(where) and not sheets.has(path(settings, ROSTER)):
        return ""
    why = f"Changed in the public record at {at:%Y-%m-%d %H:%M} UTC."
    return _add(
        sheets, where, "reclassified", {"at": moment.utc(at), "was": str(was), "severity": str(now), "why": why}
    )


def detected(sheets: Sheets, settings: Settings, record: str, at: datetime) -> str:
    """Note that monitoring noticed at `at`, unless somebody said when; return the path of the private record.

    Empty where no private records are kept, as for `reclassified`, and where that record cannot be read: `check` says
    so, and nobody waits for it.
    """
    where = _place(settings, record)
    if not sheets.has(where):
        if not sheets.has(path(settings, ROSTER)):
            return ""
        sheets.new(where, {"detected_at": moment.utc(at), "detected_by": "Monitoring"})
        return where
    document, _ = read(sheets.text(where), where)
    if document is None or document.at(("detected_at",)) is not None:
        return ""
    sheets.put(where, ("detected_at",), moment.utc(at))
    if document.at(("detected_by",)) is None:
        sheets.put(where, ("detected_by",), "Monitoring")
    return where


def recovered(
    sheets: Sheets, settings: Settings, record: str, steps: Iterable[RecoveryStep], by: str, evidence: str, at: datetime
) -> str:
    """Note that these points of recovery are met; return the path of the private record."""
    where = _place(settings, record)
    for step in steps:
        proof = {"at": moment.utc(at), "by": by, "evidence": evidence}
        document = read(sheets.text(where), where)[0] if sheets.has(where) else None
        if document is None or not document.at(("recovered",)):
            _set(sheets, where, "recovered", {step.value: proof})
        else:
            sheets.put(where, ("recovered", step.value), proof)
    return where


def laid_aside(sheets: Sheets, settings: Settings, record: str) -> frozenset[str]:
    """Give the private record of a public one that goes a name that is none of a record; return the changed paths.

    Alone it would count as a whole incident, and most of one would be missing. What people noted is not thrown away.
    """
    where = _place(settings, record)
    if not sheets.has(where):
        return frozenset[str]()
    names = chain([""], (f"-{number}" for number in count(2)))
    aside = next(each for each in (_place(settings, f"_{record}{name}") for name in names) if not sheets.has(each))
    sheets.files[aside] = sheets.text(where)
    sheets.drop(where)
    return frozenset({where, aside})


def problems(path: str, data: bytes, settings: Settings, public: Incident | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with a private record, by itself and beside the public one, where that is known."""
    document, found = read(data, path)
    if document is None:
        return found
    taken = shaped(document, PrivateIncidentFacts, document.value)
    findings = Findings()
    if taken.value is not None:
        # What has a title has no public record; one without a title may have one that is not at hand here.
        whole = public is None and bool(taken.value.title)
        contradiction.of_incident(taken.value, document, whole, public, settings, findings)
    return (*found, *taken.problems, *findings.problems)


def _note(sheets: Sheets, settings: Settings, record: str, name: str, said: str, at: datetime) -> str:
    where = _place(settings, record)
    if name in _INSTANTS:
        return _set(sheets, where, name, moment.utc(at if said == "now" else moment.instant(said)))
    if name in _LINES:
        return _set(sheets, where, name, said)
    if name == "affected_users":
        if not _is_number(said):
            raise Unusable(f'"{said}" is not a number.', "Write how many people or accounts.")
        return _set(sheets, where, name, {"count": int(said)})
    if name == "responders":
        return _add(sheets, where, name, said)
    if name in _ENTRIES:
        if name == "complaints" and not _is_number(said):
            raise Unusable(f'"{said}" is not a number.', "Write how many there were.")
        value: object = int(said) if name == "complaints" else said
        return _add(sheets, where, name, {"at": moment.utc(at), _ENTRIES[name]: value})
    raise Unusable("No command notes this.", choice(name, FIELDS))


def _place(settings: Settings, record: str) -> str:
    return path(settings, "incidents", f"{record}.yml")


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 10


def _set(sheets: Sheets, where: str, name: str, value: object) -> str:
    if sheets.has(where):
        sheets.put(where, (name,), value)
    else:
        sheets.new(where, {name: value})
    return where


def _add(sheets: Sheets, where: str, name: str, value: object) -> str:
    if sheets.has(where):
        sheets.append(where, (name,), value)
    else:
        sheets.new(where, {name: [value]})
    return where
