"""Every document is what its schema says, and the published schemas are those of the types."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from stillup.api import schema, shape
from tests.tools import ROOT, Golden

FOLDER = ROOT / "generator" / "stillup" / "api" / "schema"
PATHS = {
    "summary": ["api/v2/summary.json"],
    "status": ["api/v2/status.json"],
    "components": ["api/v2/components.json"],
    "incidents": ["api/v2/incidents.json", "api/v2/incidents/unresolved.json"],
    "scheduled-maintenances": [
        "api/v2/scheduled-maintenances.json",
        "api/v2/scheduled-maintenances/upcoming.json",
        "api/v2/scheduled-maintenances/active.json",
    ],
}


def faults(document: object, kind: type, *, closed: bool) -> list[str]:
    validator = Draft202012Validator(
        schema.schema(kind, closed=closed), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def test_the_published_schemas_are_those_of_the_types(request: pytest.FixtureRequest):
    golden = Golden(folder=FOLDER, accept=request.config.getoption("--accept"))

    for name, kind in schema.OWN.items():
        golden(f"{name}.json", schema.written(name, kind))
    assert {path.stem for path in FOLDER.glob("*.json")} == schema.OWN.keys()


@pytest.mark.parametrize("name", schema.OWN)
def test_a_published_schema_is_one(name: str):
    published = {Path(each.path).stem: each for each in schema.schemas()}

    assert published[name].path == f"api/stillup/v1/schema/{name}.json"
    Draft202012Validator.check_schema(schema.schema(schema.OWN[name]))


@pytest.mark.parametrize("name", PATHS)
def test_documents_of_statuspages_api(name: str, example_api):
    for path in PATHS[name]:
        assert faults(example_api.json(path), schema.STATUSPAGE[name], closed=True) == []


def test_documents_of_our_own_api(example_api):
    found = {"uptime": f"{V1}/uptime.json", "maintenances": f"{V1}/maintenances.json"}
    for name, path in found.items():
        assert faults(example_api.json(path), schema.OWN[name], closed=True) == []
    for path in example_api.files:
        for folder, name in ((f"{V1}/incidents/", "incidents"), (f"{V1}/days/", "days")):
            if path.startswith(folder):
                assert faults(example_api.json(path), schema.OWN[name], closed=True) == []


def test_each_record_by_itself(example_api):
    for document in example_api.documents.values():
        printed = example_api.json(f"incidents/{document.code}.json")
        rest = {name: printed.pop(name) for name in shape.Postmortem.__annotations__}
        kind = shape.Maintenance if document.kind == "maintenance" else shape.Incident

        assert faults(printed, kind, closed=True) == []
        assert faults(rest, shape.Postmortem, closed=True) == []


def test_a_schema_refuses_what_is_missing_or_strange():
    status = {"page": None, "status": {"indicator": "catastrophic"}}

    assert faults(status, shape.StatusDocument, closed=True) != []
    assert faults({}, shape.StatusDocument, closed=True) != []


V1 = "api/stillup/v1"
