"""Numbers for machines: CSV that no spreadsheet takes for a formula, and JSON."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from stillup.records.moment import utc
from stillup.reports.document import Document, Sheet

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def table(sheet: Sheet) -> str:
    """Return `sheet` as CSV (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(head) for head in sheet.heads])
    writer.writerows([_cell(value) for value in row] for row in sheet.rows)
    return out.getvalue()


def numbers(document: Document) -> str:
    """Return what `document` is about as JSON: its numbers, its definitions, and of what it was made."""
    origin = document.origin
    whole = {
        "report": document.path,
        "title": document.title,
        "at": origin.at,
        "commit": origin.commit or None,
        "timezone": origin.zone,
        **document.numbers,
        "definitions": document.definitions,
    }
    return json.dumps(plain(whole), ensure_ascii=False, indent=2) + "\n"


def plain(value: object) -> object:
    """Return `value` as JSON knows it: amounts of money as text, which keeps them exact; times in UTC."""
    match value:
        case Enum():
            return value.value
        case datetime():
            return utc(value)
        case date() | Decimal():
            return str(value)
        case Mapping():
            return {str(plain(key)): plain(each) for key, each in value.items()}
        case str() | int() | None:
            return value
        case _:
            return [plain(each) for each in value]  # type: ignore[attr-defined]


def _cell(value: object) -> str:
    """Return a cell. Text that a spreadsheet might run gets a quote before it; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(value)
    text = str(plain(value))
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
