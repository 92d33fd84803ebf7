"""What tests of a whole page share."""

from pathlib import Path

import pytest

from tests.end_to_end.based import repository
from tests.end_to_end.page import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A repository with one commit of the small page."""
    return repository(tmp_path)
