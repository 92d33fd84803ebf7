"""The stores there are, each as a way to open it anew."""

import pytest

from stillup.subscribers.opening import open_store

PLACES = ("private/subscribers.yml", "private/subscribers.csv", "sqlite:private/subscribers.sqlite")
SALT = bytes(range(16))


@pytest.fixture(params=PLACES, ids=["yaml", "csv", "sqlite"])
def reopen(request, tmp_path):
    """Open the store of one kind, as often as one likes: `reopen()`; it is closed when the test ends."""
    opened = []

    def open_again():
        opened.append(open_store(tmp_path, request.param, SALT))
        return opened[-1]

    yield open_again
    for store in opened:
        store.close()
