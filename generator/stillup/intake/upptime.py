"""An Upptime repository: `.upptimerc.yml` and `history/*.yml` have the components, GitHub's issues as JSON the rest."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from stillup.errors import StillupError
from stillup.intake import foreign, name
from stillup.intake.draft import Facts, Harvest, PageDraft, PartDraft, StoryDraft
from stillup.intake.original import Object, Reader, objects, text, whole
from stillup.intake.outcome import Report
from stillup.intake.telling import Step, incident, maintenance
from stillup.records.moment import utc, zone
from stillup.records.writing.spelling import visible
from stillup.vocabulary import Impact

_STATES = {"up": "operational", "down": "major_outage", "degraded": "degraded_performance"}
_RESOLVED = "**Resolved:**"
"""How the program begins its last word."""

_TITLE = re.compile(r"^\W*(.*?) (is down|has degraded performance)\W*$", re.DOTALL)
_PLAN = re.compile(r"<!--(.*?)-->", re.DOTALL)
_PLANNED = re.compile(r"^\s*(start|end|expectedDown|expectedDegraded)\s*:\s*(.*?)\s*$", re.MULTILINE)
_IMPACTS = {"major_outage": Impact.CRITICAL, "degraded_performance": Impact.MINOR}


def harvest(folder: Path, report: Report, words: Mapping[str, str], zone_name: str = "") -> Harvest:
    """Return everything in the repository at `folder`.

    Raises:
        StillupError: it is no such repository, or a file cannot be read.
    """
    files = sorted(each for each in (folder / "history").glob("*.yml") if each.stem != "summary")
    issues = sorted({*folder.glob("issues*.json"), *folder.glob("history/issues*.json"), *folder.glob("issues/*.json")})
    if not files and not issues:
        raise StillupError(f"{folder} holds no Upptime page. Give the folder with history/ and issues.json.")
    if not issues:
        report.leave(
            "issues.json", "incidents", "Incidents are issues on GitHub: save them as issues.json beside history/."
        )
    reader = Reader(report, words, zone(zone_name or "UTC"))
    rc = folder / ".upptimerc.yml"
    settings = foreign.yaml_mapping(foreign.text(rc), rc) if rc.is_file() else {}
    names = {
        _slug(site): str(site.get("name")) for site in map(foreign.mapping, foreign.entries(settings.get("sites")))
    }
    codes = {path.stem: name.code("component", f"upptime:{path.stem}") for path in files}
    stories: list[StoryDraft] = []
    for path in issues:
        for each in objects(foreign.entries(foreign.json_value(path))):
            found = _story(path.name, _snake(each), codes, names, reader)
            if found is not None:
                stories.append(found)
    explained = {code for each in stories if not each.closed for code in each.updates[0].components}
    components = tuple(
        _component(path, number, names, codes[path.stem], codes[path.stem] in explained, reader)
        for number, path in enumerate(files, 1)
    )
    site = foreign.mapping(settings.get("status-website"))
    address = str(site.get("cname") or "")
    page = PageDraft(name=str(site.get("name") or ""), url=f"https://{address}" if address else "", zone=zone_name)
    return Harvest(page=page if page.name else None, components=components, stories=tuple(stories))


def _snake(issue: Object) -> Object:
    """Return an issue as GitHub's API tells it, where `gh` wrote it."""
    spelled = {"createdAt": "created_at", "closedAt": "closed_at"}
    result = {spelled.get(key, key): value for key, value in issue.items()}
    if isinstance(result.get("comments"), list):
        result["comments"] = [_snake(each) for each in objects(result["comments"])]
    return result


def _slug(site: Mapping[str, Any]) -> str:
    return str(site.get("slug") or name.slug(str(site.get("name", "")), "site"))


def _component(
    path: Path, place: int, names: Mapping[str, str], code: str, explained: bool, reader: Reader
) -> PartDraft:
    file, history = f"history/{path.name}", foreign.yaml_mapping(foreign.text(path), path)
    called = names.get(path.stem) or path.stem.replace("-", " ").capitalize()
    began = reader.instant(file, "startTime", history.get("startTime"))
    facts: Facts = {"name": called, "position": place, "since": f"{began:%Y-%m-%d}" if began else None}
    word = reader.word(file, "status", history.get("status", "up"), frozenset(_STATES), "status")
    seen = reader.instant(file, "lastUpdated", history.get("lastUpdated"))
    state = _STATES[word] if word else "operational"
    if state != "operational" and not explained and seen is not None:
        facts["states"] = [{"at": utc(whole(seen)), "status": state, "source": "upptime"}]
        reader.report.change(file, "status", "No open issue says so: it counts since it was last seen.")
    for key in ("responseTime", "url"):
        if history.get(key):
            reader.report.leave(file, key, "A component has no such field here.")
    return PartDraft(code=code, name=called, facts=facts, where=file)


