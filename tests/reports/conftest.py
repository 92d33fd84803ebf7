"""What tests of internal documents share."""

import shutil
from pathlib import Path

import pytest

from tests.reports.example import lay_out


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the example with its private records, which no test changes."""
    return lay_out(tmp_path_factory.mktemp("page"), "docs", "site_overrides")


@pytest.fixture
def page(example: Path, tmp_path: Path) -> Path:
    """Return a copy of one's own."""
    return shutil.copytree(example, tmp_path / "page")
