"""`stillup ledger ...`: begin it, look at it, prove it whole, have something sent again."""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stillup.cli import option
from stillup.count import counted

if TYPE_CHECKING:
    from stillup.delivery.audit import Contents
    from stillup.pipeline.event_log.reading import Verified


@click.group()
def ledger() -> None:
    """Keep account of who was told what. It names nobody: recipients stand in it as keyed digests."""


@ledger.command()
@option.root
@option.at
@option.json_lines
@click.option("--send-open", is_flag=True, help="Send the newest update of what is open, as an opening.")
@click.option("--public", is_flag=True, help="Begin it although everybody can read the git remote.")
@click.option("--dry-run", is_flag=True, help="Say what it would mean, and begin nothing.")
@click.pass_context
def init(
    context: click.Context, root: Path, at: option.When, as_json: bool, send_open: bool, public: bool, dry_run: bool
) -> None:
    """Begin the ledger. Whatever is published by now is never sent.

    Exits 1 when it has begun already, or when everybody could read it.
    """
    from stillup.pipeline.sending.ledger import begin

    context.find_root().meta["format"] = "json" if as_json else "text"
    begun = begin(
        root,
        at=at.at,
        live=at.live,
        environment=os.environ,
        send_open=send_open,
        public=public,
        dry_run=dry_run,
    )
    if as_json:
        keys = {"send": [e.key for e in begun.send], "late": [e.key for e in begun.late], "left": begun.left}
        click.echo(json.dumps({"place": begun.place, "never": begun.never, **keys, "begun": not dry_run}))
        return
    click.echo(f"{begun.place} {'would begin' if dry_run else 'has begun'}.")
    click.echo(f"Never sent: everything published so far ({begun.never} of it from the last days).")
    for event in begun.send:
        click.echo(f"Sent by the next `stillup deliver`: {event.key} ({event.title})")
    for event in begun.late:
        way = f"Publish an update, or run stillup ledger resend --everybody {event.key}."
        click.echo(f"Open, and older than lateness allows, so not sent: {event.key} ({event.title}). {way}")
    for id in begun.left:
        click.echo(f"Open, and of it only what is published from now on is sent: {id}")


@ledger.command()
@option.root
@option.json_lines
@click.argument("key", required=False, default="")
@click.pass_context
def show(context: click.Context, root: Path, as_json: bool, key: str) -> None:
    """Print what the ledger holds: how many were told of what, and what became of the others.

    With KEY, the beginning of a key such as an incident's id, only that.
    """
    from stillup.pipeline.sending.ledger import show

    context.find_root().meta["format"] = "json" if as_json else "text"
    held = show(root)
    accounts = [each for each in held.accounts if f"{each.event}/{each.channel}".startswith(key)]
    if as_json:
        click.echo(json.dumps({**_head(held), "accounts": [each.numbers() for each in accounts]}, ensure_ascii=False))
        return
    _say_head(held)
    for each in accounts:
        counts = ", ".join(f"{count} {word}" for word, count in sorted((+each.counts).items())) or "nobody"
        click.echo(f"{each.event}/{each.channel}: {counts}{'' if each.settled else ' (not settled)'}")
        for reason, count in sorted(each.reasons.items()):
            click.echo(f"    {count} x {reason}")


@ledger.command()
@option.root
@option.json_lines
@click.option("--head", "heads", metavar="HEX", multiple=True, help="A head of the event log that was received.")
@click.option(
    "--copy",
    "copies",
    metavar="FILE|DIR",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="An entry of the event log that was kept, or a folder of them.",
)
@click.pass_context
def verify(context: click.Context, root: Path, as_json: bool, heads: tuple[str, ...], copies: tuple[Path, ...]) -> None:
    """Prove that no line of the ledger and no entry of the event log was changed, moved or taken out.

    With HEX, as a mail, a feed or heartbeat.json has it, also that nothing was rewritten since it was received.
    Exits 1 when something was. Keep the hashes it prints: who has one can prove it later.
    """
    from stillup.pipeline.event_log.reading import verified
    from stillup.pipeline.sending.ledger import verify

    context.find_root().meta["format"] = "json" if as_json else "text"
    held, wrong = verify(root)
    log = verified(root, heads, copies)
    if as_json:
        click.echo(json.dumps({**_head(held), "faults": wrong, "event_log": _of_log(log)}, ensure_ascii=False))
    else:
        for fault in wrong:
            click.echo(f"{held.place}: {fault}", err=True)
        if not wrong:
            _say_head(held)
        _say_log(log)
    if wrong or (log is not None and not log.is_sound):
        sys.exit(1)


@ledger.command()
@option.root
@option.json_lines
@click.option("--accepted", is_flag=True, help="Also to those who have it already.")
@click.option("--everybody", is_flag=True, help="Also to those to whom it was never sent: it was too late.")
@click.argument("key")
@click.pass_context
def resend(context: click.Context, root: Path, as_json: bool, accepted: bool, everybody: bool, key: str) -> None:
    """Have the next `stillup deliver` send KEY again, to whom it did not reach.

    KEY is `<incident>/<update>/<channel>`, as `stillup ledger show` prints it.
    """
    from stillup.pipeline.sending.ledger import resend

    context.find_root().meta["format"] = "json" if as_json else "text"
    _, count = resend(root, key, at=option.When.now().at, accepted=accepted, everybody=everybody)
    if as_json:
        click.echo(json.dumps({"key": key, "recipients": count}))
    else:
        more = ", and everybody to whom it was never sent" if everybody else ""
        owed = f"{counted(count, 'recipient')} {'is' if count == 1 else 'are'} owed it again"
        click.echo(f"{key}: {owed}{more}. `stillup deliver` sends it.")


def _head(held: "Contents") -> dict[str, object]:
    beginning = held.beginning
    return {
        "place": held.place,
        "lines": held.lines,
        "head": held.head,
        "begun_at": beginning.at.strftime("%Y-%m-%dT%H:%M:%SZ") if beginning else None,
    }


def _say_head(held: "Contents") -> None:
    begun = f"begun at {held.beginning.at:%Y-%m-%dT%H:%M:%SZ}" if held.beginning else "not begun"
    click.echo(f"{held.place}: {held.lines} lines, {begun}. Hash of the last line: {held.head}")


def _of_log(log: "Verified | None") -> dict[str, object] | None:
    if log is None:
        return None
    return {
        "place": log.place,
        "entries": log.head.seq if log.head else 0,
        "head": log.head.hash if log.head else None,
        "faults": list(log.faults),
        "proofs": [{"of": each.said, "entry": each.seq or None, "fault": each.fault or None} for each in log.proofs],
    }


def _say_log(log: "Verified | None") -> None:
    """Print what was found about the event log."""
    if log is None:
        return
    for fault in log.faults:
        click.echo(f"Event log: {fault}", err=True)
    if not log.faults:
        said = f"{log.head.seq} entries. Head: {log.head.hash}" if log.head else "not begun"
        click.echo(f"Event log, {log.place}: {said}")
    for proof in log.proofs:
        if proof.fault:
            click.echo(f"Event log: {proof.fault}", err=True)
        elif not proof.is_copy:
            click.echo(f"{proof.said}: {proof.note}")
    if kept := sum(proof.is_copy and not proof.fault for proof in log.proofs):
        click.echo(f"Kept entries that stand as they were: {kept}.")
