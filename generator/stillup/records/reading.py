"""From bytes to a checked tree: YAML without its traps, and the place of every value.

A record is data, so whatever two YAML readers may understand differently is refused here, before anybody asks what it
means. PyYAML's events are walked once: an anchor, a tag or a 33rd level is seen where it begins, nothing is expanded.
`shortcut` spares that walk for texts that are sound beyond doubt.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from stillup.errors import Problem
from stillup.records import shortcut, syntax
from stillup.records.document import Document, Loc, Mark
from stillup.records.scalar import Trap, is_word, plain

SIZE = 256 * 1024
"""Bytes a record may have."""

DEPTH = 32
"""Levels a record may have."""

MANY = 100
"""Faults of one file after which the rest of it is not looked at."""

# libyaml's parser is some ten times faster than the one in Python, which serves where PyYAML was built without it.
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_COMMENT = re.compile(r"([ \t]+)#([ \t\r\n]|$)?").match
_WORDLIKE = re.compile(r"[a-z0-9_.:+-]*|P[0-3]|\d{4}-\d\d-\d\d.*").fullmatch


def read(data: bytes, file: str, size: int = SIZE) -> tuple[Document | None, tuple[Problem, ...]]:
    """Return the document in `data` and what is wrong with it; None when it has no shape at all.

    `file` is the path that problems name, `size` how many bytes there may be. Values that are refused are None in the
    tree and listed in `refused`.
    """
    if len(data) > size:
        message = f"The file has more than {size // 1024} KB, which no record needs."
        return None, (Problem(file=file, code="size", message=message, fix="Keep the facts and link to the rest."),)
    text, undecoded = syntax.decoded(data, file)
    if undecoded:
        return None, undecoded
    value = shortcut.taken(text)
    if value is None:
        return Walk(text, file).document()
    return Document(file, value, _Marks(text, "values"), _Marks(text, "keys")), ()


class _Marks(Mapping[Loc, Mark]):
    """Where the values or keys of a sound text stand: looked for only when somebody asks."""

    def __init__(self, text: str, of: Literal["values", "keys"]) -> None:
        self._text, self._of = text, of

    @cached_property
    def _found(self) -> Mapping[Loc, Mark]:
        walk = Walk(self._text, "")
        walk.document()
        return walk.values if self._of == "values" else walk.keys

    def __getitem__(self, loc: Loc) -> Mark:
        return self._found[loc]

    def __iter__(self) -> Iterator[Loc]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class Walk:
    """One walk over the events of one document."""

    def __init__(self, text: str, file: str) -> None:
        """Prepare a walk over `text`, which problems call `file`."""
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
        event: Any
        try:
            self.next()  # the stream begins
            event = self.next()
            if type(event) is not StreamEndEvent:
                value = self.value(self.next(), ())
                self.next()  # the document ends
                event = self.next()
                if type(event) is DocumentStartEvent:
                    mark: Any = event.start_mark
                    self.refuse((), mark, "documents", "A second document begins here.", "Keep one record a file.")
        except yaml.YAMLError as error:
            return None, (*self.problems(), syntax.explained(error, self.text, self.file, self.keys))
        except _TooMany as many:
            message, fix = "The rest of this file is not looked at, with so many faults before it.", "Mend those first."
            last = many.last
            more = Problem(file=self.file, line=last.line + 1, column=1, code="many", message=message, fix=fix)
            return None, (*self.problems(), more)
        except _TooDeep as deep:
            self.refuse(deep.loc[:4], deep.mark, "depth", f"It is more than {DEPTH} levels deep.", "Write it flatter.")
            return None, self.problems()
        finally:
            self.parser.dispose()
        if value is None and () not in self.refused:
            message, fix = "The file is empty.", "Write the record, or delete the file."
            return None, (Problem(file=self.file, code="empty", message=message, fix=fix),)
        document = Document(self.file, value, self.values, self.keys, tuple(self.empty), self.refused)
        return document, self.problems()

    def problems(self) -> tuple[Problem, ...]:
        """Return what was found so far."""
        return tuple(problem for _, problem in self.found)

    def refuse(self, loc: Loc, mark: Mark, code: str, message: str, fix: str) -> None:
        """Note that the value at `loc` cannot be used."""
        if len(self.found) >= MANY:
            raise _TooMany(mark)
        self.refused.add(loc)
        self.found.append((loc, Document(self.file, None, {loc: mark}).problem(loc, message, fix, code=code)))

    def value(self, event: Any, loc: Loc) -> object:
        """Return the value that begins with `event`."""
        kind, mark = type(event), event.start_mark
        self.values[loc] = mark
        if kind is AliasEvent:
            said = f"*{event.anchor} repeats another value."
            self.refuse(loc, mark, "alias", said, "Write the value itself, or quote a text that begins with *.")
            return None
        if event.anchor is not None:
            said = f"&{event.anchor} names a value."
            self.refuse(loc, mark, "anchor", said, "Leave the name out, or quote a text that begins with &.")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            said = f"{tag} is a tag, and records have none."
            self.refuse(loc, mark, "tag", said, "Leave the tag out, or quote a text that begins with !.")
        if kind is ScalarEvent:
            return self.scalar(event, loc)
        if len(loc) >= DEPTH:
            raise _TooDeep(loc, mark)
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
            plainly = type(event) is ScalarEvent and event.anchor is None and event.tag is None and is_word(event.value)
            key = event.value if plainly else self.key(event, loc)
            inner = (*loc, key)
            if key in result:
                said = f"The key stands here a second time, after line {self.keys[inner].line + 1}."
                self.refuse(inner, event.start_mark, "duplicate-key", said, "Keep one of the two.")
            self.keys[inner] = event.start_mark
            result[key] = self.value(self.next(), inner)
        return result

    def key(self, event: Any, loc: Loc) -> str:
        """Return the text of a key."""
        if type(event) is not ScalarEvent:
            self.value(event, (*loc, "?"))
            said = "A key is a word, not a list, a mapping or an alias."
            self.refuse((*loc, "?"), event.start_mark, "key", said, "Write a word before the colon.")
            return "?"
        text: str = event.value
        mark: Any = event.start_mark
        wrong: tuple[str, str, str] | None = None
        if event.anchor is not None or event.tag is not None:
            wrong = "tag", "A key has neither a name with & nor a tag with !.", "Write the word alone."
        elif "\xa0" in text:
            wrong = "space", "There is a no-break space in this key.", "Replace it with a plain space."
        elif not event.style and not is_word(text):
            if text == "<<":
                wrong = "merge", "<< merges another mapping into this one.", "Write the keys themselves."
            else:
                wrong = "key", f"{text or 'Nothing'} is not a text to every reader.", f'Quote it: "{text}".'
        if wrong is not None:
            self.refuse((*loc, text), mark, *wrong)
        return text

    def scalar(self, event: Any, loc: Loc) -> object:
        """Return the text, number, truth or nothing that a scalar stands for."""
        text: str = event.value
        if event.style:
            if self.escaped and (found := syntax.FORBIDDEN(text)):
                said = syntax.forbidden_words(found[0])
                self.refuse(loc, event.start_mark, "control-character", said, "Leave it out.")
                return None
            return text
        if self.commented and self.cut(event, loc):
            return None
        if self.spaced and ":\xa0" in text:
            said = "A no-break space follows the colon, so that it ends no key."
            self.refuse(loc, event.start_mark, "space", said, "Replace it with a plain space.")
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
        """Refuse a text that goes on after ` #`, where YAML sees a comment.

        A comment is known by two spaces before `#`, or by one behind it and a single word before.
        """
        found = _COMMENT(self.text, event.end_mark.index)
        if found is None:
            return False
        single, tight, prose = len(found[1]) == 1, found[2] is None, not _WORDLIKE(event.value)
        if not (tight and (single or prose) or (single and prose)):
            return False
        rest = self.text[event.end_mark.index :].splitlines()[0].strip()
        said = f'The text ends here, and "{rest[:40]}" is a comment.'
        whole = f"{event.value} {rest[:40]}".strip()
        fix = f'Quote the text: "{whole}"; before a comment write two spaces, and one after #.'
        self.refuse(loc, event.start_mark, "comment", said, fix)
        return True


class _TooMany(Exception):
    def __init__(self, last: Mark) -> None:
        self.last = last


class _TooDeep(Exception):
    def __init__(self, loc: Loc, mark: Mark) -> None:
        self.loc, self.mark = loc, mark
