"""`stillup intake ...`: what others say becomes states and drafts."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click

from stillup.cli import option
from stillup.cli.problem import show_problems

_FILE = click.argument("file", type=click.File("rb"), default="-")
_DRY = click.option("--dry-run", is_flag=True, help="Say what would be written.")


@click.group("intake")
def intake() -> None:
    """Take in alerts of monitoring: drafts by default, states or fixed words where rules allow."""


def _notification(source: str, root: Path, at: option.When, as_json: bool, dry_run: bool, file: BinaryIO) -> None:
    from stillup.intake.alert.notification import LARGEST, alerts
    from stillup.pipeline.alerts import receive

    _form(as_json)

    told = alerts(source, file.read(LARGEST + 1), name=file.name)
    _say(receive(root, told, at=at.at, dry=dry_run), as_json, dry_run)


@intake.command()
@option.root
@option.at
@option.json_lines
@_DRY
@click.option("--pull", metavar="URL", default="", help="Ask the Alertmanager at URL what fires, and read no file.")
@_FILE
def alertmanager(root: Path, at: option.When, as_json: bool, dry_run: bool, pull: str, file: BinaryIO) -> None:
    """Take in a webhook of Alertmanager (version 4) or the answer of its API, from FILE or stdin; or ask it.

    Asking finds ends that were lost on the way too. STILLUP_ALERTMANAGER_AUTHORIZATION is sent as Authorization.
    """
    if not pull:
        _notification("alertmanager", root, at, as_json, dry_run, file)
        return
    from stillup.pipeline.alerts import pulled

    _form(as_json)
    secret = os.environ.get("STILLUP_ALERTMANAGER_AUTHORIZATION", "")
    _say(pulled(root, pull, at=at.at, authorization=secret, dry=dry_run), as_json, dry_run)


def _plain(source: str, told: str) -> None:
    """Add the command of a source whose notifications come from a file or stdin alone."""

    @intake.command(source, help=f"Take in {told}, from FILE or stdin.")
    @option.root
    @option.at
    @option.json_lines
    @_DRY
    @_FILE
    def take(root: Path, at: option.When, as_json: bool, dry_run: bool, file: BinaryIO) -> None:
        _notification(source, root, at, as_json, dry_run, file)


_plain("grafana", "a webhook of Grafana's alerting")
_plain("pagerduty", "a V3 webhook of PagerDuty, or an event of its Events API v2")
_plain("generic", 'a JSON document {"id", "status", "startsAt", "severity"}, or a list of such')


@intake.command()
@option.root
@option.at
@option.json_lines
@_DRY
def vendors(root: Path, at: option.When, as_json: bool, dry_run: bool) -> None:
    """Ask the status pages of the suppliers that components name, and note what they say.

    Exits 1 when of any of them nobody knows.
    """
    from stillup.pipeline.vendors import watch

    _form(as_json)
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
        if not watched.vendors:
            click.echo("No component names a vendor with a status page.")
    if watched.unknown:
        sys.exit(1)


def _form(as_json: bool) -> None:
    click.get_current_context().find_root().meta["format"] = "json" if as_json else "text"


def _say(received: object, as_json: bool, dry_run: bool) -> None:
    from stillup.pipeline.alerts import Received
    from stillup.records.moment import utc

    assert isinstance(received, Received)
    if as_json:
        due = utc(received.due) if received.due else None
        click.echo(json.dumps({**asdict(received), "due": due}, ensure_ascii=False))
    else:
        show_problems(received.problems, "text")
        for path in received.written:
            click.echo(f"{'Would write' if dry_run else 'Wrote'} {path}.")
        for component in received.attached:
            click.echo(f"{component}: people already write about it; nothing was opened.")
        for name in received.unknown:
            click.echo(f"{name} fires, and no rule knows it. Add a rule below intake: in mkdocs.yml.", err=True)
        click.echo(f"{received.new} new alert{'' if received.new == 1 else 's'}.")
    if received.problems:
        sys.exit(1)
