"""Rights: whether the page can be brought to every place, and the records be pushed. Tried without doing it."""

from collections.abc import Mapping
from pathlib import Path

from stillup.delivery.deploy.branch import Branch
from stillup.delivery.deploy.opening import open_place
from stillup.delivery.deploy.place import Unreached
from stillup.errors import StillupError
from stillup.pipeline.change.handover import Checkout
from stillup.pipeline.doctor.chart import Chart
from stillup.records.settings import Settings


def look(
    chart: Chart,
    root: Path,
    settings: Settings,
    site: Path,
    work: Path,
    environment: Mapping[str, str],
    *,
    offline: bool,
) -> None:
    """See whether places take the page, and the remote takes commits."""
    for number, target in enumerate(settings.deploy):
        there = open_place(target, root=root.absolute(), work=work, environment=environment)
        loc = ("deploy", number)
        if offline and target.kind != "folder":
            chart.note("offline", f"{there.name} was not looked at.", "Run this without --offline.", *loc)
        elif not (site / "heartbeat.json").is_file():
            said = f"{there.name} was not looked at: nothing is built in {site}."
            chart.note("deploy", said, "Run stillup build first.", *loc)
        else:
            try:
                said = there.look(site)
                if isinstance(there, Branch):
                    there.probe(site)
            except Unreached as error:
                fix = "Mend that, and run stillup deploy --dry-run."
                chart.error("deploy", f"{there.name} would not take the page: {error}", fix, *loc)
            else:
                chart.good(f"{there.name} {said}.")
    if not offline:
        _records(chart, root)


def _records(chart: Chart, root: Path) -> None:
    """See whether commands with --push, from this machine and this user, would get through."""
    try:
        own = Checkout(root)
        if found := own.unsettled():
            why, fix = found
            chart.warning("checkout", f"Commands with --commit write nothing: {why}", f"{fix}.")
            return
        remote = own.remote()
    except StillupError:
        return  # records in no repository, or without a remote, are pushed by nobody
    refused = own.refused(remote)
    if refused:
        fix = "Give whoever runs this the right to push to that branch, or leave out --push."
        said = f"Commits would not be taken by branch {remote.branch} of {remote.name}: {refused}"
        chart.warning("push", said, fix)
    else:
        chart.good(f"Branch {remote.branch} of {remote.name} would take commits from here.")
