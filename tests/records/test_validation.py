"""Our validators are those that pydantic makes of the same types, only sooner at hand."""

import re
import subprocess
import sys
from pathlib import Path

import pydantic
import pytest
from pydantic_core import ValidationError

from stillup.records.component import ComponentFacts
from stillup.records.plan import Plan
from stillup.records.private.contract import Contract
from stillup.records.private.customer import Customer
from stillup.records.private.drill import DrillFacts
from stillup.records.private.incident import PrivateIncidentFacts
from stillup.records.private.roster import Roster
from stillup.records.reading import read
from stillup.records.settings import WrittenSettings
from stillup.records.validation import validator
from stillup.records.written import WrittenGroup, WrittenIncident, WrittenUpdate
from tests.records.build import incident_text, write

SHAPES = [
    WrittenIncident,
    WrittenUpdate,
    ComponentFacts,
    WrittenGroup,
    WrittenSettings,
    Plan,
    PrivateIncidentFacts,
    Roster,
    Customer,
    Contract,
    DrillFacts,
]
TEXTS = [
    text
    for table in sorted((Path(__file__).parent / "faults").glob("*.md"))
    for text in re.findall(r"^```yaml\n(.*?)\n```$", table.read_text(), re.DOTALL | re.MULTILINE)
]


def outcome(validate, value: object) -> object:
    """Return what a validator makes of `value`, or every finding."""
    try:
        return validate(value)
    except ValidationError as error:
        return sorted(
            (finding["type"].replace("mapping_type", "dict_type"), finding["loc"]) for finding in error.errors()
        )


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_pydantic_itself_says_the_same(shape):
    theirs, ours = pydantic.TypeAdapter(shape), validator(shape)

    for text in TEXTS:
        document, _ = read(text.encode(), "x.yml")
        if document is not None:
            assert outcome(ours.validate_python, document.value) == outcome(theirs.validate_python, document.value), (
                text
            )


def test_reading_records_does_not_wait_for_all_of_pydantic(tmp_path):
    write(
        tmp_path,
        {"components/a.yml": "name: A\n", "incidents/a.yml": incident_text(), "mkdocs.yml": "plugins: [stillup]\n"},
    )
    code = (
        "import sys; from pathlib import Path; from stillup.records import store\n"
        "assert len(store.load(Path(sys.argv[1])).incidents) == 1\n"
        "assert 'pydantic' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
