"""What can be written or called is told: each field in its schema and once in the manual, each command and option.

Only names are compared here; tests/test_manual.py runs what the manual shows.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

import click
import pytest

from stillup.cli import main, option
from stillup.cli.main import SECTIONS
from stillup.records.component import Component
from stillup.records.incident import Incident, Update
from stillup.records.schema import SHAPES, file_name, schema, text
from stillup.records.settings import Settings
from tests.tools import ROOT

MANUAL = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "manual" / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text(encoding="utf-8")
MADE = {kind: schema(kind) for kind in SHAPES}


class Table(NamedTuple):
    """Where the manual describes a shape."""

    page: str
    headings: tuple[str, ...]
    kind: str
    shape: str = ""
    """The name of the shape in the schema of `kind`; empty: the file itself."""

    words: str = ""
    """A field of the shape whose keys are words of their own: the table describes those."""

    @property
    def name(self) -> str:
        return f"manual/docs/{self.page}.md, {' and '.join(self.headings)}"


TABLES = (
    Table("incidents", ("Fields of an incident",), "incident"),
    Table("incidents", ("Fields of an update",), "update"),
    Table("incidents", ("Postmortem",), "incident", "Postmortem"),
    Table("incidents", ("`withdrawn`",), "update", "Withdrawal"),
    Table("incidents", ("`redacted`",), "update", "Redaction"),
    Table("incidents", ("`was`",), "update", "Earlier"),
    Table("maintenance", ("The window",), "incident", "Schedule"),
    Table("maintenance", ("Moving, cancelling",), "update", "Move"),
    Table("components", ("Fields of a component",), "component"),
    Table("components", ("`states`",), "component", "StateChange"),
    Table("components", ("`vendor`",), "component", words="vendor"),
    Table("components", ("Groups",), "groups", "Group"),
    Table("settings", ("From MkDocs",), "settings"),
    Table("settings", ("Of Stillup",), "settings", "Settings"),
    Table("settings", ("`uptime`",), "settings", "Weights"),
    Table("settings", ("`cadence`",), "settings", "Settings", words="cadence"),
    Table("settings", ("`intake`",), "settings", "Intake"),
    Table("alerts", ("Fields of a rule",), "settings", "AlertRule"),
    Table("settings", ("`vendors`",), "settings", "Vendors"),
    Table("vendors", ("Fields of a rule",), "settings", "VendorRule"),
    Table("settings", ("`support`",), "settings", "Support"),
    Table("settings", ("`product`",), "settings", "Product"),
    Table("settings", ("`serve`",), "settings", "Serve"),
    Table("subscribers", ("Fields of a subscription",), "subscribers", "Subscriber"),
    Table("settings", ("`lateness`",), "settings", "Lateness"),
    Table("settings", ("`approval`",), "settings", "SecondApproval"),
    Table("channels", ("`channels`",), "settings", "ChannelSettings"),
    Table("channels", ("`email`",), "settings", "EmailOutlet"),
    Table("channels", ("`sms`",), "settings", "SmsOutlet"),
    Table("channels", ("`webhook`",), "settings", "WebOutlet"),
    Table("channels", ("`slack`, `teams`, `discord`, `apprise`",), "settings", "ChatOutlet"),
    Table("deploy", ("`deploy`",), "settings", "DeployTarget"),
    Table("private", ("Fields of a private incident",), "private-incident"),
    Table("private", ("`timeline`",), "private-incident", "Entry"),
    Table("private", ("`root_cause`",), "private-incident", "RootCause"),
    Table("private", ("`affected_users`",), "private-incident", "AffectedUsers"),
    Table("private", ("`reclassified`",), "private-incident", "Reclassification"),
    Table("private", ("`complaints`",), "private-incident", "Complaint"),
    Table("private", ("`media`",), "private-incident", "Mention"),
    Table("private", ("`costs`",), "private-incident", "Cost"),
    Table("private", ("`escalated`",), "private-incident", "Escalation"),
    Table("private", ("`security`",), "private-incident", "Security"),
    Table("private", ("Proof of what was done",), "private-incident", "Proof"),
    Table("private", ("`personal_data`",), "private-incident", "PersonalData"),
    Table("private", ("`regulatory`",), "private-incident", "Regulatory"),
    Table("private", ("`filed`",), "private-incident", "Filing"),
    Table("private", ("`legal_approved`",), "private-incident", "Approval"),
    Table("private", ("`review`",), "private-incident", "Review"),
    Table("private", ("`action_items`",), "private-incident", "ActionItem"),
    Table("private", ("Roster",), "roster"),
    Table("private", ("`contacts`",), "roster", "Contact"),
    Table("private", ("`on_call`",), "roster", "Shift"),
    Table("private", ("Customers",), "customers", "Customer"),
    Table("private", ("`contacts` of a customer",), "customers", "Person"),
    Table("private", ("Contracts",), "contracts", "Contract"),
    Table("private", ("`services`",), "contracts", "Service"),
    Table("private", ("`tiers`",), "contracts", "Tier"),
    Table("private", ("`weights`",), "contracts", "ContractWeights"),
    Table("private", ("`excluded`",), "contracts", "Exclusion"),
    Table("private", ("Drills",), "drill"),
    Table("private", ("`targets`",), "drill", "Timing"),
    Table("drills", ("A scenario",), "scenario"),
    Table("drills", ("`updates` of a scenario",), "scenario", "ScriptedUpdate"),
    Table("drills", ("`faults`",), "scenario", "Fault"),
    Table("plan", ("Fields of a severity",), "settings", "Target"),
    Table("plan", ("Fields of a rule",), "settings", "SeverityRule"),
    Table("plan", ("`escalation`",), "settings", "Chain"),
    Table("plan", ("`chain`",), "settings", "Rung"),
    Table("plan", ("Fields of a trigger",), "settings", "Trigger"),
    Table("plan", ("Fields of a regime",), "settings", "Regime"),
    Table("plan", ("Fields of a step",), "settings", "Step"),
    Table("plan", ("`latest`",), "settings", "Latest"),
    Table("plan", ("Fields of `drills`",), "settings", "DrillRule"),
)


def sections(page: str) -> dict[str, str]:
    """Return by heading what stands below it, up to the next heading of any level."""
    parts = re.split(r"^#+ (.+)$", MANUAL[page], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(table: Table) -> Iterator[list[str]]:
    """Return the cells of every row, heads left out."""
    for heading in table.headings:
        lines = re.findall(r"^\| (.+) \|$", sections(table.page).get(heading, ""), re.MULTILINE)
        for number, line in enumerate(lines):
            cells = line.split(" | ")
            if number == 0:
                assert cells[1:] == ["value", "default", "meaning"], (table.name, cells)
            elif set(cells) != {"---"}:
                yield cells


def shape(table: Table) -> Mapping[str, Any]:
    made = MADE[table.kind]
    return made["$defs"][table.shape] if table.shape else made


def names(table: Table) -> set[str]:
    """Return the fields of a shape, or the words of one of its fields, as files spell them."""
    properties = shape(table)["properties"]
    if table.words:
        return set(properties.get(table.words, {}).get("propertyNames", {}).get("enum", ()))
    others = {"plugins"} if table.kind == "settings" else set()
    return set(properties) - others


def test_every_field_is_in_its_schema_and_once_in_the_manual():
    """`stillup schema --folder schema` mends the first half; both halves fail together, when a field is renamed."""
    wrong = [
        f"schema/{file_name(kind)} is not what the types make; run: stillup schema --folder schema"
        for kind in SHAPES
        if (ROOT / "schema" / file_name(kind)).read_text(encoding="utf-8") != text(kind)
    ]
    for table in TABLES:
        told = [cells[0].strip("`") for cells in rows(table)]
        wrong += [f"{table.name}: there is no {name}" for name in sorted(names(table) - set(told))]
        wrong += [f"{table.name}: {name} is no field" for name in sorted(set(told) - names(table))]
        wrong += [f"{table.name}: {name} twice" for name in sorted(set(told)) if told.count(name) > 1]

    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def test_every_shape_has_a_table():
    described = {(table.shape or table.kind.capitalize()) for table in TABLES}
    found = {name for made in MADE.values() for name, part in made.get("$defs", {}).items() if "properties" in part}

    assert found - described == set()


def test_every_row_tells_whether_the_field_is_required_and_its_default():
    """`required` stands for fields that are; a default that JSON can say is said in the manual too."""
    for table in TABLES:
        properties, needed = shape(table)["properties"], set(shape(table).get("required", ()))
        for cells in rows(table):
            name, (value, default, meaning) = cells[0].strip("`"), cells[1:]
            assert all((value, default, meaning)), (table.name, cells)
            if table.words or name not in properties:
                continue
            assert (default == "required") == (name in needed), (table.name, name)
            if "default" in properties[name]:
                said = properties[name]["default"]
                written = json.dumps(said) if not isinstance(said, str) else said
                assert default == f"`{written}`", (table.name, name)


def test_every_word_of_a_field_is_told_beside_it():
    for table in TABLES:
        for cells in rows(table):
            part = shape(table)["properties"].get(cells[0].strip("`"), {})
            reference = part.get("$ref", "").rpartition("/")[2]
            words = MADE[table.kind].get("$defs", {}).get(reference, {}).get("enum", [])
            if not table.words and len(words) <= 4:
                assert set(words) <= set(re.findall(r"`(\w+)`", cells[1])), (table.name, cells[0])


@pytest.mark.parametrize("kind", SHAPES)
def test_every_key_is_explained_in_the_editor(kind):
    shapes = [MADE[kind], *MADE[kind].get("$defs", {}).values()]
    silent = [
        name for each in shapes for name, part in each.get("properties", {}).items() if not part.get("description")
    ]

    assert silent == []


def test_records_have_the_fields_that_files_have():
    assert {part.name for part in fields(Incident)} - {"id"} == set(MADE["incident"]["properties"])
    assert {part.name for part in fields(Update)} == set(MADE["update"]["properties"])
    assert {part.name for part in fields(Component)} - {"id", "affected"} == set(MADE["component"]["properties"])
    assert "except" in MADE["incident"]["$defs"]["Schedule"]["properties"]
    own = {part.name for part in fields(Settings)} - {"site_name", "site_url", "site_description", "planned", "other"}
    assert own < set(MADE["settings"]["$defs"]["Settings"]["properties"])


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Return every command that can be called, by its whole name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def options(command: click.Command) -> set[str]:
    return {word for part in command.params for word in part.opts if word.startswith("--")}


def test_the_command_knows_the_kinds_of_file():
    assert tuple(SHAPES) == option.KINDS


def test_every_kind_of_file_is_told_with_the_line_by_which_an_editor_finds_its_schema():
    told = sections("commands")["schema"]

    assert [kind for kind in SHAPES if f"`{kind}`" not in told] == []
    assert [kind for kind in SHAPES if f"/{kind}.schema.json`" not in told] == ["contracts"]  # beside customers


def test_every_command_is_told():
    assert isinstance(main, click.Group)
    for name in main.list_commands(click.Context(main)):
        assert README.count(f"| `stillup {name}` |") == 1, name
        assert name in sections("commands"), name
        assert f"[`stillup {name}`](#{name})" in MANUAL["commands"], name


def test_help_has_every_command_in_one_section_and_cuts_no_sentence():
    context = click.Context(main, info_name="stillup")
    told = main.get_help(context)

    assert sorted(" ".join(SECTIONS.values()).split()) == sorted(main.list_commands(context))
    assert "..." not in told.partition("Begin:")[2]
    assert "\nBegin:\n  init        Lay out a new status page in FOLDER.\n" in told


@pytest.mark.parametrize(
    ("name", "command"), list(commands(main)), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_option_of_a_command_is_told(name, command):
    """In its call, and with its meaning: where all commands have it, or on the page that shows the call."""
    pages = [page for page in MANUAL if re.search(rf"^stillup {name}\b", MANUAL[page], re.MULTILINE)]
    assert pages, f"no page shows how `stillup {name}` is called"
    call = re.search(rf"^stillup {name}\b.*$", MANUAL["commands"], re.MULTILINE)
    if call and " " not in name:
        assert set(re.findall(r"--[\w-]+", call[0])) == options(command)

    prose = sections("commands")["The same everywhere"] + "".join(MANUAL[page] for page in pages)
    prose = re.sub(r"^stillup .*$", "", prose, flags=re.MULTILINE)
    assert options(command) - set(re.findall(r"--[a-z][\w-]*", prose)) == set()


RENAMED = {
    "update": "next_steps",
    "incident": "formerly",
    "component": "position",
    "groups": "collapsed",
    "settings": "report_url",
}


@pytest.mark.parametrize("old", RENAMED.values(), ids=RENAMED)
def test_a_field_renamed_in_code_alone_fails_exactly_one_of_the_tests_here(old, tmp_path):
    """Other tests write records, so they fail as well; here the one that fails says what to do."""
    package = tmp_path / "stillup"
    shutil.copytree(ROOT / "generator" / "stillup", package, ignore=shutil.ignore_patterns("__pycache__"))
    for path in package.rglob("*"):
        if path.suffix in {".py", ".html", ".j2"}:
            path.write_text(re.sub(rf"\b{old}\b", f"{old}_anew", path.read_text(encoding="utf-8")), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_docs.py", "-k", "not renamed"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    failed = re.findall(r"^FAILED \S+::(\w+)", done.stdout, re.MULTILINE)
    assert failed == ["test_every_field_is_in_its_schema_and_once_in_the_manual"], done.stdout
    assert f"there is no {old}_anew" in done.stdout
    assert f"{old} is no field" in done.stdout
