"""What is wrong with a text before it has any meaning: its bytes, its characters, its YAML; in words that help."""

import re
from collections.abc import Mapping
from itertools import islice

import yaml

from stillup.errors import Problem
from stillup.records.document import Loc, Mark, spelled

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
FORBIDDEN = _FORBIDDEN.search
"""Characters that no record holds: they cannot be seen, and some change how the rest is read."""

_NAMES = {
    0x00: "NUL",
    0x1B: "ESC",
    0x7F: "DEL",
    0x85: "a line break of mainframes",
    0x2028: "a line separator",
    0x2029: "a paragraph separator",
    0xFEFF: "a byte order mark",
}
_TOLD = 20
"""How many of them are told at once: a file that has more is no text."""

_PLAIN_BYTES = bytes([9, 10, 13, *range(32, 127)])
_BOM = b"\xef\xbb\xbf"
_KEY = re.compile(r"\s*(?:- +)*[\"']?([\w.:-]+?)[\"']?:(?: |$)")
_MERGED = re.compile(r"^(?:<{7} |={7}\r?$|>{7} )", re.MULTILINE).search
"""A line with which git divides two versions of a text; none of them is YAML."""

_INDENT = "Indent the keys of one mapping alike, by spaces."


def decoded(data: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    """Return the text in `data`, or why it is none: the first characters that no record holds, each with its place."""
    try:
        text = data.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        return "", (_undecodable(data, error.start + (len(_BOM) if data.startswith(_BOM) else 0), file),)
    if data.translate(None, _PLAIN_BYTES) and (found := tuple(islice(_FORBIDDEN.finditer(text), _TOLD))):
        return "", tuple(_unseen(text, each, file) for each in found)
    return text, ()


def _unseen(text: str, found: re.Match[str], file: str) -> Problem:
    line, column = _place(text, found.start())
    said = forbidden_words(found[0])
    return Problem(file=file, line=line, column=column, code="control-character", message=said, fix="Delete it.")


def _undecodable(data: bytes, index: int, file: str) -> Problem:
    line, column = _place(data[:index].removeprefix(_BOM).decode() + "?", -1)
    message, fix = f"The byte 0x{data[index]:02x} is not UTF-8.", "Save the file as UTF-8."
    return Problem(file=file, line=line, column=column, code="encoding", message=message, fix=fix)


def forbidden_words(character: str) -> str:
    """Return the sentence that names a character which no record may hold."""
    number = ord(character)
    name = "a control of text direction" if 0x202A <= number <= 0x2069 else "a control character"
    return f"U+{number:04X} is {_NAMES.get(number, name)}, which nobody sees."


def _place(text: str, index: int) -> tuple[int, int]:
    """Return line and column, from 1, of the character at `index`."""
    index %= len(text)
    start = max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1
    lines = text.count("\n", 0, start) + text.count("\r", 0, start) - text.count("\r\n", 0, start)
    return lines + 1, index - start + 1


def explained(error: yaml.YAMLError, text: str, file: str, keys: Mapping[Loc, Mark]) -> Problem:
    """Return PyYAML's error as a problem with its place and a way out; `keys` are those read before it."""
    if merged := _MERGED(text):
        line, column = _place(text, merged.start())
        message = "Two versions stand here, since a merge was not finished."
        fix = "Keep what holds of the two, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>."
        return Problem(file=file, line=line, column=column, code="conflict", message=message, fix=fix)
    said = str(getattr(error, "problem", None) or error)
    began, mark = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    # What was never closed, a line without a colon and a sign with a meaning are noticed late: one mends the beginning.
    if began is not None and said.startswith(_LATE):
        mark = began
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    lines = re.split(r"\r\n|\r|\n", text)
    at = lines[line] if line < len(lines) else ""
    message, fix = _words(said, at, column)
    hidden = at.find("\xa0")
    if hidden >= 0 and at[hidden - 1 : hidden] in {"", ":", "\xa0", " "}:
        column = hidden
        message, fix = "There is a no-break space where YAML needs a plain one.", "Replace it with a plain space."
    field = spelled(_loc(at, keys))
    return Problem(file=file, line=line + 1, column=column + 1, field=field, code="syntax", message=message, fix=fix)


def _loc(at: str, keys: Mapping[Loc, Mark]) -> Loc:
    """Return the way to the key on the line `at`, judged by keys that were read before it at the same indentation."""
    key = _KEY.match(at)
    if key is None:
        return ()
    beside = [loc for loc, mark in keys.items() if mark.column == key.start(1)]
    parent = beside[-1][:-1] if beside else ()
    if at.lstrip().startswith("- ") and parent and isinstance(parent[-1], int):
        parent = (*parent[:-1], parent[-1] + 1)
    return (*parent, key[1])


def _words(said: str, at: str, column: int) -> tuple[str, str]:
    """Return what is wrong and the fix, where PyYAML said `said` about the line `at`."""
    key = _KEY.match(at)
    begun = key is not None and key.end() <= column
    quoted = f"Quote the {key[1]}: {key[1]}: {_quoted(at[key.end() :])}." if key else "Quote the text."
    if "tab character" in said or (said.startswith("found character") and at[column : column + 1] == "\t"):
        return "There is a tab here.", "Replace the tab by spaces: YAML indents by spaces only."
    if said.startswith("mapping values are not allowed"):
        if begun:
            return "A colon and a space begin a new key here.", quoted
        return "This line is indented as if it belonged to the text above it.", _INDENT
    if said == "did not find expected key":
        if at[column : column + 1] == "-":
            return "A list entry stands where a key is expected.", "Indent it under the key it belongs to."
        if begun:
            return "The text goes on after its closing quote or bracket.", quoted
        return "This line is not indented like those above it.", _INDENT
    for beginning, message, fix in _SAID:
        if beginning in said:
            first = at[column : column + 1]
            return message.format(first), quoted if fix == "quoted" else fix.format(said[-2:-1])
    return f"This is not YAML: {said}.", "Check quotes and indentation of this line."


_LATE = (
    "found unexpected end of",
    "could not find expected",
    "did not find expected ',",
    "did not find expected alphabetic",
    "did not find the expected",
)
_SAID = (
    ("found character that cannot start", "No text begins with {} unless it is quoted.", "quoted"),
    ("found unexpected end of stream", "This quote is never closed.", "Write the same quote at the end of the text."),
    (
        "could not find expected ':'",
        "This line is neither a key with its colon nor part of a text.",
        "Write it as key: value, or indent it under the text it belongs to.",
    ),
    (
        "did not find expected ','",
        "This bracket is never closed.",
        "Write {} at its end, or quote a text that has brackets.",
    ),
    (
        "did not find expected '-'",
        "This line is not indented like the list it stands in.",
        "Indent it like the keys above it, or begin an entry with a dash.",
    ),
    ("escape", "A backslash in double quotes begins an escape, and there is none like this.", "Write two backslashes."),
    (
        "hexdecimal",
        "A backslash in double quotes begins an escape, and there is none like this.",
        "Write two backslashes.",
    ),
    ("comment or line break", "After | or > the text begins on the next line.", "quoted"),
    ("alphabetic or numeric", "No text begins with & or * unless it is quoted.", "quoted"),
    ("tag", "No text begins with ! unless it is quoted.", "quoted"),
    ("'>'", "No text begins with ! unless it is quoted.", "quoted"),
    ("nesting depth", "It is more than 32 levels deep.", "Write it flatter."),
    ("document start", "Something follows the end of the record.", f"{_INDENT[:-1]}, and keep one record a file."),
    ("block sequence entries", "A list begins on the line after its key.", "Write the dash there, or quote the text."),
    ("YAML document", "A line that begins with % speaks to the YAML reader.", "Delete the line."),
    ("directive", "A line that begins with % speaks to the YAML reader.", "Delete the line."),
    ("node content", "A value is missing, or begins with a closing bracket.", "quoted"),
)


def _quoted(value: str) -> str:
    """Return the rest of a line as a quoted YAML text."""
    value = value.strip()
    if '"' in value or "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'
