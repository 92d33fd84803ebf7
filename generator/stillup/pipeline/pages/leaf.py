"""Everything that is made of one record alone: its page, its document, its feed, the addresses that lead to it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from stillup.api.history import line
from stillup.api.incident import incident, stub
from stillup.feeds.feed import incident_feed
from stillup.feeds.volume import counts
from stillup.frozen import dataclass
from stillup.pipeline.reading.story import Told
from stillup.pipeline.tree.tree import digest
from stillup.records.extract import Extract
from stillup.site.page import Page
from stillup.site.shell import Shell
from stillup.views.document import Roster


@dataclass(frozen=True, slots=True)
class Leaf:
    """Texts only, so that a whole history can wait on disk until everything is known to be sound.

    Long ones are in UTF-8, as they will be published.
    """

    id: str
    code: str
    """Of the API; empty in a tree without one."""

    formerly: str
    """Ids it had before, divided by spaces."""

    kind: str
    place: str
    title: str
    description: str
    line: str
    counts: str
    news: str
    year: str
    years: str
    components: str
    body: bytes
    document: bytes
    """Its document of the API; empty while it is open, since that shows the present state of components."""

    feed: bytes
    stub: bytes

    def parts(self) -> tuple[bytes, ...]:
        """Return it as bytes: the short texts in one, then the long ones. No text of a record holds U+001F."""
        return "\x1f".join(_SHORT(self)).encode("utf-8", "surrogatepass"), *_LONG(self)

    @classmethod
    def of(cls, parts: Sequence[bytes]) -> "Leaf":
        """Return the leaf that `parts` was asked of."""
        short, *long = parts
        texts: list[Any] = [*short.decode("utf-8", "surrogatepass").split("\x1f"), *long]
        return cls(*texts)

    @property
    def names(self) -> tuple[str, ...]:
        """What leads to it below `incidents/`, beside its id."""
        return (*([f"{self.code}.json"] if self.code else []), *self._leading)

    @property
    def _leading(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*([self.code] if self.code else []), *self.formerly.split()]))

    def files(self, shell: Shell) -> Iterator[tuple[str, bytes]]:
        """Yield path and bytes of each of its files, but for the document of an open record."""
        yield f"{self.place}index.html", shell.filled(self.place, self.title, self.description, self.body)
        yield f"{self.place}feed.atom", self.feed
        if self.document:
            yield f"incidents/{self.code}.json", self.document
        for name in self._leading:
            yield f"incidents/{name}/index.html", self.stub
        for name in self.formerly.split():
            yield f"incidents/{name}/feed.atom", self.feed  # a reader that follows it does not ask again where it went

    def extract(self, files: str) -> Extract:
        """Return what the index keeps of it."""
        return Extract(
            id=self.id,
            year=int(self.year),
            news=int(self.news),
            kind=self.kind,
            names=" ".join(self.names),
            years=self.years,
            components=self.components,
            line=self.line,
            counts=self.counts,
            feed=digest(self.feed),
            files=files,
        )


_SHORT: Callable[[Leaf], tuple[str, ...]] = attrgetter(*[each.name for each in fields(Leaf)[:-4]])
_LONG: Callable[[Leaf], tuple[bytes, ...]] = attrgetter(*[each.name for each in fields(Leaf)[-4:]])


def leaf(told: Told, page: Page, still: Roster) -> Leaf:
    """Return the leaf of a story that is public, with its `page`; `still` has components as a record leaves them.

    Only the tree of the main language has the API's documents.
    """
    assert told.view is not None and told.headline is not None and told.course is not None
    edition, document, entries = told.edition, told.document(), told.entries()
    masthead = edition.masthead
    feed = incident_feed(masthead, edition.words, document.id, document.title, entries, edition.at)
    news = [entry.published for entry in entries if entry.published <= edition.at]
    began = min([told.course.started, *[claim.start for claim in told.course.claims]])
    return Leaf(
        id=document.id,
        code="" if edition.main else document.code,
        formerly=" ".join(document.formerly),
        kind=document.kind,
        place=page.place,
        title=page.title,
        description=page.description,
        body=page.body.encode(),
        document=b"" if document.open or edition.main else incident(document, still).body,
        feed=feed.body,
        stub=stub(document, still.page).encode(),
        line=line(document, still.page).to_text(),
        counts=" ".join([f"{month}:{count}" for month, count in counts(entries, masthead, edition.at).items()]),
        news=str(int(max(news, default=datetime.fromtimestamp(0, UTC)).timestamp())),
        year=str(began.astimezone(UTC).year),
        years=" ".join(dict.fromkeys([str(day.year) for day in told.headline.days])),
        components=" ".join(told.view.component_ids),
    )
