"""The stores there are, each as a way to open it anew."""

import pytest

from stillup.postgres.address import address
from stillup.postgres.migration import migrate
from stillup.subscribers.opening import open_store

PLACES = {
    "yaml": "private/subscribers.yml",
    "csv": "private/subscribers.csv",
    "sqlite": "sqlite:private/subscribers.sqlite",
    "postgres": "",
}
"""By kind; a database is made for each test."""

SALT = bytes(range(16))


@pytest.fixture
def places(request):
    """Return where an empty store of a kind is."""

    def place(kind):
        if kind == "postgres":
            made = request.getfixturevalue("cluster").place()
            migrate(address(made), "people")
            return made
        return PLACES[kind]

    return place


@pytest.fixture(params=PLACES)
def place(request, places):
    return places(request.param)


@pytest.fixture
def reopen(place, tmp_path):
    """Open the store of one kind, as often as one likes: `reopen()`; it is closed when the test ends."""
    opened = []

    def open_again():
        opened.append(open_store(tmp_path, place, SALT))
        return opened[-1]

    yield open_again
    for store in opened:
        store.close()
