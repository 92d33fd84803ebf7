"""What was imported and what stands here already, joined: what people changed here since the last import stays.

Each record keeps in `source.imported` a short digest of every field as it was imported. A field that still has its
digest was not touched here and follows the source; one that has another is ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from json import dumps
from typing import Any

from stillup.intake.draft import KEEP_NULL
from stillup.intake.outcome import Note, Report
from stillup.records.moment import instant, utc
from stillup.records.refusal import Unusable
from stillup.records.writing.spelling import cleaned

Record = dict[str, Any]
_INSTANTS = frozenset({"at", "started_at", "ended_at", "start", "end"})

INCIDENT = (
    "title kind reference severity impact disaster started_at ended_at backfilled scheduled code formerly updates"
    " postmortem translations source"
).split()
UPDATE = "id at status components body next_update_in next_update_at notify edited_at code source".split()
PART = "id name group description collapsed position since until show uptime status states sla vendor code".split()


def normal(value: object, key: str = "") -> object:
    """Return `value` so that two spellings of the same are equal."""
    if isinstance(value, str):
        if key in _INSTANTS:
            try:
                return utc(instant(value))
            except Unusable:
                pass
        return value.strip()
    if isinstance(value, Mapping):
        return {inner: normal(each, inner) for inner, each in value.items()}
    if isinstance(value, Sequence):
        return [normal(each) for each in value]
    return value


def digest(value: object, key: str) -> str:
    """Return six digits for what a field holds; none for nothing."""
    if value is None:
        return ""
    text = dumps(normal(value, key), sort_keys=True, ensure_ascii=False, default=str)
    return blake2b(text.encode(), digest_size=3).hexdigest()


def imported(source: object) -> dict[str, str]:
    """Return the digests by field that a record's `source` keeps."""
    written = source.get("imported") if isinstance(source, Mapping) else None
    if not isinstance(written, str):
        return {}
    return dict(each.split("=", 1) for each in written.split() if "=" in each)


def merged(old: Record, new: Mapping[str, object], source: Mapping[str, object], where: str, report: Report) -> Record:
    """Return `old` with what is `new`, but for fields that were changed here since; `where` names the file."""
    before = imported(old.get("source"))
    result = dict(old)
    for field in dict.fromkeys([*new, *before]):
        wanted, have = new.get(field), old.get(field)
        if normal(wanted, field) == normal(have, field):
            continue
        if digest(have, field) == before.get(field, ""):
            if wanted is None:
                result.pop(field, None)
            else:
                result[field] = wanted
        elif not old or field in before or have is not None:
            report.kept.append(Note(where, field, "It was changed here since the last import."))
    return sourced(result, new, source)


def sourced(record: Record, new: Mapping[str, object], source: Mapping[str, object]) -> Record:
    """Return `record` with the facts that the API serves again, and the digests of what was imported."""
    digests = " ".join(f"{field}={digest(value, field)}" for field, value in new.items() if value is not None)
    kept = {key: None if value is KEEP_NULL else cleaned(value) for key, value in source.items() if value is not None}
    return {**record, "source": {**kept, "imported": digests}}


def ordered(record: Mapping[str, object], order: Iterable[str]) -> Record:
    """Return the fields that are there in our order, others after them, `source` last."""
    names = [name for name in order if record.get(name) is not None and name != "source"]
    names += [name for name in record if name not in names and name != "source"]
    return {name: record[name] for name in [*names, *(["source"] if record.get("source") else [])]}
