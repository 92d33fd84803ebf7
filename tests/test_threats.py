"""The manual says what somebody could try; each line names a test, and that test exists."""

import re

import pytest

from tests.tools import ROOT

TEXT = (ROOT / "manual" / "docs" / "threats.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| somebody |"))]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_every_threat_names_a_test_that_exists(row):
    *_, named, _ = (part.strip() for part in row.split("|"))
    file, _, test = named.strip("`").partition("::")

    assert (ROOT / file).is_file(), file
    assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), test
