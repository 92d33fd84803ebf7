"""What all commands that write records share: their options, and the way from a change to its end."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stillup.cli import asking, completion, option
from stillup.cli.problem import show_problems
from stillup.cli.state import State
from stillup.errors import Problem, RecordError
from stillup.fix import Fix, Mention, Way
from stillup.vocabulary import TEXTS, ComponentStatus, Kind, UpdateStatus

if TYPE_CHECKING:
    from stillup.pipeline.change.desk import Desk
    from stillup.pipeline.change.finish import Done
    from stillup.pipeline.change.sheet import Change
    from stillup.pipeline.change.trial import Trial
    from stillup.records.folder import RecordFile
    from stillup.records.incident import Incident
    from stillup.timeline.course import Occurrence

Options = dict[str, Any]
Command = Callable[..., None]


class Fact(click.ParamType[tuple[str, str]]):
    """`NAME=TEXT`."""

    name = "name=text"

    def __init__(self, known: tuple[str, ...] = ()) -> None:
        """Take these names only; any where there are none."""
        self.known = known

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return both."""
        if isinstance(value, tuple):
            return value
        name, equals, said = str(value).partition("=")
        name = name.strip()
        if not equals or not said.strip():
            self.fail(f"{value} has not the form name=text.", param, ctx)
        if self.known and name not in self.known:
            self.fail(f"{name} is no text of an update. Use {', '.join(self.known)}.", param, ctx)
        return name, said.strip()


class Promise(click.ParamType[dict[str, str]]):
    """When the next update comes: a duration, an instant, or `none`."""

    name = "duration|instant|none"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        """Return the field of the update."""
        from stillup.records.refusal import Unusable

        if isinstance(value, dict):
            return value
        try:
            return promised(str(value))
        except Unusable as error:
            self.fail(f"{error} {error.fix}".rstrip(), param, ctx)


def promised(said: str) -> dict[str, str]:
    """Return the field that makes this promise.

    Raises:
        Unusable: it is neither a duration nor an instant.
    """
    from stillup.records import moment

    if said == "none":
        return {}
    if said[:4].isdigit() and "-" in said:
        return {"next_update_at": moment.utc(moment.instant(said))}
    moment.duration(said)
    return {"next_update_in": said}


component = click.option(
    "-c",
    "--component",
    "components",
    type=State(),
    multiple=True,
    help="ID=STATE; repeatable.",
    shell_complete=completion.components,
)
message = click.option("-m", "--message", default="", help="Markdown for customers; - reads it from stdin.")
text = click.option("-t", "--text", "texts", type=Fact(TEXTS), multiple=True, help="E.g. scope=...; repeatable.")
internal = click.option("-i", "--internal", type=Fact(), multiple=True, help="Of the private record; repeatable.")
next_update = click.option("--next-update", type=Promise(), default=None, help="30m, an instant, or none.")
silent = click.option("--no-notify", "silent", is_flag=True, help="Change the page and tell nobody.")
confirmed = click.option(
    "--cause-confirmed", is_flag=True, help="The cause it names is certain, though it is investigating still."
)
anyway = click.option("--anyway", metavar="REASON", default="", help="Overrule objections to the words; logged.")
occurrence = click.option("--occurrence", default="", help="In a series: the planned start of the window it is about.")


_ANYWAY = 'Where a rule is wrong here, give --anyway "REASON": the update keeps it.'
_FIELDS = "A field of the update is given as -t NAME=TEXT."

_COMMON: tuple[Callable[[Command], Command], ...] = (
    option.root,
    option.at,
    option.json_lines,
    click.option("--dry-run", is_flag=True, help="Show the change and write nothing."),
    click.option("-y", "--yes", is_flag=True, help="Do not ask whether to write it."),
    click.option("--commit", is_flag=True, help="Commit the change, and nothing else."),
    click.option("--push", is_flag=True, help="Commit, and push the branch."),
)


def common(command: Command) -> Command:
    """Add the options that every such command has."""
    for add in reversed(_COMMON):
        command = add(command)
    return command


def _ways_out(objections: Iterable[Problem]) -> str:
    """Return how a command is told what its words lack, and how a rule is overruled."""
    pieces = [piece for each in objections if isinstance(each.fix, Fix) for piece in each.fix.pieces]
    texts = any(each is Way.PARENTHESES or (isinstance(each, Mention) and each.field in TEXTS) for each in pieces)
    return f"{_FIELDS} {_ANYWAY}" if texts else _ANYWAY


