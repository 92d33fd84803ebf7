"""Markdown as people write it under pressure, made safe: HTML, plain text and one line, once for all outputs.

GitHub's dialect (tables, strikethrough, bare addresses). HTML that was written by hand is shown as text, never
interpreted and never lost. Pictures become links, since no page asks another origin for anything.
"""

import re
from functools import lru_cache
from html import escape
from urllib.parse import urljoin

import nh3
from markupsafe import Markup

from stillup.views import native
from stillup.views.prose import prose
from stillup.views.shape import Body

_TAGS = frozenset(
    "a blockquote br code del em h3 h4 h5 h6 hr li ol p pre strong table tbody td th thead tr ul".split()
) | {"h1", "h2"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}

_UNSEEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
"""Characters that show nothing, or show other text in a false order."""

_BRACKET = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>|[^\s<>@]+@[^\s<>@]+>)")
"""A `<` that does not begin an address in pointed brackets."""

_OMITTED = "<!-- raw HTML omitted -->"
_STAND_INS = "\U0001039f\U000103d0\U00010100\U00010101\U00010102\u2e22\u2e23"
"""Punctuation that nobody writes: one of them stands for `<` while Markdown is read, so that `<x>` is no HTML."""

_ANCHOR = re.compile(r'(<a [^>]*>)|(</a>)|<img src="([^"]*)" alt="([^"]*)"(?: title="[^"]*")? />')
_HEADING = re.compile(r"<(/?)h([1-6])>")
_BARE = re.compile(r'<a(?: title="[^"]*")?(?: rel="noopener")?>(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>]*?(/?)>")
_MANY, _DEEP = 200, 60


def body(text: str, base_url: str = "", place: str = "", *, top: int = 3) -> Body:
    """Return `text` (Markdown) as safe HTML, plain text and one line. Never raises.

    Relative links lead below `base_url`, wherever the text is printed; `#x` leads to `place` on it. Without a
    `base_url` they stay as they are. Headings begin at level `top`, and leave no level out. Only http, https and
    mailto are links.
    """
    return Body(html=str.__new__(Markup, prose(text) or _safe(text, base_url, place, top)))


def unheaded(html: Markup) -> Markup:
    """Return safe `html` with strong paragraphs in place of headings: for a text within somebody else's section."""
    return Markup(_HEADING.sub(lambda found: "</strong></p>" if found[1] else "<p><strong>", html))


def _safe(text: str, base_url: str, place: str, top: int) -> str:
    text = _shown(text)
    html = _render(text)
    if html.count("<") > _MANY and _too_deep(html):
        html = "".join(f"<p>{escape(part)}</p>\n" for part in re.split(r"\n\s*\n", text))
    if "<img " in html:
        html = _linked(html)
    if 'href="' in html:
        html = html.replace('<a href="">', "<a>")
        if base_url and 'href="#' in html:
            html = html.replace('href="#', f'href="{escape(urljoin(base_url, place))}#')
    html = _cleaner(base_url).clean(html).rstrip("\n")
    if "<h" in html:
        html = _nested(html, top)
    if "<a rel" in html or "<a title" in html or "<a>" in html:
        html = _BARE.sub(r"\1", html)
    return _shown(html)


def _shown(text: str) -> str:
    """Return `text` without characters that show nothing; Python calls all of them unprintable."""
    return text if text.replace("\n", "").isprintable() else _UNSEEN.sub("", text)


def _render(text: str) -> str:
    """Return cmark's HTML with every hand-written tag as text."""
    if "<" not in text:
        return native.html(text)
    stand_in = next((char for char in _STAND_INS if char not in text), None)
    if stand_in is None:
        stand_in, text = _STAND_INS[0], text.replace(_STAND_INS[0], "")
    html = native.html(_BRACKET.sub(stand_in, text))
    if _OMITTED in html:
        html = native.html(text.replace("<", stand_in))
    coded = "".join(f"%{byte:02X}" for byte in stand_in.encode())
    return html.replace(stand_in, "&lt;").replace(coded, "%3C")


def _linked(html: str) -> str:
    """Return `html` with links in place of pictures; a picture inside a link is only its words."""
    inside = False

    def replace(found: re.Match[str]) -> str:
        nonlocal inside
        begins, ends, src, alt = found.groups()
        if begins or ends:
            inside = bool(begins)
            return found[0]
        words = alt or src.rsplit("/", 1)[-1] or src
        return words if inside else f'<a href="{src}">{words}</a>'

    return _ANCHOR.sub(replace, html)


def _nested(html: str, top: int) -> str:
    """Return `html` with its headings from level `top` on, each one level below the one that it belongs to."""
    above: list[int] = []

    def replace(found: re.Match[str]) -> str:
        written = int(found[2])
        if not found[1]:
            while above and above[-1] >= written:
                above.pop()
            above.append(written)
        return f"<{found[1]}h{min(6, top - 1 + len(above))}>"

    return _HEADING.sub(replace, html)


def _too_deep(html: str) -> bool:
    """Return whether elements nest deeper than anybody writes: cleaning them would take time without bound."""
    depth = 0
    for closes, name, empty in _TAG.findall(html):
        if closes:
            depth -= 1
        elif not empty and name not in {"br", "hr", "img"}:
            depth += 1
            if depth > _DEEP:
                return True
    return False


@lru_cache(maxsize=8)
def _cleaner(base_url: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        link_rel="noopener",
        url_schemes={"http", "https", "mailto"},
        url_relative=(lambda url: _below(base_url, url)) if base_url else "pass_through",
    )


def _below(base_url: str, url: str) -> str | None:
    """Return `url` below the site's root; `/x` begins there too, and `//host/x` keeps its host."""
    try:
        return urljoin(base_url, url if url.startswith("//") else url.lstrip("/"))
    except ValueError:
        return None
