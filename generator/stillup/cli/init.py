"""`stillup init`: from nothing to a page."""

import json
import shlex
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo, available_timezones

import click

from stillup.cli import asking, option

LISTED = 5
"""A folder with more new files than these is told by their number."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--name", "organisation", default="", help="The company's name.")
@click.option("--url", default="", help="The public address of the page.")
@click.option("--timezone", default="", help="IANA name of the zone of days and times. Default: UTC.")
@click.option("--support", default="", metavar="ADDRESS", help="The mail address of your support team.")
@click.option("--component", "components", multiple=True, metavar="NAME", help="A component, or `Group / Name`.")
@click.option("--ci", type=click.Choice(["github", "gitlab", "none"]), default="github", help="Whose CI publishes it.")
@option.at
@click.option("--dry-run", is_flag=True, help="Say what would be written.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def init(
    folder: Path,
    organisation: str,
    url: str,
    timezone: str,
    support: str,
    components: tuple[str, ...],
    ci: str,
    at: option.When,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Lay out a new status page in FOLDER: settings, components, CI, schemas for the editor.

    On a terminal it asks for what is not given. What is there already stays as it is. No component has a past: the page
    tells of them from today on.
    """
    from stillup.pipeline.layout.plan import Wishes
    from stillup.pipeline.layout.start import start

    if asking.terminal():
        organisation = organisation or asking.ask("The company's name")
        url = url or asking.ask_or_later("Public address of the page", "https://status.example.com/")
        timezone = timezone or asking.ask("Time zone", "UTC")
        support = support or asking.ask_or_later("Mail address of your support team", "support@example.com")
        if not components:
            said = asking.ask("Components, divided by commas; `Group / Name` makes groups", "Website, API")
            components = tuple(name.strip() for name in said.split(",") if name.strip())
    if not organisation.strip():
        raise asking.missing(["--name"])
    if timezone and timezone not in available_timezones():
        raise click.BadParameter(f"{timezone} is not a time zone. Write an IANA name, as Europe/Berlin.")
    wishes = Wishes(
        organisation=organisation.strip(),
        site_url=f"{url.rstrip('/')}/" if url else "",
        timezone=timezone or "UTC",
        support_email=support,
        components=components or ("Website",),
        ci="" if ci == "none" else ci,
        since=at.at.astimezone(ZoneInfo(timezone or "UTC")).date(),
    )
    written = start(folder, wishes, dry=dry_run)
    if as_json:
        click.echo(json.dumps({"written": written}))
        return
    for line in _told(folder, written):
        click.echo(f"{'Would write' if dry_run else 'Wrote'} {line}")
    if not dry_run:
        click.echo(f"\nNext: {'' if folder == Path() else f'cd {shlex.quote(str(folder))} && '}mkdocs serve")
        click.echo("Then open http://127.0.0.1:8000/ and write: the page follows. README.md says how to go on.")


def _told(folder: Path, written: Sequence[str]) -> Iterator[str]:
    """Yield a line for each file, one for all of a folder that has many."""
    found = groupby(written, key=lambda path: PurePosixPath(path).parent)
    for parent, paths in ((parent, [*paths]) for parent, paths in found):
        if len(paths) > LISTED and parent != PurePosixPath():
            yield f"{folder / parent}/ ({len(paths)} files)"
        else:
            yield from (str(folder / path) for path in paths)
