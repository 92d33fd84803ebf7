"""The pages of the application at which people subscribe: in the same document, words and styles as all others."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from stillup.frozen import dataclass
from stillup.site.frame import Words
from stillup.site.page import Page
from stillup.site.shell import Shell

FORMS: Final = Path(__file__).parent / "forms"
"""Templates and the style sheet of forms; no part of the theme, so that no build publishes them."""

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex",
}
"""What every answer of the application says, unless it says something else of its own."""

_SCRIPT: Final = re.compile(rb"<script\b[^>]*></script>\n?")
_LIVE: Final = re.compile(rb'<div class="live in".*?</div>\n?', re.DOTALL)
_ALTERNATE: Final = re.compile(rb'<link rel="(?:alternate|canonical)"[^>]*>\n?')
_ADDRESS: Final = re.compile(rb'\b(href|src)="(\.\./\.\./?|\.\./?|\./)([^"]*)')
"""Of an address that ends with the place of the page only the beginning: there the piece ends too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One entry that can be chosen."""

    value: str
    text: str
    chosen: bool = False
    deep: bool = False
    """Whether it belongs to the entry above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """What somebody can ask for, and has."""

    components: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    impact: tuple[Choice, ...]
    follow: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    timezone: str = ""
    incident: str = ""
    title: str = ""
    """Of that incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeForm:
    """The form at the front."""

    base: str
    """Where the application stands on its host, with its final slash."""

    token: str
    channels: tuple[Choice, ...]
    address: str
    hint: str
    wants: Wants
    problems: Mapping[str, str]
    """By field: the key of the words that say what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A page that says something, with one button at most."""

    title: str
    lines: tuple[str, ...] = ()
    action: str = ""
    button: str = ""
    asks_code: bool = False
    problem: str = ""
    secret: str = ""
    secret_text: str = ""
    start: str = ""
    """Address of the form, where people may want to begin again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageForm:
    """A subscription that can be changed."""

    address: str
    """Masked."""

    action: str
    leave: str
    wants: Wants
    others: tuple[tuple[str, str], ...]
    problems: Mapping[str, str]
    saved: bool = False


class Signup:
    """Draws whole documents."""

    def __init__(self, words: Words, shell: Shell, *, base: str, here: str, site: str, tree: str) -> None:
        """Draw in `shell`, that of the page's own sign-up page in the language of `words`.

        `base` is the application, `here` what it says in this language; `site` is the status page, `tree` what it has
        in this language.
        """
        self._words = words
        parts = tuple(moved(part, base, here, site, tree) for part in shell.parts)
        self._shell = Shell(shell.kind, parts, shell.digest)
        self._environment = Environment(
            loader=FileSystemLoader(FORMS),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals["say"] = words.say

    def subscribe(self, form: SubscribeForm) -> bytes:
        """Draw the form at the front."""
        return self._draw("subscribe", self._words.say("signup.title"), form)

    def note(self, note: Note) -> bytes:
        """Draw a page that says something."""
        return self._draw("note", note.title, note)

    def manage(self, form: ManageForm) -> bytes:
        """Draw a subscription."""
        return self._draw("manage", self._words.say("signup.manage"), form)

    def _draw(self, name: str, title: str, view: object) -> bytes:
        body = Markup(self._environment.get_template(f"{name}.html").render(v=view))
        lede = self._words.say("signup.lede")
        return self._shell.page(Page(kind="subscribe", place="subscribe/", title=title, description=lede, body=body))


def moved(part: bytes, base: str, here: str, site: str, tree: str) -> bytes:
    """Return a piece of a document one level below the root of a language's `tree` as it stands on another host.

    Styles and pictures come from the application at `base`, which stands at `here` in this language; links lead to the
    page at `site`, and scripts stay away with the place where they would speak.
    """

    def lead(found: re.Match[bytes]) -> bytes:
        name, up, rest = found.groups()
        root = site if up.startswith(b"../..") else tree
        to = here if up == b"./" else base if rest.startswith(b"assets/") else root
        return b'%s="%s%s' % (name, to.encode(), rest)

    part = _ALTERNATE.sub(b"", _LIVE.sub(b"", _SCRIPT.sub(b"", part)))
    part = part.replace(b"</head>", f'<link rel="stylesheet" href="{base}assets/signup.css">\n</head>'.encode())
    return _ADDRESS.sub(lead, part)


def choices(entries: Iterable[tuple[str, str]], chosen: Iterable[str]) -> tuple[Choice, ...]:
    """Return `entries`, values with their words, those in `chosen` marked."""
    marked = frozenset(chosen)
    return tuple(Choice(value=value, text=text, chosen=value in marked) for value, text in entries)
