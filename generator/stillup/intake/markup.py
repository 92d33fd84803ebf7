"""Bodies as status pages serve them (`<br />`, entities, links) to Markdown that says the same.

Marks of Markdown in the text are escaped only where they would change it: each way of writing is rendered as the page
will render it, and the first that says the same is taken.
"""

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

from stillup.records.writing.spelling import visible
from stillup.views.markdown import body
from stillup.views.served import kept, served

_TAG = re.compile(r"</?[A-Za-z!][^>]*>")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>]+")
_MARKS = re.compile(r"([\\`*_{}\[\]>()#+.!|~^=:@-])")
_ENTITIES = re.compile(r"&(?=#?\w+;)")
_SOME = re.compile(r"([\\`*\[\]|~]|(?<![^\W_])_|_(?![^\W_]))")
_START = re.compile(r"^(\s*)([#>=-]|[+](?=\s)|\d+(?=[.)]))")
_ITEM = re.compile(r"^(?:[-*+]|\d{1,9}[.)]) ")
_SPACE = re.compile(r"[ \t\r\n\f]+")


class Written(NamedTuple):
    """A body in Markdown."""

    text: str
    original: str | None
    """What `source.body` keeps, where the API would serve it in another form."""

    faithful: bool
    """Whether it says the same as the original, letter by letter."""

    exact: bool
    """Whether the API will serve it as it was."""


def markdown(html: str) -> Written:
    """Return the Markdown of an HTML-ish body; empty where it shows nothing."""
    html = visible(html)
    parts = _Parts.of(html)
    text = ""
    for escape in (_raw, _some, _all):
        text = _joined(parts, escape)
        rendered = body(text).html
        made = served(rendered)
        if made == html:
            return Written(text, None, True, True)
        if _said(html) in (_said(made), _said(rendered)):
            same = kept(html, made) == html
            return Written(text, html if same else None, True, same)
    return Written(text, None, False, False)


def plain_text(html: str) -> str:
    """Return one line without marks."""
    return " ".join(unescape(_TAG.sub("", visible(html))).split())


def _said(html: str) -> str:
    return "".join(unescape(_TAG.sub("", html)).split())


def _raw(text: str, begins: bool) -> str:
    return text


def _some(text: str, begins: bool) -> str:
    """Escape what means something almost everywhere."""
    return _outside_addresses(text, lambda part, first: _line_start(_SOME.sub(r"\\\1", _coded(part)), begins and first))


def _all(text: str, begins: bool) -> str:
    """Escape every mark."""
    return _outside_addresses(text, lambda part, _: _MARKS.sub(r"\\\1", _coded(part)))


def _coded(text: str) -> str:
    """Return `text` without what begins an entity or an address in pointed brackets."""
    return _ENTITIES.sub("&amp;", text).replace("<", "&lt;")


def _line_start(text: str, begins: bool) -> str:
    if not begins:
        return text
    numbered = re.sub(r"^(\s*\d+)([.)])", r"\1\\\2", text)
    return numbered if numbered != text else re.sub(r"^(\s*)([#>=+-])", r"\1\\\2", text)


def _outside_addresses(text: str, escape: Callable[[str, bool], str]) -> str:
    parts, reached = [], 0
    for found in _URL.finditer(text):
        parts += [escape(text[reached : found.start()], reached == 0), found[0]]
        reached = found.end()
    return "".join([*parts, escape(text[reached:], reached == 0)])


class _Piece(NamedTuple):
    kind: str
    """`text`, `mark` (as it is), `open` and `close` of a link, `break` or `part`."""

    text: str = ""


class _Parts(HTMLParser):
    """Collects the pieces of a body."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[_Piece] = []
        self._lists: list[int | None] = []
        self._links: list[str] = []
        self._silent = 0

    @classmethod
    def of(cls, html: str) -> "list[_Piece]":
        parts = cls()
        parts.feed(html)
        parts.close()
        return parts.pieces

    def handle_data(self, data: str) -> None:
        if not self._silent:
            said = _SPACE.sub(" ", data) if self._tagged() else data
            self.pieces.append(_Piece("text", said))

    def _tagged(self) -> bool:
        return True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "br":
                self.pieces.append(_Piece("break"))
            case "a":
                href = (dict(attrs).get("href") or "").strip()
                self._links.append(href if re.match(r"(?:https?://|mailto:)[^\s<>]+$", href) else "")
                self.pieces.append(_Piece("open", self._links[-1]))
            case "b" | "strong":
                self.pieces.append(_Piece("mark", "**"))
            case "i" | "em":
                self.pieces.append(_Piece("mark", "*"))
            case "ul":
                self._lists.append(None)
                self.pieces.append(_Piece("part"))
            case "ol":
                self._lists.append(1)
                self.pieces.append(_Piece("part"))
            case "li":
                self.pieces += [_Piece("line"), _Piece("mark", self._bullet())]
            case "script" | "style":
                self._silent += 1
            case "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "table" | "pre":
                self.pieces.append(_Piece("part"))
            case "tr":
                self.pieces.append(_Piece("break"))
            case _:
                pass

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in {"br", "hr", "img"}:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "a" if self._links:
                self.pieces.append(_Piece("close", self._links.pop()))
            case "b" | "strong":
                self.pieces.append(_Piece("mark", "**"))
            case "i" | "em":
                self.pieces.append(_Piece("mark", "*"))
            case "ul" | "ol":
                if self._lists:
                    self._lists.pop()
                self.pieces.append(_Piece("part"))
            case "script" | "style":
                self._silent = max(0, self._silent - 1)
            case "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "table" | "pre":
                self.pieces.append(_Piece("part"))
            case "td" | "th":
                self.pieces.append(_Piece("text", " "))
            case _:
                pass

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "- "
        number = self._lists[-1]
        self._lists[-1] = number + 1
        return f"{number}. "


def _joined(pieces: list[_Piece], escape: Callable[[str, bool], str]) -> str:
    """Return paragraphs and lines out of pieces."""
    paragraphs: list[list[str]] = [[""]]
    breaks = 0
    for kind, text in pieces:
        if kind in ("break", "part", "line"):
            breaks += 1 if kind == "break" else 0
            if kind == "part" or breaks > 1:
                if paragraphs[-1] != [""]:
                    paragraphs.append([""])
            elif paragraphs[-1][-1]:
                paragraphs[-1].append("")
            continue
        if kind == "text" and not text.strip() and not paragraphs[-1][-1]:
            continue
        breaks = 0
        lines = paragraphs[-1]
        if kind == "text":
            said = escape(text if lines[-1] else text.lstrip(), not lines[-1])
            lines[-1] += said
        elif kind == "mark":
            lines[-1] += text
        elif text:
            lines[-1] += "[" if kind == "open" else f"]({_address(text)})"
    return "\n\n".join(_paragraph([line.strip() for line in lines]) for lines in paragraphs if any(lines)).strip()


def _paragraph(lines: list[str]) -> str:
    """Return lines with hard breaks between them; items of a list need none."""
    lines = [line for line in lines if line]
    text = ""
    for number, line in enumerate(lines):
        if number:
            before = bool(_ITEM.match(lines[number - 1]))
            text += "\n" if _ITEM.match(line) else "\n\n" if before else "\\\n"
        text += line
    return text


def _address(href: str) -> str:
    return re.sub(r"([()\\])", lambda found: f"%{ord(found[0]):02X}", href)
