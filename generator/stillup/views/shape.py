"""The small shapes every public view is built of. All words and times in them are final, all HTML is safe.

Places are paths below the site's root without a leading slash (`incidents/x/`, `incidents/x/#y`, empty for home);
whoever prints one makes it relative to its page, or absolute.
"""

from datetime import datetime

from markupsafe import Markup

from stillup.frozen import dataclass
from stillup.views.plain import texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """An instant for machines and in words."""

    iso: str
    """RFC 3339 in UTC (`2026-11-20T10:05:00Z`), or a date (`2026-11-20`) for a whole day."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state as shape, colour and word."""

    key: str
    """ok, degraded, partial, major, maint or none: the shape and the colour."""

    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Somewhere to go."""

    place: str
    """A place below the root, or an absolute address."""

    text: str
    language: str = ""
    """The language of the words where it is not the reader's."""


class Body:
    """One Markdown text in its safe forms; links in all of them are absolute."""

    __slots__ = ("_texts", "html", "language")

    def __init__(self, *, html: Markup, text: str | None = None, line: str = "", language: str = "") -> None:
        """Keep the HTML; text and line are read out of it when somebody asks, where they are not given.

        Most updates of a history are only ever shown as HTML.
        """
        self.html = html
        self.language = language
        """The language of the text where it is not the reader's; then the HTML and the text say so."""

        self._texts = None if text is None else (text, line)

    @property
    def text(self) -> str:
        """Plain text, paragraphs divided by an empty line."""
        return self._forms()[0]

    @property
    def line(self) -> str:
        """The first sentence or so in one line, for descriptions and previews."""
        return self._forms()[1]

    def _forms(self) -> tuple[str, str]:
        if self._texts is None:
            self._texts = texts(self.html)
        return self._texts

    def __eq__(self, other: object) -> bool:
        """Return whether all forms are the same."""
        return isinstance(other, Body) and (self.html, *self._forms()) == (other.html, *other._forms())

    def __hash__(self) -> int:
        """Return the hash of the HTML."""
        return hash(self.html)

    def __repr__(self) -> str:
        """Return the HTML, which tells the rest."""
        return f"Body(html={self.html!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A label and what is known under it."""

    key: str
    """since, affected, who, workaround, data, began, ended, impact, next ...: stable word for styles and tests."""

    label: str
    html: Markup
    text: str
    language: str = ""
    """The language of the text where it is not the reader's; then the HTML says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """Components that are in one state through an incident, worst state first in a list of these."""

    state: State
    names: tuple[str, ...]
    ids: tuple[str, ...]
    short: str = ""
    """The first names and how many more, where all of them would keep a reader from what stands below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """When the next update comes, or since when it is overdue."""

    due: datetime
    time: Time
    late: bool
    live: bool = True
    """Whether the page is of the present, so that a script may say when the time has passed. False in a page that
    was asked for as of a stated instant."""

    every: str
    """`30 minutes` where the promise was written as a duration, else empty."""
