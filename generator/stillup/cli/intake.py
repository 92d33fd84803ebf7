"""`stillup intake ...`: what others say becomes states and drafts."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from stillup.cli import option
from stillup.cli.problem import show_problems

if TYPE_CHECKING:
    from stillup.intake.alert.alert import Alert
    from stillup.pipeline.serving.alerts import Received

_FILE = click.argument("file", type=click.File("rb"), default="-")
_COMMON = (
    option.root,
    option.at,
    option.json_lines,
    click.option("--dry-run", is_flag=True, help="Say what would be written."),
    click.option("--commit", is_flag=True, help="Commit what comes of it, and nothing else."),
    click.option("--push", is_flag=True, help="Commit, and push; where others were faster it is worked out anew."),
)
Options = dict[str, Any]


def _common(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that every source has."""
    for add in reversed(_COMMON):
        command = add(command)
    return command


@click.group("intake")
def intake() -> None:
    """Take in alerts of monitoring: drafts by default, states or fixed words where rules allow."""


def _notification(source: str, file: BinaryIO, options: Options) -> None:
    from stillup.intake.alert.notification import LARGEST, alerts

    _form(options["as_json"])
    at, name = options["at"].at, getattr(file, "name", "stdin")
    _take(alerts(source, file.read(LARGEST + 1), at=at, name=name), options)


def _take(told: "Iterable[Alert]", options: Options) -> None:
    from stillup.pipeline.serving.alerts import receive
    from stillup.pipeline.serving.inlet import settle

    root, at = options["root"], options["at"].at
    if options["dry_run"]:
        received = receive(root, told, at=at, dry=True)
    else:
        received = settle(root, told, at=at, commit=options["commit"] or options["push"], push=options["push"])
    _say(received, options)


@intake.command()
@_common
@click.option("--pull", metavar="URL", default="", help="Ask the Alertmanager at URL what fires, and read no file.")
@_FILE
def alertmanager(pull: str, file: BinaryIO, **options: Any) -> None:
    """Take in a webhook of Alertmanager (version 4) or the answer of its API, from FILE or stdin; or ask it.

    Asking finds ends that were lost on the way too. STILLUP_ALERTMANAGER_AUTHORIZATION is sent as Authorization.
    """
    if not pull:
        _notification("alertmanager", file, options)
        return
    from stillup.pipeline.serving.alerts import pulled

    _form(options["as_json"])
    secret = os.environ.get("STILLUP_ALERTMANAGER_AUTHORIZATION", "")
    _take(pulled(options["root"], pull, at=options["at"].at, authorization=secret), options)


def _plain(source: str, told: str) -> None:
    """Add the command of a source whose notifications come from a file or stdin alone."""

    @intake.command(source, help=f"Take in {told}, from FILE or stdin.")
    @_common
    @_FILE
    def take(file: BinaryIO, **options: Any) -> None:
        _notification(source, file, options)


_plain("grafana", "a webhook of Grafana's alerting")
_plain("pagerduty", "a V3 webhook of PagerDuty, or an event of its Events API v2")
_plain("generic", 'a JSON document {"id", "status", "startsAt", "severity"}, or a list of such')


@intake.command()
@_common
def vendors(root: Path, at: option.When, as_json: bool, dry_run: bool, commit: bool, push: bool) -> None:
    """Ask the status pages of the suppliers that components name, and note what they say.

    Exits 1 when of any of them nobody knows.
    """
    from stillup.pipeline.serving.vendors import carried, watch

    _form(as_json)
    if (commit or push) and not dry_run:
        watched = carried(root, at=at.at, push=push)
    else:
        watched = watch(root, at=at.at, dry=dry_run)
    if as_json:
        click.echo(json.dumps(asdict(watched), ensure_ascii=False))
    else:
        for each in watched.vendors:
            last = f", last known: {each.status}" if each.unknown and each.status else ""
            state = f"unknown since {each.since} ({each.reason}: {each.message}){last}" if each.unknown else each.status
            click.echo(f"{each.component}: {each.vendor}: {state}", err=each.unknown)
        for component in watched.attached:
            click.echo(f"{component}: people already write about it; nothing was proposed.")
        for path in watched.written:
            click.echo(f"{'Would write' if dry_run else 'Wrote'} {path}.")
        if watched.commit:
            click.echo(f"Commit {watched.commit[:10]}{', pushed' if push else ', not pushed'}.")
        if not watched.vendors:
            click.echo("No component names a vendor with a status page.")
    if watched.unknown:
        sys.exit(1)


def _form(as_json: bool) -> None:
    click.get_current_context().find_root().meta["format"] = "json" if as_json else "text"


def _say(received: "Received", options: Options) -> None:
    from stillup.records.moment import utc

    if options["as_json"]:
        due = utc(received.due) if received.due else None
        click.echo(json.dumps({**asdict(received), "due": due}, ensure_ascii=False))
    else:
        show_problems(received.problems, "text")
        for path in received.written:
            click.echo(f"{'Would write' if options['dry_run'] else 'Wrote'} {path}.")
        for component in received.attached:
            click.echo(f"{component}: people already write about it; nothing was opened.")
        for name in received.unknown:
            click.echo(f"{name} fires, and no rule knows it. Add a rule below intake: in mkdocs.yml.", err=True)
        click.echo(f"{received.new} new alert{'' if received.new == 1 else 's'}.")
        if received.commit:
            click.echo(f"Commit {received.commit[:10]}{', pushed' if options['push'] else ', not pushed'}.")
    if received.problems:
        sys.exit(1)
