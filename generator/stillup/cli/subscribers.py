"""`stillup subscribers ...`: who is told. Addresses are printed only where somebody asks for them."""

import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stillup.cli import option
from stillup.cli.problem import show_problems
from stillup.count import counted

if TYPE_CHECKING:
    from stillup.records.inventory import Components
    from stillup.records.settings import Settings
    from stillup.subscribers.store import Store

CHANNELS = ("email", "sms", "webhook", "slack", "teams", "discord", "apprise")
_dry_run = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")


@click.group()
def subscribers() -> None:
    """Add, list, import, export and forget the people who are told.

    They are kept where the setting `subscribers` says, by default in the private folder.
    """


@subscribers.command()
@click.argument("channel", type=click.Choice(CHANNELS))
@click.argument("address")
@option.root
@option.at
@option.json_lines
@_dry_run
@click.option("--audience", help="Which wording they get. Default: customers.")
@click.option("--components", multiple=True, help="Ids and group:ids with spaces between. Default: all.")
@click.option("--impact", help="Incidents of at least this impact: none, minor, major or critical.")
@click.option("--kinds", multiple=True, help="incident, maintenance or both. Default: both. Can be repeated.")
@click.option("--follow", help="all, open_close or digest.")
@click.option("--incident", help="Only this one, by its id.")
@click.option("--language", help="Of the messages.")
@click.option("--timezone", help="In which times are told, beside UTC.")
@click.option("--id", "id_", help="Default: one is made.")
@click.option("--consent", help="Which text they agreed to, as you name it.")
@click.option("--unconfirmed", is_flag=True, help="They have not agreed yet, so they are told nothing.")
@click.pass_context
def add(
    context: click.Context,
    /,
    channel: str,
    address: str,
    root: Path,
    at: option.When,
    as_json: bool,
    dry_run: bool,
    **options: Any,
) -> None:
    """Add one subscription: ADDRESS is a mail address, a telephone number or the URL of a webhook.

    They have agreed, unless --unconfirmed says otherwise. A webhook gets a secret, which is printed this once.
    """
    from stillup.errors import RecordError
    from stillup.records.moment import utc
    from stillup.records.refusal import Unusable
    from stillup.subscribers import change

    _form(context, as_json)
    written: dict[str, object] = {"channel": channel, "address": address}
    written |= {name: options[name] for name in ("audience", "impact", "follow", "incident", "language", "timezone")}
    written |= {"id": options["id_"], "consent": options["consent"], "origin": "command"}
    for name in ("components", "kinds"):
        words = " ".join(options[name]).split()
        written[name] = "all" if words == ["all"] else words or None
    if channel == "webhook":
        written["secret"] = f"whsec_{_base64(secrets.token_bytes(32))}"
    written["confirmed_at"] = None if options["unconfirmed"] else utc(at.at)
    if options["incident"]:
        _see_record(root, options["incident"])
    with _open(root) as (store, settings, components):
        try:
            given = {name: value for name, value in written.items() if value is not None}
            subscription = change.described(given, new_id(), change.followable(components), settings.intranet)
        except RecordError as error:
            raise _usage(error.problems[0].field, f"{error.problems[0].message} {error.problems[0].fix}") from None
        except Unusable as error:
            raise _usage("address", f"{error.message} {error.fix}") from None
        twin = change.twin(store, subscription)
        if twin is None and store.get(subscription.id) is not None:
            raise _usage("id", f"{subscription.id} is the id of another subscription.")
        if twin is not None and (twin.confirmed_at or not subscription.confirmed_at):
            _say(as_json, {"id": twin.id, "added": False}, f"{twin.id} is this subscription already.")
            return
        if twin is not None:  # it stood there unconfirmed
            subscription = replace(subscription, id=twin.id, secret=twin.secret)
        if not dry_run:
            store.save([subscription])
        suppressed = store.suppression(channel, subscription.key)
    said = [f"{subscription.id} {'would be' if dry_run else 'is'} subscribed."]
    secret = "" if dry_run else subscription.secret  # the next call makes another one
    said += [f"The webhook's secret, which is not shown again: {secret}"] if secret else []
    if suppressed:
        said.append(f"Nothing goes to this address: {suppressed.reason}, {utc(suppressed.at)}.")
    document = {"id": subscription.id, "added": not dry_run, "suppressed": suppressed.reason if suppressed else None}
    _say(as_json, document | ({"secret": secret} if secret else {}), *said)


