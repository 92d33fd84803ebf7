"""`stillup doctor`: is everything there before it is needed?"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stillup.cli import option
from stillup.cli.problem import show_problems

if TYPE_CHECKING:
    from stillup.delivery.resolver import Resolver
    from stillup.pipeline.doctor.channel import Trial

_CHANNELS = ("email", "sms", "webhook", "slack", "teams", "discord", "apprise")


@click.command()
@option.root
@option.at
@option.json_lines
@option.site_dir
@click.option("--offline", is_flag=True, help="Ask nothing over a network; say what that leaves out.")
@click.option("--every-file", is_flag=True, help="Compare every file that is served, and not only 60.")
@click.option("--product", "hosts", metavar="HOST", multiple=True, help="A host of the product, beside the settings'.")
@click.option("--dkim", metavar="SELECTOR", default="", help="The name of the key with which mails are signed.")
@click.option(
    "--resolver", metavar="ADDRESS", default="", help="Ask this resolver about the DNS; default: the system's."
)
@click.option(
    "--send-test",
    "tests",
    metavar="CHANNEL[=ADDRESS]",
    multiple=True,
    help="Send one message that says it is a test; without an address to where it reaches nobody.",
)
@click.pass_context
def doctor(
    context: click.Context,
    root: Path,
    at: option.When,
    as_json: bool,
    site_dir: Path | None,
    offline: bool,
    every_file: bool,
    hosts: tuple[str, ...],
    dkim: str,
    resolver: str,
    tests: tuple[str, ...],
) -> None:
    """Look at everything that the page stands on: each finding says what to do. Changes and sends nothing.

    Installation, settings and records, secrets, channels, the DNS of the sender, ledger, rights to deploy and push, the
    page as it is served, and what it shares with the product. Exits 1 when something would not work.
    """
    from stillup.pipeline.doctor.examination import Wishes, examine

    context.find_root().meta["format"] = "json" if as_json else "text"
    wishes = Wishes(
        at=at.at,
        live=at.live,
        site_dir=site_dir,
        offline=offline,
        every=every_file,
        hosts=tuple(host.strip().rstrip(".").lower() for host in hosts),
        selector=dkim,
        trials=tuple(map(_trial, tests)),
    )
    examined = examine(root, wishes, _resolver(resolver), os.environ)
    if as_json:
        show_problems(examined.findings, "json")
    else:
        for said in examined.well:
            click.echo(f"ok: {said}")
        show_problems(examined.findings, "text")
        _sum_up([str(finding.level) for finding in examined.findings])
    if not examined.is_well:
        sys.exit(1)


def _sum_up(levels: list[str]) -> None:
    names = {"error": "would not work", "warning": "to mend before it matters", "note": "to know"}
    counts = [f"{levels.count(level)} {words}" for level, words in names.items() if level in levels]
    click.echo(f"{', '.join(counts) or 'Nothing to mend'}.", err=bool(counts))


def _trial(written: str) -> "Trial":
    from stillup.pipeline.doctor.channel import Trial

    channel, equals, address = written.partition("=")
    if channel not in _CHANNELS or (equals and not address.strip()):
        raise click.BadParameter(f"{channel} is no channel. Use {', '.join(_CHANNELS)}.", param_hint="--send-test")
    return Trial(channel=channel, address=address.strip())


def _resolver(address: str) -> "Resolver":
    from stillup.delivery.resolver import of_address, system

    try:
        return of_address(address) if address else system()
    except ValueError:
        raise click.BadParameter("Write an IP address, with a port behind a colon.", param_hint="--resolver") from None
