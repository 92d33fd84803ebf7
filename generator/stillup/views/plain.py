"""The plain text of safe HTML, as a mail or a feed prints it."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

_SPACE = re.compile(r"[ \t\n\r\f]+")
_END = re.compile(r"[.!?。！？…][\"'”’)\]]*(?=\s|$)")
_BLOCKS = frozenset("p h1 h2 h3 h4 h5 h6 pre blockquote ul ol li table tr td th hr".split())
_MARK = re.compile(r"^ *(?:- |\d+\. |> )+", re.MULTILINE)
_BREAK = "\v"
LINE = 160
"""How long a line may be."""


def plain(html: str) -> str:
    """Return paragraphs divided by an empty line, `- ` before items, `text (address)` for links."""
    if html.count("<") == 2 * html.count("<p>") and html.startswith("<p>"):
        texts = [_SPACE.sub(" ", part.strip(" \t\n\r\f")) for part in html[3:-4].split("</p>\n<p>")]
        return unescape("\n\n".join(texts)) if "&" in html else "\n\n".join(texts)
    return _Reader(links=True).read(html)


def line(html: str, text: str) -> str:
    """Return the first sentences in one line of at most 160 characters, cut at a word; addresses of links are left out.

    `text` is `plain(html)`.
    """
    if "<a " in html:
        text = _Reader(links=False).read(html)
    words = " ".join(_MARK.sub("", text[: 4 * LINE]).split())
    if len(words) <= LINE:
        return words
    ends = [found.end() for found in _END.finditer(words, 0, LINE + 1) if found.end() <= LINE]
    if ends and ends[-1] >= LINE // 4:
        return words[: ends[-1]]
    space = words.rfind(" ", LINE // 4, LINE)
    return words[: space if space > 0 else LINE - 1].rstrip(" ,;:-(") + "…"


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
            parts = (_SPACE.sub(" ", part).strip(" ") for part in "".join(self.inline).split(_BREAK))
            text = "\n".join(parts).strip("\n")
            self.inline.clear()
            if text:
                self.blocks.append(text)


class _Reader(HTMLParser):
    """Builds the text from inside out."""

    def __init__(self, *, links: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._links = links
        self._boxes = [_Box("")]
        self._link: tuple[str, int] | None = None

    def read(self, html: str) -> str:
        self.feed(html)
        self.close()
        while len(self._boxes) > 1:
            self._close_box()
        self._boxes[0].flush()
        return "\n\n".join(self._boxes[0].blocks)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        box = self._boxes[-1]
        if tag in _BLOCKS:
            box.flush()
            if tag == "hr":
                box.blocks.append("---")
                return
            start = dict(attrs).get("start") if tag == "ol" else None
            number = int(start) if start and start.isdecimal() else 1
            self._boxes.append(_Box(tag, number=number))
        elif tag == "br":
            box.inline.append(_BREAK)
        elif tag == "del":
            box.inline.append("~~")
        elif tag == "a":
            self._link = (dict(attrs).get("href") or "", len(box.inline))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            if len(self._boxes) > 1 and self._boxes[-1].tag == tag:
                self._close_box()
        elif tag == "del":
            self._boxes[-1].inline.append("~~")
        elif tag == "a" and self._link is not None:
            href, start = self._link
            self._link = None
            inline = self._boxes[-1].inline
            said = "".join(inline[start:]).strip()
            if self._links and href and href.removeprefix("mailto:") != said and not _same(href, said):
                inline.append(f" ({href.removeprefix('mailto:')})" if said else href)

    def handle_data(self, data: str) -> None:
        self._boxes[-1].inline.append(data.replace(_BREAK, " "))

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
            case _:
                outer.blocks.extend(box.blocks)


def _same(href: str, said: str) -> bool:
    return href.rstrip("/").split("://")[-1] == said.rstrip("/").split("://")[-1]
