"""One run over one page: open what is known, read what changed, write what follows from it."""

import gc
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.pipeline.building.compiled import Compiled
from stillup.pipeline.building.outcome import Built
from stillup.pipeline.event_log.chain import Chain
from stillup.pipeline.git.commit import commit
from stillup.pipeline.links.link import Link, dead, dead_in, followed, of_mkdocs
from stillup.pipeline.links.place import Places
from stillup.pipeline.pages.frontage import Frontage
from stillup.pipeline.pages.leaf import Leaf, leaf
from stillup.pipeline.reading import looks
from stillup.pipeline.reading.basis import basis, whole
from stillup.pipeline.reading.gather import gather, known_record
from stillup.pipeline.reading.gathered import Gathered, Read
from stillup.pipeline.reading.spool import Spool
from stillup.pipeline.reading.story import Told
from stillup.pipeline.reading.tongue import is_reviewed, tongues
from stillup.pipeline.tree.manifest import Manifest
from stillup.pipeline.tree.movement import Movement
from stillup.pipeline.tree.stage import Stage, unfinished
from stillup.pipeline.tree.tree import Tree
from stillup.records import configuration, store
from stillup.records.incident import Incident
from stillup.records.index import Index
from stillup.records.vault import DAMAGED, Damaged
from stillup.site.frame import Frame, Tongue
from stillup.site.page import Pages
from stillup.site.shell import Shell
from stillup.views.edition import Edition
from stillup.views.roster import roster

if TYPE_CHECKING:
    from stillup.pipeline.building.translated import Translated
    from stillup.pipeline.pages.assemble import Assembly
    from stillup.pipeline.reading.rescue import Rescue

Answer = TypeVar("Answer")

DAMAGE = (Damaged, sqlite3.DatabaseError, UnicodeDecodeError)
"""What a damaged index raises: it is thrown away and made again, once."""

_HEARTBEAT = "heartbeat.json"


