"""Real pages: what an import keeps of one comes out again leaf by leaf, and four years of another are all there."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from stillup.api import schema
from stillup.records.component import Component
from stillup.records.incident import Incident, Update
from stillup.vocabulary import ComponentStatus, Impact, UpdateStatus, UptimeShown
from tests.api.sample import World, edition, read
from tests.tools import CORPUS

pytestmark = pytest.mark.needs("corpus")


def second(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp).astimezone(UTC).replace(microsecond=0)


def kept(original: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: original[name] for name in names}


def markdown(body: str) -> str:
    """A body as somebody would write it: paragraphs, lines, and no mark that means something."""
    text = re.sub(r"(?:<br ?/>\s*){2,}", "\n\n", body)
    text = re.sub(r"<br ?/>", "  \n", text)
    return re.sub(r"([*_~`\[\]|])", r"\\\1", unescape(text)) or "-"


def slug(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")


def imported(summary: dict[str, Any], incidents: dict[str, Any]) -> World:
    """The page as records with what an importer keeps in `source`."""
    ids = {each["id"]: slug(each["name"]) for each in summary["components"]}
    components = [
        Component(
            id=ids[each["id"]],
            name=each["name"],
            description=each["description"] or "",
            position=each["position"],
            since=date.fromisoformat(each["start_date"]) if each["start_date"] else None,
            uptime=UptimeShown.SHOWN if each["showcase"] else UptimeShown.HIDDEN,
            code=each["id"],
            source=kept(each, "created_at", "updated_at"),
        )
        for each in summary["components"]
    ]
    records = [
        Incident(
            id=f"incident-{each['id']}",
            title=each["name"],
            impact=Impact(each["impact"]),
            code=each["id"],
            source=kept(each, "created_at", "updated_at", "started_at", "shortlink", "monitoring_at", "resolved_at"),
            updates=tuple(
                _update(number, update, ids) for number, update in enumerate(reversed(each["incident_updates"]))
            ),
        )
        for each in incidents["incidents"]
    ]
    about = summary["page"]
    seen = second(about["updated_at"])
    page = edition(seen, components, (), site_url=f"{about['url']}/", code=about["id"])
    return World(page, tuple(records))


def _update(number: int, original: dict[str, Any], ids: dict[str, str]) -> Update:
    affected = original["affected_components"] or ()
    return Update(
        id=f"u{number}",
        at=second(original["display_at"]),
        status=UpdateStatus(original["status"]),
        body=markdown(original["body"]),
        components={ids[each["code"]]: ComponentStatus(each["new_status"]) for each in affected if each["code"] in ids},
        code=original["id"],
        source={name: value for name, value in original.items() if name not in ("id", "status", "incident_id")},
    )


def leaves(document: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield from leaves(value, f"{place}.{key}")
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from leaves(value, f"{place}[{number}]")
    else:
        yield place, document


def test_every_leaf_of_a_real_page_comes_out_again():
    folder = CORPUS / "statuspage" / "github"
    real = {name: json.loads((folder / f"{name}.json").read_text()) for name in ("summary", "incidents")}
    page = imported(real["summary"], real["incidents"])

    lost: Counter[str] = Counter()
    for name, document in real.items():
        ours = dict(leaves(page.json(f"api/v2/{name}.json")))
        for place, value in leaves(document):
            if ours.get(place, "missing") != value:
                lost[place] += 1

    # When the page itself was last edited is nobody's record; `name` is the setting of the organisation.
    assert lost == {".page.updated_at": 2, ".page.name": 2}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Four years of a busy page."""
    root: Path = tmp_path_factory.mktemp("history")
    for name in ("components", "incidents"):
        shutil.copytree(CORPUS / "github-history" / name, root / name)
    (root / "mkdocs.yml").write_text("site_name: Busy\nsite_url: https://busy.example.com/\nplugins: [stillup]\n")
    return read(root, datetime(2026, 8, 1, tzinfo=UTC))


def test_four_years_fit_their_schemas(history: World):
    kinds = {
        "api/v2/summary.json": schema.STATUSPAGE["summary"],
        "api/v2/incidents.json": schema.STATUSPAGE["incidents"],
        "api/v2/scheduled-maintenances.json": schema.STATUSPAGE["scheduled-maintenances"],
        "api/stillup/v1/incidents/2024.json": schema.OWN["incidents"],
        "api/stillup/v1/uptime.json": schema.OWN["uptime"],
    }
    for path, kind in kinds.items():
        validator = Draft202012Validator(schema.schema(kind, closed=True))
        assert [error.message for error in validator.iter_errors(history.json(path))] == []


def test_four_years_are_all_in_the_history(history: World):
    months = history.json("history.json")["months"]
    listed = {each["code"] for month in months for each in month["incidents"]}

    assert listed == {document.code for document in history.documents.values()}
    assert len(months) == len({(month["name"], month["year"]) for month in months})
    assert all(f"incidents/{code}/index.html" in history.files for code in listed)
