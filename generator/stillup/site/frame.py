"""What the templates of the shell see as `stillup`: words, masthead and the calm line."""

from collections.abc import Collection
from typing import Protocol

from stillup.frozen import dataclass
from stillup.site.drawing import calm
from stillup.views.masthead import Masthead


class Words(Protocol):
    """Every fixed word a reader sees, in one language."""

    def say(self, key: str, /, **values: object) -> str:
        """Return the words for `key` with `values` put in."""

    def called(self, code: str) -> str:
        """Return what a language is called in this one."""

    @property
    def direction(self) -> str:
        """How the language is written: `ltr` or `rtl`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """One language of the page, for readers who look for theirs."""

    tag: str
    name: str
    """As those call it who speak it."""

    direction: str
    at: str
    """Where its tree begins below the site's root: empty for the main language, else `es/`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The head and foot that all pages share. Nothing here changes from one build to the next."""

    words: Words
    masthead: Masthead
    offers: Collection[str] = frozenset()
    """What the site has beside its pages: `search`, `calendar`."""

    days: int = 90
    """How many days the bars show."""

    def say(self, key: str, /, **values: object) -> str:
        """Return the words for `key`."""
        return self.words.say(key, **values)

    live: bool = True
    """Whether open pages follow what is published."""

    signup: str = ""
    """Where people subscribe to one incident: an address that its id is appended to; empty where nobody can."""

    at: str = ""
    """Where the tree of this language begins below the site's root: empty for the main language, else `es/`."""

    tongues: tuple[Tongue, ...] = ()
    """All languages of the page, the main one first; empty where there is but one."""

    unreviewed: bool = False
    """Whether nobody has reviewed the words of this language yet."""

    reviewed: Tongue | None = None
    """The first of `tongues` whose words somebody has reviewed, for readers of one where nobody has."""

    logo: str = ""
    """A picture below the theme's folder, in place of the mark."""

    def shared(self, place: str) -> str:
        """Return the way from the root of this language's tree to what all languages share, such as `assets/x.css`."""
        return "../" * self.at.count("/") + place

    @property
    def support(self) -> str:
        """Where to ask for help: a page, else a mail address; empty where neither is known."""
        masthead = self.masthead
        return masthead.support_url or (f"mailto:{masthead.support_email}" if masthead.support_email else "")

    @property
    def calm(self) -> str:
        """The calm line, which every row of bars shares."""
        return calm(self.days)
