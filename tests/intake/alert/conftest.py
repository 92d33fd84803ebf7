"""What tests of alerts share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.intake.alert.told import SETTINGS


@pytest.fixture
def page(tmp_path: Path) -> Callable[[str], Path]:
    """Return a maker of pages whose one rule publishes as it is told."""

    def make(publish: str) -> Path:
        (tmp_path / "components").mkdir(exist_ok=True)
        (tmp_path / "incidents").mkdir(exist_ok=True)
        (tmp_path / "mkdocs.yml").write_text(SETTINGS.format(publish=publish))
        (tmp_path / "components" / "payments.yml").write_text("# what people pay with\nname: Payments\n")
        return tmp_path

    return make