def _story(
    file: str, issue: Object, codes: Mapping[str, str], names: Mapping[str, str], reader: Reader
) -> StoryDraft | None:
    number = text(issue, "number") or text(issue, "id")
    where = f"{file} #{number}"
    labels = {str(foreign.mapping(each).get("name", each)) for each in foreign.entries(issue.get("labels"))}
    if "pull_request" in issue or not labels & {"status", "maintenance"}:
        reader.report.leave(where, "issue", "It is no incident: it has neither the label status nor maintenance.")
        return None
    opened = reader.instant(file, f"#{number}.created_at", issue.get("created_at"))
    closed = reader.instant(file, f"#{number}.closed_at", issue.get("closed_at"))
    if opened is None:
        reader.problem(file, f"#{number}.created_at", "The issue has no time.", "Save it whole, as GitHub tells it.")
        return None
    title = " ".join(visible(text(issue, "title")).split())[:255] or f"Issue {number}"
    key, body = f"upptime:{number}", visible(text(issue, "body"))
    comments = _comments(file, number, issue, reader)
    if "maintenance" in labels:
        return _work(where, key, title, body, comments, opened, closed, codes, reader)
    found = _TITLE.match(title)
    state = "degraded_performance" if found and "degraded" in found[2] else "major_outage"
    by_name = {called: codes[slug] for slug, called in names.items() if slug in codes}
    held = {codes[label]: state for label in sorted(labels) if label in codes}
    if not held and found and found[1] in by_name:
        held = {by_name[found[1]]: state}
    if not held:
        reader.report.leave(where, "labels", "None of them is the name of a component.")
    if not found:
        reader.report.change(where, "title", "It does not say how bad it was, so it counts as down.")
    steps = [Step(opened, "investigating", _PLAN.sub("", body)), *comments]
    if closed is not None:
        near = [step for step in comments if abs((step.at - closed).total_seconds()) <= 120]
        last = max(near, key=lambda step: (step.body.startswith(_RESOLVED), step.at), default=None)
        after = [step for step in comments if step.at > (last.at if last else closed)]
        steps = [step for step in steps if step is not last and step not in after] or steps[:1]
        if after:
            reader.report.leave(where, "comments", "They came after the issue was closed.")
        if last is not None:
            steps.append(Step(max(last.at, opened), "resolved", last.body.removeprefix(_RESOLVED).strip()))
        else:
            steps.append(Step(max(closed, opened), "resolved", "Resolved."))
    return incident(key, title, steps, held, _IMPACTS[state].value, where)


def _comments(file: str, number: str, issue: Object, reader: Reader) -> list[Step]:
    """Return the comments of an issue, where they were saved with it."""
    comments = issue.get("comments")
    if isinstance(comments, int) and comments and not isinstance(comments, bool):
        reader.report.leave(
            f"{file} #{number}", "comments", "They are not in the file: save each issue with its comments."
        )
    found = []
    for each in objects(comments):
        at = reader.instant(file, f"#{number}.comments.created_at", each.get("created_at"))
        if at is not None and text(each, "body").strip():
            found.append(Step(at, "investigating", visible(text(each, "body"))))
    return found


def _work(
    where: str,
    key: str,
    title: str,
    body: str,
    comments: list[Step],
    opened: datetime,
    closed: datetime | None,
    codes: Mapping[str, str],
    reader: Reader,
) -> StoryDraft | None:
    plan = {word: said for block in _PLAN.findall(body) for word, said in _PLANNED.findall(block)}
    file = where.split(" ")[0]
    start = reader.instant(file, f"{where}.start", plan.get("start"))
    end = reader.instant(file, f"{where}.end", plan.get("end"))
    if start is None or end is None:
        reader.report.leave(where, "maintenance", "Its text does not say start and end in a comment.")
        return None
    named = re.split(r"[,\s]+", f"{plan.get('expectedDown', '')} {plan.get('expectedDegraded', '')}".strip())
    held = [codes[each] for each in dict.fromkeys(named) if each in codes]
    for each in dict.fromkeys(named):
        if each and each not in codes:
            reader.report.leave(where, f"expectedDown: {each}", "No component has this name.")
    said = _PLAN.sub("", body).strip() or title
    steps = [Step(opened, "scheduled", said)]
    steps += [Step(each.at, "scheduled" if each.at < start else "in_progress", each.body) for each in comments]
    if closed is not None:
        steps = [each for each in steps if each.at <= closed] or steps[:1]
        status = "completed" if closed > start else "cancelled"
        steps.append(Step(max(closed, opened), status, "Completed." if closed > start else "Called off."))
    return maintenance(key, title, steps, held, start, end, where)