def _see_record(root: Path, id: str) -> None:
    """See that there is a record of which somebody could be told.

    Raises:
        UsageError: there is none; it offers the nearest.
    """
    from stillup.records import store
    from stillup.records.refusal import nearest

    ids = [file.id for file in store.files(root)[0]]
    if id not in ids:
        near = nearest(id, ids)
        raise _usage("incident", f"There is no record {id}, so nobody would be told.{f' Use {near}.' if near else ''}")


@subscribers.command("list")
@option.root
@option.json_lines
@click.option("--channel", type=click.Choice(CHANNELS), help="Only this channel.")
@click.option("--show", is_flag=True, help="Print whole addresses.")
@click.pass_context
def list_(context: click.Context, root: Path, as_json: bool, channel: str | None, show: bool) -> None:
    """Print every subscription, with addresses masked, and warn of components that the page does not have."""
    from stillup.subscribers import change
    from stillup.subscribers.address import masked
    from stillup.subscribers.reading import unknown
    from stillup.subscribers.writing import fields

    _form(context, as_json)
    with _open(root) as (store, _, components):
        known, counts, missing = change.followable(components), [0, 0], []
        for each in store.everybody():
            if channel and each.channel != channel:
                continue
            found = store.suppression(each.channel, each.key)
            why = str(found.reason) if found else ""
            if as_json:
                document: dict[str, object] = dict(fields(each))
                document.pop("secret", None)
                if not show:
                    document["address"] = masked(each.channel, each.address)
                click.echo(json.dumps(document | {"suppressed": why or None}, ensure_ascii=False))
            else:
                click.echo(change.line(each, why, show=show))
            counts[0] += 1
            counts[1] += bool(why) or each.confirmed_at is None
            missing += [f"{each.id}: there is no {name}." for _, name in unknown([each], known)]
    if not as_json:
        click.echo(f"{counts[0]} subscription{'s' if counts[0] != 1 else ''}, {counts[1]} of them told nothing.")
    for line in missing:
        click.echo(f"warning: {line}", err=True)


@subscribers.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@option.root
@option.json_lines
@_dry_run
@click.option("--confirmed-at", type=option.Instant(), help="When people agreed, where the file does not say.")
@click.option("--consent", default="", help="Which text they agreed to, where the file does not say.")
@click.pass_context
def import_(
    context: click.Context,
    file: Path,
    root: Path,
    as_json: bool,
    dry_run: bool,
    confirmed_at: option.When | None,
    consent: str,
) -> None:
    """Take in subscriptions from a CSV, YAML or SQLite file: all of them, or none.

    One with a known id takes that one's place; one that is there already under another id is left out. People of whom
    nothing says that they agreed are kept, and told nothing.
    """
    from stillup.subscribers import change

    _form(context, as_json)
    with _open(root) as (store, settings, components):
        agreed = confirmed_at.at if confirmed_at else None
        wanted, warnings = change.of_file(file, change.followable(components), agreed, settings.intranet)
        done = change.take(store, wanted, origin=f"import {file.name}", consent=consent, dry_run=dry_run)
    if not as_json:
        show_problems(warnings, "text")
    line = f"{done.added} added, {done.changed} changed, {done.known} known already"
    line += f", {done.unconfirmed} of them unconfirmed" if done.unconfirmed else ""
    line += f", {done.suppressed} of them suppressed" if done.suppressed else ""
    warned = {"warnings": [asdict(problem) for problem in warnings]}
    _say(as_json, asdict(done) | warned, f"{line}{'; nothing was changed' if dry_run else ''}.")


