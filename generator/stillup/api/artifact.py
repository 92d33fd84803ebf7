"""JSON as every document of the API is written: compact, in UTF-8, one final newline."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from stillup.artifact import Artifact
from stillup.compact import compact
from stillup.instant import to_second

JSON = "application/json"
_UTC = ("Etc/UTC", "UTC")


def artifact(path: str, document: object) -> Artifact:
    """Return `document` as the file at `path`."""
    return Artifact(path=path, body=text(document).encode() + b"\n", media_type=JSON)


def text(document: object) -> str:
    """Return `document` as JSON on one line."""
    return compact(document)


def filled(frame: str, texts: Iterable[str]) -> str:
    """Return `frame`, JSON that ends in an empty list within objects, with finished JSON in that list.

    Ten thousand records are not parsed and written again for one new update.
    """
    end = len(frame) - len(frame.rstrip("}")) + 1
    return f"{frame[:-end]}{','.join(texts)}{frame[-end:]}"


def timestamp(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as Statuspage prints it: `2026-11-20T10:12:00.000Z`, or with the page's own offset."""
    if zone.key in _UTC:
        return f"{to_second(at)}.{at.microsecond // 1000:03}Z"
    return at.astimezone(zone).isoformat(timespec="milliseconds")


def iso(at: datetime) -> str:
    """Return an instant as our own documents print it: `2026-11-20T10:12:00Z`."""
    return to_second(at) + "Z"
