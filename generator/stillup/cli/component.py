"""`stillup component ...`: the state of a part of the service, outside incidents."""

from typing import Any

import click

from stillup.cli import asking, completion, writing
from stillup.cli.state import state as meant
from stillup.cli.writing import carry_out, common
from stillup.vocabulary import ComponentStatus


@click.group()
def component() -> None:
    """Note the state of a component where there is no incident to tell of."""


@component.command("set")
@click.argument("id", required=False, shell_complete=completion.components)
@click.argument("state", required=False)
@click.option("--source", default="", help="Who or what saw it, e.g. synthetic-check.")
@common
@click.pass_context
def setting(context: click.Context, /, id: str | None, state: str | None, **options: Any) -> None:
    """Note that component ID is in STATE from now on: ok, degraded, partial, major or maintenance.

    ID=STATE, as other commands take it, is the same.
    """
    from stillup.pipeline.change import draft

    if id and not state:
        id, _, state = id.partition("=")
    with writing.desk(context, options) as desk:
        if not (id and state) and not asking.terminal():
            raise asking.missing([name for name, value in (("ID", id), ("STATE", state)) if not value])
        id = id or next(iter(asking.components(desk.edition.components, states=False)))
        state = state or asking.chosen("In which state", dict.fromkeys(ComponentStatus, ""), "operational")
        status = ComponentStatus(meant(state, _refuse))
        found = id
        carry_out(desk, lambda here, _: draft.state(here, found, status, options["source"]), options)


def _refuse(message: str) -> None:
    raise click.BadParameter(message, param_hint="STATE")
