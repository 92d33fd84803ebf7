"""The document around a page's body: made once for each kind of page by MkDocs, then filled by splicing.

A sentinel page of each kind goes through Material's template environment at the depth of its pages, so that
relative links and overrides hold. Its text is cut at the sentinels, and every page is put together from the pieces.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from html import escape
from typing import Final

from stillup.artifact import Artifact
from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.site.frame import Words
from stillup.site.page import Page

_SENTINEL: Final = re.compile(r"x7stillup(title|description|place|icon|body|built|here)7x")
_GAP: Final = re.compile(r">\s*\n\s*<")
_ONCE_OR_MORE: Final = (1, 9)
_EXPECTED: Final[Mapping[str, tuple[int, int]]] = {
    "title": _ONCE_OR_MORE,
    "description": _ONCE_OR_MORE,
    "place": (0, 99),
    "body": (1, 1),
    "here": (0, 0),
}
"""How often each sentinel may stand in a shell, least and most; those not named here, in `_VOLATILE`."""

_VOLATILE: Final[Mapping[str, frozenset[str]]] = {
    "icon": frozenset({"home"}),
    "built": frozenset({"home"}),
}
"""What changes from build to build, and the kinds of pages that may show it: all others stay as they are."""

_WITH_BARS: Final = frozenset({"home", "component"})
_ADVICE: Final[Mapping[str, str]] = {
    "title": "Print page.meta.title in the head",
    "description": "Print page.meta.description in the head",
    "place": "Print page.meta.stillup.place after config.site_url",
    "icon": "Print page.meta.stillup.icon in the address of the icon",
    "body": "Print page.meta.stillup.body once, in <main>",
    "built": "Print page.meta.stillup.built in the foot, and nowhere else",
    "here": "Print page.meta.stillup.place instead of page.url, page.canonical_url or page.file",
}
_OVERRIDES: Final = "stillup/shell.html, stillup/base.html, stillup/top.html or stillup/foot.html in site_overrides"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentinel:
    """A Markdown page that MkDocs renders into the shell of one kind of page. It is never published itself."""

    kind: str
    src_uri: str
    """Below `docs/`; at the depth of the pages it stands for."""

    text: str
    language: str = ""
    """The tag of the tree that it belongs to; empty for the main one."""


def sentinel_pages(language: str = "") -> tuple[Sentinel, ...]:
    """Return one sentinel page for each kind of status page, of the main tree or of that of another `language`."""
    tree = f"{language}/" if language else ""
    return tuple(
        Sentinel(kind=tree + kind, src_uri=tree + src_uri, text=_sentinel(kind, here, current), language=language)
        for kind, src_uri, here, current in (
            ("home", "index.md", "status", "page"),
            ("incident", "incidents/x7stilluphere7x.md", "history", "true"),
            ("component", "components/x7stilluphere7x.md", "status", "true"),
            ("archive", "history/index.md", "history", "page"),
            ("history", "history/x7stilluphere7x.md", "history", "true"),
            ("maintenance", "maintenance.md", "maintenance", "page"),
            ("uptime", "uptime.md", "status", "true"),
            ("subscribe", "subscribe.md", "subscribe", "page"),
        )
    )


def _sentinel(kind: str, here: str, current: str) -> str:
    bars = "  bars: true\n" if kind in _WITH_BARS else ""
    volatile = "".join(f"  {name}: x7stillup{name}7x\n" for name, kinds in _VOLATILE.items() if kind in kinds)
    return (
        "---\ntemplate: stillup/shell.html\ntitle: x7stilluptitle7x\ndescription: x7stillupdescription7x\n"
        f"search: {{exclude: true}}\nhide: [navigation, toc]\nstillup:\n  kind: {kind}\n  here: {here}\n"
        f"  current: '{current}'\n  place: x7stillupplace7x\n  body: x7stillupbody7x\n{bars}{volatile}---\n"
    )


def search_page(words: Words, language: str = "") -> Sentinel:
    """Return the page that searches, of the main tree or of that of another `language`.

    It is an ordinary Markdown page in Material's own document, published as it is.
    """
    title, hint = (json.dumps(words.say(key), ensure_ascii=False) for key in ("site.search", "site.search_hint"))
    history, lead = words.say("site.all_history"), words.say("site.search_text")
    text = (
        f"---\ntitle: {title}\ndescription: {hint}\nsearch: {{exclude: true}}\nhide: [navigation, toc]\n---\n"
        f"# {words.say('site.search')}\n\n{lead}\n\n[{history}](history/index.md)\n"
    )
    src_uri = f"{language}/search.md" if language else "search.md"
    return Sentinel(kind="search", src_uri=src_uri, text=text, language=language)


@dataclass(frozen=True, slots=True)
class Shell:
    """The document of one kind of page, cut at its sentinels."""

    kind: str
    parts: tuple[bytes, ...]
    """Fixed text and names of slots by turns; fixed text comes first and last."""

    digest: str
    """Of the whole shell: pages of this kind stay valid as long as it holds."""

    @classmethod
    def of(cls, kind: str, text: str) -> "Shell":
        """Cut `text`, what MkDocs made of the sentinel page of `kind`.

        Raises:
            StillupError: a sentinel stands there too often or too seldom, which is an override's doing.
        """
        text = _GAP.sub(">\n<", text)
        pieces = _SENTINEL.split(text)
        found = Counter(pieces[1::2])
        for name in _ADVICE:
            least, most = _EXPECTED.get(name, (1, 1) if kind in _VOLATILE.get(name, ()) else (0, 0))
            if not least <= found[name] <= most:
                expected = str(least) if least == most else f"{least} to {most}"
                raise StillupError(
                    f"The shell of {kind} pages has the slot `{name}` {found[name]} times, expected {expected}. "
                    f"{_ADVICE[name]}; look at {_OVERRIDES}."
                )
        digest = blake2b(text.encode(), digest_size=16).hexdigest()
        return cls(kind, tuple(piece.encode() for piece in pieces), digest)

    def page(self, page: Page) -> bytes:
        """Return the document of `page`. Every slot is escaped, but for those that are safe HTML already."""
        return self.filled(
            page.place, page.title, page.description, page.body.encode(), page.icon.encode(), page.built.encode()
        )

    def filled(
        self, place: str, title: str, description: str, body: bytes, icon: bytes = b"mark", built: bytes = b""
    ) -> bytes:
        """Return the document of a page from its parts; what is bytes is safe HTML."""
        slots = {
            b"title": escape(title).encode(),
            b"description": escape(description).encode(),
            b"place": escape(place).encode(),
            b"icon": icon,
            b"built": built,
            b"body": body,
        }
        parts = list(self.parts)
        parts[1::2] = [slots[name] for name in parts[1::2]]
        return b"".join(parts)

    def artifact(self, page: Page) -> Artifact:
        """Return `page` as a file of the site."""
        return Artifact(path=page.path, body=self.page(page), media_type="text/html")


_CHECKBOX_FAULT: Final = re.compile(r'(<input class="md-toggle"[^>]*?) autocomplete="off"')
_LANGUAGE: Final = re.compile(r'<html lang="[^"]*"')
_DIRECTION: Final = re.compile(r'<body dir="[^"]*"')


def mend(html: str, language: str = "", direction: str = "") -> str:
    """Return a Markdown page of Material without the faults that no template of ours can reach.

    HTML allows no `autocomplete` on a checkbox. To be removed when Material's `base.html` drops it.
    With `language`, and the direction in which it is written, the page says that it is in it: Material knows only
    that of the whole site.
    """
    html = _CHECKBOX_FAULT.sub(r"\1", html)
    if not language:
        return html
    html = _LANGUAGE.sub(f'<html lang="{escape(language)}" dir="{direction}"', html, count=1)
    return _DIRECTION.sub(f'<body dir="{direction}"', html, count=1)
