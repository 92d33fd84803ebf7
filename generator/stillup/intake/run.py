"""One import from beginning to end: read, join with what is here, look, write."""

from collections.abc import Callable, Mapping
from pathlib import Path

from stillup.errors import RecordError
from stillup.intake import capture, statuspage
from stillup.intake.draft import Harvest
from stillup.intake.joining import Joining
from stillup.intake.landing import land
from stillup.intake.ours import ours
from stillup.intake.outcome import Report

Words = Mapping[str, str]


def from_folder(root: Path, folder: Path, words: Words, zone: str = "", *, dry_run: bool = False) -> Report:
    """Import the Statuspage whose documents are in `folder`.

    Raises:
        StillupError: nothing can be imported, or something in it needs a decision first; nothing was written.
    """
    found = capture.read(folder)
    return finish(root, lambda report: statuspage.harvest(found, report, words, zone), dry_run=dry_run)


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
