"""`stillup incident ...`: what responders do, in a few words each."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from stillup.cli import asking, completion, writing
from stillup.cli.writing import carry_out, common, draft, instant, said, which
from stillup.vocabulary import (
    IMPACT_OF,
    SEVERITY_OF,
    STATUSES_OF,
    ComponentStatus,
    Impact,
    Kind,
    Severity,
    UpdateStatus,
)

if TYPE_CHECKING:
    from stillup.pipeline.change.desk import Desk
    from stillup.records.incident import Incident


def _one_of(words: Iterable[str]) -> click.Choice[str]:
    return click.Choice([str(word) for word in words], case_sensitive=False)


_ID = click.argument("id", required=False, shell_complete=completion.records)
_STATUS = click.option("--status", type=_one_of(UpdateStatus), help="How far the work has come.")
SEVERITY = click.option("-s", "--severity", type=_one_of(Severity), help="The plan's class.")
_IMPACT = click.option("--impact", type=_one_of(Impact), help="Default: that of the worst component.")


@click.group()
def incident() -> None:
    """Open an incident, tell how it goes, close it. Each call shows what people will read before it writes.

    On a terminal you are asked for what you leave out; a script is told what is missing, with exit status 2.
    """


@incident.command("open")
@click.argument("title", required=False)
@writing.component
@SEVERITY
@writing.message
@click.option("--status", type=_one_of(STATUSES_OF[Kind.INCIDENT]), default="investigating")
@writing.next_update
@click.option("--started", default="", help="When customers began to notice; default: now.")
@click.option("--disaster", is_flag=True, help="The cadence and the words for disasters.")
@_IMPACT
@click.option("--reference", default="", help="Default: INC-, the day, and the next number.")
@writing.text
@writing.confirmed
@writing.internal
@writing.silent
@writing.anyway
@common
@click.pass_context
def opening(context: click.Context, /, title: str | None, **options: Any) -> None:
    """Open an incident: TITLE is the symptom in the customer's words."""
    with writing.desk(context, options) as desk:
        components = writing.affected(desk, options)
        severity: str = options["severity"] or ""
        words, promise = said(options), options["next_update"]
        asks = asking.terminal()
        if not asks:
            lacking = [
                name
                for name, there in (("TITLE", title), ("--component", components), ("--severity", severity))
                if not there
            ]
            if lacking:
                raise asking.missing(lacking)
        alone = asks and not (title and components and severity)
        title = title or asking.ask("What do customers notice")
        components = components or asking.components(desk.edition.components)
        severity = severity or asking.severity(_suggested(desk, components, options["impact"]))
        texts = dict(options["texts"])
        if not words:
            texts.setdefault("impact_text", title)
            words = draft(desk, f"incident.{options['status']}", components)
            words = asking.text("Words for customers", words) if alone else words
        if promise is None:
            promise = _cadence(desk, severity, options["disaster"], options["status"], alone)
        started = instant(options["started"], "--started")
        record: dict[str, object] = {
            "title": title,
            "reference": options["reference"] or _reference(desk),
            "severity": severity,
            "impact": options["impact"],
            "disaster": options["disaster"],
            "started_at": _spelled(started or desk.at),
        }
        update = {
            "status": options["status"],
            "components": components,
            "body": words,
            **_common(options),
            **texts,
            **promise,
        }
        _carry_out(desk, "opened", record, update, options, again=False)


@incident.command("update")
@_ID
@writing.message
@_STATUS
@writing.component
@SEVERITY
@writing.next_update
@writing.occurrence
@writing.text
@writing.confirmed
@writing.internal
@writing.silent
@writing.anyway
@common
@click.pass_context
def updating(context: click.Context, /, id: str | None, **options: Any) -> None:
    """Tell how it goes. ID may be left out while one record is open."""
    with writing.desk(context, options) as desk:
        _update(desk, id, "", options["status"], options)


