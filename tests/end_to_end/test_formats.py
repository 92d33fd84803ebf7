"""`check --format`: the same problems for people, scripts, code hosts and code scanners."""

import json

import jsonschema
import pytest
from click.testing import CliRunner, Result

from stillup.cli import main
from tests.end_to_end.page import RECORDS, Site

AT = "2026-11-20T10:45:00Z"
LINES = [
    'incidents/2026/closed.yml:9:13: updates[1].status: "resolvd" is not an incident status. Did you mean resolved?'
    " Use investigating, identified, monitoring or resolved.",
    "incidents/2026/weekly.yml:8:9: warning: updates[0].at: The maintenance was announced after its start."
    " Write the time of the announcement, or in_progress.",
]


@pytest.fixture
def site(tmp_path):
    site = Site.make(tmp_path)
    site.write("incidents/2026/closed.yml", RECORDS["incidents/2026/closed.yml"].replace("resolved", "resolvd"))
    weekly = RECORDS["incidents/2026/weekly.yml"].replace("2026-11-01T10:00:00Z", "2026-11-07T10:00:00Z")
    site.write("incidents/2026/weekly.yml", weekly)
    return site


def check(site: Site, *words: str) -> Result:
    return CliRunner().invoke(main, ["check", "--root", str(site.root), "--at", AT, *words])


def mended(site: Site) -> None:
    for path in ("incidents/2026/closed.yml", "incidents/2026/weekly.yml"):
        site.write(path, RECORDS[path])


def test_people_read_a_line_a_problem_on_stderr(site):
    done = check(site)

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [*LINES, "1 error. Nothing was changed."]


def test_scripts_read_a_list_on_stdout(site):
    done = check(site, "--format", "json")

    assert (done.exit_code, done.stderr) == (1, "")
    assert json.loads(done.stdout) == [
        {
            "file": "incidents/2026/closed.yml",
            "line": 9,
            "column": 13,
            "field": "updates[1].status",
            "code": "word",
            "level": "error",
            "message": '"resolvd" is not an incident status.',
            "fix": "Did you mean resolved? Use investigating, identified, monitoring or resolved.",
        },
        {
            "file": "incidents/2026/weekly.yml",
            "line": 8,
            "column": 9,
            "field": "updates[0].at",
            "code": "unlikely",
            "level": "warning",
            "message": "The maintenance was announced after its start.",
            "fix": "Write the time of the announcement, or in_progress.",
        },
    ]
    assert check(site, "--json").stdout == done.stdout


def test_a_code_host_shows_them_beside_the_line(site):
    done = check(site, "--format", "github")

    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        '::error file=incidents/2026/closed.yml,line=9,col=13,title=word::updates[1].status: "resolvd" is not an'
        " incident status. Did you mean resolved? Use investigating, identified, monitoring or resolved.",
        "::warning file=incidents/2026/weekly.yml,line=8,col=9,title=unlikely::updates[0].at: The maintenance was"
        " announced after its start. Write the time of the announcement, or in_progress.",
    ]


def test_what_a_code_host_would_take_for_its_own_is_escaped(tmp_path):
    site = Site.make(tmp_path)
    site.write("incidents/a,b:c%.yml", "title: x\n")

    (line,) = check(site, "--format", "github").stdout.splitlines()

    assert line.startswith("::error file=incidents/a%2Cb%3Ac%25.yml,line=1,col=1,title=id::")


def test_a_code_scanner_reads_sarif(site):
    done = check(site, "--format", "sarif")

    (run,) = json.loads(done.stdout)["runs"]
    assert (done.exit_code, done.stderr) == (1, "")
    assert json.loads(done.stdout)["version"] == "2.1.0"
    assert run["tool"]["driver"]["name"] == "stillup"
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {"word", "unlikely"}
    assert [
        (result["ruleId"], result["level"], result["locations"][0]["physicalLocation"]) for result in run["results"]
    ] == [
        (
            "word",
            "error",
            {
                "artifactLocation": {"uri": "incidents/2026/closed.yml"},
                "region": {"startLine": 9, "startColumn": 13},
            },
        ),
        (
            "unlikely",
            "warning",
            {
                "artifactLocation": {"uri": "incidents/2026/weekly.yml"},
                "region": {"startLine": 8, "startColumn": 9},
            },
        ),
    ]
    assert all(result["message"]["text"].endswith(".") for result in run["results"])


def test_sarif_is_what_its_schema_asks_for(site):
    jsonschema.validate(json.loads(check(site, "--format", "sarif").stdout), SARIF)


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_a_name_of_a_file_that_is_no_address_is_escaped_where_it_must_be(form, tmp_path):
    site = Site.make(tmp_path)
    site.write("incidents/Über uns.yml", "title: x\n")

    done = check(site, "--format", form)

    wanted = {"json": "Über uns.yml", "github": "Über uns.yml", "sarif": "incidents/%C3%9Cber%20uns.yml"}
    assert done.exit_code == 1
    assert wanted[form] in done.stdout


def test_a_page_without_a_problem(site):
    mended(site)

    assert check(site).stdout == "3 records, no errors.\n"
    assert json.loads(check(site, "--format", "json").stdout) == []
    assert check(site, "--format", "github").stdout == ""
    assert json.loads(check(site, "--format", "sarif").stdout)["runs"][0]["results"] == []
    assert all(check(site, "--format", form).exit_code == 0 for form in ("text", "json", "github", "sarif"))


def test_a_warning_alone_is_told_and_does_not_fail(site):
    site.write("incidents/2026/closed.yml", RECORDS["incidents/2026/closed.yml"])

    done = check(site)

    assert (done.exit_code, done.stdout) == (0, "3 records, no errors.\n")
    assert done.stderr == f"{LINES[1]}\n"
    assert [problem["level"] for problem in json.loads(check(site, "--json").stdout)] == ["warning"]


def test_what_is_no_problem_of_a_file_is_an_error_for_scripts_too(site):
    mended(site)

    done = check(site, "--format", "json", "--base", "nowhere")

    assert done.exit_code == 1
    assert set(json.loads(done.stdout)) == {"error"}


def test_another_format_is_refused(site):
    assert check(site, "--format", "xml").exit_code == 2


SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "name": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {"type": "object", "required": ["id"]},
                                    },
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"type": "object", "required": ["text"]},
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "required": ["artifactLocation"],
                                                "properties": {
                                                    "artifactLocation": {
                                                        "type": "object",
                                                        "properties": {
                                                            "uri": {"type": "string", "pattern": "^[!-~]*$"}
                                                        },
                                                    },
                                                    "region": {
                                                        "type": "object",
                                                        "properties": {
                                                            "startLine": {"type": "integer", "minimum": 1},
                                                            "startColumn": {"type": "integer", "minimum": 1},
                                                        },
                                                    },
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}
"""What SARIF 2.1.0 asks of the parts that we write."""
