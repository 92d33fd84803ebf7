"""Suppliers' status pages, asked and compared with what was known: notes beside components, states, drafts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from stillup import catalogue
from stillup.errors import Level, RecordError
from stillup.intake.alert.proposal import PREFIX, Proposal, Word, identity
from stillup.intake.supplier import Doubtful, Supplier, ask_all, kept
from stillup.pipeline.change.handover import write
from stillup.pipeline.change.sheet import Change, Sheets
from stillup.pipeline.serving.alerts import drafted, problems_of, records_of, spoken_of, standing_of
from stillup.pipeline.serving.carry import Before, carry
from stillup.records import configuration, store
from stillup.records.alert_rule import Publish
from stillup.records.component import Component
from stillup.records.inventory import Components
from stillup.records.moment import instant, stamp, utc
from stillup.records.reading import read
from stillup.records.settings import Settings
from stillup.records.vendor import VENDORS, VendorPublish, VendorState
from stillup.records.writing import spelling
from stillup.vocabulary import ComponentStatus, UpdateStatus

SOURCE = "vendor"
SUBJECT = "Note what suppliers say"
_HEAD = "# What suppliers' status pages say. `stillup intake vendors` writes it; do not change it by hand.\n"
_CACHE = "vendors.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of looking at one component's supplier."""

    component: str
    vendor: str
    page: str
    status: str | None
    """The state, or the last one that is known."""

    unknown: bool
    reason: str = ""
    message: str = ""
    since: str | None = None
    """Since when it is in this state, or unknown."""


@dataclass(slots=True, kw_only=True)
class Watched:
    """What came of a run."""

    vendors: list[Heard] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    """Components about which people already write; nothing was proposed."""

    commit: str = ""
    """The commit that holds what was written; empty where nothing was committed."""

    @property
    def unknown(self) -> bool:
        """Whether of any supplier nobody knows."""
        return any(each.unknown for each in self.vendors)


def watch(root: Path, *, at: datetime, dry: bool = False, before: Before = lambda paths: None) -> Watched:
    """Ask every supplier that a component names, and write what has changed; `before` hears first which files.

    Raises:
        RecordError: settings or components are unsound, or what would be written is.
    """
    settings, problems = configuration.settings(root)
    components, more = store.components(root)
    if any(problem.level is Level.ERROR for problem in (*problems, *more)):
        raise RecordError([*problems, *more])
    bought = [part for part in components.components if part.vendor and part.lives_on(at.date())]
    cache = root / ".stillup" / _CACHE
    known = _known(cache)
    answers = ask_all((part.vendor["statuspage"] for part in bought), known, at, settings.intranet)
    watched, sheets = Watched(), Sheets(root)
    states = []
    for part in bought:
        answer = answers[part.vendor["statuspage"]]
        state, heard = _compared(part, answer, at, settings.vendors.stale_after)
        states.append(state)
        watched.vendors.append(heard)
        if not heard.unknown:
            _follow(sheets, root, settings, components, part, state, at, watched)
    body = _HEAD + spelling.write([_spelled(state) for state in states]) if states else ""
    if body and (not sheets.has(VENDORS) or sheets.text(VENDORS) != body.encode()):
        sheets.files[VENDORS] = body.encode()
    elif not body and sheets.has(VENDORS):
        sheets.drop(VENDORS)
    found = problems_of(root, settings, components, sheets)
    if found:
        raise RecordError(found)
    watched.written = sorted(sheets.files)
    if not dry:
        if sheets.files:
            before(watched.written)
            write(root, Change(record="", subject=SUBJECT, files=sheets.files))
        heard_now = {page: each for page, each in answers.items() if isinstance(each, Supplier)}
        _keep(cache, heard_now)
    return watched


def carried(root: Path, *, at: datetime, push: bool) -> Watched:
    """Do the same, commit what has changed, and `push` it; where others were faster suppliers are asked once more.

    Raises:
        RecordError: as `watch` does.
        StillupError: git refuses.
    """
    rounds = list[Watched]()

    def work(before: Before) -> list[str]:
        rounds.append(watch(root, at=at, before=before))
        return rounds[-1].written

    made = carry(root, work, SUBJECT, push=push)
    return replace(rounds[-1], commit=made)


def _compared(
    part: Component, answer: Supplier | Doubtful, at: datetime, stale_after: timedelta
) -> tuple[VendorState, Heard]:
    """Return what is known now of the supplier of `part`, and what to tell of it."""
    page, before = part.vendor["statuspage"], part.affected
    known_as = before.vendor if before else urlsplit(page).hostname or page
    name = part.vendor.get("name") or (answer.name if isinstance(answer, Supplier) else "") or known_as
    try:
        if isinstance(answer, Doubtful):
            raise answer
        status = answer.state(part.vendor.get("component", ""))
    except Doubtful as doubt:
        state = before or VendorState(component=part.id, vendor=name)
        state = replace(state, vendor=name)
        if state.unknown_since is None:
            state = replace(state, unknown_since=state.doubted(at, stale_after) or at, reason=doubt.reason)
        heard = Heard(
            component=part.id,
            vendor=name,
            page=page,
            status=state.status,
            unknown=True,
            reason=doubt.reason,
            message=doubt.message,
            since=utc(state.unknown_since or at),
        )
        return state, heard
    same = before is not None and before.status is status
    since = before.since if before is not None and same and before.since else at
    began = None if status is ComponentStatus.OPERATIONAL else (before.began if before else None) or at
    seen = before.seen_at if before is not None and same and before.unknown_since is None else None
    if seen is None or at - seen >= stale_after / 2:
        seen = at
    state = VendorState(component=part.id, vendor=name, status=status, since=since, began=began, seen_at=seen)
    return state, Heard(component=part.id, vendor=name, page=page, status=status, unknown=False, since=utc(since))


def _spelled(state: VendorState) -> dict[str, object]:
    """Return a state as the file has it."""
    facts: dict[str, object] = {"component": state.component, "vendor": state.vendor}
    if state.status is not None:
        facts["status"] = state.status.value
    moments = {name: getattr(state, name) for name in ("since", "began", "seen_at", "unknown_since")}
    facts |= {name: utc(moment) for name, moment in moments.items() if moment is not None}
    if state.reason is not None:
        facts["reason"] = state.reason.value
    return facts


def _follow(
    sheets: Sheets,
    root: Path,
    settings: Settings,
    components: Components,
    part: Component,
    state: VendorState,
    at: datetime,
    watched: Watched,
) -> None:
    """Let the component's state, or a draft, follow what is known of its supplier."""
    publish = settings.vendors.of(part.id)
    if publish is VendorPublish.COMPONENT:
        _set(sheets, root, part, state.status or ComponentStatus.OPERATIONAL, at)
    elif publish is VendorPublish.DRAFT:
        _propose(sheets, root, settings, components, part, state, at, watched)


def _set(sheets: Sheets, root: Path, part: Component, status: ComponentStatus, at: datetime) -> None:
    """Add a state; what another monitor saw stands until that monitor sees otherwise."""
    path, standing = standing_of(root, part.id)
    last = standing[-1] if standing else {}
    ours = last.get("source") == SOURCE
    calm = last.get("status", ComponentStatus.OPERATIONAL) == ComponentStatus.OPERATIONAL
    if last.get("status", ComponentStatus.OPERATIONAL) == status or not (ours or calm):
        return
    if last and instant(last["at"]) >= at:
        return
    sheets.append(path, ("states",), {"at": utc(at), "status": status.value, "source": SOURCE})


def _propose(
    sheets: Sheets,
    root: Path,
    settings: Settings,
    components: Components,
    part: Component,
    state: VendorState,
    at: datetime,
    watched: Watched,
) -> None:
    """Propose an incident while its supplier is in trouble, and its end afterwards, until people have touched it."""
    before = part.affected
    began = state.began or (before.began if before else None)
    bad = state.status not in (ComponentStatus.OPERATIONAL, ComponentStatus.UNDER_MAINTENANCE, None)
    if began is None:
        return
    id = identity(part.id, began)
    path = f"incidents/_drafts/{id}.yml"
    standing = _drafted_state(sheets, path, part.id)
    if standing is None and not bad:
        return
    first = standing or state.status
    assert first is not None
    words = catalogue.words(settings.languages[0])

    def word(kind: str, moment: datetime, status: UpdateStatus, held: ComponentStatus) -> Word:
        body = words.say(f"vendor.{kind}", component=part.name)
        return Word(id=f"{PREFIX}{kind}-{stamp(moment)}", at=moment, status=status, state=held, body=body)

    told = [word("opened", began, UpdateStatus.INVESTIGATING, first)]
    if not bad:
        told.append(word("monitoring", at, UpdateStatus.MONITORING, ComponentStatus.OPERATIONAL))
    proposal = Proposal(
        id=id,
        component=part.id,
        title=words.say("intake.title", component=part.name),
        publish=Publish.DRAFT,
        severity=None,
        began=began,
        words=tuple(told),
        made_by="suppliers",
    )
    records = records_of(root, settings, components)
    if id in records:
        return
    if standing is None and spoken_of((record for _, record in records.values()), proposal, at):
        watched.attached.append(part.id)
        return
    drafted(sheets, proposal)


def _drafted_state(sheets: Sheets, path: str, component: str) -> ComponentStatus | None:
    """Return the state that a draft gave the component when it was proposed; None without a draft."""
    if not sheets.has(path):
        return None
    document = read(sheets.text(path), path)[0]
    said = document.at(("updates", 0, "components", component)) if document is not None else None
    return ComponentStatus(str(said)) if said in list(ComponentStatus) else None


def _known(cache: Path) -> dict[str, Supplier]:
    """Return what pages said last time; anything else there is worth nothing."""
    try:
        documents = json.loads(cache.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    found = documents if isinstance(documents, dict) else {}
    return {page: known for page, each in found.items() if (known := kept(each)) is not None}


def _keep(cache: Path, known: Mapping[str, Supplier]) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    part = cache.with_name(f".{cache.name}.part")
    part.write_text(json.dumps({page: each.document() for page, each in known.items()}), encoding="utf-8")
    part.replace(cache)