@incident.command("resolve")
@_ID
@writing.message
@click.option("--ended", default="", help="When customers stopped noticing; default: now.")
@writing.text
@writing.internal
@writing.silent
@writing.anyway
@common
@click.pass_context
def resolving(context: click.Context, /, id: str | None, **options: Any) -> None:
    """Say that it is over; every component it held is free again."""
    options |= {"components": (), "severity": None, "next_update": {}, "occurrence": ""}
    with writing.desk(context, options) as desk:
        _update(desk, id, Kind.INCIDENT, UpdateStatus.RESOLVED, options)


@incident.command("edit")
@_ID
@click.argument("update", required=False)
@writing.message
@_STATUS
@writing.component
@click.option("--title", default="")
@SEVERITY
@_IMPACT
@click.option("--started", default="", help="When customers began to notice.")
@click.option("--ended", default="", help="When customers stopped noticing.")
@writing.text
@writing.confirmed
@writing.internal
@click.option("--correction", default="", help="What was wrong; everybody is told once more.")
@click.option("--withdraw", metavar="REASON", default="", help="Take the update's words back.")
@click.option("--undo", is_flag=True, help="Take the newest update away, while it has not left this clone.")
@writing.anyway
@common
@click.pass_context
def editing(context: click.Context, /, id: str | None, update: str | None, **options: Any) -> None:
    """Mend what is written: UPDATE (default: the newest) of ID, or the record. Nobody is notified of it."""
    from stillup.records import moment

    with writing.desk(context, options) as desk:
        file, record = which(desk, id, kind="")
        if options["undo"]:
            _undo(desk, file, record, options)
            return
        facts: dict[str, object] = _common(options)
        facts |= {"body": said(options)} if options["message"] else {}
        facts |= {"status": options["status"]} if options["status"] else {}
        facts |= {"components": writing.affected(desk, options)} if options["components"] else {}
        facts |= {"correction": options["correction"]} if options["correction"] else {}
        if options["withdraw"]:
            facts["withdrawn"] = {"at": moment.utc(desk.at), "reason": options["withdraw"]}
        whole = {
            "title": options["title"],
            "severity": options["severity"],
            "impact": options["impact"],
            "started_at": _spelled(instant(options["started"], "--started")),
            "ended_at": _spelled(instant(options["ended"], "--ended")),
        }
        known = {name: value for name, value in whole.items() if value}
        if not (facts or known or options["internal"]) and asking.terminal():
            facts["body"] = _reworded(record, update or "")
        if not (facts or known or options["internal"]):
            raise asking.missing(["what to change, such as --message"])
        _carry_out(desk, "edited", known, facts, options, record.id, update or record.updates[-1].id)


def _update(desk: "Desk", id: str | None, kind: str, status: str | None, options: dict[str, Any]) -> None:
    """Tell one more update of the record that is meant."""
    from stillup.pipeline.change.earlier import standing

    file, record = which(desk, id, kind=kind)
    words, components, promise = said(options), writing.affected(desk, options), options["next_update"]
    alone = asking.terminal() and not words and (not status or status == "resolved")
    if not (words or status) and not alone:
        raise asking.missing(["--message or --status"])
    now = standing(record, desk.at).status
    if alone and not status:
        known = {str(each): "" for each in STATUSES_OF[record.kind]}
        status = asking.chosen("How far is the work", known, now)
    elif not status:
        writing.not_over(record, now, components)
    status = status or str(now)
    if not words:
        held = dict.fromkeys(id for update in record.updates for id in update.components) | components
        words = draft(desk, f"{record.kind}.{status}", held) if status != "scheduled" else ""
        words = asking.text("Words for customers", words) if alone or not words else words
    if promise is None:
        if record.kind is Kind.MAINTENANCE:
            promise = writing.until_end(desk, record, status)
        else:
            severity = options["severity"] or record.severity or _by_impact(record, components)
            promise = _cadence(desk, severity, record.disaster, status, alone)
    update = {"status": status, "components": components, "body": words, **_common(options), **promise}
    update["occurrence"] = _spelled(instant(options["occurrence"], "--occurrence"))
    whole = {"severity": options["severity"], **(_span(record, options) if status == "resolved" else {})}
    if alone and status == "resolved":
        update |= asking.last_facts(update)
    _carry_out(desk, "updated", {name: value for name, value in whole.items() if value}, update, options, record.id)


