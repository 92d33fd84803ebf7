"""`stillup incident accept` and `form`: what machines and forms propose becomes a record by somebody's word."""

from typing import TYPE_CHECKING, Any

import click

from stillup.cli import asking, completion, writing
from stillup.cli.incident import SEVERITY, incident
from stillup.cli.writing import carry_out, common, said

if TYPE_CHECKING:
    from stillup.pipeline.change.desk import Desk

__all__ = ["incident"]


@incident.command("accept")
@click.argument("id", shell_complete=completion.drafts)
@writing.message
@writing.component
@SEVERITY
@click.option("--title", default="")
@writing.text
@writing.internal
@writing.anyway
@common
@click.pass_context
def accepting(context: click.Context, /, id: str, **options: Any) -> None:
    """Make a draft of incidents/_drafts/ a record: it is told now."""
    from stillup.pipeline.change.draft import Told, accepted

    with writing.desk(context, options) as desk:
        record = {name: options[name] for name in ("title", "severity") if options[name]}
        words = {"body": said(options)} if options["message"] else {}
        states = writing.affected(desk, options)

        def build(here: "Desk", lint: dict[str, str]) -> Any:
            update = {**words, **dict(options["texts"]), **({"lint": lint} if lint else {})}
            told = Told(update=update, record=record, internal=options["internal"])
            return accepted(here, id, told, states)

        carry_out(desk, build, options, again=False)


@incident.command("form")
@click.option("--event", type=click.File("r", encoding="utf-8"), envvar="GITHUB_EVENT_PATH", help="- is stdin.")
@common
@click.pass_context
def filling(context: click.Context, /, event: Any, **options: Any) -> None:
    """Do what a form says: an issue of GitHub or GitLab, or the inputs of a workflow, as the host's JSON tells it.

    An issue labelled outage-report becomes a private file, and counts as a complaint.
    """
    from stillup.pipeline.change.form import REPORT, arguments, form
    from stillup.pipeline.change.report import reported

    if event is None:
        raise asking.missing(["--event"])
    filled = form(event.read())
    if filled.action == REPORT:
        with writing.desk(context, options) as desk:
            carry_out(desk, lambda here, _: reported(here, filled), options)
        return
    at = options["at"].at
    flags = {"--dry-run": "dry_run", "--yes": "yes", "--commit": "commit", "--push": "push", "--json": "as_json"}
    words = [flag for flag, name in flags.items() if options[name]]
    words += [f"--root={options['root']}", f"--at={at.isoformat()}"]
    action, *rest = arguments(filled)
    incident.main([action, *words, *rest], prog_name="stillup incident", standalone_mode=False)
