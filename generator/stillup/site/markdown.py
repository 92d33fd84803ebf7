"""Markdown pages that people wrote, in the trees of the languages: `docs/es/about.md` is `docs/about.md` in Spanish.

Files and entries are those of MkDocs, whose names they keep; nothing here imports it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from stillup.frozen import dataclass
from stillup.site.frame import Tongue


class File(Protocol):
    """A file below `docs/`."""

    src_uri: str
    url: str
    page: "Item | None"


class Files(Protocol):
    """Those of the site."""

    def get_file_from_path(self, path: str) -> File | None:
        """Return the one below `docs/` with this name."""


class Item(Protocol):
    """An entry of the navigation: a page, a link, or a section with entries of its own."""

    title: str | None
    url: str
    canonical_url: str | None
    is_page: bool
    is_link: bool
    is_homepage: bool
    children: "Sequence[Item] | None"
    file: File
    meta: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the foot leads to."""

    title: str
    url: str
    """From the site's root, or whole."""

    language: str = ""
    """Its tag, where it is not that of the page it stands on."""


@dataclass(frozen=True, slots=True)
class Markdown:
    """The pages below `docs/`, by language."""

    files: Files
    tongues: Sequence[Tongue] = ()
    """All languages of the page, the main one first; empty where there is but one."""

    def versions(self, page: Item | None) -> Mapping[str, Item]:
        """Return the same page by the trees it stands in, itself among them; nothing for what is no such page."""
        if not self.tongues or not page or page.meta.get("stillup"):
            return {}
        name = page.file.src_uri.removeprefix(self._tree(page))
        found = ((each.at, self.files.get_file_from_path(f"{each.at}{name}")) for each in self.tongues)
        return {at: file.page for at, file in found if file and file.page}

    def listed(self, nav: Iterable[Item], at: str) -> Iterator[Entry]:
        """Yield what the foot of the tree at `at` leads to.

        What is not there in its language it shows in the page's first, and never what is in a third.
        """
        shown = set()
        for item in nav:
            for title, page in self._pages(item):
                if page.is_link:
                    yield Entry(title=title, url=page.url)
                    continue
                tree, versions = self._tree(page), self.versions(page)
                if tree not in {"", at}:
                    continue
                told = versions.get(at, page)
                if told.file.src_uri in shown:
                    continue
                shown.add(told.file.src_uri)
                language = self.tongues[0].tag if at and told is page and not tree else ""
                yield Entry(title=title if told is page else told.title or "", url=told.url, language=language)

    def _tree(self, item: Item) -> str:
        """Return where the tree that a page stands in begins: empty for the main one."""
        name = item.file.src_uri
        return next((each.at for each in self.tongues if each.at and name.startswith(each.at)), "")

    def _pages(self, item: Item) -> Iterator[tuple[str, Item]]:
        """Yield what an entry leads to: a section to its first page, the folder of a language to each of its pages."""
        inside = [each for each in item.children or [] if each.is_link or each.is_page]
        found = [(item.title or "", to) for to in inside[:1]] if item.children else [(item.title or "", item)]
        if inside and inside[0].is_page and self._tree(inside[0]):
            found = [(each.title or "", each) for each in inside]
        for title, to in found:
            if to.is_link or (to.is_page and not to.is_homepage and not to.meta.get("stillup")):
                yield title, to