def desk(context: click.Context, options: Options) -> "Desk":
    """Return the page that the command is about."""
    from stillup.pipeline.change.desk import Desk

    context.find_root().meta["format"] = "json" if options["as_json"] else "text"
    when: option.When = options["at"]
    return Desk(options["root"], at=when.at, live=when.live)


def said(options: Options) -> str:
    """Return the message of the options, from stdin where that is asked for."""
    words: str = options.get("message") or ""
    return sys.stdin.read().strip() if words == "-" else words.strip()


def affected(desk: "Desk", options: Options, default: str = "") -> dict[str, str]:
    """Return the components of the options by id, with their states. A component's name stands for its id."""
    known = desk.edition.components
    found: dict[str, str] = {}
    for written, said in options["components"]:
        names = [part.id for part in known.components if written.casefold() in (part.id, part.name.casefold())]
        id = names[0] if len(names) == 1 and written not in known.by_id else written
        if not (said or default):
            raise click.UsageError(f"--component {written} names no state. Write {written}=partial, or another state.")
        if found.setdefault(id, said or default) != (said or default):
            raise click.UsageError(f"--component {id} is given with two states. Leave one of them out.")
    return found


def instant(said: str, name: str) -> datetime | None:
    """Return the instant that an option names; None for an empty one."""
    from stillup.records import moment
    from stillup.records.refusal import Unusable

    try:
        return moment.instant(said) if said else None
    except Unusable as error:
        raise click.BadParameter(f"{error} {error.fix}".rstrip(), param_hint=name) from None


def draft(desk: "Desk", key: str, ids: Mapping[str, object], **more: str) -> str:
    """Return the first words of an update, in the page's language."""
    known, words = desk.edition.components, desk.edition.words
    groups = {f"group:{group.id}": group.name for group in known.groups}
    names = [known.by_id[id].name if id in known.by_id else groups.get(id, id) for id in ids]
    services = words.joined(names, 3) if names else desk.edition.masthead.organisation
    return words.say(f"draft.{key}", services=services, **more)


def not_over(record: "Incident", now: UpdateStatus, components: Mapping[str, str]) -> None:
    """Refuse to take the status for granted where an incident is over by `now`, and something is affected again.

    Whether it is this incident that goes on is for people to say.
    """
    again = [id for id, state in components.items() if state != ComponentStatus.OPERATIONAL]
    if record.kind is Kind.INCIDENT and now.closes and again:
        raise click.UsageError(
            f"{record.id} is resolved, and {again[0]} is affected again. "
            "Add --status investigating to open it again, or use `stillup incident open` for a new one."
        )


def until_end(desk: "Desk", record: "Incident", status: str) -> dict[str, str]:
    """Return the promise of work that goes on: the next word comes at the end of the window, where that is ahead."""
    from stillup.records.moment import utc

    if status not in ("in_progress", "verifying"):
        return {}
    ends = [each.end for each in windows(desk, record) if each.end > desk.at]
    return {"next_update_at": utc(min(ends))} if ends else {}


def windows(desk: "Desk", record: "Incident") -> "tuple[Occurrence, ...]":
    """Return the windows of announced work as they stand; before the announcement as that had them."""
    from stillup.timeline.course import course

    return course(record, max(desk.at, record.updates[0].at)).occurrences


def which(desk: "Desk", id: str | None, *, kind: str) -> "tuple[RecordFile, Incident]":
    """Return the record that is meant: the one named, else the only open one, else the one that a person chooses."""
    if id is None:
        found = {record.id: record.title for record in desk.open() if not kind or record.kind == kind}
        if len(found) == 1:
            id = next(iter(found))
        elif not found:
            newest = desk.newest(kind)
            raise click.UsageError(
                f"Missing: ID. No {kind or 'record'} is open{f'; the last one was {newest}' if newest else ''}."
            )
        elif asking.terminal():
            id = asking.chosen("Which", found, next(iter(found)))
        else:
            raise asking.missing([f"ID (open are {', '.join(found)})"])
    file = desk.file(id)
    record = desk.record(file)
    if kind and record.kind != kind:
        raise click.UsageError(f"{id} is of kind {record.kind}. Use `stillup {record.kind}`.")
    return file, record


