"""The command line: which command stands where. A module is imported when its command runs: a fast one stays fast."""

import gc
import re
import sys
from importlib import import_module
from typing import Any

import click

from stillup.cli.ending import INTERRUPTED, orderly
from stillup.cli.outlet import taken
from stillup.cli.problem import show
from stillup.errors import StillupError

COMMANDS = {
    "as-published": "published:as_published",
    "build": "building:build",
    "check": "building:check",
    "clock": "clock:clock",
    "completion": "completion:completion",
    "comment": "commenting:comment",
    "component": "component:component",
    "database": "database:database",
    "deliver": "delivering:deliver",
    "deploy": "deploying:deploy",
    "doctor": "doctor:doctor",
    "drill": "drilling:drill",
    "import": "importing:importing",
    "incident": "responding:incident",
    "init": "init:init",
    "intake": "intake:intake",
    "ledger": "ledger:ledger",
    "lint": "linting:lint",
    "maintenance": "maintenance:maintenance",
    "man": "man:man",
    "mirror": "mirroring:mirror",
    "preview": "previewing:preview",
    "publish": "publishing:publish",
    "report": "report:report",
    "schema": "building:schema",
    "serve": "serving:serve",
    "subscribers": "subscribers:subscribers",
    "worker": "working:worker",
    "watch": "watching:watch",
}
"""By name: the module of this room and what it calls the command."""


SECTIONS = {
    "Begin": "init import doctor schema completion man",
    "Write": "incident maintenance component intake",
    "See it first": "check lint preview build mirror",
    "Publish": "publish deploy deliver watch comment",
    "People who are told": "subscribers serve ledger database worker",
    "Behind the page": "clock report drill as-published",
}
"""How `--help` orders them: by what one is at."""


_BRIEF = frozenset({"build", "check", "publish"})
"""Commands that end in a second, mostly."""

_OBJECTS = 200_000
"""A brief command makes fewer objects than this, and cycles of them hardly ever: it ends before looking pays."""


class Reporting(click.Group):
    """Prints what a user can mend without a traceback, and exits 1; our own bugs keep theirs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every name, in the order of help."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name in _BRIEF:
            gc.set_threshold(_OBJECTS)
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(f"stillup.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command does: its first sentence, as far as a colon or semicolon."""
        for heading, names in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, self._briefly(ctx, name)) for name in names.split()], col_max=14)

    def _briefly(self, ctx: click.Context, name: str) -> str:
        command = self.get_command(ctx, name)
        assert command is not None
        told = command.get_short_help_str(limit=1000)
        return f"{re.split('[:;] ', told)[0].rstrip('.')}."

    def make_context(self, *words: Any, **named: Any) -> click.Context:
        """Read the command line; here help is printed."""
        with taken():
            return super().make_context(*words, **named)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            with orderly(), taken():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except click.Abort as error:
            if not isinstance(error.__context__, KeyboardInterrupt):
                raise  # what was asked has no answer: the input ended
            click.echo(err=True)  # a question has no end of line
            sys.exit(INTERRUPTED)
        except StillupError as error:
            show(error, ctx.find_root().meta.get("format", "text"))
            sys.exit(1)
        except Exception as error:
            from stillup.cli.refusal import refused

            if (said := refused(error)) is None:
                raise
            show(StillupError(said), ctx.find_root().meta.get("format", "text"))
            sys.exit(1)


def _version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        from stillup.cli.version import version

        click.echo(f"stillup {version()}")
        context.exit()


@click.group(cls=Reporting, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Version and commit."
)
def main() -> None:
    """Turn incident records in git into a status page, feeds and messages."""
