"""One import from beginning to end: read, join with what is here, look, write."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stillup.errors import RecordError, StillupError
from stillup.intake import capture, feed, statuspage
from stillup.intake.draft import Harvest
from stillup.intake.joining import Joining
from stillup.intake.landing import land
from stillup.intake.ours import ours
from stillup.intake.outcome import Report

if TYPE_CHECKING:
    from stillup.intake.fetch import Fetcher

Words = Mapping[str, str]


def from_folder(root: Path, folder: Path, words: Words, zone: str = "", *, dry_run: bool = False) -> Report:
    """Import the Statuspage whose documents are in `folder`.

    Raises:
        StillupError: nothing can be imported, or something in it needs a decision first; nothing was written.
    """
    found = capture.read(folder)
    return finish(root, lambda report: statuspage.harvest(found, report, words, zone), dry_run=dry_run)


def from_address(
    root: Path,
    url: str,
    words: Words,
    zone: str = "",
    *,
    dry_run: bool = False,
    pause: float = 0.5,
    afresh: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Report:
    """Import the Statuspage at `url`. Its documents are kept below `.stillup/`, so that a broken run goes on.

    Raises:
        StillupError: the page does not answer, or something in it needs a decision first; nothing was written.
    """
    from stillup.intake import download

    with _fetcher(pause, say) as fetcher:
        found = download.download(url, download.folder(root, url), fetcher, say, afresh=afresh)
    return finish(root, lambda report: statuspage.harvest(found, report, words, zone), dry_run=dry_run)


def fetched(url: str, say: Callable[[str], None] = lambda _: None) -> bytes:
    """Return one document.

    Raises:
        StillupError: it is not there.
    """
    with _fetcher(0.5, say) as fetcher:
        found = fetcher.get(url)
    if found is None:
        raise StillupError(f"{url} is not there.")
    return found


@contextmanager
def _fetcher(pause: float, say: Callable[[str], None]) -> Iterator["Fetcher"]:
    import httpx

    from stillup.intake.fetch import Fetcher

    headers = {"user-agent": "stillup-import", "accept": "*/*"}
    with httpx.Client(timeout=httpx.Timeout(20.0), headers=headers, trust_env=True) as client:
        yield Fetcher(client, pause=pause, say=say)


def from_feed(root: Path, data: bytes, name: str, words: Words, zone: str = "", *, dry_run: bool = False) -> Report:
    """Import the Atom or RSS history in `data`, which reports call `name`.

    Raises:
        StillupError: it is no feed, or something in it needs a decision first; nothing was written.
    """
    return finish(root, lambda report: feed.harvest(data, name, report, words, zone), dry_run=dry_run)


def from_repository(
    root: Path, tool: str, folder: Path, words: Words, zone: str = "", *, dry_run: bool = False
) -> Report:
    """Import the page of `cstate` or `upptime` whose repository is checked out at `folder`.

    Raises:
        StillupError: it is no such repository, or something in it needs a decision first; nothing was written.
    """
    from stillup.intake import cstate, upptime

    harvest = {"cstate": cstate.harvest, "upptime": upptime.harvest}[tool]
    return finish(root, lambda report: harvest(folder, report, words, zone), dry_run=dry_run)


def finish(root: Path, gather: Callable[[Report], Harvest], *, dry_run: bool) -> Report:
    """Join what `gather` finds with the records below `root`, and write them.

    Raises:
        RecordError: something is unclear or would be unsound; nothing was written.
    """
    report = Report()
    found = gather(report)
    if report.problems:
        raise RecordError(dict.fromkeys(report.problems))
    joining = Joining(ours(root), report)
    joining.take(found)
    land(root, joining.files, dry_run=dry_run)
    return report
