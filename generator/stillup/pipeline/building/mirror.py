"""The page as one file, to mail, to print or to put somewhere else: bounded however long its history is."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from stillup.errors import Problem
from stillup.frozen import dataclass
from stillup.pipeline.building.build import kept, work_folder
from stillup.pipeline.building.run import Run
from stillup.pipeline.pages.assemble import Assembly
from stillup.pipeline.tree.stage import Stage
from stillup.pipeline.tree.tree import Tree
from stillup.records.story import Story
from stillup.site.mirror import Binder, Chapter, Mirror, fitting
from stillup.site.page import Page
from stillup.views.board import YEAR
from stillup.views.incident import IncidentView

MOST = 300
"""How many incidents and maintenances of the year are told."""

ROOM = 2_000_000
"""Bytes of the year's texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """What was written."""

    path: Path
    size: int
    records: int
    """How many incidents and maintenances it tells."""

    left: int
    """How many of the year had no room."""

    warnings: tuple[Problem, ...]

    def numbers(self) -> dict[str, object]:
        """Return the counts for scripts."""
        return {"path": str(self.path), "size": self.size, "records": self.records, "left": self.left}


def mirror(root: Path, *, at: datetime, out: Path, live: bool = False, keep_last_good: bool = False) -> Mirrored:
    """Write the whole page into the file `out`. Nothing else changes.

    Raises:
        RecordError: a record is unusable; the file is as it was.
    """
    site, work = work_folder(root)
    with (
        kept(work) as own,
        Run(root, at=at, site_dir=site, work=own, live=live, keep_last_good=keep_last_good) as run,
    ):
        run.read()
        made = run.copied()
        worst = [view.id for view in made.front.open]
        views = sorted(made.open_views, key=lambda view: worst.index(view.id) if view.id in worst else len(worst))
        open_pages = [_page(made, view) for view in views]
        year = _year(run, made, {view.id for view in made.open_views})
        words, settings = run.edition.words, run.edition.settings
        told = year.pages[: fitting(year.pages, ROOM)]
        left = year.count - len(told)
        chapters = [
            Chapter(id="open", title=words.say("mirror.open"), pages=tuple(open_pages), folded=False),
            Chapter(id="year", title=words.say("mirror.year"), pages=told, folded=True),
        ]
        time = made.front.built.time
        whole = Mirror(
            home=made.draw.home(made.front),
            maintenance=made.draw.maintenance(made.works),
            chapters=tuple(chapter for chapter in chapters if chapter.pages),
            left=words.count("mirror.left", left) if left else "",
            iso=time.iso,
            made=time.text,
        )
        body = Binder(run.frame(), whole, settings.brand, settings.brand_dark).document()
        out.parent.mkdir(parents=True, exist_ok=True)
        stage = Stage()
        try:
            Tree(out.parent, stage).put(out.name, body)
            stage.switch()
        except OSError:
            stage.drop()
            raise
        return Mirrored(path=out, size=len(body), records=len(open_pages) + len(told), left=left, warnings=run.warnings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    pages: tuple[tuple[Page, str], ...]
    count: int


def _year(run: Run, made: Assembly, known: set[str]) -> _Year:
    """Return the newest of what is over and began, or worked, within the last 365 days."""
    today = run.edition.today
    listed = run.index.listed((today - timedelta(days=YEAR - 1)).isoformat(), today.isoformat())
    over = [story for story in listed if story.id not in known]
    return _Year(pages=tuple(_pages(made, _newest(over)[:MOST])), count=len(over))


def _newest(stories: Iterable[Story]) -> list[Story]:
    return sorted(stories, key=lambda story: (story.first, story.id), reverse=True)


def _pages(made: Assembly, stories: Iterable[Story]) -> Iterator[tuple[Page, str]]:
    for story in stories:
        view = made.tell(story.id).view
        assert view is not None, "what lists show is public"
        yield _page(made, view)


def _page(made: Assembly, view: IncidentView) -> tuple[Page, str]:
    """Return the page of a record, and what stands beside its title."""
    day = made.edition.day(made.edition.local(view.started).date(), "weekday_year").text
    return made.draw.incident(view), " · ".join(filter(None, [day, view.state.word, view.note]))