def _span(record: "Incident", options: dict[str, Any]) -> dict[str, str]:
    """Return when it ended, where that differs from now, and when it began, where no record of ours says it yet.

    Mostly nothing, so that the update's own file is all that is written.
    """
    ended = instant(options.get("ended", ""), "--ended")
    started = None if record.started_at else record.updates[0].at
    return {"started_at": _spelled(started), "ended_at": _spelled(ended)}


def _carry_out(
    desk: "Desk",
    how: str,
    record: dict[str, Any],
    update: dict[str, Any],
    options: dict[str, Any],
    id: str = "",
    *more: str,
    again: bool = True,
) -> None:
    """Make the change `how` of the record `id`, read anew each time; without an id of none."""
    from stillup.pipeline.change import draft as drafts

    def build(here: "Desk", lint: dict[str, str]) -> Any:
        facts = {**update, "lint": lint} if lint else update
        file = here.file(id) if id else None
        before = (file, here.record(file), *more) if file else ()
        return getattr(drafts, how)(
            here, *before, drafts.Told(update=facts, record=record, internal=options["internal"])
        )

    carry_out(desk, build, options, again=again)


def _undo(desk: "Desk", file: Any, record: "Incident", options: dict[str, Any]) -> None:
    from stillup.pipeline.change.draft import taken_back
    from stillup.pipeline.change.handover import published

    change, path = taken_back(desk, file, record)
    if published(desk.root, path):
        raise click.UsageError(
            f"{path} was pushed already, so people may have read it. Use --withdraw REASON: its place stays."
        )
    # Made anew it would take somebody else's words back: theirs are the newest then.
    carry_out(desk, lambda here, _: change, options, again=False)


def _reworded(record: "Incident", update: str) -> str:
    """Return the words of an update as somebody wants them now."""
    found = next((each for each in reversed(record.updates) if update in ("", each.id)), record.updates[-1])
    return (click.edit(found.body, extension=".md") or "").strip()


def _suggested(desk: "Desk", states: dict[str, str], impact: str | None) -> Severity | None:
    """Return the severity that the plan's rules suggest for components in these states."""
    from stillup.timeline.clock.matter import suggestion

    known = desk.edition.components
    worst = max(map(ComponentStatus, states.values()), key=lambda state: state.rank)
    affected: set[str] = set()
    for id in states:
        group = id.removeprefix("group:")
        affected |= {part.id for part in known.by_group.get(group, ())} if group != id else {id}
    rules = desk.settings.plan.severity_rules
    return suggestion(rules, Impact(impact) if impact else IMPACT_OF[worst], affected, known)


def _cadence(desk: "Desk", severity: str, disaster: bool, status: str, asks: bool) -> dict[str, str]:
    """Return the promise of the next update: the plan's rhythm; none where nothing more is expected."""
    from stillup.pipeline.change.entry import spelled

    length = desk.settings.every(severity, status, disaster=disaster)
    if UpdateStatus(status).closes or (length is None and not asks):
        return {}
    default = spelled(length) if length else "none"
    return writing.promised(asking.valid("Next update in", default, writing.promised) if asks else default)


def _by_impact(record: "Incident", components: Mapping[str, str]) -> str:
    """Return the class of an incident that states none, by its worst state so far: lint asks for the pace of that."""
    told = [each for update in record.updates if update.withdrawn is None for each in update.components.values()]
    worst = max([*told, *map(ComponentStatus, components.values())], key=lambda each: each.rank, default=None)
    return SEVERITY_OF[record.impact or IMPACT_OF[worst or ComponentStatus.OPERATIONAL]]


def _reference(desk: "Desk") -> str:
    from stillup.pipeline.change.entry import reference

    return reference(desk.root, desk.at, desk.settings)


def _common(options: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an update that every way of telling it has."""
    facts: dict[str, Any] = dict(options["texts"])
    facts |= {"notify": False} if options.get("silent") else {}
    return facts | ({"cause_confirmed": True} if options.get("cause_confirmed") else {})


def _spelled(time: Any) -> str:
    from stillup.records.moment import utc

    return utc(time) if time else ""
