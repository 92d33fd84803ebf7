"""Texts that nobody has translated yet: a reader of another language sees at once which one they are in."""

import re
from html import escape
from typing import Final, Protocol

from markupsafe import Markup

from stillup.catalogue import Catalogue, spoken, words
from stillup.views.shape import Body

TREE: Final = frozenset({"", "incidents", "components", "history", "lite", "maintenance", "uptime", "subscribe"})
"""What each language's tree has, by the first part of the address; all else is in the main tree alone."""

_FEED: Final = re.compile(r"(?:feed|incidents|maintenance)\.(?:atom|rss|json|ics)$")


class Speaker(Protocol):
    """As much of a catalogue as is needed to name a language."""

    def say(self, key: str, /, **values: object) -> str:
        """Return the phrase under `key`."""

    def called(self, code: str) -> str:
        """Return what a language is called in this one."""

    @property
    def direction(self) -> str:
        """How the language is written: `ltr` or `rtl`."""


def said(catalogue: Speaker, language: str) -> str:
    """Return `In English`, in the words of the reader's own language."""
    return catalogue.say("text.in", language=catalogue.called(spoken(language) or language))


def marked(body: Body, catalogue: Catalogue, language: str) -> Body:
    """Return a text in `language` with a word that says so, for readers of another one."""
    word = said(catalogue, language)
    return Body(
        html=Markup(f'<p class="tongue">{escape(word)}</p>\n<div {attributes(language)}>\n{body.html}\n</div>'),
        text=f"[{word}]\n{body.text}",
        line=body.line,
        language=language,
    )


def titled(title: str, catalogue: Speaker, language: str) -> str:
    """Return `Card payments fail (English)`.

    Where it is written in another direction it stands apart, so that its marks stay at its own end (UAX 9).
    """
    code = spoken(language)
    if not code or words(code).direction != catalogue.direction:
        title = f"\u2068{title}\u2069"
    return catalogue.say("text.title", title=title, language=catalogue.called(code or language))


def inline(html: Markup, catalogue: Speaker, language: str) -> Markup:
    """Return the same for a text that stands in a line."""
    word = escape(said(catalogue, language))
    block = "div" if "<p>" in html or "<ul>" in html or "<ol>" in html else "span"
    return Markup(f'<{block} {attributes(language)}>{html}</{block}> <span class="tongue">{word}</span>')


def attributes(language: str) -> str:
    """Return `lang` and `dir` of an element in `language`."""
    code = spoken(language)
    return f'lang="{escape(language)}" dir="{words(code).direction if code else "auto"}"'


def homed(body: Body, site_url: str, root: str) -> Body:
    """Return a text of the tree at `site_url` whose links to what only the main tree at `root` has lead there."""
    if f'href="{escape(site_url)}' not in body.html:
        return body

    def led(found: re.Match[str]) -> str:
        path = found[1]
        first = re.split(r"[/#?]", path, maxsplit=1)[0]
        own = first in TREE or _FEED.fullmatch(path)
        return found[0] if own else f'href="{escape(root)}{path}"'

    html = re.sub(f'href="{re.escape(escape(site_url))}([^"]*)"', led, body.html)
    return Body(html=Markup(html))