@subscribers.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@option.root
@click.option("--address", help="Only what is kept of this address: for the person who asks for it.")
@click.pass_context
def export(context: click.Context, file: Path | None, root: Path, address: str | None) -> None:
    """Write every subscription with its whole address to FILE, a .csv or .yml, or as CSV to the terminal.

    What begins like a formula is written so that a spreadsheet shows it and does not run it; import understands that.
    """
    from stillup.subscribers import change
    from stillup.subscribers.writing import csv, entry

    if file is not None and file.suffix.lower() not in (".csv", ".yml", ".yaml"):
        raise _usage("FILE", "Its name ends in .csv or .yml.")
    with _open(root) as (store, settings, _):
        wanted = change.found(store, address, trusted=settings.intranet) if address else store.everybody()
        lines = map(entry, wanted) if file is not None and file.suffix.lower() != ".csv" else csv(wanted)
        if file is None:
            for line in lines:
                click.echo(line, nl=False)
            return
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "w", encoding="utf-8", newline="") as out:
            out.writelines(lines)


@subscribers.command()
@click.argument("address")
@option.root
@option.json_lines
@_dry_run
@click.option("--channel", type=click.Choice(CHANNELS), help="Only on this channel.")
@click.pass_context
def forget(context: click.Context, address: str, root: Path, as_json: bool, dry_run: bool, channel: str | None) -> None:
    """Delete everything that is kept of ADDRESS: no byte of it is left where subscribers are kept.

    A note that nothing must be sent there (a bounce, a complaint) stays; it does not hold the address.
    """
    from stillup.subscribers import change

    _form(context, as_json)
    with _open(root) as (store, settings, _):
        gone = change.found(store, address, channel or "", settings.intranet)
        count = len(gone) if dry_run else store.remove([each.id for each in gone])
    verb = "would be" if dry_run else "was" if count == 1 else "were"
    said = f"{counted(count, 'subscription')} {verb} deleted."
    _say(as_json, {"forgotten": 0 if dry_run else count, "found": len(gone)}, said)


def new_id() -> str:
    """Return a new id: 12 random letters, for nobody to guess and nothing to tell."""
    return "".join(secrets.choice("bcdfghjkmnpqrstvwxz23456789") for _ in range(12))


@contextmanager
def _open(root: Path) -> Iterator[tuple["Store", "Settings", "Components"]]:
    """Open the subscribers of the page at `root`.

    Raises:
        RecordError: settings, components or subscribers have problems.
    """
    from stillup.errors import Level, RecordError
    from stillup.records import configuration
    from stillup.records import store as records
    from stillup.subscribers.opening import open_store
    from stillup.subscribers.place import place

    settings, problems = configuration.settings(root)
    components, more = records.components(root)
    wrong = [problem for problem in (*problems, *more) if problem.level is Level.ERROR]
    if wrong:
        raise RecordError(wrong)
    opened = open_store(root, place(root, settings), secrets.token_bytes(16), settings.intranet)
    try:
        yield opened, settings, components
    finally:
        opened.close()


def _base64(data: bytes) -> str:
    from base64 import b64encode

    return b64encode(data).decode()


def _form(context: click.Context, as_json: bool) -> None:
    context.find_root().meta["format"] = "json" if as_json else "text"


def _usage(name: str, message: str) -> click.UsageError:
    return click.BadParameter(message.strip(), param_hint=name if name.isupper() else name.replace("_", "-"))


def _say(as_json: bool, document: dict[str, Any], *lines: str) -> None:
    if as_json:
        json.dump(document, sys.stdout, ensure_ascii=False)
        click.echo()
    else:
        for line in lines:
            click.echo(line)
