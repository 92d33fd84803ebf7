"""A whole Statuspage out of its documents."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from stillup.intake import feed, name, part, syndication
from stillup.intake.capture import Capture
from stillup.intake.draft import Harvest, StoryDraft
from stillup.intake.original import Object, Reader, objects, text
from stillup.intake.outcome import Report
from stillup.intake.story import Listing, state, story
from stillup.records.moment import civil, zone
from stillup.records.refusal import Unusable

Words = Mapping[str, str]


def harvest(capture: Capture, report: Report, words: Words, zone_name: str = "") -> Harvest:
    """Return everything that the documents tell; `words` are ours for values that we do not know."""
    about = capture.page()
    place = zone_name or text(about, "time_zone")
    reader = Reader(report, words, _zone(place))
    page = part.page(about, reader) if about else None
    if page is not None and place:
        if reader.zone is None:
            report.leave("page", "time_zone", f"{place} is no IANA name: UTC is taken, or what --timezone says.")
        page = replace(page, zone=place if reader.zone is not None else "")
    file, listed = capture.parts()
    told = capture.stories()
    if not listed:
        file, listed = _from_stories(told)
    order = _order(listed)
    former = _former(told, order)
    listing = Listing({**order, **{code: names[-1] for code, (names, _) in former.items()}})
    stories: list[StoryDraft] = []
    for where, each, maintenance in told.values():
        found = story(where, each, maintenance, listing, reader)
        if found is not None:
            stories.append(found)
    for file_name, data in capture.feeds.items():
        entries = syndication.read(data, file_name).entries
        stories += feed.stories(entries, file_name, reader, reader.zone, but=told)
    explained: dict[str, str] = {}
    for record in stories:
        explained |= state(record)
    groups, components = part.parts(listed, file, reader, explained)
    last = {code: when for code, (_, when) in former.items()}
    for number, (code, (names, _)) in enumerate(former.items(), len(components) + 1):
        gone = part.gone(code, reversed(names), last[code] + timedelta(days=1))
        components.append(replace(gone, facts={**gone.facts, "position": number}))
        report.change(
            "incidents", names[-1], "No list has this component any more: its page ends with the last word of it."
        )
    if "status" in capture.documents.get("summary", {}):
        report.leave("summary.json", "status", "It is worked out from the records.")
    _missing(capture, told, report)
    return Harvest(page=page, groups=tuple(groups), components=tuple(components), stories=tuple(stories))


def _zone(place: str) -> ZoneInfo | None:
    if not place:
        return None
    try:
        return zone(place)
    except Unusable:
        return None


def _order(listed: list[Object]) -> dict[str, str]:
    """Return the names of components by code, in page order."""
    silent = Reader(Report(), {})
    _, components = part.parts(listed, "", silent, {})
    return {each.code: str(each.facts["name"]) for each in components}


def _from_stories(told: Mapping[str, tuple[str, Object, bool]]) -> tuple[str, list[Object]]:
    """Return the components that records name, where no document lists them."""
    found: dict[str, Object] = {}
    for _, each, _ in told.values():
        for one in objects(each.get("components")):
            before = found.get(str(one.get("id")))
            if before is None or str(one.get("updated_at", "")) > str(before.get("updated_at", "")):
                found[str(one.get("id"))] = one
    return "incidents", [{**one, "group_id": None} for one in found.values()]


def _former(
    told: Mapping[str, tuple[str, Object, bool]], known: Mapping[str, str]
) -> dict[str, tuple[list[str], date]]:
    """Return by code: the names of components that only updates name, oldest first, and the day of the last word."""
    silent = Reader(Report(), {})
    found: dict[str, tuple[list[str], date]] = {}
    for where, each, _ in told.values():
        for update in objects(each.get("incident_updates")):
            at = silent.instant(where, "", update.get("display_at") or update.get("created_at"))
            for one in objects(update.get("affected_components")):
                code = name.code("component", one.get("code"))
                if code not in known and at is not None:
                    names, last = found.get(code, ([], civil(at, "UTC")))
                    found[code] = ([*names, text(one, "name")], max(last, civil(at, "UTC")))
    return found


def _missing(capture: Capture, told: Mapping[str, object], report: Report) -> None:
    for code in capture.listed():
        if code not in told:
            report.leave("history.json", code, "Only its name is there; incidents/<code>.json would tell it.")
