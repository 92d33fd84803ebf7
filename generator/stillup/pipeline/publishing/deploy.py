"""Deploy: the page as it was built, brought to every place that the settings name."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stillup.errors import Level, RecordError, StillupError
from stillup.pipeline.building.build import work_folder
from stillup.pipeline.publishing.proof import prove
from stillup.pipeline.tree.ground import claim
from stillup.pipeline.tree.stage import unfinished
from stillup.records import configuration
from stillup.records.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What became of one place."""

    place: str
    reached: bool
    said: str
    """What it holds now, or why not and what to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What became of all places, in the order of the settings."""

    site: Path
    places: tuple[Placed, ...]
    overtaken: str = ""
    """A later commit than the page's, whose page a place serves already; empty where none does."""

    @property
    def whole(self) -> bool:
        """Whether every place has the page."""
        return all(placed.reached for placed in self.places)

    def numbers(self) -> dict[str, object]:
        """Return it for scripts."""
        listed = [{"place": each.place, "reached": each.reached, "said": each.said} for each in self.places]
        return {"site": str(self.site), "places": listed}


def deploy(
    root: Path,
    *,
    at: datetime,
    site_dir: Path | None = None,
    dry_run: bool = False,
    back: bool = False,
    older: bool = False,
    as_it_is: bool = False,
    environment: Mapping[str, str] = os.environ,
    say: Callable[[str], None] = lambda text: None,
) -> Deployed:
    """Bring the page to every place of `deploy:`; one that is down does not keep it from the others.

    `dry_run`: only see what would change. `back`: serve the page before the present one, in folders.
    `older`: also where a newer page is served. `as_it_is`: also where files are not as they were built.
    `say` hears of each place before it is tried.

    Raises:
        RecordError: the settings cannot be used.
        StillupError: no place is set, there is no page, it is not as it was built, or no place took it.
    """
    settings, problems = configuration.settings(root)
    if any(problem.level is Level.ERROR for problem in problems):
        raise RecordError(problems)
    if not settings.deploy:
        raise StillupError(
            "No place to deploy to is set. Write deploy: into mkdocs.yml, as in [{folder: /srv/status}]."
        )
    site, work = work_folder(root, site_dir)
    return place(
        settings,
        root,
        site,
        work,
        at=at,
        dry_run=dry_run,
        back=back,
        older=older,
        proved=as_it_is or back,
        environment=environment,
        say=say,
    )


def place(
    settings: Settings,
    root: Path,
    site: Path,
    work: Path,
    *,
    at: datetime,
    dry_run: bool = False,
    back: bool = False,
    older: bool = False,
    proved: bool = True,
    environment: Mapping[str, str] = os.environ,
    say: Callable[[str], None] = lambda text: None,
) -> Deployed:
    """Bring the page in `site` to the places of `settings`; its files are compared with its manifest unless `proved`.

    Raises:
        StillupError: there is no page, it is not as it was built, a place is one of ours, or no place took it.
    """
    from stillup.delivery.deploy.folder import Folder
    from stillup.delivery.deploy.opening import open_place
    from stillup.delivery.deploy.place import Unreached, never
    from stillup.pipeline.publishing.newer import Page

    commit = _commit(site)
    if not back and unfinished(work).exists():
        raise StillupError(f"The page in {site} is not whole: a build is under way or was killed. Run stillup build.")
    refuse(settings, root, site)
    if not proved:
        prove(site)
    results: list[Placed] = []
    page = Page(root, site)
    newer = never if older else page.newer
    for target in settings.deploy:
        there = open_place(target, root=root.absolute(), work=work, environment=environment)
        if back and not isinstance(there, Folder):
            results.append(Placed(place=there.name, reached=True, said="keeps its page: only folders go back"))
            continue
        say(there.name)
        try:
            if back and isinstance(there, Folder):
                said = f"serves the page before, {there.back()}"
            else:
                said = there.look(site) if dry_run else there.put(site, at=at, commit=commit, newer=newer)
            results.append(Placed(place=there.name, reached=True, said=said))
        except Unreached as error:
            results.append(Placed(place=there.name, reached=False, said=str(error)))
    if not any(result.reached for result in results):
        raise StillupError("\n".join(result.said for result in results))
    return Deployed(site=site, places=tuple(results), overtaken=page.overtaken)


def refuse(settings: Settings, root: Path, site: Path) -> None:
    """See that no place to deploy to is where people write or pages are built.

    Raises:
        StillupError: one is.
    """
    for target in settings.deploy:
        if target.kind != "folder":
            continue
        folder = (root / target.folder).absolute()
        claim(folder, root, made=True)
        if folder == site or folder in site.parents or site in folder.parents:
            raise StillupError(
                f"{folder} is where the page is built, and cannot be where it is deployed to. Name another folder."
            )


def _commit(site: Path) -> str:
    """Return the commit that the page in `site` was built from."""
    try:
        beat = json.loads((site / "heartbeat.json").read_bytes())
    except FileNotFoundError:
        raise StillupError(
            f"There is no page in {site}. Run stillup build, or name its folder by --site-dir."
        ) from None
    except ValueError:
        raise StillupError(f"{site / 'heartbeat.json'} cannot be read. Run stillup build again.") from None
    return str(beat.get("commit") or "")