def carry_out(
    desk: "Desk", build: "Callable[[Desk, dict[str, str]], Change]", options: Options, *, again: bool = True
) -> None:
    """Try the change that `build` makes, show it, and write it where nothing is against it.

    `build` takes what an update logs of overruled objections. Where others changed the same lines before our push, it
    is asked once more, on what they wrote; without `again` that is left to people.
    """
    from stillup.pipeline.change.ahead import ahead
    from stillup.pipeline.change.finish import finished

    reason = options.get("anyway")
    trial = _tried(desk, build, reason, tell=True)
    trial = replace(trial, warnings=(*trial.warnings, *ahead(trial, option.clock().at)))
    _show(options["root"], trial, options)
    if options["dry_run"]:
        _say(trial, None, options)
        return
    asks = asking.terminal()
    if asks and not options["yes"] and not asking.agreed("Write this"):
        click.echo("Nothing was written.", err=True)
        sys.exit(1)
    done = finished(
        desk,
        trial.change,
        commit=options["commit"],
        push=options["push"],
        asks=asks,
        again=(lambda fresh: _tried(fresh, build, reason).change) if again else None,
    )
    _say(trial, done, options)


def _tried(
    desk: "Desk", build: "Callable[[Desk, dict[str, str]], Change]", reason: str | None, *, tell: bool = False
) -> "Trial":
    """Return the change that `build` makes at `desk`, tried; objections are logged in it where there is a reason.

    Without one they stop it; None: the command takes none.

    Raises:
        RecordError: it is unsound, or judges object and nobody overrules them.
    """
    from stillup.pipeline.change.trial import overruled, tried

    try:
        trial = tried(desk, build(desk, {}))
        if trial.objections and not reason:
            raise RecordError(trial.objections, "" if reason is None else _ways_out(trial.objections))
        if reason and (logged := overruled(trial, reason)):
            if tell:
                show_problems(trial.objections, "text")
            trial = tried(desk, build(desk, logged))
    except RecordError as error:
        raise RecordError(_in_options(desk, error.problems), error.advice) from None
    return replace(trial, warnings=_in_options(desk, trial.warnings))


def _in_options(desk: "Desk", problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return what the command that runs has brought about, with its options where files have fields."""
    from stillup.cli.at_hand import at_hand

    context = click.get_current_context()
    return tuple(at_hand(each, context.command, context.params, desk.settings.private) for each in problems)


def _show(root: Path, trial: "Trial", options: Options) -> None:
    from stillup.cli.proof import proof

    if options["as_json"]:
        return
    show_problems(trial.warnings, "text")
    for line in proof(root, trial):
        click.echo(line, err=not options["dry_run"])


def _say(trial: "Trial", done: "Done | None", options: Options) -> None:
    from stillup.cli.proof import difference

    change = trial.change
    if options["as_json"]:
        told = {
            "record": change.record,
            "update": done.update if done else change.update,
            "files": sorted(change.files),
            "messages": len(trial.messages),
            "commit": (done.commit or None) if done else None,
            "pushed": done.pushed if done else False,
            "made_anew_on": (done.theirs or None) if done else None,
            "numbered_anew": (done.reference or None) if done else None,
            "dry_run": done is None,
            "diff": "\n".join(difference(options["root"], trial)) if done is None else None,
            "warnings": [asdict(problem) for problem in trial.warnings],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    if done is None:
        return
    for path in done.files:
        click.echo(f"{path}: {'written' if change.files[path] is not None else 'removed'}.")
    for path in done.kept if done.commit else ():
        click.echo(f"{path} is private and in no repository: it stays on this machine.")
    if done.reference:
        click.echo(f"Another incident got the same number meanwhile; this one is {done.reference} now.")
    if done.channel:
        click.echo(f"Its private record names the channel {done.channel} now: give the chat channel that name.")
    if done.theirs:
        click.echo(f"Somebody else changed the same lines meanwhile ({done.theirs}); this was made anew on theirs.")
    if done.commit:
        click.echo(f"Commit {done.commit[:10]}{', pushed' if done.pushed else ', not pushed'}.")
