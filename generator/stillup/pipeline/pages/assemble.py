"""Everything beside the incidents' own pages, from what the index keeps: only what this run may change is drawn."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property, lru_cache, partial
from pathlib import Path

from jinja2 import BytecodeCache

from stillup.api.headers import headers
from stillup.api.incident import incident
from stillup.api.listing import LIMIT, listing
from stillup.api.maintenance import maintenances
from stillup.api.schema import schemas
from stillup.api.uptime import days, days_path, uptime
from stillup.api.vendor import vendors
from stillup.artifact import Artifact
from stillup.pipeline.event_log.chain import Chain
from stillup.pipeline.pages.annals import Annals
from stillup.pipeline.pages.chronicle import chronicle
from stillup.pipeline.pages.frontage import Frontage
from stillup.pipeline.pages.outlook import outlooks
from stillup.pipeline.pages.syndication import Syndication
from stillup.pipeline.pages.timetable import PAST_MAINTENANCES, timetable
from stillup.pipeline.reading.almanac import Almanac
from stillup.pipeline.reading.gather import known_record
from stillup.pipeline.reading.gathered import Gathered
from stillup.pipeline.reading.story import Told, tell
from stillup.pipeline.tree.heartbeat import heartbeat
from stillup.pipeline.tree.manifest import Manifest
from stillup.pipeline.tree.movement import Movement
from stillup.pipeline.tree.standing import Standing
from stillup.pipeline.tree.tree import digest
from stillup.records.component import Component
from stillup.records.index import Index
from stillup.records.story import Story
from stillup.site import search
from stillup.site.badge import badges
from stillup.site.embed import embeds
from stillup.site.frame import Frame
from stillup.site.lite import lite_page
from stillup.site.page import Page, Pages
from stillup.site.security import security_txt
from stillup.timeline import keeping as courses
from stillup.timeline.course import Course
from stillup.views.banner import overall_state
from stillup.views.board import Board, with_days
from stillup.views.component import component_page
from stillup.views.document import IncidentDocument, Roster, UptimeBook
from stillup.views.document_keeping import from_text
from stillup.views.document_keeping import to_text as to_line
from stillup.views.edition import Edition
from stillup.views.home import home
from stillup.views.incident import IncidentView
from stillup.views.keeping import headline_from
from stillup.views.listing import Headline
from stillup.views.lite import lite
from stillup.views.outlook import Outlook
from stillup.views.page import Home, MaintenancePage
from stillup.views.plan import maintenance_page
from stillup.views.roster import roster
from stillup.views.subscribe import subscribe_page
from stillup.views.supplier import remark, suppliers
from stillup.views.table import uptime_page
from stillup.views.uptime_document import days_document, has_days, uptime_book
from stillup.vocabulary import Kind

EVENTS = 50
"""How many incidents and maintenances a component's page lists; older ones stand in the history."""

_HELD = 3_000
"""How many headlines are held: several pages name the newest, and each of a long history stands on one or two."""

DAY = 86_400
_course = lru_cache(maxsize=64)(courses.from_text)
"""What holds a thousand components stands on the page of each, and is read once."""


