"""YAML as a person would write it, of plain values: the counterpart of `records.reading`, which reads every text back.

Texts of several lines are literal blocks, quotes stand only where a reader needs them, short mappings take one line.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from stillup.records.scalar import Trap, plain
from stillup.records.syntax import FORBIDDEN

_WIDTH = 118
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_PLAIN = re.compile(r"[^\W_](?:[^\t\n\xa0\"\\#:{}\[\],]|,(?=[ \w])|:(?=\d))*(?<!\s)").fullmatch
_FLOW = re.compile(r"[^\W_](?:[^\t\n\xa0\"\\#:{}\[\],]|:(?=\d))*(?<!\s)").fullmatch
_KEY = re.compile(r"[a-z][a-z0-9_-]*").fullmatch
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def visible(text: str) -> str:
    """Return `text` without the characters that no record holds; every kind of line break becomes that of Unix."""
    text = _BREAKS.sub("\n", text)
    while found := FORBIDDEN(text):
        text = text.replace(found[0], "")
    return text


def cleaned(value: object) -> object:
    """Return plain values with every text in them `visible`."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {visible(str(key)).replace("\xa0", " "): cleaned(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [cleaned(inner) for inner in value]
    return value


def write(value: Mapping[str, object] | Sequence[object]) -> str:
    """Return a whole file. Texts are expected to be `visible` already."""
    return "\n".join(lines(value, 0)) + "\n"


def lines(value: object, indent: int, *, quoted: bool = False) -> list[str]:
    """Return the lines of a mapping or list that is not empty, each with its indentation.

    `quoted`: no text is a literal block.
    """
    gap = " " * indent
    result: list[str] = []
    if isinstance(value, Mapping):
        for name, inner in value.items():
            head, rest = entry(inner, indent + 2, len(gap) + len(name) + 2, quoted=quoted)
            result += [f"{gap}{key(str(name))}:{' ' if head else ''}{head}", *rest]
    elif isinstance(value, Sequence):
        for inner in value:
            head, rest = entry(inner, indent + 2, len(gap) + 2, quoted=quoted)
            if not head and rest:
                head, rest = rest[0][indent + 2 :], rest[1:]
            result += [f"{gap}- {head}", *rest]
    return result


def entry(value: object, indent: int, column: int, *, quoted: bool = False) -> tuple[str, list[str]]:
    """Return what stands on the line of the key or dash, and the lines below it.

    `indent` is that of lines below, `column` where the value begins.
    """
    if isinstance(value, str):
        return _text(value, indent) if not quoted else (_quoted_if_needed(value, _PLAIN), [])
    if isinstance(value, (Mapping, Sequence)):
        short = _flow(value)
        if not value or (short is not None and column + len(short) <= _WIDTH):
            return (short or ("{}" if isinstance(value, Mapping) else "[]")), []
        return "", lines(value, indent, quoted=quoted)
    return _scalar(value), []


def _text(text: str, indent: int) -> tuple[str, list[str]]:
    if "\n" in text and _literal(text):
        gap = " " * indent
        ends = "|" if text.endswith("\n") else "|-"
        body = text.removesuffix("\n")
        return ends, [f"{gap}{line}" if line else "" for line in body.split("\n")]
    return _quoted_if_needed(text, _PLAIN), []


def _literal(text: str) -> bool:
    """Return whether a literal block gives the text back."""
    lines = text.removesuffix("\n").split("\n")
    first, last = lines[0], lines[-1]
    if not first or first[0] in " \t" or not last.strip():
        return False
    return not any(line and not line.strip() for line in lines)


def _flow(value: object) -> str | None:
    """Return `value` on one line, None where it does not belong on one."""
    if isinstance(value, str):
        return None if "\n" in value else _quoted_if_needed(value, _FLOW)
    if isinstance(value, Mapping):
        parts = []
        for name, inner in value.items():
            said = _flow(inner)
            if said is None:
                return None
            parts.append(f"{key(str(name))}: {said}")
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, Sequence):
        if any(isinstance(inner, Mapping) for inner in value):
            return None if value else "[]"
        found = [_flow(inner) for inner in value]
        return None if None in found else "[" + ", ".join(map(str, found)) + "]"
    return _scalar(value)


def flow(value: object) -> str:
    """Return `value` on one line whatever it is, as it stands within brackets."""
    if isinstance(value, str):
        return _quoted_if_needed(value, _FLOW)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key(str(name))}: {flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(flow, value)) + "]"
    return _scalar(value)


def key(name: str) -> str:
    """Return a key, quoted where it must be."""
    return _quoted_if_needed(name, _KEY)


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return str(value)
    raise TypeError(f"no YAML for {type(value).__name__}")


def _quoted_if_needed(text: str, fits: Callable[[str], object]) -> str:
    if fits(text) and text.isprintable():
        try:
            if plain(text) == text:
                return text
        except Trap:
            pass
    return '"' + "".join(_ESCAPES.get(letter, letter) for letter in text) + '"'
