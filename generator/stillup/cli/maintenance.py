"""`stillup maintenance ...`: planned work announced, moved, called off, begun and ended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from stillup.cli import asking, completion, writing
from stillup.cli.writing import carry_out, common, draft, instant, said, which
from stillup.vocabulary import ComponentStatus, Kind, UpdateStatus

if TYPE_CHECKING:
    from stillup.pipeline.change.desk import Desk
    from stillup.records.incident import Incident
    from stillup.timeline.course import Occurrence

_ID = click.argument("id", required=False, shell_complete=completion.records)
_START = click.option("--start", default="", help="E.g. 2026-11-22 02:00 Europe/Berlin.")
_END = click.option("--end", default="", help="At this instant it is over.")
_FOR = click.option("--for", "length", default="", help="In place of --end: how long it takes, e.g. 90m.")


@click.group()
def maintenance() -> None:
    """Announce planned work, move it, call it off, begin it and end it.

    With nothing more said it begins and ends by the clock. On a terminal you are asked for what you leave out.
    """


@maintenance.command("schedule")
@click.argument("title", required=False)
@_START
@_END
@_FOR
@writing.component
@writing.message
@click.option("--timezone", default="", help="The zone in which a series keeps its local time.")
@click.option("--recurrence", default="", help="Makes a series, e.g. FREQ=WEEKLY;BYDAY=SU;COUNT=8.")
@click.option("--except", "exceptions", multiple=True, help="A start that does not take place; repeatable.")
@click.option("--reminder", "reminders", multiple=True, help="How long before; repeatable. Default: 24h and 1h.")
@click.option("--manual", is_flag=True, help="It begins and ends by your word only, not by the clock.")
@writing.text
@writing.internal
@writing.silent
@writing.anyway
@common
@click.pass_context
def schedule(context: click.Context, /, title: str | None, **options: Any) -> None:
    """Announce planned work: TITLE says what changes for customers."""
    from stillup.pipeline.change.draft import Told, opened

    with writing.desk(context, options) as desk:
        components = writing.affected(desk, options, ComponentStatus.UNDER_MAINTENANCE)
        there = {
            "TITLE": title,
            "--start": options["start"],
            "--end or --for": options["end"] or options["length"],
            "--component": components,
        }
        asks = asking.terminal()
        if not asks and not all(there.values()):
            raise asking.missing([name for name, value in there.items() if not value])
        title = title or asking.ask("What changes for customers")
        components = components or asking.components(desk.edition.components, states=False)
        written, start, end = _window(desk, options, None)
        if not options["recurrence"]:
            _ahead(desk, end)
        words = said(options) or _planned(desk, "scheduled", components, start, end)
        if asks and not options["message"]:
            words = asking.text("Words for customers", words)
        window = {
            **written,
            "timezone": options["timezone"],
            "recurrence": options["recurrence"],
            "except": list(options["exceptions"]),
            "reminders": list(options["reminders"]),
            "auto": False if options["manual"] else "",
        }
        record = {
            "title": title,
            "kind": Kind.MAINTENANCE.value,
            "scheduled": {name: value for name, value in window.items() if value not in ("", [])},
        }
        update = {"status": "scheduled", "components": components, "body": words, **_common(options)}

        def build(here: "Desk", lint: dict[str, str]) -> Any:
            facts = {**update, "lint": lint} if lint else update
            return opened(here, Told(update=facts, record=record, internal=options["internal"]))

        carry_out(desk, build, options, again=False)


_TELLING: tuple[Callable[[writing.Command], writing.Command], ...] = (
    _ID,
    writing.message,
    writing.occurrence,
    writing.text,
    writing.internal,
    writing.silent,
    writing.anyway,
    common,
    click.pass_context,
)


def _telling(command: writing.Command) -> writing.Command:
    """Add what every word on announced work has."""
    for add in reversed(_TELLING):
        command = add(command)
    return command


@maintenance.command("move")
@_START
@_END
@_FOR
@_telling
def move(context: click.Context, /, id: str | None, **options: Any) -> None:
    """Give announced work another window; of a series, --occurrence says which one moves."""
    _tell(context, id, UpdateStatus.SCHEDULED, options)


@maintenance.command("cancel")
@_telling
def cancel(context: click.Context, /, id: str | None, **options: Any) -> None:
    """Say that the work does not take place; of a series, all that is to come, or one --occurrence."""
    _tell(context, id, UpdateStatus.CANCELLED, options)


@maintenance.command("start")
@_telling
def start(context: click.Context, /, id: str | None, **options: Any) -> None:
    """Say that the work has begun, before the clock does or in its place."""
    _tell(context, id, UpdateStatus.IN_PROGRESS, options)


@maintenance.command("complete")
@_telling
def complete(context: click.Context, /, id: str | None, **options: Any) -> None:
    """Say that the work is over, before the clock does or in its place."""
    _tell(context, id, UpdateStatus.COMPLETED, options)


def _tell(context: click.Context, id: str | None, status: UpdateStatus, options: dict[str, Any]) -> None:
    from stillup.pipeline.change.draft import Told, updated
    from stillup.records.moment import utc

    with writing.desk(context, options) as desk:
        _, record = which(desk, id, kind=Kind.MAINTENANCE)
        held = dict.fromkeys(id for update in record.updates for id in update.components)
        update: dict[str, Any] = {"status": status.value}
        named = instant(options["occurrence"], "--occurrence")
        if named is not None:
            update["occurrence"] = utc(named)
        words = said(options)
        if status is UpdateStatus.SCHEDULED:
            meant = _meant(desk, record, named)
            if meant is None and named is not None:
                raise click.UsageError(f"--occurrence: no window starts at {utc(named)}. {_starts(desk, record)}")
            if meant is not None and not options["start"] and (options["end"] or options["length"]):
                options["start"] = utc(meant.start)
            if not options["start"] and not asking.terminal():
                raise asking.missing(["--start"])
            written, start, end = _window(desk, options, meant.end - meant.start if meant else None)
            _ahead(desk, end)
            how = "moved"
            if meant is not None and meant.began is not None and start <= desk.at < end:
                # Work that goes on takes longer: it is not put off.
                status = meant.status if meant.ended is None else UpdateStatus.IN_PROGRESS
                update |= {"status": status.value, "next_update_at": utc(end)}
                how = "longer"
            update["scheduled"] = written
            words = words or _planned(desk, how, held, start, end)
        words = words or draft(desk, f"maintenance.{status}", held)
        if asking.terminal() and not options["message"]:
            words = asking.text("Words for customers", words)
        promise = {} if "next_update_at" in update else writing.until_end(desk, record, status)
        update |= {"body": words, **promise, **_common(options)}

        def build(here: "Desk", lint: dict[str, str]) -> Any:
            facts = {**update, "lint": lint} if lint else update
            file = here.file(record.id)
            return updated(here, file, here.record(file), Told(update=facts, internal=options["internal"]))

        carry_out(desk, build, options)


def _meant(desk: "Desk", record: "Incident", named: datetime | None) -> "Occurrence | None":
    """Return the window that moves: the one that is named, else the one that runs, the next one, or the last."""
    known = writing.windows(desk, record)
    if named is not None:
        return next((each for each in known if named in (each.planned_start, each.start)), None)
    left = [each for each in known if each.ended is None and each.status is not UpdateStatus.CANCELLED]
    return next(iter(left or known[-1:]), None)


def _starts(desk: "Desk", record: "Incident") -> str:
    """Return which windows are still to come, to choose from."""
    from stillup.records.moment import utc

    ahead = [utc(each.planned_start) for each in writing.windows(desk, record) if each.ended is None]
    return f"Write {' or '.join(ahead[:3])}." if ahead else "None is to come."


def _window(
    desk: "Desk", options: dict[str, Any], length: timedelta | None
) -> tuple[dict[str, str], datetime, datetime]:
    """Return the window as it is written and as it is meant; `length` is that of the window before, where it moves."""
    from stillup.records import moment
    from stillup.records.refusal import Unusable

    begin = options["start"] or asking.valid("When does it start", "", moment.instant)
    start = instant(begin, "--start")
    assert start is not None
    end, long = options["end"], options["length"]
    if end and long:
        raise click.UsageError("--end and --for say the same. Leave one out.")
    if not end and not long and length is None:
        if not asking.terminal():
            raise asking.missing(["--end or --for"])
        long = asking.valid("How long does it take", "1h", moment.duration)
    if end:
        stop = instant(end, "--end")
        assert stop is not None
        return {"start": begin, "end": end}, start, stop
    try:
        stop = start + (moment.duration(long) if long else length or timedelta())
    except Unusable as error:
        raise click.BadParameter(f"{error} {error.fix}".rstrip(), param_hint="--for") from None
    return {"start": begin, "end": moment.utc(stop)}, start, stop


def _ahead(desk: "Desk", end: datetime) -> None:
    """Refuse a window that is over: nobody can prepare for it, and everybody would be told."""
    if end <= desk.at:
        from stillup.records.moment import utc

        said = f"The window was over at {utc(end)}. Write one that is ahead, with its day, month and year."
        raise click.BadParameter(said, param_hint="--start")


def _planned(desk: "Desk", key: str, ids: dict[str, Any], start: datetime, end: datetime) -> str:
    words, zone = desk.edition.words, desk.edition.zone
    begins, ends = start.astimezone(zone), end.astimezone(zone)
    alone = key == "longer" or (begins.date(), begins.utcoffset()) != (ends.date(), ends.utcoffset())
    times = {"start": words.moment(begins), "end": words.moment(ends) if alone else words.clock(ends)}
    return draft(desk, f"maintenance.{key}", ids, **times)


def _common(options: dict[str, Any]) -> dict[str, Any]:
    return {**dict(options["texts"]), **({"notify": False} if options["silent"] else {})}
