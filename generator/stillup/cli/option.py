"""Options that mean the same in every command, and how results are told."""

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from stillup.cli.problem import show_problems
from stillup.count import counted

if TYPE_CHECKING:
    from stillup.pipeline import Built, Checked


KINDS = (
    "incident",
    "update",
    "component",
    "groups",
    "settings",
    "subscribers",
    "private-incident",
    "roster",
    "customers",
    "contracts",
    "drill",
    "scenario",
)
"""The kinds of file that have a schema; `records.schema` is imported only when it is asked for."""


class When(NamedTuple):
    """The instant to work for."""

    at: datetime
    live: bool
    """Whether it is simply now: pages then go on with the reader's clock."""

    @classmethod
    def now(cls) -> "When":
        """Return this second."""
        return cls(datetime.now(UTC).replace(microsecond=0), live=True)


class Instant(click.ParamType[When]):
    """`now`, or an instant as records write it."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> When:
        """Return `value` in UTC."""
        from stillup.records.moment import instant
        from stillup.records.refusal import Unusable

        if isinstance(value, When):
            return value
        if value == "now":
            return When.now()
        try:
            return When(instant(value), live=False)
        except Unusable as error:
            self.fail(f"{error} {error.fix}".rstrip(), param, ctx)


_CLOCK = "STILLUP_AT"


def clock() -> When:
    """Return the instant of every command that is given none."""
    return Instant().convert(os.environ.get(_CLOCK) or "now", None, None)


root = click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=".",
    help="The folder with incidents/ and components/.",
)
at = click.option(
    "--at",
    type=Instant(),
    envvar=_CLOCK,
    default="now",
    show_default=True,
    help="The instant to work for, e.g. 2026-11-20T10:45:00Z; now.",
)
json_lines = click.option("--json", "as_json", is_flag=True, help="Print results and problems as JSON.")
keep_last_good = click.option(
    "--keep-last-good", is_flag=True, help="Take a broken record as of the newest commit in which it was sound."
)
site_dir = click.option(
    "--site-dir", type=click.Path(path_type=Path, file_okay=False), help="Default: as mkdocs.yml says, else site/."
)


def say_checked(checked: "Checked", form: str) -> None:
    """Print warnings on stderr and the count on stdout."""
    show_problems(checked.warnings, form)
    if form == "text":
        click.echo(f"{counted(checked.records, 'record')}, no errors.")


def say_built(built: "Built", as_json: bool) -> None:
    """Print what was written; for machines one document with the warnings in it."""
    if as_json:
        warnings = [asdict(problem) for problem in built.warnings]
        click.echo(json.dumps({**built.numbers(), "warnings": warnings}, ensure_ascii=False))
        return
    show_problems(built.warnings, "text")
    for line in built.lines():
        click.echo(line)
