"""The plain text of safe HTML, as a mail or a feed prints it."""

import re
from dataclasses import dataclass, field
from html import unescape

_SPACE = re.compile(r"[ \t\r\f]+")
_END = re.compile(r"[.!?。！？…][\"'”’)\]]*(?=\s|$)")
_BLOCKS = frozenset("p h1 h2 h3 h4 h5 h6 pre blockquote ul ol li table tr td th hr".split())
_MARK = re.compile(r" *(?:- |\d+\. |> )+")
_BREAK = "\v"
_SILENT = re.compile(r"</?(?:code|em|strong)>")
"""Elements that leave no trace in the text."""

_ADDRESS = re.compile("\0[^\1]*\1")
"""The address of a link in a text, between marks that no text of ours has."""

_HEADED = re.compile("([:.!?…]?)\2")
"""The end of a heading in a text: in a line it is told from what follows by a colon."""

_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"]*")*)>|([^<]+)')
_HREF = re.compile(r' href="([^"]*)"')
_START = re.compile(r' start="([0-9]+)"')
LINE = 160
"""How long a line may be."""


def texts(html: str) -> tuple[str, str]:
    """Return paragraphs divided by an empty line, `- ` before items, `text (address)` for links; and `line` of it.

    `html` is what the cleaner wrote: every element is closed, and every `<` in a text is an entity.
    Addresses of links are left out of the line.
    """
    html = _SILENT.sub("", html)
    if html.count("<") == 2 * html.count("<p>") and html.startswith("<p>"):
        parts = [_spaced(part) for part in html[3:-4].split("</p>\n<p>")]
        text = unescape("\n\n".join(parts)) if "&" in html else "\n\n".join(parts)
        return text, line(text)
    text = _Reader().read(html)
    if "\0" not in text and "\2" not in text:
        return text, line(text)
    short = _HEADED.sub(lambda found: found[1] or ":", _ADDRESS.sub("", text))
    return text.replace("\0", "").replace("\1", "").replace("\2", ""), line(short)


def line(text: str, most: int = LINE) -> str:
    """Return the first sentences of a text in one line of at most `most` characters, cut at a word."""
    words = " ".join(_unmarked(text[: 4 * most]).split())
    if len(words) <= most:
        return words
    ends = [found.end() for found in _END.finditer(words, 0, most + 1) if found.end() <= most]
    if ends and ends[-1] >= most // 4:
        return words[: ends[-1]]
    space = words.rfind(" ", most // 4, most)
    return words[: space if space > 0 else most - 1].rstrip(" ,;:-(") + "…"


def _spaced(text: str) -> str:
    """Return `text` with one space where HTML shows one."""
    text = text.replace("\n", " ")
    if "  " in text or "\t" in text or "\r" in text or "\f" in text:
        text = _SPACE.sub(" ", text)
    return text.strip(" ")


def _unmarked(text: str) -> str:
    """Return `text` without the marks before its items and quotations."""
    return "\n".join([part[found.end() :] if (found := _MARK.match(part)) else part for part in text.split("\n")])


@dataclass(slots=True)
class _Box:
    """An element that holds blocks, while it is open."""

    tag: str
    blocks: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    number: int = 0

    def flush(self) -> None:
        """Turn the running text into a block."""
        if self.inline:
            text = "\n".join([_spaced(part) for part in "".join(self.inline).split(_BREAK)]).strip("\n")
            self.inline.clear()
            if text:
                self.blocks.append(text)


class _Reader:
    """Builds the text from inside out."""

    def __init__(self) -> None:
        self._boxes = [_Box("")]
        self._link: tuple[str, int] | None = None

    def read(self, html: str) -> str:
        for closes, tag, attributes, text in _TOKEN.findall(html):
            if text:
                self._say(text)
            elif closes:
                self._close(tag)
            else:
                self._open(tag, attributes)
        self._boxes[0].flush()
        return "\n\n".join(self._boxes[0].blocks)

    def _say(self, text: str) -> None:
        inline = self._boxes[-1].inline
        if text != "\n" or inline:
            inline.append(unescape(text).replace(_BREAK, " ") if "&" in text else text.replace(_BREAK, " "))

    def _open(self, tag: str, attributes: str) -> None:
        box = self._boxes[-1]
        if tag in _BLOCKS:
            box.flush()
            if tag == "hr":
                box.blocks.append("---")
                return
            start = _START.search(attributes) if tag == "ol" else None
            self._boxes.append(_Box(tag, number=int(start[1]) if start else 1))
        elif tag == "br":
            box.inline.append(_BREAK)
        elif tag == "del":
            box.inline.append("~~")
        elif tag == "a":
            href = _HREF.search(attributes)
            self._link = (unescape(href[1]) if href else "", len(box.inline))

    def _close(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._close_box()
        elif tag == "del":
            self._boxes[-1].inline.append("~~")
        elif tag == "a" and self._link is not None:
            href, start = self._link
            self._link = None
            inline = self._boxes[-1].inline
            said = "".join(inline[start:]).strip()
            if href and href.removeprefix("mailto:") != said and not _same(href, said):
                address = f" ({href.removeprefix('mailto:')})" if said else href
                inline.append(f"\0{address}\1")

    def _close_box(self) -> None:
        box = self._boxes.pop()
        outer = self._boxes[-1]
        if box.tag == "pre":
            text = "".join(box.inline).strip("\n")
            if text.strip():
                outer.blocks.append(text)
            return
        box.flush()
        if not box.blocks:
            if box.tag in {"td", "th"}:
                outer.blocks.append("")
            return
        match box.tag:
            case "li":
                mark = "- " if outer.tag != "ol" else f"{outer.number}. "
                outer.number += 1
                text = "\n".join(box.blocks).replace("\n", "\n" + " " * len(mark))
                outer.blocks.append(mark + text)
            case "ul" | "ol" | "table":
                outer.blocks.append("\n".join(box.blocks))
            case "tr":
                outer.blocks.append(" | ".join(" ".join(cell.split()) for cell in box.blocks))
            case "blockquote":
                outer.blocks.append("> " + "\n\n".join(box.blocks).replace("\n", "\n> "))
            case "td" | "th":
                outer.blocks.append(" ".join(box.blocks))
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                outer.blocks.append("\n\n".join(box.blocks) + "\2")
            case _:
                outer.blocks.extend(box.blocks)


def _same(href: str, said: str) -> bool:
    return href.rstrip("/").split("://")[-1] == said.rstrip("/").split("://")[-1]
