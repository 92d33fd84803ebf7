"""What a text loses and gains, line by line, and what a page says to its readers."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from html.parser import HTMLParser

from stillup.pipeline.preview.shape import Line

_HIDDEN = frozenset({"head", "script", "style", "template", "svg", "noscript"})
_INLINE = frozenset({"a", "abbr", "b", "bdi", "code", "em", "i", "kbd", "mark", "s", "small", "span", "strong", "sub",
                     "sup", "time", "u", "wbr"})  # fmt: skip
_AROUND = 1
"""Lines shown before and after what differs."""

MOST = 400
"""Lines of a difference that are shown."""


class _Reader(HTMLParser):
    """Reads a page as a person does: its title, and a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self._parts: list[str] = []
        self._hidden: list[str] = []
        self._titled = False
        self.lines: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" and not self.title:
            self._titled = True
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag not in _INLINE:
            self._end()
        alt = dict(attrs).get("alt") if tag == "img" else None
        if alt and not self._hidden:
            self._parts.append(f" {alt} ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._titled = False
        if tag in _HIDDEN and tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        elif tag not in _INLINE:
            self._end()

    def handle_data(self, data: str) -> None:
        if self._titled:
            self.title += data
        elif not self._hidden:
            self._parts.append(data)

    def close(self) -> None:
        super().close()
        self._end()

    def _end(self) -> None:
        line = " ".join("".join(self._parts).split())
        self._parts.clear()
        if line:
            self.lines.append(line)


def readable(page: bytes) -> tuple[str, list[str]]:
    """Return the title of an HTML page, and its text as a line for each block."""
    reader = _Reader()
    reader.feed(page.decode("utf-8", "replace"))
    reader.close()
    return " ".join(reader.title.split()), reader.lines


def difference(before: Sequence[str], after: Sequence[str]) -> tuple[Line, ...]:
    """Return what `after` loses and gains beside `before`, with a line around each change; nothing where all is same.

    Of a long difference the first lines, and a last line that says how many more there are.
    """
    lines = list(_lines(before, after))
    if len(lines) > MOST:
        more = len(lines) - MOST
        lines = [*lines[:MOST], Line(sign="@", text=f"{more} more lines")]
    return tuple(lines)


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(_AROUND)):
        if number:
            yield Line(sign="@", text="")
        for kind, start, end, begin, stop in group:
            if kind == "equal":
                yield from (Line(sign=" ", text=text) for text in before[start:end])
            else:
                yield from (Line(sign="-", text=text) for text in before[start:end])
                yield from (Line(sign="+", text=text) for text in after[begin:stop])
