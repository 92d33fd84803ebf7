"""A page with an event log: how it is made, what is told on it, and what its log then holds."""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from click.testing import CliRunner

from stillup.cli import main
from stillup.pipeline.building.build import work_folder
from stillup.pipeline.building.run import Run
from stillup.pipeline.event_log.reading import logged
from stillup.pipeline.publishing.release import publish
from stillup.pipeline.sending.event_append import append
from tests.delivery.page import Page
from tests.delivery.world import AT, Hands

SECRET = "Example Customer Incorporated"
MAINTENANCE = """\
title: The database moves
kind: maintenance
scheduled: {{start: {start:%Y-%m-%dT%H:%M:%SZ}, end: {end:%Y-%m-%dT%H:%M:%SZ}, reminders: [1h]}}
updates:
  - {{at: {at:%Y-%m-%dT%H:%M:%SZ}, status: scheduled, components: {{web: under_maintenance}}, body: We move it.}}
"""


def minutes(count: float) -> datetime:
    return AT + timedelta(minutes=count)


def stamp(count: int) -> str:
    return f"{minutes(count):%Y%m%dt%H%M%Sz}"


def made(root: Path, **more: str) -> Page:
    page = Page(root, **more).make()
    page.write("docs/about.md", "# About this page\n")
    text = (root / "mkdocs.yml").read_text().replace("site_url: https:", "#")
    text = text.replace("channels:", "deploy: [{folder: served}]\n      channels:")
    page.write("mkdocs.yml", f"{text}theme: {{name: material, font: false}}\n")
    page.write(".gitignore", "/private/\n/.stillup/\n/outbox/\n/site/\n/served\n/.served.*\n")
    return page.commit()


def copy(ground: Page, root: Path) -> Page:
    shutil.copytree(ground.root, root, symlinks=True, dirs_exist_ok=True)
    return Page(root)


def opened(page: Page, *more: tuple[datetime, str, str, str], id: str = "slow") -> None:
    page.incident((minutes(1), "investigating", "degraded_performance", "We look into it."), *more, id=id)


def appended(page: Page, at: datetime) -> list[str]:
    """Append as a publish does, and return the keys of what was new."""
    site, work = work_folder(page.root)
    with Run(page.root, at=at, site_dir=site, work=work) as run:
        run.read()
        return [each.entry.key for each in append(run)]


def published(page: Page, at: datetime):
    return publish(page.root, at=at, live=True, clock=Hands(at), environment=page.environment, patience=0)


def keys(page: Page) -> list[str]:
    return [each.entry.key for each in logged(page.root)]


def ledger(page: Page, *words: str):
    return CliRunner().invoke(main, ["ledger", *words, "--root", str(page.root)], catch_exceptions=False)


def event(page: Page, seq: int):
    return json.loads((page.root / f"site/api/stillup/v1/events/{seq}.json").read_text())
