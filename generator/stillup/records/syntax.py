"""What YAML's own errors mean, in words that say what to write."""

import re

import yaml

from stillup.errors import Problem

_KEY = re.compile(r"\s*(?:- +)*[\"']?([\w.:-]+?)[\"']?:(?: |$)")
_NAMES = {0x00: "NUL", 0x1B: "ESC", 0x7F: "DEL", 0x85: "NEL", 0x2028: "a line separator", 0x2029: "a paragraph separator", 0xFEFF: "a byte order mark"}
_TAB = "Replace the tab by spaces; YAML indents with spaces only."


def undecodable(data: bytes, error: UnicodeDecodeError, file: str) -> Problem:
    """Return the problem of bytes that are not UTF-8."""
    start = error.start
    if data.startswith(b"\xef\xbb\xbf"):
        start += 3
    before = data[:start]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
    return Problem(
        file=file, line=line, column=column, code="encoding", message=f"The byte 0x{data[start]:02x} is not UTF-8.",
        fix="Save the file as UTF-8.",
    )  # fmt: skip


def forbidden_words(character: str) -> str:
    """Return the sentence that names a character which no record may hold."""
    number = ord(character)
    name = _NAMES.get(number)
    if name is None:
        name = "a control of text direction" if 0x202A <= number <= 0x2069 else "a control character"
    return f"U+{number:04X} is {name}, which cannot be seen and changes what is read."


def forbidden(text: str, index: int, file: str) -> Problem:
    """Return the problem of a character that no record may hold, at `index` of `text`."""
    line, column = place(text, index)
    return Problem(
        file=file, line=line, column=column, code="control-character", message=forbidden_words(text[index]), fix="Delete it."
    )


def place(text: str, index: int) -> tuple[int, int]:
    """Return line and column, from 1, of the character at `index`."""
    start = max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1
    lines = text.count("\n", 0, start) + text.count("\r", 0, start) - text.count("\r\n", 0, start)
    return lines + 1, index - start + 1


def explained(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Return PyYAML's error as a problem with its place and a way out."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Problem(file=file, code="syntax", message=f"This is not YAML: {error}.", fix="Check quotes and indentation.")
    said = error.problem or ""
    mark = error.problem_mark or error.context_mark
    start = error.context_mark
    lines = text.splitlines() or [""]
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if "unexpected end of stream" in said and "quoted" in (error.context or "") and start:
        line, column = start.line, start.column
    if said.startswith("could not find expected ':'") and start:
        line, column = start.line, start.column
    if said.startswith(("did not find expected ',' or", "did not find expected the '>'")) and start:
        line, column = start.line, start.column
    at = lines[line] if line < len(lines) else ""
    message, fix = _words(said, at, column)
    if "\xa0" in at and "tab" not in message:
        column = at.index("\xa0")
        message, fix = "There is a no-break space where YAML needs a plain one.", "Replace it with a plain space."
    key = _KEY.match(at)
    return Problem(
        file=file, line=line + 1, column=column + 1, field=key[1] if key else "", code="syntax", message=message, fix=fix
    )


def _words(said: str, at: str, column: int) -> tuple[str, str]:
    """Return what is wrong and the fix, for PyYAML's words `said` about the line `at`."""
    rest = at[column:]
    key = _KEY.match(at)
    word = key[1] if key else "the text"
    if "tab character" in said or (said.startswith("found character that cannot start") and rest.startswith("\t")):
        return "There is a tab here.", _TAB
    if said.startswith("found character that cannot start"):
        return f"A text cannot begin with {rest[:1]} unless it is quoted.", f"Quote the {word}."
    if said.startswith("mapping values are not allowed"):
        if key and key.end() <= column:
            value = at[key.end() :].strip()
            return "A colon followed by a space begins a new key, unless the text is quoted.", f"Quote the {word}: {key[1]}: {quoted(value)}."
        return "This line is indented as if it belonged to the text above it.", "Indent keys of one mapping alike."
    if "unexpected end of stream" in said:
        return "This quote is never closed.", "Write the same quote at the end of the text."
    if said.startswith("could not find expected ':'"):
        return "This line is neither a key with a colon nor part of a text.", 'Write "key: value", or indent it under the text it belongs to.'
    if said.startswith("did not find expected ','"):
        return "This bracket is never closed.", f"Write {said[-2:-1]} at its end, or quote a text that begins with a bracket."
    if said == "did not find expected key":
        if rest[:1] == "-":
            return "A list item stands where a key is expected.", "Indent it under the key it belongs to."
        if key and key.end() <= column:
            return "The text goes on after its closing quote or bracket.", f"Quote the {word} as a whole: {key[1]}: {quoted(at[key.end():].strip())}."
        return "This line is not indented like the lines above it.", "Indent keys of one mapping alike."
    if said.startswith("did not find expected '-'"):
        return "This line is not indented like the list it belongs to.", "Indent it like the keys above it, or begin an item with a dash."
    if "escape" in said or "hexdecimal" in said:
        return "A backslash in double quotes begins an escape that YAML does not know.", "Write two backslashes, or use single quotes."
    if "comment or line break" in said:
        return f"A text cannot begin with {at[key.end():].strip()[:1] if key else '| or >'} unless it is quoted.", f"Begin the text on the next line, or quote the {word}."
    if "alphabetic or numeric" in said or "tag" in said or "'>'" in said:
        return "A text cannot begin with &, * or ! unless it is quoted.", f"Quote the {word}."
    if "nesting depth" in said:
        return "Nested more than 32 levels deep.", "Write it flatter."
    if "document start" in said:
        return "Something follows the end of the record.", "Indent keys of one mapping alike, and keep one record a file."
    if "block sequence entries" in said:
        return "A list cannot begin on the line of its key.", "Write the dash on the next line, or quote a text that begins with a dash."
    if "YAML document" in said or "directive" in said:
        return "A line that begins with % speaks to the YAML reader.", "Delete the line."
    return f"This is not YAML: {said or 'it cannot be read'}.", "Check quotes and indentation of this line."


def quoted(text: str) -> str:
    """Return `text` as a double-quoted YAML text."""
    inner = text.strip("\"'").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'
