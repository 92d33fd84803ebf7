"""The example's API, and a site that holds nothing else, served on loopback."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.sample import World, read


@pytest.fixture(scope="session")
def example_api(example_root: Path) -> World:
    """Everything the API says of the example's records."""
    return read(example_root)


@pytest.fixture(scope="session")
def api_url(example_api: World, tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., str]) -> str:
    """The address of a host with these files, without its final slash, as clients write it."""
    folder = tmp_path_factory.mktemp("api")
    for path, body in example_api.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    return serve(folder, headers={"Access-Control-Allow-Origin": "*"}).rstrip("/")
