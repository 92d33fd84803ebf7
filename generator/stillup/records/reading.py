"""From bytes to a checked tree: YAML without its traps, and the place of every value.

A record is data, so whatever two YAML readers may understand differently is refused here, before anybody asks what it
means. PyYAML's event stream is walked once: an anchor, a tag or a 33rd level is seen where it begins, nothing is expanded.
"""

import re
from typing import Any, cast

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from stillup.errors import Problem
from stillup.records import syntax
from stillup.records.document import Document, Loc, Mark
from stillup.records.scalar import Trap, plain

SIZE = 256 * 1024
"""Bytes a record may have."""

DEPTH = 32
"""Levels a record may have."""

# libyaml's parser is some ten times faster than the one in Python, which serves where PyYAML was built without it.
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
if yaml.__with_libyaml__:
    from yaml.cyaml import CParser as _Parser  # type: ignore[no-redef]

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff\ufeff]").search
_PLAIN_BYTES = bytes([9, 10, 13, *range(32, 127)])
_COMMENT = re.compile(r"([ \t]+)#([ \t\r\n]|$)?").match
_WORDLIKE = re.compile(r"[a-z0-9_.:+-]*|P[0-3]|\d{4}-\d\d-\d\d.*").fullmatch


def read(data: bytes, file: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """Return the document in `data` and what is wrong with it; None when it has no shape at all.

    `file` is the path that problems name. Values that are refused are None in the tree and listed in `refused`.
    """
    if len(data) > SIZE:
        problem = Problem(
            file=file, code="size", message=f"The file has {len(data)} bytes; a record has at most {SIZE} (256 KB).",
            fix="Keep the public facts and link to the rest.",
        )  # fmt: skip
        return None, (problem,)
    text, problem = decoded(data, file)
    return (None, (problem,)) if problem else Walk(text, file).document()


def decoded(data: bytes, file: str) -> tuple[str, Problem | None]:
    """Return the text in `data`, or why it is none."""
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        return "", syntax.undecodable(data, error, file)
    if data.translate(None, _PLAIN_BYTES) and (found := FORBIDDEN(text)):
        return "", syntax.forbidden(text, found.start(), file)
    return text, None


class Walk:
    """One walk over the events of one document."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.values: dict[Loc, Mark] = {}
        self.keys: dict[Loc, Mark] = {}
        self.empty: list[Loc] = []
        self.refused: set[Loc] = set()
        self.found: list[tuple[Loc, Problem]] = []
        self.escaped = "\\" in text
        self.commented = " #" in text or "\t#" in text
        self.spaced = "\xa0" in text
        self.parser = _Parser(text)
        self.next = self.parser.get_event

    def document(self) -> tuple[Document | None, tuple[Problem, ...]]:
        """Return the only document of the text."""
        value: object = None
        try:
            self.next()  # the stream begins
            event = self.next()
            if type(event) is not StreamEndEvent:
                value = self.value(self.next(), ())
                self.next()  # the document ends
                event = self.next()
                if type(event) is DocumentStartEvent:
                    self.refuse((), event.start_mark, "documents", "A second document begins here.", "Keep one record a file.")
        except yaml.YAMLError as error:
            return None, (*self.problems(), syntax.explained(error, self.text, self.file))
        except _TooDeep as deep:
            self.refuse(deep.loc[:4], deep.mark, "depth", f"Nested more than {DEPTH} levels deep.", "Write it flatter.")
            return None, self.problems()
        finally:
            self.parser.dispose()
        if value is None and () not in self.refused:
            problem = Problem(file=self.file, code="empty", message="The file is empty.", fix="Write the record, or delete the file.")
            return None, (problem,)
        document = Document(self.file, value, self.values, self.keys, tuple(self.empty), self.refused)
        return document, self.problems()

    def problems(self) -> tuple[Problem, ...]:
        """Return what was found so far."""
        return tuple(problem for _, problem in self.found)

    def refuse(self, loc: Loc, mark: Mark, code: str, message: str, fix: str) -> None:
        """Note that the value at `loc` cannot be used."""
        self.refused.add(loc)
        marked = Document(self.file, None, {loc: mark})
        self.found.append((loc, marked.problem(loc, message, fix, code=code)))

    def value(self, event: Any, loc: Loc) -> object:
        """Return the value that begins with `event`."""
        kind = type(event)
        if kind is AliasEvent:
            self.values[loc] = event.start_mark
            self.refuse(loc, event.start_mark, "alias", f"*{event.anchor} repeats another value.", "Write the value itself, or quote a text that begins with *.")
            return None
        self.values[loc] = event.start_mark
        if event.anchor is not None:
            self.refuse(loc, event.start_mark, "anchor", f"&{event.anchor} names a value.", "Leave the name out, or quote a text that begins with &.")
        if event.tag is not None:
            self.refuse(loc, event.start_mark, "tag", f"{event.tag} is a tag, and records have none.", "Leave the tag out, or quote a text that begins with !.")
        if kind is ScalarEvent:
            return self.scalar(event, loc)
        if len(loc) >= DEPTH:
            raise _TooDeep(loc, event.start_mark)
        return self.mapping(loc) if kind is MappingStartEvent else self.sequence(loc)

    def sequence(self, loc: Loc) -> list[object]:
        """Return the list whose start was just read."""
        result: list[object] = []
        while type(event := self.next()) is not SequenceEndEvent:
            result.append(self.value(event, (*loc, len(result))))
        return result

    def mapping(self, loc: Loc) -> dict[str, object]:
        """Return the mapping whose start was just read."""
        result: dict[str, object] = {}
        while type(event := self.next()) is not MappingEndEvent:
            key = self.key(event, loc)
            inner = (*loc, key)
            if key in result:
                first = self.keys[inner].line + 1
                self.refuse(inner, event.start_mark, "duplicate-key", f"The key stands here a second time, after line {first}.", "Keep one of the two.")
            self.keys[inner] = event.start_mark
            result[key] = self.value(self.next(), inner)
        return result

    def key(self, event: Any, loc: Loc) -> str:
        """Return the text of a key."""
        if type(event) is not ScalarEvent:
            self.value(event, (*loc, "?"))
            self.refuse((*loc, "?"), event.start_mark, "key", "A key is a word, not a list or a mapping.", "Write a word before the colon.")
            return "?"
        text = cast(str, event.value)
        if event.anchor is not None or event.tag is not None:
            self.refuse((*loc, text), event.start_mark, "tag", "A key has neither a name with & nor a tag with !.", "Write the word alone.")
        if text == "<<":
            self.refuse((*loc, text), event.start_mark, "merge", "<< merges another mapping.", "Write the keys themselves.")
        elif "\xa0" in text:
            self.refuse((*loc, text), event.start_mark, "space", "There is a no-break space in this key.", "Replace it with a plain space.")
        elif not event.style and not text.isidentifier():
            self.word(text, (*loc, text), event.start_mark)
        elif not event.style and text.lower() in {"yes", "no", "on", "off", "true", "false", "null"}:
            self.word(text, (*loc, text), event.start_mark)
        return text

    def word(self, text: str, loc: Loc, mark: Mark) -> None:
        """Refuse an unquoted key that is not a text to every reader."""
        try:
            sound = type(plain(text)) is str
        except Trap:
            sound = False
        if not sound:
            self.refuse(loc, mark, "key", f"{text or 'Nothing'} is not a text as a key.", f'Quote it: "{text}".')

    def scalar(self, event: Any, loc: Loc) -> object:
        """Return the text, number, truth or nothing that a scalar stands for."""
        text = cast(str, event.value)
        if event.style:
            if self.escaped and (found := FORBIDDEN(text)):
                self.refuse(loc, event.start_mark, "control-character", syntax.forbidden_words(found[0]), "Leave it out.")
                return None
            return text
        if self.commented and self.cut(event, loc):
            return None
        if self.spaced and ":\xa0" in text:
            self.refuse(loc, event.start_mark, "space", "A no-break space follows the colon, so it does not end a key.", "Replace it with a plain space.")
            return None
        try:
            result = plain(text)
        except Trap as trap:
            self.refuse(loc, event.start_mark, "ambiguous", trap.message, trap.fix)
            return None
        if result is None:
            self.empty.append(loc)
        return result

    def cut(self, event: Any, loc: Loc) -> bool:
        """Refuse a text that goes on after ` #`, where YAML sees a comment."""
        found = _COMMENT(self.text, event.end_mark.index)
        if found is None:
            return False
        single, tight, prose = len(found[1]) == 1, found[2] is None, not _WORDLIKE(event.value)
        if not (tight and (single or prose) or single and prose):
            return False
        line = self.text[event.end_mark.index :].splitlines()[0].rstrip()
        self.refuse(
            loc, event.start_mark, "comment", f'The text ends before " #", where a comment begins: {line.strip()[:40]}',
            f"Quote the text, or put two spaces before # and one after it.",
        )  # fmt: skip
        return True


class _TooDeep(Exception):
    def __init__(self, loc: Loc, mark: Mark) -> None:
        self.loc, self.mark = loc, mark
