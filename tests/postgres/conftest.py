"""What tests of PostgreSQL share."""

import pytest

from tests.delivery.world import Receiver, receiver


@pytest.fixture
def provider():
    made: Receiver
    with receiver() as made:
        yield made
