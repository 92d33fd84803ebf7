"""Every address of the site that a text may link to, known before a page is written."""

import json
import os
import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from stillup.pipeline.reading.gather import known_record
from stillup.pipeline.tree.tree import files
from stillup.records import configuration
from stillup.records.field import CODE
from stillup.records.index import Index
from stillup.records.refusal import nearest
from stillup.site.page import TEMPLATES
from stillup.timeline.publication import published
from stillup.views.edition import Edition
from stillup.views.history import day_places
from stillup.views.keeping import headline_from

STATUS = frozenset({"", "incidents", "components", "history", "lite", "maintenance", "uptime", "subscribe"})
"""Where our own pages are, by the first part of their address; everything else is files and Markdown pages."""

MADE = frozenset(
    "feed.rss feed.atom feed.json incidents.rss incidents.atom incidents.json maintenance.rss maintenance.atom"
    " maintenance.json history.rss history.atom history.json maintenance.ics badge.svg badge.json"
    " embed.html embed.js status.txt heartbeat.json robots.txt sitemap.xml sitemap-status.xml 404.html"
    " search/search_index.json".split()
)
"""Files that every build makes; tests/end_to_end/test_links.py says when one is missing here."""

ADDRESSED = frozenset({"history.rss", "history.atom"})
"""Those of them that only a page with an address of its own has."""

IN_EACH_TREE = (
    MADE
    - frozenset("heartbeat.json robots.txt sitemap.xml 404.html history.json search/search_index.json".split())
    - ADDRESSED
)
"""Those of them that each language of the page has; the others stand in the first one's tree alone."""

SECURITY = ".well-known/security.txt"
"""There where the settings name a contact."""

MACHINES = ("api/", "sitemap-", "_headers")
"""How the names of files begin that only machines read: no link to them is judged."""

_TEMPLATES = {
    "": "home",
    "incidents": "incident",
    "components": "component",
    "lite": "lite",
    "maintenance": "maintenance",
    "uptime": "uptime",
    "subscribe": "subscribe",
}
_OWN = frozenset({"stillup", "search"})
_ID = re.compile(r' id="([\w-]+)"')
_ANY_ID = re.compile(r'\s(?:id|name)="([^"]+)"')
_POSTMORTEM = frozenset({"postmortem", "pm"})
"""Anchors of a page that has a postmortem."""

_SHELL = frozenset({"main", "live"})
_BESIDE = re.compile(r"(?<=/)[\w-]+\.(?:rss|atom|json|ics|svg)$")
"""A feed, a badge or the like of one component or incident, beside its page: it is there where the page is."""

_MONTH = re.compile(r"\d{4}-\d\d").fullmatch
_YEAR = re.compile(r"\d{4}").fullmatch
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:-\d+)?", re.ASCII).fullmatch


