"""A history out of a feed. Statuspage's entries hold every update; of others each entry is one update.

Feeds tell times to the minute and without a year, no components and no impact: what is here already from a better
source is not touched.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

from stillup.intake import markup, name, syndication
from stillup.intake.draft import Harvest, PageDraft, StoryDraft
from stillup.intake.original import Object, Reader
from stillup.intake.outcome import Report
from stillup.intake.story import Listing, story
from stillup.intake.syndication import Entry
from stillup.internet import parts_of
from stillup.records.field import CODE
from stillup.records.moment import zone
from stillup.vocabulary import STATUSES_OF, Kind

_PART = re.compile(r"<p>\s*<small>(.*?)</small>\s*(?:<br\s*/?>)?\s*<strong>(.*?)</strong>\s*-?\s*", re.DOTALL)
_EVENT = re.compile(r"THIS IS A SCHEDULED EVENT\s+(.*?)\s*(?:</strong>|</p>|$)", re.DOTALL)
_WHEN = re.compile(r"([A-Z][a-z]{2}) +(\d{1,2}), +(\d\d):(\d\d)(?: +([A-Z]{2,5}|[+-]\d{2,4}))?")
_SPAN_END = re.compile(r"-\s*(?:([A-Z][a-z]{2}) +(\d{1,2}), +)?(\d\d):(\d\d) +([A-Z]{2,5}|[+-]\d{2,4})")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_ZONES = """
UTC 0 GMT 0 WET 0 WEST 1 BST 1 CET 1 CEST 2 EET 2 EEST 3 MSK 3 EST -5 EDT -4 CST -6 CDT -5 MST -7 MDT -6 PST -8 PDT -7
AKST -9 AKDT -8 HST -10 JST 9 KST 9 SGT 8 HKT 8 AWST 8 AEST 10 AEDT 11 NZST 12 NZDT 13
""".split()
_HOURS = dict(zip(_ZONES[::2], map(int, _ZONES[1::2]), strict=True))
_WORDS = {status.value: kind for kind, statuses in STATUSES_OF.items() for status in statuses}
_TITLED = re.compile(r"\[([A-Za-z ]{4,20})\]\s*(.+)", re.DOTALL)
_UNKNOWN = "The feed does not say which components were affected, nor how badly."


def harvest(data: bytes, file: str, report: Report, words: Mapping[str, str], zone_name: str = "") -> Harvest:
    """Return everything that the feed in `data` tells; problems name `file`."""
    found = syndication.read(data, file)
    place = zone(zone_name) if zone_name else None
    reader = Reader(report, words, place)
    page = PageDraft(name=_page_name(found.title), url=_site(found.link), zone=zone_name)
    return Harvest(page=page if page.name else None, stories=tuple(stories(found.entries, file, reader, place)))


def stories(
    entries: Iterable[Entry], file: str, reader: Reader, place: ZoneInfo | None = None, but: Iterable[str] = ()
) -> Iterator[StoryDraft]:
    """Yield a draft for each incident of a feed, without those whose code is among `but`."""
    known = set(but)
    single: dict[str, list[Entry]] = {}
    told: list[tuple[str, Object]] = []
    for number, entry in enumerate(entries):
        where = f"{file} entry[{number}]"
        parts = list(_PART.finditer(entry.html))
        if parts:
            written = _statuspage(where, entry, parts, reader, place)
            if written is not None:
                told.append((where, written))
        else:
            single.setdefault(_of(entry), []).append(entry)
    told += [(f"{file} {group[0].title[:60]}", _plain(key, group)) for key, group in single.items()]
    for where, written in told:
        if written["id"] not in known:
            statuses = [str(each["status"]) for each in _updates(written)]
            maintenance = any(_WORDS.get(each) is Kind.MAINTENANCE for each in statuses)
            found = story(f"{where}", written, maintenance, Listing({}), reader)
            if found is not None:
                reader.report.leave(where, "impact", _UNKNOWN)
                updates = tuple(replace(each, source={**each.source, "body": None}) for each in found.updates)
                yield replace(found, updates=updates, rough=True)


def _updates(written: Object) -> list[Object]:
    found = written["incident_updates"]
    return found if isinstance(found, list) else []


def _statuspage(
    where: str, entry: Entry, parts: list[re.Match[str]], reader: Reader, place: ZoneInfo | None
) -> Object | None:
    """Return an entry of Statuspage as its API would tell it: newest update first."""
    code = _code(entry)
    newest = entry.updated or entry.published
    if newest is None:
        reader.problem(where.split(" ")[0], where, "The entry has no time.", "Correct it in the feed.", "time")
        return None
    limit = newest + timedelta(days=1)
    updates: list[dict[str, object]] = []
    seen: dict[str, int] = {}
    for part, end in zip(parts, [*(each.start() for each in parts[1:]), len(entry.html)], strict=True):
        at = _when(markup.plain_text(part[1]), limit, place)
        if at is None:
            said = markup.plain_text(part[1])
            fix = "Say with --timezone in which zone the feed tells its times."
            reader.problem(where.split(" ")[0], where, f'"{said[:60]}" is not a time.', fix, "time")
            return None
        limit = at + timedelta(minutes=1)
        body = re.sub(r"\s*</p>\s*$", "", entry.html[part.end() : end].rstrip())
        label = markup.plain_text(part[2]).lower().replace(" ", "_")
        updates.append({"status": label, "body": body.strip(), "display_at": at.isoformat()})
    status = ""
    for each in reversed(updates):
        if each["status"] == "update":
            if not status:
                reader.report.change(where, "status", "Its first update does not say how far it was.")
            each["status"] = status or "investigating"
        status = str(each["status"])
        when = str(each["display_at"])
        seen[when] = seen.get(when, 0) + 1
        each["id"] = name.code("update", f"{code}/{when}/{seen[when]}")
    written: dict[str, object] = {"id": code, "name": unescape(entry.title), "incident_updates": updates}
    window = _EVENT.search(entry.html)
    if window:
        written.update(_window(markup.plain_text(window[1]), newest, place))
    return written


def _plain(key: str, entries: list[Entry]) -> Object:
    """Return an incident of which each entry tells one update; alone it is one that is over."""
    told = sorted(entries, key=lambda each: each.updated or each.published or datetime.max.replace(tzinfo=UTC))
    updates: list[dict[str, object]] = []
    title = ""
    for entry in told:
        status, title = _titled(entry.title)
        at = entry.published or entry.updated
        status = status or (str(updates[-1]["status"]) if updates else "resolved")
        made = name.code("update", entry.id or f"{key}/{at}")
        updates.append({"id": made, "status": status, "body": entry.html, "display_at": at.isoformat() if at else None})
    return {"id": _code(told[0], key), "name": title, "incident_updates": updates[::-1]}


def _titled(title: str) -> tuple[str, str]:
    """Return the state that a title begins with, and the rest of it."""
    found = _TITLED.fullmatch(title.strip())
    word = found[1].strip().lower().replace(" ", "_") if found else ""
    return (word, found[2].strip()) if found and word in _WORDS else ("", title.strip())


def _of(entry: Entry) -> str:
    """Return what entries of one incident have in common."""
    link = entry.link.partition("#")[0]
    return link if "#" in entry.link else f"{link} {entry.id}"


def _code(entry: Entry, key: str = "") -> str:
    parts = parts_of(entry.link)
    last = parts.path.rstrip("/").rpartition("/")[2] if parts is not None else ""
    return last if CODE(last) else name.code("incident", key or entry.id or entry.link)


def _when(said: str, limit: datetime, place: ZoneInfo | None) -> datetime | None:
    """Return the last instant before `limit` to which a day without its year fits."""
    found = _WHEN.search(said)
    if found is None or found[1] not in _MONTHS:
        return None
    return _latest(found[1], int(found[2]), int(found[3]), int(found[4]), found[5], limit, place)


def _latest(
    month: str, day: int, hour: int, minute: int, where: str | None, limit: datetime, place: ZoneInfo | None
) -> datetime | None:
    for year in (limit.year + 1, limit.year, limit.year - 1, limit.year - 4):
        try:
            local = datetime(year, _MONTHS.index(month) + 1, day, hour, minute)  # noqa: DTZ001 - its zone comes next
        except ValueError:
            continue
        if place is not None and (where is None or where not in _HOURS):
            at = local.replace(tzinfo=place).astimezone(UTC)
        elif where is not None and where in _HOURS:
            at = local.replace(tzinfo=UTC) - timedelta(hours=_HOURS[where])
        else:
            return None
        if at <= limit:
            return at
    return None


def _window(said: str, around: datetime, place: ZoneInfo | None) -> dict[str, object]:
    """Return the window that an entry announces; empty where it cannot be read."""
    end = _SPAN_END.search(said)
    start = _WHEN.search(said)
    if start is None or end is None or start[1] not in _MONTHS:
        return {}
    limit = around + timedelta(days=180)
    begins = _latest(start[1], int(start[2]), int(start[3]), int(start[4]), end[5], limit, place)
    month, day = end[1] or start[1], int(end[2] or start[2])
    ends = _latest(month, day, int(end[3]), int(end[4]), end[5], limit, place)
    if begins is None or ends is None or ends <= begins:
        return {}
    return {"scheduled_for": begins.isoformat(), "scheduled_until": ends.isoformat()}


def _page_name(title: str) -> str:
    return re.sub(r"\s*(?:Status)?\s*-\s*Incident History$", "", title).strip()[:255]


def _site(link: str) -> str:
    found = parts_of(link)
    if found is None or found.scheme not in {"http", "https"} or not found.netloc:
        return ""
    return f"{found.scheme}://{found.netloc}"
