"""`stillup incident redact`: a leaked text goes; that it went, when and why, stays."""

import json
from typing import TYPE_CHECKING, Any

import click

from stillup.cli import asking, completion, writing
from stillup.cli.problem import show_problems
from stillup.cli.proof import words
from stillup.cli.proposing import incident
from stillup.cli.writing import common, which
from stillup.vocabulary import TEXTS

if TYPE_CHECKING:
    from stillup.pipeline.change.desk import Desk
    from stillup.pipeline.change.sheet import Change
    from stillup.records.folder import RecordFile


@incident.command("redact")
@click.argument("id", metavar="ID[/UPDATE]", shell_complete=completion.records)
@click.option(
    "--field",
    "fields",
    type=click.Choice(["body", "correction", *TEXTS]),
    multiple=True,
    help="Which text; repeatable. Default: body.",
)
@click.option("--title", default="", help="Replace the title by this one, instead of removing a text.")
@click.option("--reason", required=True, help="Why, for everybody to read; it stands in the text's place.")
@common
@click.pass_context
def redacting(context: click.Context, /, id: str, **options: Any) -> None:
    """Remove a text that should never have been public: of UPDATE (default: the newest), or of `postmortem`.

    With --title the title of the record, and its translations, go instead: every record needs one, so write another.
    It goes from the record, the event log and what is kept here, and with the next `stillup publish` from page, feeds
    and API.
    What cannot be reached from here is listed, with what to do about it. The text itself is never printed.
    """
    from stillup.pipeline.change.finish import finished
    from stillup.pipeline.change.redaction import POSTMORTEM, redacted, retitled
    from stillup.pipeline.change.trial import tried
    from stillup.pipeline.publishing.redaction import copies, purge, unlogged

    record_id, _, update = id.partition("/")
    title, fields = options["title"].strip(), tuple(options["fields"]) or ("body",)
    if title and (update or options["fields"]):
        raise click.UsageError("--title is about the record. Call the command once more for a text of an update.")
    with writing.desk(context, options) as desk:
        file, record = which(desk, record_id, kind="")

        def made(here: "Desk", file: "RecordFile", update: str) -> "tuple[Change, tuple[str, ...]]":
            if title:
                return retitled(here, file, here.record(file), title, options["reason"])
            return redacted(here, file, here.record(file), update, fields, options["reason"])

        change, lost = made(desk, file, update)
        trial = tried(desk, change)
        root, settings = desk.root, desk.settings
        left = list(copies(root, settings, record.id, min(change.files), record.title if title else ""))
        if not options["as_json"]:
            show_problems(trial.warnings, "text")
            for line in words(trial):
                click.echo(line, err=not options["dry_run"])
        done, gone, erased, unreached = None, tuple[str, ...](), 0, ""
        if not options["dry_run"]:
            if asking.terminal() and not options["yes"] and not asking.agreed("Remove it"):
                click.echo("Nothing was removed.", err=True)
                context.exit(1)
            pinned = POSTMORTEM if update == POSTMORTEM else change.update

            def anew(here: "Desk") -> "Change":
                there = here.file(record.id)
                again, _ = made(here, there, pinned)
                return tried(here, again).change

            done = finished(
                desk,
                trial.change,
                commit=options["commit"],
                push=options["push"],
                asks=asking.terminal(),
                again=anew,
            )
            # At once, and not with the next publish: whoever holds a salt can prove that a guess is the text.
            erased, unreached = unlogged(root, settings, desk.record(desk.file(record.id)), at=desk.at)
    if done is not None:
        gone = purge(root)
    if options["as_json"]:
        said = {
            "record": record.id,
            "update": change.update or ("" if title else "postmortem"),
            "fields": ["title"] if title else list(fields),
            "texts": len(lost),
            "files": sorted(change.files),
            "commit": (done.commit or None) if done else None,
            "pushed": done.pushed if done else False,
            "dry_run": done is None,
            "thrown_away": list(gone),
            "entries_erased": erased,
            "event_log_fault": unreached or None,
            "not_reached": [
                {"place": each.place, "advice": each.advice, "commands": list(each.commands)} for each in left
            ],
        }
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    removed = "would be removed" if done is None else "removed"
    click.echo(f"{', '.join(sorted(change.files))}: {len(lost)} {'text' if len(lost) == 1 else 'texts'} {removed}.")
    for name in gone:
        click.echo(f"{name}: thrown away.")
    if erased:
        click.echo(f"Event log: the text of {erased} {'entry' if erased == 1 else 'entries'} erased.")
    if unreached:
        click.echo(f"{unreached} The next `stillup publish` erases the text there.", err=True)
    if done is not None and done.commit:
        click.echo(f"Commit {done.commit[:10]}{', pushed' if done.pushed else ', not pushed'}.")
    click.echo("")
    click.echo("The page, feeds and API are without it after the next `stillup publish`. Not reached from here:")
    for each in left:
        click.echo(f"- {each.place}. {each.advice}")
        for command in each.commands:
            click.echo(f"    {command}")
