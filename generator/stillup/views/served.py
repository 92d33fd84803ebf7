"""Safe HTML as Statuspage serves it in JSON: one running text, `<br />` for new lines, links that open a new tab."""

import re
from html import unescape

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>|([^<]+)")
_HREF = re.compile(r'href="([^"]*)"')
_SPACE = re.compile(r"[ \t\r\n]+")
_INLINE = frozenset({"strong", "em", "del"})
_HARMLESS = re.compile(
    r'<(?:br ?/?|/a|/?(?:strong|b|em|i|u|code|p|ul|ol|li)|a (?:target="_blank" )?href="(?:https?://|mailto:)[^"<>]*"'
    r'(?: target="_blank")?(?: rel="[a-z ]*")?)>'
)
_TAG = re.compile(r"</?[A-Za-z!][^>]*>")
_ACTIVE = re.compile(r"<[A-Za-z/!?]")
BREAK = "<br />"


def served(html: str) -> str:
    """Return safe `html` of ours in Statuspage's manner. Paragraphs are divided by an empty line."""
    html = str(html)
    if html.count("<") == 2 * html.count("<p>") and html.startswith("<p>"):
        return html[3:-4].replace("</p>\n<p>", BREAK * 2).replace("\n", " ")
    return _Text().read(html)


def kept(original: str | None, made: str) -> str:
    """Return `original` where it is harmless and says what `made` says, so that an import keeps its line breaks."""
    if original is None:
        return made
    harmless = not _ACTIVE.search(_HARMLESS.sub("", original))
    same = _letters(original) == _letters(made) and _leads(original) <= _leads(made)
    return original if harmless and same else made


def _letters(html: str) -> str:
    """Return a text without spaces and marks."""
    return "".join(unescape(_TAG.sub("", html)).split())


def _leads(html: str) -> set[str]:
    """Return where the links of a text lead."""
    return {unescape(href) for href in _HREF.findall(html)}


class _Text:
    """Collects the running text."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._due = 0
        """How many line breaks stand before whatever comes next."""

        self._lists: list[int | None] = []
        """Open lists: the next number, or None where they have bullets."""

        self._inside_pre = False
        self._first_cell = True
        self._begins = True
        """Whether a line begins here, so that a space would stand at its start."""

        self._space = False
        """Whether a space stands before what comes on this line."""

        self._marked = False
        """Whether the mark of a list's entry was the last."""

    def read(self, html: str) -> str:
        for closes, tag, attributes, text in _TOKEN.findall(html):
            if text:
                self._say(text)
            elif closes:
                self._close(tag)
            else:
                self._open(tag, attributes)
        return "".join(self._parts)

    def _say(self, text: str) -> None:
        if self._inside_pre:
            self._put(text.rstrip("\n").replace("\n", BREAK))
            return
        text = _SPACE.sub(" ", text)
        if self._due or self._begins or self._space:
            text = text.lstrip(" ")
        said = text.rstrip(" ")
        if said:
            self._put(said)
        self._space = self._space or said != text

    def _put(self, text: str, *, begins: bool = False) -> None:
        if self._due and self._parts:
            self._parts.append(BREAK * self._due)
        elif self._space and text != BREAK:
            self._parts.append(" ")
        self._due, self._marked, self._begins, self._space = 0, False, begins, False
        self._parts.append(text)

    def _part(self, breaks: int) -> None:
        """Let at least `breaks` line breaks stand before what comes."""
        if self._parts and not self._marked:
            self._due = max(self._due, breaks)

    def _open(self, tag: str, attributes: str) -> None:
        match tag:
            case "br":
                self._put(BREAK, begins=True)
            case "a":
                href = _HREF.search(attributes)
                self._put(f'<a target="_blank" href="{href[1] if href else ""}">', begins=self._begins)
            case "ul" | "ol":
                self._part(1 if self._lists else 2)
                start = re.search(r'start="(\d+)"', attributes)
                self._lists.append((int(start[1]) if start else 1) if tag == "ol" else None)
            case "li":
                self._part(1)
                self._put(self._mark(), begins=True)
                self._marked = True
            case "thead" | "tbody":
                pass
            case "tr":
                self._part(1)
                self._first_cell = True
            case "td" | "th":
                if not self._first_cell:
                    self._put(" | ")
                self._first_cell = False
            case "h3" | "h4" | "h5" | "h6":
                self._part(2)
                self._put("<strong>")
            case "hr":
                self._part(2)
                self._put("---")
                self._part(2)
            case "pre":
                self._part(2)
                self._inside_pre = True
            case "code":
                if not self._inside_pre:
                    self._put("<code>")
            case _ if tag in _INLINE:
                self._put(f"<{tag}>", begins=self._begins)
            case _:
                self._part(1 if self._lists else 2)

    def _close(self, tag: str) -> None:
        match tag:
            case "a":
                self._parts.append("</a>")
            case "ul" | "ol":
                self._lists.pop()
                self._part(1 if self._lists else 2)
            case "li" | "tr":
                self._due = min(max(self._due, 1), 1)
            case "td" | "th":
                self._begins = True
            case "thead" | "tbody":
                pass
            case "h3" | "h4" | "h5" | "h6":
                self._parts.append("</strong>")
                self._part(2)
            case "pre":
                self._inside_pre = False
                self._part(2)
            case "code":
                if not self._inside_pre:
                    self._parts.append("</code>")
            case _ if tag in _INLINE:
                self._parts.append(f"</{tag}>")
            case _:
                self._part(1 if self._lists else 2)

    def _mark(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "
