"""A cState repository: `config.yml` has the components, `content/issues/*.md` the incidents."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from stillup.errors import StillupError
from stillup.intake import foreign, name
from stillup.intake.draft import Facts, Harvest, PageDraft, PartDraft, StoryDraft
from stillup.intake.original import Reader
from stillup.intake.outcome import Report
from stillup.intake.telling import SAID, Step, incident
from stillup.records.moment import zone
from stillup.records.writing.spelling import visible
from stillup.vocabulary import ComponentStatus, Impact

_TRACK = re.compile(r"\{\{[<%]\s*track\s+[\"'`]?([^\"'`>%]+?)[\"'`]?\s*[>%]\}\}")
_SHORTCODE = re.compile(r"\{\{[<%].*?[>%]\}\}", re.DOTALL)
_LABEL = re.compile(r"\s*(?:\*{1,2}|_{1,2})([A-Za-z -]{4,20}?)(?:\*{1,2}|_{1,2})\s*(?:[-–—:]\s*)?")
_CONFIGS = ("config.yml", "config.yaml", "hugo.yml", "hugo.yaml", "config.toml", "hugo.toml")
_SEVERITIES = {
    "notice": (ComponentStatus.OPERATIONAL, Impact.NONE),
    "disrupted": (ComponentStatus.PARTIAL_OUTAGE, Impact.MAJOR),
    "down": (ComponentStatus.MAJOR_OUTAGE, Impact.CRITICAL),
}


def harvest(folder: Path, report: Report, words: Mapping[str, str], zone_name: str = "") -> Harvest:
    """Return everything in the repository at `folder`. Times without a zone are in UTC, as cState takes them.

    Raises:
        StillupError: it is no such repository, or a file cannot be read.
    """
    config = next((folder / each for each in _CONFIGS if (folder / each).is_file()), None)
    if config is None:
        raise StillupError(f"{folder} holds no cState page. Give the folder with config.yml and content/issues/.")
    read = foreign.toml_mapping if config.suffix == ".toml" else foreign.yaml_mapping
    settings = read(foreign.text(config), config)
    groups, components = _parts(foreign.mapping(settings.get("params")))
    place: ZoneInfo = zone(zone_name or "UTC")
    reader = Reader(report, words, place)
    ids = {part.name: part.code for part in components}
    stories = []
    for path in sorted((folder / "content" / "issues").glob("*.md")):
        if path.stem != "_index":
            found = _story(path, ids, reader)
            if found is not None:
                stories.append(found)
    page = PageDraft(
        name=str(settings.get("title", "")), url=str(settings.get("baseURL", "")).rstrip("/"), zone=zone_name
    )
    if not page.url.startswith(("http://", "https://")):
        page = PageDraft(name=page.name, zone=zone_name)
    return Harvest(page=page, groups=groups, components=components, stories=tuple(stories))


def _parts(params: Mapping[str, Any]) -> tuple[tuple[PartDraft, ...], tuple[PartDraft, ...]]:
    groups: dict[str, PartDraft] = {}
    for each in foreign.entries(params.get("categories")):
        called = str(foreign.mapping(each).get("name", ""))
        if called:
            facts: Facts = {"name": called, "collapsed": True if str(each.get("closed")).lower() == "true" else None}
            groups[called] = PartDraft(code=name.code("group", called), name=called, facts=facts)
    components = []
    for place, each in enumerate(foreign.entries(params.get("systems")), 1):
        system = foreign.mapping(each)
        called = str(system.get("name", ""))
        if not called:
            continue
        group = groups.get(str(system.get("category", "")))
        facts = {"name": called, "description": str(system.get("description", "")) or None, "position": place}
        code = name.code("component", called)
        components.append(PartDraft(code=code, name=called, facts=facts, group=group.code if group else None))
    used = {part.group for part in components}
    return tuple(each for each in groups.values() if each.code in used), tuple(components)


def _front(path: Path) -> tuple[dict[str, Any], str]:
    """Return the front matter and the text of an issue."""
    written = foreign.text(path).replace("\r\n", "\n")
    for mark, read in (("---", foreign.yaml_mapping), ("+++", foreign.toml_mapping)):
        if written.startswith(f"{mark}\n"):
            head, found, body = written[4:].partition(f"\n{mark}\n")
            if not found:
                head, _, body = written[4:].partition(f"\n{mark}")
            return read(head, path), body
    return {}, written


def _story(path: Path, ids: Mapping[str, str], reader: Reader) -> StoryDraft | None:
    file, (front, body) = f"content/issues/{path.name}", _front(path)
    known = frozenset(_SEVERITIES) | {"degraded_performance", "partial_outage", "major_outage"}
    severity = reader.word(file, "severity", front.get("severity", ""), known, "severity")
    began = _time(file, "date", front.get("date"), reader)
    if severity is None or began is None:
        if began is None and front.get("date") in (None, ""):
            reader.problem(file, "date", "It has no date.", "Write date: in its front matter.", "time")
        return None
    state, impact = _SEVERITIES.get(severity) or _of(severity)
    held = {}
    for each in map(str, foreign.entries(front.get("affected"))):
        if each in ids:
            held[ids[each]] = state.value
        else:
            reader.report.leave(file, f"affected: {each}", "No system of this name is in the settings.")
    over = str(front.get("resolved", "")).lower() == "true"
    steps = _steps(file, body, began, over, reader)
    if over and steps[-1].status != "resolved":
        when = _time(file, "resolvedWhen", front.get("resolvedWhen"), reader)
        if when is None or when < steps[-1].at:
            reader.report.change(file, "resolvedWhen", "It is missing or too early: it ended with its last update.")
            when = steps[-1].at
        steps.append(Step(when, "resolved", "Resolved."))
    for key in sorted(front.keys() - {"title", "date", "resolved", "resolvedWhen", "severity", "affected", "section"}):
        if key not in ("draft", "informational", "pin") or str(front[key]).lower() == "true":
            reader.report.leave(file, key, "A record has no such field here.")
    if _SHORTCODE.search(_TRACK.sub("", body)):
        reader.report.change(file, "body", "Shortcodes of Hugo are left out.")
    title = " ".join(visible(str(front.get("title") or path.stem)).split())[:255]
    return incident(f"cstate:{path.stem}", title, steps, held, impact.value, file, began)


def _of(severity: str) -> tuple[ComponentStatus, Impact]:
    state = ComponentStatus(severity)
    impacts = {"degraded_performance": Impact.MINOR, "partial_outage": Impact.MAJOR, "major_outage": Impact.CRITICAL}
    return state, impacts[severity]


def _steps(file: str, body: str, began: datetime, over: bool, reader: Reader) -> list[Step]:
    """Return the updates of a text: each ends with its `track` time, and begins with its state in italics."""
    found: list[Step] = []
    reached = 0
    for track in _TRACK.finditer(body):
        at = _time(file, "track", track[1], reader)
        status, text = _labelled(body[reached : track.start()])
        reached = track.end()
        if at is not None and text:
            found.append(Step(at, status, text))
    _, rest = _labelled(body[reached:])
    if rest and rest.strip("-* \n"):
        found.append(Step(began, "investigating", rest))
    found.sort(key=lambda step: step.at)
    found = found or [Step(began, "investigating", "")]
    result: list[Step] = []
    for number, step in enumerate(found):
        before = result[-1].status if result else "investigating"
        status = step.status or before
        if status == "resolved" and (not over or number < len(found) - 1):
            if not over:
                reader.report.change(file, "resolved", "An update says that it is over, and the file that it is not.")
            status = "monitoring"
        result.append(Step(step.at, status, step.body))
    return result


def _labelled(text: str) -> tuple[str, str]:
    """Return the state that a text begins with, empty where it says none that we know, and the text."""
    text = _SHORTCODE.sub("", text).strip()
    found = _LABEL.match(text)
    word = found[1].strip().lower() if found else ""
    if found and (word in SAID or word == "update"):
        return (word if word in SAID else ""), text[found.end() :].strip()
    return "", text


def _time(file: str, field: str, value: object, reader: Reader) -> datetime | None:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    written = str(value or "").strip()
    zoned = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?) *(Z|[+-]\d\d:?\d\d)?(?: UTC)?", written)
    return reader.instant(file, field, f"{zoned[1]}T{zoned[2]}{zoned[3] or ''}" if zoned else written)
