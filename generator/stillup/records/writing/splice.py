"""A change of one value in a file that people wrote: every other byte of it stays.

The new text is set in where the old value stands, by the places that YAML's parser gives. A library that loads a file
and writes it anew keeps comments, and still folds, quotes and indents in its own way; here nothing is written anew, so
nothing can differ. What comes out is read back, and must hold exactly what was there and the change.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from stillup.errors import RecordError, StillupError
from stillup.records.document import Loc, spelled
from stillup.records.reading import read
from stillup.records.writing import spelling

_BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\n|\r")
_HEADER = re.compile(r"[|>][-+0-9]*")


def put(data: bytes, file: str, loc: Loc, value: object, *, before: str = "") -> bytes:
    """Return the file with `value` at `loc`, whose parent is a mapping that stands there.

    A key that is not there yet becomes the last one, or stands before the key `before`.

    Raises:
        RecordError: the file cannot be read.
        StillupError: this file is written in a way that cannot be changed by a machine.
    """

    def change(old: Any) -> None:
        parent = old
        for part in loc[:-1]:
            parent = parent[part]
        parent[loc[-1]] = value

    return _changed(data, file, loc, change, lambda sheet, quoted: sheet.put(loc, value, before, quoted=quoted))


def append(data: bytes, file: str, loc: Loc, value: object) -> bytes:
    """Return the file with `value` as the last entry of the list at `loc`; the list is made where there is none.

    Raises:
        RecordError: the file cannot be read.
        StillupError: this file is written in a way that cannot be changed by a machine.
    """
    document, problems = read(data, file)
    if document is None:
        raise RecordError(problems)
    if not document.at(loc):
        return put(data, file, loc, [value])

    def change(old: Any) -> None:
        for part in loc:
            old = old[part]
        old.append(value)

    return _changed(data, file, loc, change, lambda sheet, quoted: sheet.append(loc, value, quoted=quoted))


def remove(data: bytes, file: str, loc: Loc) -> bytes:
    """Return the file without the key at `loc`; a mapping that would be empty then goes with it.

    Raises:
        RecordError: the file cannot be read.
        StillupError: this file is written in a way that cannot be changed by a machine.
    """
    document, problems = read(data, file)
    if document is None:
        raise RecordError(problems)
    holder = document.at(loc[:-1])
    if len(loc) > 1 and isinstance(holder, dict) and len(holder) == 1:
        return remove(data, file, loc[:-1])

    def change(old: Any) -> None:
        for part in loc[:-1]:
            old = old[part]
        del old[loc[-1]]

    return _changed(data, file, loc, change, lambda sheet, _: sheet.remove(loc))


def _changed(
    data: bytes,
    file: str,
    loc: Loc,
    change: Callable[[Any], None],
    splice: Callable[["_Sheet", bool], str],
) -> bytes:
    document, problems = read(data, file)
    if document is None or document.refused:
        raise RecordError(problems)
    wanted = deepcopy(document.value)
    change(wanted)
    text = data.decode()
    bom = _BOM if text.startswith(_BOM) else ""
    # A comment that is indented below a block of text would become part of it: then the text is put in quotes.
    for quoted in (False, True):
        result = (bom + splice(_Sheet(text.removeprefix(_BOM)), quoted)).encode()
        after, problems = read(result, file)
        if after is not None and not after.refused and after.value == wanted:
            return result
    raise StillupError(
        f"{file}: {spelled(loc)} cannot be set by a command in the way this file is written. Write it by hand."
    )


class _Sheet:
    """A text and the tree of its nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = _LINE_END.search(text)
        self.end = found[0] if found else "\n"
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        assert node is not None, "the reader has refused an empty file"
        self.tree: Node = node

    def put(self, loc: Loc, value: object, before: str, *, quoted: bool) -> str:
        parent = self._at(loc[:-1])
        assert isinstance(parent, MappingNode)
        key = str(loc[-1])
        pairs = {str(name.value): (name, inner) for name, inner in parent.value}
        if key in pairs:
            return self._replaced(parent, *pairs[key], value, quoted=quoted)
        if parent.flow_style:
            return self._in_flow(parent, f"{spelling.key(key)}: {spelling.flow(value)}")
        lines = spelling.lines({key: value}, parent.start_mark.column, quoted=quoted)
        place = self._below(parent)
        names = list(pairs)
        if before in pairs and names.index(before) > 0:
            place = self._below(pairs[names[names.index(before) - 1]][1])
        return self._inserted(place, lines)

    def append(self, loc: Loc, value: object, *, quoted: bool) -> str:
        parent = self._at(loc)
        assert isinstance(parent, SequenceNode)
        if parent.flow_style:
            return self._in_flow(parent, spelling.flow(value))
        lines = spelling.lines([value], parent.start_mark.column, quoted=quoted)
        return self._inserted(self._below(parent), lines)

    def remove(self, loc: Loc) -> str:
        parent, text = self._at(loc[:-1]), self.text
        assert isinstance(parent, MappingNode)
        place = next(number for number, (name, _) in enumerate(parent.value) if name.value == loc[-1])
        name, value = parent.value[place]
        if place == 0:
            # The first key of an entry in a list stands behind its dash.
            return text[: name.start_mark.index] + text[parent.value[1][0].start_mark.index :]
        if parent.flow_style:
            return text[: self._end(parent.value[place - 1][1])] + text[self._end(value) :]
        line = name.start_mark.index - name.start_mark.column
        return text[:line] + text[self._below(value) :]

    def _at(self, loc: Loc) -> Node:
        node = self.tree
        for part in loc:
            if isinstance(node, MappingNode):
                node = next(inner for name, inner in node.value if name.value == part)
            else:
                assert isinstance(node, SequenceNode) and isinstance(part, int)
                node = node.value[part]
        return node

    def _in_flow(self, parent: Node, said: str) -> str:
        """Return the text with one more entry in a mapping or list that is written in brackets."""
        assert isinstance(parent, (MappingNode, SequenceNode))
        if not parent.value:
            place = parent.start_mark.index + 1
            return self.text[:place] + said + self.text[place:]
        last = parent.value[-1]
        place = self._end(last[1] if isinstance(last, tuple) else last)
        return f"{self.text[:place]}, {said}{self.text[place:]}"

    def _replaced(self, parent: Node, name: Node, old: Node, value: object, *, quoted: bool) -> str:
        text, start = self.text, old.start_mark.index
        if isinstance(parent, MappingNode) and parent.flow_style:
            said = spelling.flow(value)
            return text[:start] + (said if start > name.end_mark.index + 1 else f" {said}") + text[self._end(old) :]
        column = parent.start_mark.column
        head, rest = spelling.entry(value, column + 2, column + len(str(name.value)) + 2, quoted=quoted)
        if isinstance(old, (MappingNode, SequenceNode)) and not old.flow_style:
            # What is new stands at the key, whose line keeps its comment; all lines below belonged to what goes.
            colon = text.index(":", name.end_mark.index) + 1
            line = self._line_end(colon)
            said = f" {head}" if head else ""
            return self._inserted(self._below(old), rest, kept=text[:colon] + said + text[colon:line], drop_from=line)
        if isinstance(old, ScalarNode) and old.style in ("|", ">"):
            header = _HEADER.match(text, start)
            assert header is not None
            line = self._line_end(header.end())
            kept = text[:start] + head + text[header.end() : line]
            return self._inserted(self._below(old), rest, kept=kept, drop_from=line)
        end = self._end(old)
        line = self._line_end(end)
        gap = " " if head and text[start - 1 : start] == ":" else ""
        return self._inserted(
            self._below(old), rest, kept=text[:start] + gap + head + text[end:line].rstrip(" "), drop_from=line
        )

    def _inserted(self, place: int, lines: list[str], kept: str | None = None, drop_from: int | None = None) -> str:
        """Return the text with `lines` set in at `place`, the start of a line.

        `kept` stands for all before `drop_from`, the end of a line, and what lies between it and `place` is dropped.
        """
        above = self.text[:place] if kept is None else kept
        below = self.text[place:]
        new = "".join(f"{line}{self.end}" for line in lines)
        if kept is not None:
            assert drop_from is not None
            new = (self.text[drop_from : self._after_break(drop_from)] or (self.end if new or below else "")) + new
        elif above and not above.endswith(("\n", "\r")):
            new = self.end + new
        return above + new + below

    def _below(self, node: Node) -> int:
        """Return where the line after `node` begins."""
        end = self._end(node)
        if isinstance(self._last(node), ScalarNode) and self._last(node).style in ("|", ">"):
            return end
        return self._after_break(self._line_end(end))

    def _last(self, node: Node) -> Any:
        """Return the last node within `node` that is written at one place."""
        while isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style and node.value:
            last = node.value[-1]
            node = last[1] if isinstance(last, tuple) else last
        return node

    def _end(self, node: Node) -> int:
        """Return where `node` ends; of a block of text, where the line below it begins."""
        last = self._last(node)
        end = int(last.end_mark.index)
        if not isinstance(last, ScalarNode) or last.style not in ("|", ">"):
            return end
        header = _HEADER.match(self.text, last.start_mark.index)
        assert header is not None
        if "+" in header[0]:
            return end  # empty lines belong to it
        written = len(self.text[:end].rstrip())
        return self._after_break(self._line_end(max(written, header.end())))

    def _line_end(self, index: int) -> int:
        found = _LINE_END.search(self.text, index)
        return found.start() if found else len(self.text)

    def _after_break(self, index: int) -> int:
        found = _LINE_END.match(self.text, index)
        return found.end() if found else index


__all__ = ["append", "put", "remove"]
