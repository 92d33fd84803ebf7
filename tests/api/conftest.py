"""The example's API, and a site that holds nothing else, served on loopback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api.sample import World, read


@pytest.fixture(scope="session")
def example_api(example_root: Path) -> World:
    """Everything the API says of the example's records."""
    return read(example_root)


@pytest.fixture(scope="session")
def published(example: Path) -> Callable[[str], Any]:
    """What a document of the example's built site holds, by its path."""
    return lambda path: json.loads((example / path).read_bytes())


@pytest.fixture(scope="session")
def api_url(example: Path, serve: Callable[..., str]) -> str:
    """The address of a host with the example's built site, without its final slash, as clients write it."""
    return serve(example, headers={"Access-Control-Allow-Origin": "*"}).rstrip("/")
