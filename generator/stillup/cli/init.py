"""`stillup init`: from nothing to a page."""

import json
import shlex
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath
from unicodedata import category
from zoneinfo import ZoneInfo, available_timezones

import click

from stillup.cli import asking, option

LONGEST = 200
"""Letters of a name: behind the company's stands a word more in the page's title."""

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
    from stillup.records.field import mail, page_address

    given: list[tuple[str, str, Callable[[str], object]]] = [
        ("--name", organisation, _name),
        ("--url", url, page_address),
        ("--timezone", timezone, _zone),
        ("--support", support, mail),
    ]
    for option_name, value, check in given:
        if value:
            _judge(option_name, value, check)
    for each in components:
        _judge("--component", each, _name)
    if asking.terminal():
        organisation = organisation or asking.valid("The company's name", "", _name)
        url = url or asking.ask_or_later("Public address of the page", "https://status.example.com/", page_address)
        timezone = timezone or asking.valid("Time zone", "UTC", _zone)
        support = support or asking.ask_or_later("Mail address of your support team", "support@example.com", mail)
        if not components:
            asked = "Components, divided by commas; `Group / Name` makes groups"
            said = asking.valid(asked, "Website, API", lambda said: [_name(each) for each in _listed(said)])
            components = tuple(_listed(said))
    if not organisation:
        raise asking.missing(["--name"])
    wishes = Wishes(
        organisation=_name(organisation),
        site_url=page_address(url) if url else "",
        timezone=timezone or "UTC",
        support_email=support,
        components=[_name(each) for each in components] or ("Website",),
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


def _judge(name: str, value: str, check: Callable[[str], object]) -> None:
    """See that the value of an option can stand in the files, before one is written.

    Raises:
        click.BadParameter: it cannot.
    """
    from stillup.records.refusal import Unusable

    try:
        check(value)
    except Unusable as error:
        raise click.BadParameter(f"{error.message} {error.fix}", param_hint=name) from None


def _name(written: str) -> str:
    """Return the name of a company or a component on one line."""
    from stillup.records.refusal import Unusable

    name = " ".join(written.split())
    if not name or any(category(letter) == "Cc" for letter in name):
        raise Unusable("This is no name." if name else "The name is empty.", "Write what customers call it.")
    if len(name) > LONGEST:
        raise Unusable(f"The name has {len(name)} characters; {LONGEST} are possible.", "Shorten it.")
    return name


def _zone(written: str) -> str:
    from stillup.records.refusal import Unusable

    if written not in available_timezones():
        raise Unusable(f"{written} is not a time zone.", "Write an IANA name, as Europe/Berlin.")
    return written


def _listed(said: str) -> list[str]:
    return [each.strip() for each in said.split(",") if each.strip()]


def _told(folder: Path, written: Sequence[str]) -> Iterator[str]:
    """Yield a line for each file, one for all of a folder that has many."""
    found = groupby(written, key=lambda path: PurePosixPath(path).parent)
    for parent, paths in ((parent, [*paths]) for parent, paths in found):
        if len(paths) > LISTED and parent != PurePosixPath():
            yield f"{folder / parent}/ ({len(paths)} files)"
        else:
            yield from (str(folder / path) for path in paths)