@dataclass(kw_only=True)
class Assembly:
    """The pages and files that tell of more than one record."""

    root: Path
    site: Path
    moved: Movement
    published: Manifest
    edition: Edition
    index: Index
    gathered: Gathered
    draw: Pages
    frame: Frame
    overrides: tuple[Path, ...]
    chain: Chain
    cache: BytecodeCache
    """Of the templates beside those of pages, which are compiled in another way."""

    present: Callable[[str], bool]
    """Whether a file stands at a path of the site."""

    main: bool = True
    """Whether this is the tree of the main language, which alone has what machines read."""

    whole: bool = True
    """Whether to draw every page, because nothing that stands can be trusted to be current."""

    _headlines: dict[str, Headline] = field(default_factory=dict)

    @cached_property
    def _standing(self) -> Standing:
        return Standing(self.index, self.present, whole=self.whole)

    @cached_property
    def _annals(self) -> Annals:
        return Annals(
            edition=self.edition,
            index=self.index,
            draw=self.draw,
            touched=self.gathered.days,
            listed=self._listed,
            whole=self.whole,
        )

    def pages(self) -> Iterator[Page]:
        """Return every page that may have changed."""
        edition, headlines = self.edition, self._near
        yield self.draw.home(self.front)
        for component in self._components:
            if component.id in self._changed:
                stories = tuple(self.index.holding(component.id, EVENTS))
                went = tuple(_course(story.course) for story in stories)
                board = replace(self.board, courses={component.id: went})
                known = headlines | self._listed(stories)
                yield self.draw.component(component_page(edition, board, component, known, self.coming))
        yield self.draw.uptime(uptime_page(edition, self._book))
        yield self.draw.maintenance(self.works)
        yield self.draw.subscribe(subscribe_page(edition, ("atom", "rss", "calendar")))
        yield from self._annals.pages()

    def standing(self) -> Iterator[str]:
        """Return the paths of pages and files that exist, were not made again, and must stay."""
        yield from self._standing.paths
        for each in self._components:
            if each.id not in self._changed:
                yield f"components/{each.id}/index.html"
                if self.main and has_days(self.edition, each):
                    yield days_path(each.id)
        yield from self._annals.standing()

    def artifacts(self, frontage: Frontage) -> Iterator[Artifact]:
        """Return every file that may have changed."""
        edition = self.edition
        yield from Syndication(
            edition=edition,
            index=self.index,
            moved=self.moved,
            standing=self._standing,
            site=self.site,
            tell=self.tell,
            document=self._document,
            whole=self.whole,
            head=self.chain.head,
        ).artifacts()
        yield from self.published.parts(self.moved, self._standing)
        yield from self._beside()
        trees = [each.at for each in self.frame.tongues if each.at]
        yield from self._annals.sitemaps(trees, main=self.main)
        yield from self._badges()
        yield from self._search(frontage)
        if not self.main:
            return
        years = {month.year for month in self._annals.months}
        yield from chronicle(edition, self.moved, self._standing, years, self.published.published)
        yield from self._api()
        yield heartbeat(edition, self.index, self.chain.head)
        yield headers(frontage.published())
        if contact := edition.settings.security:
            yield security_txt(contact, edition.at, edition.settings.site_url, edition.words.language)

    @cached_property
    def front(self) -> Home:
        """The home page as a view."""
        return home(self.edition, self.board, self.open_views, self._near, self.coming)

    @property
    def works(self) -> MaintenancePage:
        """The maintenance page as a view."""
        past = self._listed(self.index.past(Kind.MAINTENANCE, PAST_MAINTENANCES))
        return maintenance_page(self.edition, self.open_views, past.values())

    @property
    def _components(self) -> tuple[Component, ...]:
        return self.edition.components.components

    @cached_property
    def board(self) -> Board:
        """The state and the days of every component."""
        almanac = Almanac(self.edition, self.index, self.gathered.spans)
        days = {each.id: almanac.days(each) for each in self._components}
        return with_days(self.edition, self._went.values(), days)

    @cached_property
    def _went(self) -> dict[str, Course]:
        """The courses that the board is made of: all that are open or touched the last day."""
        at = int(self.edition.at.timestamp())
        stories = {story.id: story for story in (*self.index.touching(at - DAY, at), *self.index.opened())}
        return {id: courses.from_text(stories[id].course) for id in sorted(stories)}

    @cached_property
    def coming(self) -> tuple[Outlook, ...]:
        """The page at the next instants at which the clock opens or ends a window; none for a stated instant."""
        return outlooks(self.edition, self._open, self._went, self.board.days)

    @cached_property
    def _changed(self) -> Mapping[str, str]:
        """The components whose page may read differently than it stands, each with what it is drawn from."""
        edition, board, found = self.edition, self.board, {}
        for each in self._components:
            day = board.days[each.id][-1]
            today = (edition.today, day.known, day.seconds[1:], day.causes, day.ongoing)
            ahead = [(then.edition.at, then.board.now[each.id]) for then in self.coming]
            said = remark(edition, each)
            drawn = f"{today} {each!r} {said!r} {board.now[each.id]!r} {ahead} {self.index.note(f'days/{each.id}')}"
            basis = digest(drawn.encode())
            if self.whole or each.id in self.gathered.spans or self.index.note(f"drawn/{each.id}") != basis:
                found[each.id] = basis
        return found

    @cached_property
    def open_views(self) -> tuple[IncidentView, ...]:
        """Everything that is not over."""
        return tuple(each.view for each in self._open if each.view is not None)

    @cached_property
    def _open(self) -> tuple[Told, ...]:
        return tuple(self.tell(story.id) for story in self.index.opened())

    @cached_property
    def _near(self) -> dict[str, Headline]:
        """What the home page names: everything behind a bad day of its bars, and the last fortnight."""
        today, count = self.edition.today, self.edition.settings.history_days
        ids = {id for each in self._components for day in self.board.last(each.id, count) for id in day.causes}
        recent = self.index.listed((today - timedelta(days=15)).isoformat(), today.isoformat())
        return self._listed(self.index.some(sorted(ids))) | self._listed(recent) | self._listed(self.index.opened())

    def _listed(self, stories: Iterable[Story]) -> dict[str, Headline]:
        found = {}
        for story in stories:
            found[story.id] = known = self._headlines.get(story.id) or headline_from(story.headline)
            if len(self._headlines) < _HELD:
                self._headlines[story.id] = known
        return found

    def _api(self) -> Iterator[Artifact]:
        """The API's documents of the whole page, everything open and the newest of what is over."""
        documents, who = self.documents, self._roster
        yield from listing(who, documents)
        yield maintenances(documents, who.page)
        book, changed = self._book, self._changed
        yield uptime(book)
        yield from days(book, [days_document(self.board, each) for each in book.components if each.id in changed])
        yield vendors(suppliers(self.edition))
        yield from schemas()

    @cached_property
    def _book(self) -> UptimeBook:
        return uptime_book(self.edition, self.board)

    def _badges(self) -> Iterator[Artifact]:
        who, book = roster(self.edition, self.board), self._book
        overall = overall_state(self.edition, self.board)
        words, name, settings = self.edition.words, self.edition.masthead.site_name, self.edition.settings
        shown = [(each.id, each.name, each.status) for each in who.by_id.values()]
        figures = [(each.id, each.name, each.current, each.shares) for each in book.components]
        yield from self._standing.kept(
            "badges",
            [overall, shown, figures],
            lambda: badges(who, book, overall, words, name, settings.history_days, settings.brand),
        )

    def _beside(self) -> Iterator[Artifact]:
        """Calendars, what other pages embed, and the page as text alone."""
        yield from timetable(self.edition, self.index, self._standing, self.tell)
        yield from embeds(self.frame, self.front, self.overrides, cache=self.cache)
        seen = partial(lite, self.edition, self.board, self.front)
        yield lite_page(self.frame, seen, self.overrides, cache=self.cache)

    def open_documents(self) -> dict[str, Artifact]:
        """Return by id the document of every open record, with its components as they are now."""
        return {each.id: incident(each, self._roster) for each in self.documents if each.open and self.main}

    @cached_property
    def documents(self) -> tuple[IncidentDocument, ...]:
        """Everything open, and the newest of what is over."""
        return tuple(self._documents())

    @cached_property
    def _roster(self) -> Roster:
        return roster(self.edition, replace(self.board, courses=self._newest_courses()), self.documents)

    def _newest_courses(self) -> dict[str, tuple[Course, ...]]:
        """Return by component the courses behind its newest bad day: when it changed last stands in them."""
        causes = {
            each.id: next((day.causes for day in reversed(self.board.days[each.id]) if day.causes), ())
            for each in self._components
        }
        stories = self.index.some(sorted({id for ids in causes.values() for id in ids}))
        known = {story.id: courses.from_text(story.course) for story in stories}
        return {id: tuple(known[cause] for cause in ids if cause in known) for id, ids in causes.items()}

    def _documents(self) -> Iterator[IncidentDocument]:
        stories = {story.id: story for story in self.index.opened()}
        for kind in Kind:
            stories |= {story.id: story for story in self.index.resolved(kind, LIMIT)}
        for story in stories.values():
            yield self._document(story)

    def _document(self, story: Story) -> IncidentDocument:
        if known := self.index.made(story, "document"):
            return from_text(known)
        made = self.tell(story.id).document()
        self.index.remember(story, "document", to_line(made))
        return made

    def _search(self, frontage: Frontage) -> Iterator[Artifact]:
        """What MkDocs found in the Markdown pages of this tree, with the newest incidents."""
        found = frontage.static / "search" / "search_index.json"
        if "search" in self.frame.offers and found.is_file():
            trees = [each.at for each in self.frame.tongues if each.at]
            newest = self._listed(self.index.begun(search.NEWEST)).values()
            yield search.index(found.read_bytes(), self.frame.at, trees, newest)

    def tell(self, id: str) -> Told:
        """Return all that is told of a record."""
        known = self.gathered.told.get(id) or self.gathered.recent.get(id)
        if known is not None:
            return known
        record = self.gathered.rescued.get(id) or known_record(self.root, self.edition, self.index, id)
        return tell(self.edition, record)

    def remember(self) -> None:
        """Note for the next run what this one made."""
        self._annals.remember()
        for id, basis in self._changed.items():
            self.index.keep(f"drawn/{id}", basis)
