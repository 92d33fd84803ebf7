"""The page in another of its languages: a tree of its own below the main one, made by the same rules.

It has every page, feed, calendar and badge, and a search. What machines read is in the main tree alone: the API, the
heartbeat, robots.txt. Files of the theme are shared. An index of its own says what in this tree has to be made again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from stillup import catalogue
from stillup.errors import Problem
from stillup.pipeline.building.compiled import Compiled
from stillup.pipeline.building.outcome import Built
from stillup.pipeline.building.run import DAMAGE, Run
from stillup.pipeline.event_log.chain import Chain
from stillup.pipeline.links.link import dead
from stillup.pipeline.links.place import Places
from stillup.pipeline.pages.frontage import Frontage
from stillup.pipeline.reading.gathered import Read
from stillup.pipeline.reading.tongue import is_reviewed
from stillup.pipeline.tree.stage import Stage
from stillup.records.vault import DAMAGED
from stillup.site.frame import Frame
from stillup.views.roster import roster


class Translated(Run):
    """A run of its own, for one tree, with what the main run has read already."""

    def __init__(self, main: Run, tag: str) -> None:
        """Make the tree of `tag` beside that of `main`, which has read the settings and found them sound."""
        edition, settings = main.edition, main.edition.settings
        self.at = f"{tag}/"
        self.root, self.site_dir, self.work = main.root, main.site_dir / tag, main.work / "languages" / tag
        self._main, self.offline = main, main.offline
        self._rescue = main._rescue
        self._problems = []
        self.edition = replace(
            edition,
            settings=replace(settings, site_url=f"{settings.site_url}{self.at}" if settings.site_url else ""),
            words=catalogue.words(tag),
            tag=tag,
            main=settings.languages[0],
            root=settings.site_url,
        )
        self.chain = Chain("", self.root)  # the event log is told in the main tree
        self.parts, self.basis = main.parts, f"{main.basis}{tag}"
        self.work.mkdir(parents=True, exist_ok=True)
        self._begin()

    @property
    def trees(self) -> tuple["Translated", ...]:
        """No tree is below this one."""
        return ()

    def frame(self) -> Frame:
        """Return what the templates of shell and pages share in this tree."""
        frame = self._main.frame()
        return replace(
            frame,
            words=self.edition.words,
            masthead=self.edition.masthead,
            at=self.at,
            signup=f"{base}{self.at}?incident=" if (base := self.edition.settings.serve.base) else "",
            unreviewed=not is_reviewed(self.edition.settings, self.edition.tag),
        )

    def read(self, more: Iterable[Problem] = ()) -> None:
        """Tell every record that changed in this language. The main run has said what is wrong with them."""
        self._pages, self._still = self.pages(), roster(self.edition)
        try:
            self._gather()
        except DAMAGE:
            self.gather_again(DAMAGED)

    def dead_links(self) -> list[Problem]:
        """Return a problem for each link of a translated text to the site that leads nowhere."""
        places = Places(self.root, self.edition, self.index, self._gathered.anchors)
        self._lost = dead(self._links, places, frozenset(self._gathered.broken))
        self._remember_lost()
        return self._problems_of(self._lost, places)

    def staged(self, frontage: Frontage, stage: Stage) -> Callable[[], Built]:
        """Put this tree on the `stage` of the main one; return what keeps that it is done, once it was switched."""
        shells = frontage.shells(self.edition.tag)
        return self.mended(lambda: self._put(frontage, shells, stage))

    def _compiled(self, kind: str) -> Compiled:
        return self._main._compiled(kind)

    def _known(self) -> Mapping[str, Read]:
        return self._main.read_records

    def _follow_into(self, frontage: Frontage) -> None:
        """Leave it to the main run: this tree has nothing that MkDocs makes."""

    def _kept_of(self, frontage: Frontage) -> Iterable[str]:
        """Return the Markdown pages that people wrote for this language, which the main run has put here."""
        for path in frontage.published():
            if path.startswith(self.at):
                yield str(PurePosixPath(path).relative_to(self.at))
