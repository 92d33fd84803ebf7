"""Updates and records as a person would write them: which fields, in which order, in which file."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import chain
from pathlib import Path

from stillup.records import moment
from stillup.records.folder import RecordFile
from stillup.records.incident import Incident
from stillup.records.settings import Settings
from stillup.vocabulary import TEXTS

_ORDER = (
    "at",
    "id",
    "status",
    "components",
    "changed_at",
    "occurrence",
    "scheduled",
    "body",
    *TEXTS,
    "cause_confirmed",
    "next_update_in",
    "next_update_at",
    "notify",
    "lint",
)
_LONG = 60
"""Letters of a title that an id has at most."""

_NUMBERED_LATER = timedelta(days=14)
"""How long a draft may wait for its number; `check` finds what is numbered twice nevertheless."""

_PREFIX = r"^(?:reference:\s*[\"']?INC-|channel:\s*[\"']#incident-)"
"""What stands before a day and a number in the file of a record."""


def entry(facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts of an update that say something, in the order in which people read them."""
    known = {name: facts[name] for name in _ORDER if facts.get(name) not in (None, "", (), {}, [])}
    return {name: block(str(value)) if name == "body" else value for name, value in known.items()}


def block(text: str) -> str:
    """Return a text as a block of its own lines."""
    return text.strip() + "\n"


def spelled(length: timedelta) -> str:
    """Return a duration as records have it: `30m`, `4h`, `1h30m`."""
    minutes = int(length.total_seconds()) // 60
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    if days and (hours or left):
        days, hours = 0, hours + days * 24
    return "".join(f"{n}{unit}" for n, unit in ((days, "d"), (hours, "h"), (left, "m")) if n)


def slug(title: str) -> str:
    """Return a title as an id spells it, cut between words."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    result = ""
    for word in words:
        if len(result) + len(word) + 1 > _LONG:
            break
        result = f"{result}-{word}" if result else word
    return result or (words[0][:_LONG] if words else "incident")


def identity(record: Incident | None, at: datetime) -> tuple[str, str]:
    """Return the id that an update at the instant `at` gets, and what to write as `id:`; mostly nothing."""
    stamp = moment.stamp(at)
    known = {update.id for update in record.updates} if record else set()
    if record is None or not any(update.at == at for update in record.updates):
        return (stamp, "") if stamp not in known else _numbered(stamp, known)
    return _numbered(stamp, known)


def _numbered(stamp: str, known: Iterable[str]) -> tuple[str, str]:
    names = set(known)
    name = next(f"{stamp}-{n}" for n in range(2, len(names) + 3) if f"{stamp}-{n}" not in names)
    return name, name


def place(file: RecordFile, at: datetime, said: Mapping[str, object]) -> str:
    """Return the path of a new update file: its name follows from its words, and stands last at its instant."""
    stamp = moment.stamp(at)
    folder = f"{file.path.removesuffix('.yml')}/updates"
    there = [path.rpartition("-")[2].removesuffix(".yml") for path in file.updates if f"/{stamp}-" in path]
    last = max(there, default="")
    for turn in range(64):
        mark = blake2b(f"{turn}{file.id}{said!r}".encode(), digest_size=2).hexdigest()
        if mark > last:
            return f"{folder}/{stamp}-{mark}.yml"
    return f"{folder}/{stamp}-{min(int(last, 16) + 1, 0xFFFF):04x}.yml"


def reference(root: Path, at: datetime, settings: Settings, also: Iterable[bytes] = ()) -> str:
    """Return the plan's own name for an incident of this day: the next number that no record has, private ones too.

    `also` are records that are about to be written.
    """
    day = moment.civil(at, settings.timezone)
    return _reference(day, max(_numbers(root, day, settings, also), default=0) + 1)


def still_free(root: Path, settings: Settings, record: str, value: str) -> str:
    """Return the reference `value` of `record` where no other record has its number; else the next one of its day."""
    made = re.fullmatch(r"INC-(\d{4}-\d{2}-\d{2})-(\d{1,9})", value, re.ASCII)
    if made is None:
        return value
    day = date.fromisoformat(made[1])
    others = set(_numbers(root, day, settings, but=record))
    return _reference(day, max(others) + 1) if int(made[2]) in others else value


def _reference(day: date, number: int) -> str:
    return f"INC-{day}-{number:03}"


def _numbers(root: Path, day: date, settings: Settings, also: Iterable[bytes] = (), *, but: str = "") -> Iterator[int]:
    """Yield the numbers of `day` that records have, public and private ones; those of the record `but` are left out.

    Records are looked at whose names say that they began within `_NUMBERED_LATER` before: a draft keeps its name.
    """
    days = {f"{day - timedelta(days=n)}-" for n in range(-1, _NUMBERED_LATER.days + 1)}
    folders = (root / "incidents", root / settings.private / "incidents")
    paths = chain.from_iterable(folder.rglob("*.yml") for folder in folders)
    bodies = (path.read_bytes() for path in paths if path.name[:11] in days and path.stem != but)
    for text in (body.decode("utf-8", "replace") for body in chain(bodies, also)):
        yield from map(int, re.findall(rf"{_PREFIX}{day}-(\d{{1,9}})", text, re.ASCII | re.MULTILINE))
