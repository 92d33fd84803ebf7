"""A page on disk, and what looks at it."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from stillup.delivery.resolver import Resolver, of_address
from stillup.errors import Level
from stillup.pipeline.doctor import channel
from stillup.pipeline.doctor.chart import Chart
from stillup.pipeline.doctor.examination import Examined, Wishes, examine, masthead
from stillup.records import configuration
from stillup.records.settings import Settings
from tests.tools import PATIENCE, ROOT

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
NOBODY = Resolver((), patience=0.1)


class Page:
    """A small page whose settings a test chooses."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "components").mkdir(parents=True)
        (root / "docs").mkdir()
        (root / "docs" / "about.md").write_text("# About\n")
        (root / "components" / "payments.yml").write_text("name: Card payments\n")

    def set(self, site_url: str = "", **settings: object) -> None:
        written = {"site_name": "Ledger Status", "theme": {"name": "material", "font": False}}
        written |= {"site_url": site_url} if site_url else {}
        written["plugins"] = ["search", {"stillup": {"organisation": "Advancia Pay Ledger", **settings}}]
        (self.root / "mkdocs.yml").write_text(yaml.safe_dump(written, sort_keys=False))

    def look(self, room, *words: object, **named: object) -> Examined:
        """Let one room look, with what it wants besides chart and settings."""
        chart = Chart(self.root)
        room(chart, *words, **named)
        return Examined(well=tuple(chart.well), findings=tuple(chart.findings))

    @property
    def settings(self) -> Settings:
        settings, problems = configuration.settings(self.root)
        assert not [each for each in problems if each.level is Level.ERROR]
        return settings

    def channels(self, environment: dict[str, str], *trials: channel.Trial, offline: bool = False) -> Examined:
        """Look at the channels alone, and send tests."""
        chart, settings = Chart(self.root), self.settings
        channel.look(chart, self.root, settings, environment, offline=offline)
        for trial in trials:
            channel.send(chart, self.root, settings, masthead(self.root, settings, AT), environment, trial, AT)
        return Examined(well=tuple(chart.well), findings=tuple(chart.findings))

    def examine(self, environment: dict[str, str] | None = None, resolver: str = "", **wishes: object) -> Examined:
        asked = replace(of_address(resolver), patience=PATIENCE) if resolver else NOBODY
        return examine(self.root, Wishes(**{"at": AT, **wishes}), asked, environment or {})


@pytest.fixture
def page(tmp_path) -> Page:
    return Page(tmp_path / "page")


@pytest.fixture
def example(tmp_path) -> Path:
    """A copy of the page of this repository."""
    for name in ("components", "incidents", "docs", "site_overrides"):
        shutil.copytree(ROOT / name, tmp_path / "example" / name)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path / "example" / "mkdocs.yml")
    return tmp_path / "example"


def told(examined: Examined, code: str) -> list[str]:
    """Return `level: message fix` of each finding with this code."""
    return [f"{each.level}: {each.message} {each.fix}" for each in examined.findings if each.code == code]
