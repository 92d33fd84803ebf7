"""`stillup report ...`: internal documents from the records, below the private folder."""

from importlib import import_module

import click

REPORTS = {
    "advisory": "papering:advisory",
    "annual": "reporting:annual",
    "channel": "papering:channel",
    "compliance": "reporting:compliance",
    "dashboard": "reporting:dashboard",
    "drill": "papering:drill",
    "executive": "papering:executive",
    "financial": "reporting:financial",
    "impact": "papering:impact",
    "metrics": "reporting:metrics",
    "monthly": "reporting:monthly",
    "outreach": "papering:outreach",
    "postmortem": "papering:postmortem",
    "quarterly": "reporting:quarterly",
    "recovery": "papering:recovery",
    "regulator": "papering:regulator",
    "security": "papering:security",
    "sla": "reporting:sla",
    "support": "papering:support",
}
"""By name: the module of this room and what it calls the command. One line a document, sorted."""


class Reports(click.Group):
    """Imports a document's command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every name, in the order of help."""
        return sorted(REPORTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, imported now."""
        if cmd_name not in REPORTS:
            return None
        module, _, name = REPORTS[cmd_name].partition(":")
        command = getattr(import_module(f"stillup.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Reports)
def report() -> None:
    """Write internal documents from the records: below private/reports/, never on the page.

    Each is written as HTML to read and to print, as Markdown, and, where it has numbers, as JSON and CSV.
    """