class Run:
    """The state of one run. Use as a context manager; only `write` changes anything that stays."""

    def __init__(
        self,
        root: Path,
        *,
        at: datetime,
        site_dir: Path,
        work: Path,
        live: bool = True,
        offline: bool = False,
        keep_last_good: bool = False,
    ) -> None:
        """Read the settings and components of the page at `root`.

        `offline`: links lead to files, for readers without a web server.
        `live` is false where `at` was stated and is not simply now: then no script speaks of the present.
        `keep_last_good`: a broken record is taken as of the newest commit in which it was sound.
        `work` is a folder of our own for what is kept between runs; it is safe to delete.

        Raises:
            RecordError: settings or components cannot be used.
        """
        self.root, self.site_dir, self.work, self.offline = root, site_dir, work, offline
        settings, problems = configuration.settings(root)
        components, more = store.components(root)
        self._rescue = _rescue(root) if keep_last_good else None
        if self._rescue is not None:
            components, more = self._rescue.components(components, more)
        misplaced = store.misplaced(root)
        if any(each.code == "link" for each in misplaced):
            raise RecordError([*problems, *more, *misplaced])  # what it leads to is not even read
        words, unspoken = looks.words(root, settings.languages)
        self._problems = [
            *problems,
            *more,
            *unspoken,
            *misplaced,
            *looks.of_colours(root, settings),
            *looks.of_logo(root, settings),
            *looks.of_wording(root / "messages"),
        ]
        self.edition = Edition(
            settings=settings,
            components=components,
            words=words,
            tag=settings.languages[0],
            zone=ZoneInfo(settings.timezone),
            at=at,
            commit=commit(root),
            live=live,
        )
        self.chain = Chain(settings.ledger, root)
        used = {"the use of --at": "" if live else "as-of", "the use of --offline": "offline" if offline else ""}
        self.parts = basis(root, settings, components) | used
        self.basis = whole(self.parts)
        self._begin()

    def _begin(self) -> None:
        """Know nothing of the records yet."""
        self._index: Index | None = None
        self._spool: Spool | None = None
        self._stood = (self.site_dir / "index.html").exists()
        self._gathered = Gathered()
        self._links: list[Link] = []
        self._lost: list[Link] = []
        self.warnings: tuple[Problem, ...] = ()

    @property
    def gathered(self) -> Gathered:
        """What `read` found."""
        return self._gathered

    def mended(self, ask: Callable[[], Answer]) -> Answer:
        """Return what `ask` says; of a damaged index it is asked once more, when the index has been made again."""
        try:
            return ask()
        except DAMAGE:
            self.gather_again(DAMAGED)
            return ask()

    @property
    def keeps_last_good(self) -> bool:
        """Whether one broken record must not stop what the others tell."""
        return self._rescue is not None

    @property
    def index(self) -> Index:
        """What is known of the records, opened when first asked for."""
        if self._index is None:
            self._index = Index(self.work / "index.sqlite", self.basis, self.parts)
        return self._index

    def __enter__(self) -> "Run":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in (*self.__dict__.get("trees", ()), self) if isinstance(error, Damaged) else ():
            each.index.discard()
        self.close()
        if isinstance(error, Damaged):
            raise StillupError(
                "What is kept between runs was damaged, and was thrown away. Run the command again."
            ) from None

    def close(self) -> None:
        """Drop what was not saved."""
        for tree in self.__dict__.get("trees", ()):
            tree.close()
        if self._index is not None:
            self._index.close()
        if self._spool is not None:
            self._spool.close()
        self.chain.close()

    def frame(self) -> Frame:
        """Return what the templates of shell and pages share."""
        settings = self.edition.settings
        return Frame(
            words=self.edition.words,
            masthead=self.edition.masthead,
            offers=frozenset({"search"}) & configuration.plugins(self.root) | {"calendar"},
            days=settings.history_days,
            live=settings.live,
            logo=settings.logo,
            signup=f"{base}?incident=" if (base := settings.serve.base) else "",
            tongues=self._tongues,
            unreviewed=not is_reviewed(settings, self.edition.tag),
            reviewed=next((each for each in self._tongues if is_reviewed(settings, each.tag)), None),
        )

    @cached_property
    def trees(self) -> tuple["Translated", ...]:
        """The page in each of its other languages, a tree of its own below this one."""
        if not (others := self.edition.settings.languages[1:]):
            return ()
        from stillup.pipeline.building.translated import Translated

        return tuple([Translated(self, tag) for tag in others])

    @cached_property
    def _tongues(self) -> tuple[Tongue, ...]:
        return tongues(self.edition.settings.languages)

    def _overrides(self) -> tuple[Path, ...]:
        overrides = self.root / "site_overrides"
        return (overrides,) if overrides.is_dir() else ()

    def pages(self) -> Pages:
        """Return what draws page bodies."""
        return Pages(self.frame(), self._overrides(), cache=self._compiled("body"))

    def _compiled(self, kind: str) -> Compiled:
        """Return where templates are kept once they are compiled, by the `kind` of environment that does so."""
        cache = self.work / "templates"
        cache.mkdir(parents=True, exist_ok=True)
        return Compiled(cache, kind)

    def read(self, more: Iterable[Problem] = ()) -> None:
        """Read every record that changed, or that the clock has moved; `more` is known to be wrong already.

        Raises:
            RecordError: with every problem of every file, when one is an error; nothing is kept then.
        """
        self._pages, self._still = self.pages(), roster(self.edition)
        try:
            self._gather()
            links = self._dead_links()
        except DAMAGE:
            self.index.forget(DAMAGED)
            self._gather()
            links = self._dead_links()
        problems = [*self._problems, *self._gathered.problems, *links, *more]
        if not any(problem.level is Level.ERROR for problem in problems):
            for tree in self.trees:
                tree.read()
                problems += [each for each in tree.dead_links() if each not in problems]
        if any(problem.level is Level.ERROR for problem in problems):
            raise RecordError(problems)
        self.warnings = tuple(sorted(problems))

    def _gather(self) -> None:
        if self._spool is not None:
            self._spool.close()
        self._spool = Spool()
        # Ten thousand records make many small objects and no cycles: looking for some costs a quarter of the time.
        gc.disable()
        try:
            self._gathered = gather(
                self.root, self.edition, self.index, self._spool, self._parts, self._rescue, self._known()
            )
        finally:
            gc.enable()
        self._links = followed(self.edition, self.index, self._gathered)

    def _dead_links(self) -> list[Problem]:
        """Return a problem for each link from a text to the site that leads nowhere."""
        from stillup.pipeline.links.dead_link import in_docs

        places = Places(self.root, self.edition, self.index, self._gathered.anchors)
        self._lost = dead(self._links, places, frozenset(self._gathered.broken))
        self._remember_lost()
        problems = self._problems_of(self._lost, places)
        return [*problems, *self._passed_over(in_docs(self.root, self.edition.settings.site_url, places))]

    def _remember_lost(self) -> None:
        self.index.keep("links/dead", "some" if self._lost else "")

    def _problems_of(self, links: Iterable[Link], places: Places) -> list[Problem]:
        from stillup.pipeline.links.dead_link import problem

        site_url = self.edition.settings.site_url
        return self._passed_over(problem(self.root, link, self.index, site_url, places) for link in links)

    def _passed_over(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return `problems` as warnings where a slip in one record must not stop another."""
        return [replace(each, level=Level.WARNING) if self._rescue is not None else each for each in problems]

    def _follow_into(self, frontage: Frontage) -> None:
        """Follow links to Markdown pages and files, which are known for sure once MkDocs has made them.

        Raises:
            RecordError: one of them leads nowhere.
        """
        links = [link for link in of_mkdocs(self._links) if link not in self._lost]
        if links:
            places = Places(self.root, self.edition, self.index, self._gathered.anchors)
            lost = dead_in(links, places, frontage.static, frontage.published())
            problems = self._problems_of(lost, places)
            if any(problem.level is Level.ERROR for problem in problems):
                raise RecordError(problems)
            self.warnings = tuple(sorted([*self.warnings, *problems]))

    def _known(self) -> Mapping[str, Read]:
        """Return records that were read already, by id."""
        return {}

    @property
    def read_records(self) -> Mapping[str, Read]:
        """Records that `read` has read, by id: not all of them where they were many."""
        return self._gathered.read

    def _parts(self, told: Told) -> tuple[bytes, ...]:
        assert told.view is not None
        return leaf(told, self._pages.incident(told.view), self._still).parts()

    def record(self, id: str) -> Incident:
        """Return the record of `id`, which `read` found sound."""
        known = self._gathered.rescued.get(id)
        return known or known_record(self.root, self.edition, self.index, id)

    def write(self, frontage: Frontage) -> Built:
        """Write everything that follows from the records into the site, with the shells and files of `frontage`.

        Raises:
            RecordError: a link leads to a Markdown page or an anchor of one that is not there.
            StillupError: a shell lacks a slot, or two pages share one address.
        """
        shells = frontage.shells()
        stage = Stage(unfinished(self.work))
        if stage.recover(self.site_dir):
            for each in (*self.trees, self):
                each.gather_again("an earlier run was ended while it wrote the page")
        try:
            seal = self.mended(lambda: self._put(frontage, shells, stage))
        except BaseException:
            stage.drop()
            raise
        # The main tree's heartbeat comes last: it says that all of it is there.
        stage.switch(f"{self.site_dir}/{_HEARTBEAT}")
        built = seal()
        stage.done()
        return built

    def _put(self, frontage: Frontage, shells: Mapping[str, Shell], stage: Stage) -> Callable[[], Built]:
        """Put everything on `stage`; return what keeps that it is done, once all of it stands in its place."""
        from stillup.pipeline.building.writing import Writing  # all outputs, which a check has no use for

        self._follow_into(frontage)
        beside = [tree.staged(frontage, stage) for tree in self.trees]
        writing = Writing(self, frontage, shells, stage)
        seal = writing.put(self._kept_of(frontage))
        self.manifest = writing.manifest
        return lambda: seal([each() for each in beside])

    def _kept_of(self, frontage: Frontage) -> Iterable[str]:
        """Return the files of `frontage` that stand in this tree and another run has put there."""
        return ()

    def assembly(self, tree: Tree, moved: Movement, published: Manifest, *, whole: bool = True) -> "Assembly":
        """Return what draws the pages that tell of more than one record, the `whole` of them; only after `read`."""
        from stillup.pipeline.pages.assemble import Assembly

        return Assembly(
            site=self.site_dir,
            moved=moved,
            published=published,
            root=self.root,
            edition=self.edition,
            index=self.index,
            chain=self.chain,
            gathered=self._gathered,
            draw=self._pages,
            frame=self.frame(),
            overrides=self._overrides(),
            cache=self._compiled("plain"),
            present=tree.has,
            main=not self.edition.main,
            whole=whole,
        )

    def copied(self) -> "Assembly":
        """Return the same for a copy of the page that is written elsewhere; only after `read`."""
        moved = Movement(self.index, self._gathered.before, fresh=self._gathered.fresh)
        return self.assembly(Tree(self.site_dir, Stage()), moved, Manifest(self.index, lambda _: b""))

    @property
    def anew(self) -> str:
        """Why everything was told anew, where it was and the page stood before; else nothing."""
        return self.index.anew if self._stood else ""

    def gather_again(self, why: str) -> None:
        """Tell every record anew; `why` says what for."""
        # Not row by row: until they are saved, SQLite would hold all that went in memory.
        self.index.forget(why)
        self._gather()
        self._remember_lost()

    def leaves(self) -> Iterator[Leaf]:
        """Yield what was told of each record since it was last written."""
        assert self._spool is not None
        return (Leaf.of(parts) for parts in self._spool)


def _rescue(root: Path) -> "Rescue":
    """Return what looks for sound versions of broken records; few runs need it."""
    from stillup.pipeline.reading.rescue import Rescue

    return Rescue(root)
