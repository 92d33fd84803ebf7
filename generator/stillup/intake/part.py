"""Components and groups of a Statuspage as drafts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from stillup.intake import markup, name
from stillup.intake.draft import Facts, PageDraft, PartDraft
from stillup.intake.original import LONGEST, Object, Reader, line, text, whole
from stillup.records.moment import utc
from stillup.vocabulary import ComponentStatus

STATES = frozenset(status.value for status in ComponentStatus)
_KNOWN = frozenset(
    "id name status created_at updated_at position description showcase start_date group_id page_id group"
    " only_show_if_degraded components".split()
)


def page(written: Object, reader: Reader) -> PageDraft:
    """Return the page's own facts."""
    reader.report.leave("page", "updated_at", "It is worked out from the records.")
    return PageDraft(
        name=line(written, "name"),
        url=text(written, "url").rstrip("/"),
        zone=text(written, "time_zone"),
        code=name.code("page", written["id"]) if written.get("id") else "",
    )


def parts(
    written: Sequence[Object], file: str, reader: Reader, explained: Mapping[str, str]
) -> tuple[list[PartDraft], list[PartDraft]]:
    """Return groups and components in page order; `explained` has by code the state that open records hold each in."""
    listed = [(f"{file}.json components[{number}]", each) for number, each in enumerate(written)]
    ids = {str(each.get("id")) for _, each in listed if each.get("group") is True}
    top = [(where, each) for where, each in listed if str(each.get("group_id")) not in ids]
    below = [(where, each) for where, each in listed if str(each.get("group_id")) in ids]
    groups: list[PartDraft] = []
    components: list[PartDraft] = []
    unknown: set[str] = set()
    for place, (where, each) in enumerate(sorted(top, key=_position), 1):
        unknown |= each.keys() - _KNOWN
        if each.get("group") is not True:
            components.append(_component(where, each, None, len(components) + 1, file, reader, explained))
            _place(where, each, place, reader)
            continue
        code = name.code("component", each.get("id"))
        groups.append(_group(where, each, code, reader))
        _place(where, each, place, reader)
        own = [one for one in below if str(one[1].get("group_id")) == str(each.get("id"))]
        for number, (inner, one) in enumerate(sorted(own, key=_position), 1):
            unknown |= one.keys() - _KNOWN
            components.append(_component(inner, one, code, len(components) + 1, file, reader, explained))
            _place(inner, one, number, reader)
    for key in sorted(unknown):
        reader.report.leave("components", key, "A component has no such field here.")
    return groups, components


def _position(each: tuple[str, Object]) -> tuple[float, str]:
    found = each[1].get("position")
    return (found if isinstance(found, (int, float)) else 1_000_000, text(each[1], "name"))


def _place(where: str, each: Object, place: int, reader: Reader) -> None:
    if each.get("position") != place:
        reader.report.change(where, "position", "Places are counted from 1 without gaps, in the same order.")


def _group(where: str, each: Object, code: str, reader: Reader) -> PartDraft:
    reader.report.leave(where, "status", "It is worked out from the records.")
    reader.report.leave(where, "updated_at", "A group's is the newest of its components.")
    for key in ("start_date", "only_show_if_degraded", "showcase"):
        if each.get(key):
            reader.report.leave(where, key, "A group has no such field here.")
    facts: Facts = {"name": line(each, "name") or "Group", "description": described(where, each, reader)}
    return PartDraft(
        code=code,
        name=line(each, "name"),
        facts=facts,
        source={"created_at": text(each, "created_at") or None},
        where=where,
    )


def _component(
    where: str, each: Object, group: str | None, place: int, file: str, reader: Reader, explained: Mapping[str, str]
) -> PartDraft:
    code = name.code("component", each.get("id"))
    if code != each.get("id"):
        reader.report.change(where, "id", "It is not a code of 12 letters, so one is made from it.")
    status = reader.word(f"{file}.json", f"{where}.status", each.get("status"), STATES, "component status")
    start = text(each, "start_date")
    if start and not _day(start):
        reader.report.leave(where, "start_date", "It is not a day.")
        start = ""
    facts: Facts = {
        "name": line(each, "name") or "Component",
        "description": described(where, each, reader),
        "position": place,
        "since": start or None,
        "show": "when_affected" if each.get("only_show_if_degraded") is True else None,
        "uptime": "hidden" if each.get("showcase") is False else None,
    }
    if status is not None and status != explained.get(code, "operational"):
        seen = reader.instant(f"{file}.json", f"{where}.updated_at", each.get("updated_at"))
        if seen is not None:
            facts["states"] = [{"at": utc(whole(seen)), "status": status, "source": "statuspage"}]
            reader.report.change(where, "status", "No open incident says so: it counts since the component changed.")
    source: Facts = {key: text(each, key) or None for key in ("created_at", "updated_at")}
    return PartDraft(code=code, name=line(each, "name"), facts=facts, group=group, source=source, where=where)


def described(where: str, each: Object, reader: Reader) -> str | None:
    """Return the description in Markdown."""
    written = text(each, "description")
    if not written.strip():
        return None
    made = markup.markdown(written)
    if not made.faithful or made.original is not None:
        reader.report.change(where, "description", "It is Markdown here; the API serves it in our form.")
    if len(made.text) > LONGEST:
        reader.report.change(where, "description", "It is longer than a text may be, and is cut.")
    return made.text[:LONGEST] or None


def gone(code: str, names: Iterable[str], last: date) -> PartDraft:
    """Return a component that updates name and no list has: it ended with the last word about it."""
    called = " ".join(next(iter(names), "").split())[:255] or "Former component"
    facts: Facts = {"name": called, "until": last.isoformat()}
    return PartDraft(code=code, name=called, facts=facts, where="incidents")


def _day(written: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", written)) and bool(date.fromisoformat(written))
    except ValueError:
        return False
