"""A harvest joined with the repository: the files that change, and their texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stillup.intake import name
from stillup.intake.draft import Harvest, PartDraft, StoryDraft, UpdateDraft
from stillup.intake.merge import INCIDENT, PART, UPDATE, Record, imported, merged, normal, ordered, sourced
from stillup.intake.ours import GROUPS, Ours
from stillup.intake.outcome import Note, Report
from stillup.records.configuration import NAMES as SETTINGS
from stillup.records.moment import instant, stamp, utc
from stillup.records.schema import file_name, text
from stillup.records.unversioned import GITIGNORE
from stillup.records.writing.spelling import visible, write
from stillup.views import code as codes
from stillup.vocabulary import Kind, UpdateStatus

_KINDS = {"incidents": "incident", "components": "component"}
_CLOSING = frozenset(status.value for status in UpdateStatus if status.closes)


@dataclass(slots=True)
class Joining:
    """One import into one repository."""

    ours: Ours
    report: Report
    files: dict[str, str] = field(default_factory=dict)
    """By path: the text of each file that changes."""

    _groups: dict[str, str] = field(default_factory=dict)
    _components: dict[str, str] = field(default_factory=dict)

    def take(self, harvest: Harvest) -> None:
        """Join everything."""
        self._unversioned()
        if harvest.page is not None:
            self._settings(harvest)
        self._take_groups(harvest.groups)
        for part in harvest.components:
            self._component(part)
        for code, (id, _) in self.ours.components.items():
            self._components.setdefault(code, id)
        for story in sorted(harvest.stories, key=lambda each: (each.updates[0].at, each.code)):
            self._story(story)
        counts = self.report.counts
        counts["incidents"] += sum(each.facts.get("kind") is None for each in harvest.stories)
        counts["maintenances"] += sum(each.facts.get("kind") is not None for each in harvest.stories)
        counts["updates"] += sum(len(each.updates) for each in harvest.stories)
        counts["components"] += len(harvest.components)
        counts["groups"] += len(harvest.groups)

    def _unversioned(self) -> None:
        """Keep what builds make, the ledger and private records out of the repository of a page that begins here."""
        root = self.ours.root
        if not any((root / each).exists() for each in (*SETTINGS, ".gitignore")):
            self.files[".gitignore"] = GITIGNORE
            self.report.added.append(".gitignore")

    def _settings(self, harvest: Harvest) -> None:
        page = harvest.page
        assert page is not None
        if any((self.ours.root / each).is_file() for each in SETTINGS):
            settings = self.ours.settings
            for key, wanted, have, line in (
                ("id", page.code, settings.code or "", f"code: {page.code} below stillup:"),
                ("name", page.name, settings.organisation or settings.site_name, f"organisation: {page.name}"),
                ("url", page.url, settings.site_url.rstrip("/"), f"site_url: {page.url}/"),
                ("time_zone", _zone(page.zone), settings.timezone, f"timezone: {_zone(page.zone)} below stillup:"),
            ):
                if wanted and wanted != have:
                    self.report.leave("page", key, f"mkdocs.yml is yours: to serve the same, write {line}.")
            return
        plugin: Record = {
            "organisation": name.organisation(page.name) or None,
            "timezone": _zone(page.zone) or None,
            "code": page.code or None,
        }
        settings_file: Record = {
            "site_name": name.page(page.name),
            "site_url": f"{page.url}/" if page.url else None,
            "theme": {"name": "material", "font": False},
            "plugins": ["search", {"stillup": {key: value for key, value in plugin.items() if value is not None}}],
        }
        for kind in ("settings", "incident", "component", "groups"):  # what the first line of each file names
            path = _schema(kind)
            if not (self.ours.root / path).exists():
                self.files[path] = text(kind)
                self.report.added.append(path)
        self._put("mkdocs.yml", {key: value for key, value in settings_file.items() if value is not None}, None)
        if not (self.ours.root / "docs").exists():  # MkDocs wants the folder, and git keeps no empty one
            self.files["docs/about.md"] = (
                f"# About this page\n\nThe state of {page.name or 'our service'}, as it is and was.\n"
            )
            self.report.added.append("docs/about.md")

    def _take_groups(self, groups: tuple[PartDraft, ...]) -> None:
        known = {str(each.get("code") or codes.code("group", str(each.get("id")))): each for each in self.ours.groups}
        taken = {str(each.get("id")) for each in self.ours.groups}
        result = list(self.ours.groups)
        for part in groups:
            old = known.get(part.code)
            facts = _clean(part.facts)
            if old is None:
                id = name.free(name.slug(part.name, "group"), taken.__contains__)
                taken.add(id)
                made = sourced({"id": id, **_some(facts), "code": part.code}, facts, part.source)
                result.append(ordered(made, PART))
            else:
                id = str(old.get("id"))
                made = merged(old, facts, part.source, GROUPS, self.report)
                result = [made if each is old else each for each in result]
            self._groups[part.code] = id
        if result:
            self._put(GROUPS, result, self.ours.groups if self.ours.listed else None)

    def _component(self, part: PartDraft) -> None:
        group = self._groups.get(part.group) if part.group else None
        facts = _clean({"name": part.facts["name"], "group": group, **part.facts})
        known = self.ours.components.get(part.code)
        if known is None:
            wanted = name.slug(part.name, f"component-{part.code}")
            if wanted in self.ours.component_ids and group:
                wanted = f"{group}-{wanted}"[:100]
            id = name.free(wanted, self.ours.component_ids.__contains__)
            self.ours.component_ids.add(id)
            made = sourced({**_some(facts), "code": part.code}, facts, part.source)
            self._put(f"components/{id}.yml", ordered(made, PART), None)
        else:
            id, old = known
            path = self.ours.paths[part.code]
            facts["states"] = _states(old.get("states"), facts.get("states"))
            self._put(path, ordered(merged(old, facts, part.source, path, self.report), PART), old)
        self._components[part.code] = id

    def _story(self, story: StoryDraft) -> None:
        known = self.ours.incidents.get(story.code)
        facts = _clean(story.facts)
        if known is None:
            day = f"{story.updates[0].at:%Y-%m-%d}"
            kind = Kind.MAINTENANCE if facts.get("kind") else Kind.INCIDENT
            wanted = f"{day}-{name.slug(story.title, kind.value)}"[:100].rstrip("-")
            id = name.free(wanted, self.ours.incident_ids.__contains__)
            self.ours.incident_ids.add(id)
            path, old = f"incidents/{day[:4]}/{id}.yml", None
            record: Record = {**_some(facts), "code": story.code}
            if story.closed:
                record["backfilled"] = True
            record = sourced(record, facts, story.source)
        else:
            path, old = known
            rough = story.rough and imported(old.get("source")) != {} and "impact" in imported(old.get("source"))
            record = dict(old) if rough else merged(old, facts, story.source, path, self.report)
        record["updates"] = self._updates(story, record, path)
        self._put(path, ordered(_told_to_nobody(record), INCIDENT), old)

    def _updates(self, story: StoryDraft, record: Record, path: str) -> list[Record]:
        result: list[Record] = [dict(each) for each in record.get("updates") or () if isinstance(each, dict)]
        known = _codes(result, record, path)
        beside = self.ours.beside.get(path, set())
        silent = not record.get("backfilled")
        minutes = [_minute(each) for place, each in enumerate(result) if place not in set(_own(known, story))]
        for update in story.updates:
            facts = self._update_facts(update)
            source = update.source
            if update.code in beside:
                self.report.kept.append(Note(path, update.code, "It has a file of its own here."))
            elif story.rough and update.code not in known and utc(update.at)[:16] in minutes:
                minutes.remove(utc(update.at)[:16])
            elif update.code in known:
                old = result[known[update.code]]
                made = merged(old, facts, source, path, self.report)
                if "id" not in made and normal(made.get("at"), "at") != normal(old.get("at"), "at"):
                    made["id"] = _stamp(old)  # what was published under an id keeps it
                result[known[update.code]] = ordered(made, UPDATE)
            else:
                fresh: Record = {**_some(facts), "code": update.code}
                if silent:
                    fresh["notify"] = False
                result.append(ordered(sourced(fresh, facts, source), UPDATE))
        codes = {update.code for update in story.updates}
        for each in result:
            if (
                not story.rough
                and isinstance(each.get("code"), str)
                and each["code"] not in codes
                and _was_imported(each)
            ):
                self.report.kept.append(Note(path, each["code"], "The source has no such update any more."))
        result.sort(key=lambda each: str(normal(each.get("at"), "at")))
        return _named(result)

    def _update_facts(self, update: UpdateDraft) -> Record:
        components = {
            self._components[code]: state for code, state in update.components.items() if code in self._components
        }
        for code in update.components.keys() - self._components.keys():
            self.report.leave(update.where, code, "No component of this code is known.")
        return _clean(
            {
                "at": utc(update.at),
                "status": update.facts["status"],
                "components": components or None,
                "body": update.facts["body"],
                **{key: value for key, value in update.facts.items() if key not in ("status", "body")},
            }
        )

    def _put(self, path: str, record: Any, old: Any) -> None:
        """Write `record` to `path`, unless it says what stands there."""
        if old is not None and normal(record) == normal(old):
            self.report.unchanged += 1
            return
        if old is None:
            self.report.added.append(path)
        else:
            self.report.updated.append(path)
            if path in self.ours.commented:
                self.report.change(path, "comments", "The file is written anew, and comments are not kept.")
        self.files[path] = self._first_line(path) + write(_laid_out(record))

    def _first_line(self, path: str) -> str:
        """Return the comment by which editors find the schema of a file; empty where there is no such schema."""
        kind = "groups" if path == GROUPS else _KINDS.get(path.partition("/")[0], "settings")
        schema = _schema(kind)
        if schema not in self.files and not (self.ours.root / schema).is_file():
            return ""
        return f"# yaml-language-server: $schema={'../' * path.count('/')}{schema}\n"


def _schema(kind: str) -> str:
    return f"schema/{file_name(kind)}"


def _laid_out(record: Any) -> Any:
    """Return `record` with bodies that end with a line break, so that each is a block of its own."""
    if not isinstance(record, dict):
        return record
    result = dict(record)
    if isinstance(result.get("updates"), list):
        result["updates"] = [_laid_out(each) for each in result["updates"]]
    if isinstance(result.get("postmortem"), dict):
        result["postmortem"] = _laid_out(result["postmortem"])
    if isinstance(result.get("body"), str):
        result["body"] = result["body"].rstrip("\n") + "\n"
    return result


def _zone(written: str) -> str:
    return "UTC" if written in {"Etc/UTC", "UTC", "Etc/UCT", "Zulu"} else written


def _some(facts: Mapping[str, object]) -> Record:
    return {key: value for key, value in facts.items() if value is not None}


def _clean(facts: Mapping[str, Any]) -> Record:
    """Return `facts` without characters that no record holds, and without nothing inside of mappings."""
    return {key: _visible(value) for key, value in facts.items()}


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value).strip() or None
    if isinstance(value, dict):
        return {visible(str(key)): _visible(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, (list, tuple)):
        return [_visible(inner) for inner in value]
    return value


def _was_imported(update: Record) -> bool:
    return isinstance(update.get("source"), dict) and "imported" in update["source"]


def _told_to_nobody(record: Record) -> Record:
    """Return `record` with its imported updates silent while it is open, and filled in afterwards when it is over."""
    over = bool(record["updates"]) and record["updates"][-1].get("status") in _CLOSING
    if record.get("backfilled") and not over:
        record = {key: value for key, value in record.items() if key != "backfilled"}
        record["updates"] = [
            ordered({**each, "notify": False}, UPDATE) if "notify" not in each else each for each in record["updates"]
        ]
    return record


def _own(known: Mapping[str, int], story: StoryDraft) -> list[int]:
    """Return the places of updates that have a code of the draft."""
    return [known[update.code] for update in story.updates if update.code in known]


def _minute(update: Record) -> str:
    return str(normal(update.get("at"), "at"))[:16]


def _codes(updates: list[Record], record: Record, path: str) -> dict[str, int]:
    """Return the place of each update by its code, which the API makes from ids where none is written."""
    formerly = record.get("formerly")
    origin = formerly[0] if isinstance(formerly, list) and formerly else path.rpartition("/")[2].removesuffix(".yml")
    found: dict[str, int] = {}
    stamps: dict[str, int] = {}
    for place, each in enumerate(updates):
        at = _stamp(each)
        stamps[at] = stamps.get(at, 0) + 1
        id = each.get("id") or (at if stamps[at] == 1 else f"{at}-{stamps[at]}")
        found[str(each.get("code") or codes.code("update", f"{origin}/{id}"))] = place
    return found


def _states(old: Any, new: Any) -> Any:
    """Return the changes that stand here, and after them the newest where it tells something else."""
    stand = [each for each in old if isinstance(each, dict)] if isinstance(old, list) else []
    for each in new or ():
        if not stand or (stand[-1].get("status") != each["status"] and str(stand[-1].get("at")) < each["at"]):
            stand = [*stand, each]
    return stand or None


def _stamp(update: Record) -> str:
    return stamp(instant(update.get("at")))


def _named(updates: list[Record]) -> list[Record]:
    """Return `updates` with an id of its own for each that shares its second with an earlier one."""
    taken: dict[str, int] = {}
    result = []
    for each in updates:
        at = str(normal(each.get("at"), "at"))
        taken[at] = taken.get(at, 0) + 1
        if taken[at] > 1 and "id" not in each:
            each = ordered({**each, "id": f"{_stamp(each)}-{taken[at]}"}, UPDATE)
        result.append(each)
    return result