class Places:
    """The pages and files of one run. A target is a path below the site's root, with or without `#` and an anchor."""

    def __init__(self, root: Path, edition: Edition, index: Index, anchors: Mapping[str, str]) -> None:
        """Know the places of the records in `index`; `anchors` are those of the records that this run read, by id."""
        self._root, self._edition, self._index, self._anchors = root, edition, index, anchors
        self._near: dict[str, str] = {}
        self._templates: dict[str, frozenset[str]] = {}
        self._days: dict[str, frozenset[str]] = {}

    def has(self, target: str) -> bool:
        """Whether there is such a page or file, and such an anchor on it. Anchors of Markdown pages are not known."""
        path, _, anchor = target.partition("#")
        if tree := self._tree(path):
            inside = path.removeprefix(tree)
            if inside.partition("/")[0] in STATUS:
                return self.has(target.removeprefix(tree))
            if inside in ("search", "search/", "search/search_index.json"):
                return "search" in self._plugins
            return inside in IN_EACH_TREE or inside.startswith(MACHINES) or self._has_file(path)
        first, _, rest = path.partition("/")
        name = _BESIDE.sub("", rest).removesuffix("/")
        if first not in STATUS:
            return self._has_file(path)
        if first == "incidents" and CODE(name.removesuffix(".json")):
            return True  # the API's name of a record that is known by another here
        return self._has_page(first, name) and (not anchor or anchor in self.anchors(path))

    def anchors(self, path: str) -> frozenset[str]:
        """Return the anchors of the status page at `path`."""
        first, _, rest = path.partition("/")
        if first != "incidents":
            return self._drawn(_TEMPLATES.get(first) or _history(rest.strip("/")))
        id = rest.removesuffix("/")
        if not self._is_public(id):
            id = self._former.get(id, "")
        return (self._drawn("incident") - _POSTMORTEM) | self._of_incident(id)

    def _tree(self, path: str) -> str:
        """Return where the tree of another language begins, such as `es/`, for a path in it; else nothing."""
        first, slash, _ = path.partition("/")
        return f"{first}/" if slash and first in self._edition.settings.languages[1:] else ""

    def near(self, target: str) -> str:
        """Return the place that was probably meant; empty where there is none like it."""
        if target not in self._near:
            self._near[target] = self._nearest(target)
        return self._near[target]

    def _nearest(self, target: str) -> str:
        path, _, anchor = target.partition("#")
        first, _, rest = path.partition("/")
        name = rest.removesuffix("/")
        if anchor and self.has(path):
            found = nearest(anchor, sorted(self._of_incident(name) if first == "incidents" else self.anchors(path)))
            return f"{path}#{found}" if found else ""
        if first == "incidents":
            found = nearest(name, self._index.public())
        elif first == "components":
            found = nearest(name, self._edition.components.by_id)
        elif first == "history":
            return f"history/{name[:7]}/" if _DAY(name) and self._has_page("history", name[:7]) else ""
        else:
            pages = [f"{each}/" for each in sorted(STATUS - {""})]
            return nearest(path, [*pages, *sorted(MADE), *sorted(self._written)])
        return f"{first}/{found}/" if found else ""

    def _has_page(self, first: str, name: str) -> bool:
        if first == "incidents":
            return self._is_public(name) or name in self._former
        if first == "components":
            return name in self._edition.components.by_id
        if first == "history":
            today, start = self._edition.today, self._index.first_month() or "9999"
            if _DAY(name):
                return self._has_page("history", name[:7]) and f"history/{name}/" in self._days_of(name[:7])
            if _MONTH(name):
                return min(start, f"{today:%Y-%m}") <= name <= f"{today:%Y-%m}" and 0 < int(name[5:]) < 13
            return not name or (_YEAR(name) is not None and min(start[:4], f"{today:%Y}") <= name <= f"{today:%Y}")
        return not name

    def _days_of(self, month: str) -> frozenset[str]:
        """Return the places of the pages of days that `month` (`2026-11`) has: none unless it is a busy one."""
        if month not in self._days:
            listed = [headline_from(story.headline) for story in self._index.listed(f"{month}-01", f"{month}-31")]
            self._days[month] = day_places(self._edition, date.fromisoformat(f"{month}-01"), listed)
        return self._days[month]

    def _has_file(self, path: str) -> bool:
        if self.is_ours(path):
            return True
        if path.removesuffix("/") == "search":
            return "search" in self._plugins
        if path in self._written or f"{path}/" in self._written:
            return True
        return os.path.isfile(os.path.join(self._material, path)) if path.startswith("assets/") else False

    def is_ours(self, path: str) -> bool:
        """Whether a file is made beside what MkDocs makes."""
        if path == SECURITY:
            return bool(self._edition.settings.security)
        if path in ADDRESSED:
            return bool(self._edition.settings.site_url)
        return path in MADE or path.startswith(MACHINES)

    def may_have(self, target: str) -> bool:
        """Whether another plugin or hook of MkDocs may make what is not known here."""
        first = target.partition("#")[0].partition("/")[0]
        return first not in STATUS and bool(self._plugins - _OWN)

    def _is_public(self, id: str) -> bool:
        if id in self._anchors:
            return True
        story = self._index.one(id)
        return story is not None and story.headline != ""

    def _of_incident(self, id: str) -> frozenset[str]:
        """Return the anchors of the public updates of `id`."""
        if id in self._anchors:
            return frozenset(self._anchors[id].split())
        if not self._is_public(id):
            return frozenset()
        record = published(known_record(self._root, self._edition, self._index, id), self._edition.at)
        if record is None:
            return frozenset()
        return frozenset(update.id for update in record.updates) | (_POSTMORTEM if record.postmortem else frozenset())

    def _drawn(self, template: str) -> frozenset[str]:
        """Return the anchors that a template writes as they are."""
        if template not in self._templates:
            name = f"pages/{template}.html"
            file = next(f for f in (self._root / "site_overrides" / name, Path(TEMPLATES) / name) if f.is_file())
            self._templates[template] = frozenset(_ID.findall(file.read_text(encoding="utf-8"))) | _SHELL
        return self._templates[template]

    @cached_property
    def _former(self) -> Mapping[str, str]:
        """The record that each former id leads to."""
        return {old: story.id for story in self._index.having("codes") for old in json.loads(story.codes)[0]}

    @cached_property
    def _plugins(self) -> frozenset[str]:
        return configuration.plugins(self._root)

    @cached_property
    def _written(self) -> frozenset[str]:
        """Markdown pages and files that people put into docs/ and site_overrides/, and those that we bring."""
        found = set()
        for path in files(self._root / "docs"):
            found.add(page_of(path) if path.endswith(".md") else path)
        for folder in (self._root / "site_overrides", Path(TEMPLATES)):
            found |= {path for path in files(folder) if not path.endswith(".html")}
        return frozenset(found)

    @cached_property
    def _material(self) -> str:
        """Where the theme keeps its own assets."""
        spec = find_spec("material")
        return os.path.join(next(iter(spec.submodule_search_locations or [""])), "templates") if spec else ""


def _history(name: str) -> str:
    """Return the template of the page `name` of the history."""
    return f"history-{'day' if _DAY(name) else 'month' if _MONTH(name) else 'year'}"


def page_of(source: str) -> str:
    """Return the address of the Markdown page at `source` below docs/."""
    stem = source.removesuffix(".md")
    folder, _, name = stem.rpartition("/")
    if name.lower() in {"index", "readme"}:
        return f"{folder}/" if folder else ""
    return f"{stem}/"


def anchors_of(html: str) -> frozenset[str]:
    """Return the anchors of a page that is made already."""
    return frozenset(_ANY_ID.findall(html))
