"""What fuzzing began with and what it once found, through the same doors; `make fuzz` looks for more."""

import pytest

from tests.fuzz.target import CRASHES, TARGETS, seeds

KNOWN = [(name, data) for name in TARGETS for data in seeds(name)]
FOUND = [(path.parent.name, path.read_bytes()) for path in sorted(CRASHES.glob("*/*"))]


@pytest.mark.parametrize(("name", "data"), [*KNOWN, *FOUND])
def test_any_bytes_are_taken_or_refused_in_words(name, data):
    TARGETS[name](data)
