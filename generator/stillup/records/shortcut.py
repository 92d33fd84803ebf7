"""The YAML of nearly every record, taken several times faster than a YAML parser takes it.

The first build of a page with years of history spends much of its time in reading. Taken here is the small part of YAML
whose meaning no reader disputes: keys below each other and lists of them, a word or text on the line of its key, `|`
with its lines, flat `{a: b}` and `[a, b]`. At anything else, and at anything that might be a fault, this gives up
without a word; `reading` then looks exactly, and only there are places known and faults said. A test holds the two
against each other on sound and faulty texts.
"""

import re
from functools import lru_cache
from typing import Any

from stillup.records.scalar import Trap, is_word, plain

_DEEP = 12
"""Levels at which this gives up."""

_OPENING = frozenset("{[|")
_KEY = r'[A-Za-z0-9_][A-Za-z0-9_-]{0,119}+|"[A-Za-z0-9_:-]{1,120}+"'
_QUOTED = r"""\"[^"\\\n]*+\"|'[^'\n]*+'"""
_TEXT = r"""[^\s\-?:,\[\]{}#&*!|>'"%@`][^:#\n]*+(?:(?::(?![ \n])|(?<! )#)[^:#\n]*+)*+"""
_FLAT = r"\{[^{}\n]*+\}|\[[^\[\]\n]*+\]"
_LINES = r"\|-?\n( ++)[^\n].*+(?:\n\5.*+|\n(?=\n))*+"
_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9_./+-]|:(?=[A-Za-z0-9]))*+"

# Indentation, an entry's dash, key, value, indentation of a text after `|`; or a comment, or whatever is none of these.
_lines = re.compile(
    rf"( *+)(?:(- )?(?:({_KEY}):(?: ++|(?=\n)))?((?:{_TEXT}|{_LINES}|{_FLAT}|{_QUOTED})?+) *+\n|(.++))"
).findall
_pair = re.compile(rf" *({_KEY}): +({_QUOTED}|{_WORD}) *").fullmatch
_entry = re.compile(rf" *({_QUOTED}|{_WORD}) *").fullmatch


def taken(text: str) -> dict[str, object] | None:
    """Return the mapping in `text`, whose characters were checked; None where only the exact reader can say."""
    if not text.endswith("\n") or "\t" in text or "\r" in text or ":\xa0" in text:
        return None
    try:
        return _taken(text)
    except (Trap, _Unsure):
        return None


def _taken(text: str) -> dict[str, object]:
    top: dict[str, object] = {}
    here: Any = top
    inner: Any
    # The mappings and lists around a line, and the columns in which their keys and dashes stand.
    around: list[Any] = [top]
    columns = [0]
    awaited = ""
    """The key of `here` whose value begins on the next line."""
    for indent, dash, key, value, inner_indent, other in _lines(text):
        if not key and not dash:
            # An empty line or a comment; a line of spaces may yet belong to the text above it.
            if value or (other or indent or "#")[0] != "#":
                raise _Unsure
            continue
        column = len(indent)
        if awaited:
            # A list may stand in the column of the key that it belongs to.
            if column < columns[-1] or (column == columns[-1] and not dash) or len(columns) > _DEEP:
                raise _Unsure
            here[awaited] = inner = [] if dash else {}
            columns.append(column)
            around.append(inner)
            here, awaited = inner, ""
        elif column != columns[-1] or dash or type(here) is list:
            while columns[-1] > column or (columns[-1] == column and not dash and type(around[-1]) is list):
                columns.pop()
                around.pop()
            here = around[-1]
            if columns[-1] != column or (type(here) is list) is not bool(dash):
                raise _Unsure
        if dash:
            if not key:
                here.append(_scalar(value))
                continue
            inner = {}
            here.append(inner)
            here = inner
            column += 2
            columns.append(column)
            around.append(inner)
        key = _name(key)
        if key in here:
            raise _Unsure
        if not value:
            awaited = key
        elif value[0] == "|":
            here[key] = _lined(value, inner_indent, column)
        elif value[0] == "{":
            here[key] = dict(_pairs(value))
        elif value[0] == "[":
            here[key] = list(_entries(value))
        else:
            here[key] = _scalar(value)
    if awaited or not top:
        raise _Unsure
    return top


@lru_cache(maxsize=1024)
def _name(written: str) -> str:
    """Return the text of a key."""
    if written[0] == '"':
        return written[1:-1]
    if not is_word(written):
        raise _Unsure
    return written


def _scalar(written: str) -> object:
    """Return the value of a word or text on one line."""
    if written[:1] in {'"', "'"}:
        return written[1:-1]
    result = plain(written.rstrip(" "))
    if result is None or written[:1] in _OPENING:
        raise _Unsure
    return result


def _lined(written: str, indent: str, column: int) -> str:
    """Return the text after `|`, of a key in `column`; its lines are indented by `indent`."""
    if len(indent) <= column:
        raise _Unsure
    head, _, lines = written.partition("\n" + indent)
    lines = lines.replace("\n" + indent, "\n").rstrip("\n")
    return lines if head == "|-" else lines + "\n"


@lru_cache(maxsize=1024)
def _pairs(written: str) -> tuple[tuple[str, object], ...]:
    """Return keys and values of `{a: b}`."""
    result: dict[str, object] = {}
    for part in written[1:-1].split(","):
        found = _pair(part)
        if found is None:
            raise _Unsure
        key = _name(found[1])
        if key in result:
            raise _Unsure
        result[key] = _scalar(found[2])
    return tuple(result.items())


@lru_cache(maxsize=1024)
def _entries(written: str) -> tuple[object, ...]:
    """Return the values of `[a, b]`."""
    found = [_entry(part) for part in written[1:-1].split(",")]
    return tuple(_scalar(each[1] if each else "") for each in found)


class _Unsure(Exception):
    """What is written may be sound, but it is not for this reader."""
