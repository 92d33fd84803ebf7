"""Every feed but those of single records: only those with an entry that moved are drawn again."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from stillup.artifact import Artifact
from stillup.feeds.archive import archive, shelf
from stillup.feeds.feed import LIMIT, component_feeds, feeds, kind_feeds
from stillup.feeds.fragment import Fragment, cut, fragment
from stillup.feeds.history import history_feeds
from stillup.feeds.volume import Shelf, beside
from stillup.pipeline.reading.story import Told
from stillup.pipeline.reading.teller import ENTRIES
from stillup.pipeline.tree.movement import Movement
from stillup.pipeline.tree.standing import Standing
from stillup.pipeline.tree.tree import digest
from stillup.records.extract import Extract
from stillup.records.index import Index
from stillup.records.story import Story
from stillup.views.document import IncidentDocument
from stillup.views.edition import Edition
from stillup.views.event_log import Head
from stillup.views.keeping import keep_entries, kept_entries
from stillup.views.listing import Entry
from stillup.views.roster import page
from stillup.vocabulary import Kind

_VOLUMES = "volumes"
_LOGGED = "feeds/head"


@dataclass(kw_only=True)
class Syndication:
    """Draws from what the index keeps, and from the records' own feeds, where all their entries stand already."""

    edition: Edition
    index: Index
    moved: Movement
    standing: Standing
    site: Path
    tell: Callable[[str], Told]
    document: Callable[[Story], IncidentDocument]
    whole: bool
    head: Head | None = None
    """Of the event log, where there is one."""

    _entries: dict[str, tuple[Entry, ...]] = field(default_factory=dict)

    def artifacts(self) -> Iterator[Artifact]:
        """Yield every feed that may have changed."""
        edition, moved, standing = self.edition, self.moved, self.standing
        masthead, at = edition.masthead, edition.at
        volumes = shelf(masthead, moved.counts, at)
        known = Shelf(json.loads(self.index.note(_VOLUMES) or "{}"))
        turned = known.newest != volumes.newest
        logged = self.index.note(_LOGGED) != repr(self.head)
        yield from standing.unless(
            moved.feeds or turned or logged,
            "feeds",
            lambda: feeds(masthead, self._newest(), at, archive=volumes.newest, head=self.head),
        )
        self.index.keep(_LOGGED, repr(self.head))
        for kind in Kind:
            yield from standing.unless(
                kind in moved.kinds,
                f"feeds/{kind}",
                partial(self._of_kind, kind),
            )
        for id in edition.order:
            yield from standing.unless(
                id in moved.components,
                f"feeds/of/{id}",
                partial(self._of_component, id),
            )
        if not edition.main:  # what has Statuspage's shape is in the main language alone, as the API is
            yield from standing.unless(moved.feeds or bool(moved.years or moved.months), "feeds/history", self._history)
        yield from self._archives(volumes, known)
        self.index.keep(_VOLUMES, json.dumps(volumes.counts))

    def _newest(self, kind: str = "", component: str = "") -> list[Entry]:
        stories = list(self.index.newest(LIMIT, kind, component))
        return [entry for story in stories for entry in self._of(story)]

    def _of(self, story: Story) -> tuple[Entry, ...]:
        if story.id not in self._entries:
            if known := self.index.made(story, ENTRIES):
                found = kept_entries(known)
            else:
                found = self.tell(story.id).entries()
                self.index.remember(story, ENTRIES, keep_entries(found))
            self._entries[story.id] = found
        return self._entries[story.id]

    def _history(self) -> Iterable[Artifact]:
        documents = [self.document(story) for story in list(self.index.newest(LIMIT))]
        return history_feeds(documents, page(self.edition), self.edition.at)

    def _archives(self, volumes: Shelf, known: Shelf) -> Iterator[Artifact]:
        """Yield the volumes of every month that changed, and of the neighbours of one that has other volumes now."""
        changed = volumes.changed(known)
        dirty = self.moved.spoken | (beside(self.moved.counts, changed) if changed else frozenset())
        for month in volumes.counts:
            yield from self.standing.unless(
                month in dirty,
                f"volumes/{month}",
                partial(self._volumes_of, month, volumes),
            )

    def _of_kind(self, kind: Kind) -> Iterable[Artifact]:
        edition = self.edition
        return kind_feeds(edition.masthead, edition.words, kind, self._newest(kind), edition.at)

    def _of_component(self, id: str) -> Iterable[Artifact]:
        edition, entries = self.edition, self._newest(component=id)
        return component_feeds(edition.masthead, edition.words, id, edition.name(id), entries, edition.at)

    def _volumes_of(self, month: str, volumes: Shelf) -> Iterable[Artifact]:
        return archive(self.edition.masthead, volumes, month, self._spoken_in(month), self.edition.at)

    def _spoken_in(self, month: str) -> list[Fragment]:
        return [each for extract in self.moved.shelf.spoken_in(month) for each in self._fragments(extract)]

    def _fragments(self, extract: Extract) -> Iterable[Fragment]:
        """Return all entries of a record from its own feed; where somebody changed that, from the record."""
        try:
            with open(f"{self.site}/incidents/{extract.id}/feed.atom", "rb", buffering=0) as file:
                body = file.readall()
        except FileNotFoundError:
            body = b""
        if digest(body) == extract.feed:
            return cut(body.decode())
        masthead, at = self.edition.masthead, self.edition.at
        return [fragment(masthead, each) for each in self.tell(extract.id).entries() if each.published <= at]
