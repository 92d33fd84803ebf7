"""Private records are read like public ones: joined by name, typed, and every fault with its place."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from stillup.records import store
from stillup.records.period import Period, period
from stillup.records.private import store as private
from stillup.records.refusal import Unusable
from stillup.records.schema import file_name
from stillup.records.settings import Settings
from tests.records.build import COMPONENTS, incident_text, write
from tests.records.test_schema import value
from tests.tools import ROOT

EXAMPLE = ROOT / "tests" / "example_private"
KINDS = {"incidents": "private-incident", "drills": "drill"}


def read(root: Path, files: dict[str, str], settings: Settings | None = None):
    """Return what stands in `private/` of a page with one incident `x`, and what is said of it."""
    write(root, {f"components/{name}": text for name, text in COMPONENTS.items()})
    write(root, {"incidents/x.yml": incident_text("reference: INC-2026-11-20-001\nseverity: P1\n")})
    write(root, {f"private/{name}": text for name, text in files.items()})
    records = store.load(root)
    public = {record.id: record for record in records.incidents}
    found, problems = private.load(root, settings or records.settings, public, records.components)
    return found, [str(problem) for problem in problems]


def test_the_example_is_sound_and_fits_the_public_records():
    records = store.load(ROOT)
    settings = replace(records.settings, private="tests/example_private")
    found, problems = private.load(ROOT, settings, {each.id: each for each in records.incidents}, records.components)

    assert problems == ()
    assert found.missing == ()
    assert [id for id, record in found.incidents.items() if record.whole] == [
        "2026-11-17-supplier-account-opened-by-a-stranger"
    ]
    assert not found.incidents["2026-11-20-sign-in-and-payments-failing"].whole


@pytest.mark.parametrize("path", sorted(EXAMPLE.rglob("*.yml")), ids=lambda path: path.stem)
def test_every_file_of_the_example_satisfies_the_schema_it_names(path):
    kind = KINDS.get(path.parent.name, path.stem)
    told = path.read_text().partition("\n")[0].partition("=")[2]
    schema = ROOT / "schema" / file_name(kind)

    assert (path.parent / told).resolve() == schema
    assert [
        error.message for error in Draft202012Validator(json.loads(schema.read_text())).iter_errors(value(path))
    ] == []


def test_a_private_record_is_joined_to_the_public_one_of_its_name(tmp_path):
    found, said = read(
        tmp_path,
        {
            "incidents/x.yml": "detected_at: 2026-11-20 11:06 Europe/Berlin\ncommander: On-call engineer\n",
            "incidents/y.yml": "title: A secret\nseverity: P2\nstarted_at: 2026-11-20T09:00:00Z\n",
        },
    )

    assert said == []
    assert found.incidents["x"].detected_at == datetime(2026, 11, 20, 10, 6, tzinfo=UTC)
    assert (found.incidents["x"].whole, found.incidents["y"].whole) == (False, True)
    assert found.missing == ("private/drills", "private/roster.yml", "private/customers.yml", "private/contracts.yml")


def test_without_the_folder_it_is_said_that_it_is_missing_and_nothing_else(tmp_path):
    found, said = read(tmp_path, {})

    assert (found.present, found.missing, said) == (False, ("private",), [])


def test_the_folder_may_be_another_checkout(tmp_path):
    write(tmp_path / "elsewhere", {"incidents/x.yml": "commander: 5\n"})
    root = tmp_path / "page"
    root.mkdir()

    _, relative = read(root, {}, Settings(private="../elsewhere"))
    found, absolute = read(root, {}, Settings(private=str(tmp_path / "elsewhere")))

    assert relative == ['../elsewhere/incidents/x.yml:1:12: commander: 5 is not read as text. Quote it: "5".']
    assert absolute == [f'{tmp_path}/elsewhere/incidents/x.yml:1:12: commander: 5 is not read as text. Quote it: "5".']
    assert found.present


def test_money_stays_exact(tmp_path):
    cost = "{kind: indirect, category: Lost revenue, amount: %s, currency: USD}"
    lines = "".join(f"  - {cost % amount}\n" for amount in ("0.10", "0.20", "4200", "1250.3333"))
    found, said = read(tmp_path, {"incidents/x.yml": f"detected_at: 2026-11-20T10:00:00Z\ncosts:\n{lines}"})

    assert said == []
    assert sum(cost.amount for cost in found.incidents["x"].costs) == Decimal("5450.6333")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "channel: incident-7",
            '1:10: channel: "incident-7" is not an incident channel. '
            'Write it in quotes, as "#incident-2026-11-20-001".',
        ),
        (
            "reference: INC-7",
            '1:12: reference: "INC-7" is not a reference. Write it as INC-2026-11-20-001.',
        ),
        (
            "reference: INC-2026-11-20-002",
            "1:12: reference: The public record of this name has another reference. Leave it out here.",
        ),
        ("severity: P1", "1:1: severity: The public record of this name says this. Leave it out here."),
        (
            "detected_at: 2026-11-20T10:00:00Z\nacknowledged_at: 2026-11-20T09:59:00Z",
            "2:18: acknowledged_at: This is before detected_at, 2026-11-20T10:00:00Z. Correct one of the two.",
        ),
        (
            "acknowledged_at: 2026-11-20T09:59:00Z",
            "1:1: warning: detected_at: It was worked on, so it was detected. Write detected_at: and when.",
        ),
        (
            "watched: {at: 2026-11-20T10:00:00Z, by: On-call engineer}",
            "1:10: watched.evidence: This key is missing. Write evidence: and where it can be looked up.",
        ),
        (
            "action_items:\n  - {id: a, title: B, owner: C, due: 2026-12-01, state: done}",
            "2:5: action_items[0].evidence: It is done, and nothing shows it. "
            "Write evidence: and where it can be seen, or state: open.",
        ),
        (
            "costs:\n  - {kind: direct, category: Time, amount: one, currency: USD}",
            '2:44: costs[0].amount: "one" is not an amount of money. Write a number without quotes, as in 1250.00.',
        ),
        (
            "security:\n  actions:\n    reboot: {at: 2026-11-20T10:00:00Z, by: A, evidence: B}",
            '3:5: security.actions.reboot: "reboot" is not one of the nine actions. Use isolate_systems, '
            "revoke_credentials, change_passwords, document_timeline, preserve_evidence, rotate_secrets, "
            "update_api_keys, refresh_jwt or verify_rbac.",
        ),
        (
            "regulatory:\n  gdrp: {aware_at: 2026-11-20T10:00:00Z}",
            "2:3: regulatory.gdrp: There is no regime of that name in the settings. "
            "Did you mean gdpr? Use gdpr, nis2, dora or california.",
        ),
        (
            "regulatory:\n  gdpr: {aware_at: 2026-11-20T10:00:00Z, notified_at: 2026-11-20T12:00:00Z}",
            "2:9: regulatory.gdpr.reference: It was done (notified_at), and nothing shows it. "
            "Write reference: and where that can be looked up, or leave notified_at out.",
        ),
        (
            "regulatory:\n  gdpr: {aware_at: 2026-11-20T10:00:00Z, decision: no_risk}",
            "2:9: regulatory.gdpr.reason: Nobody is told, and no reason is written. "
            "Write reason:, which an authority may ask for.",
        ),
        (
            "review: {held_at: 2026-11-20T10:00:00Z}",
            "1:9: review.minutes: It was done (held_at), and nothing shows it. "
            "Write minutes: and where that can be looked up, or leave held_at out.",
        ),
        ("drill: q4", "1:8: drill: There is no drill of that name below private/drills. Write the name of its file."),
        (
            "reclassified: [{at: 2026-11-20T10:00:00Z, was: P2, severity: P0, why: All}]",
            "1:62: reclassified[0].severity: The newest severity is not that of the record. "
            "Write the same severity in both places.",
        ),
    ],
)
def test_a_fault_is_said_with_its_place_and_what_to_write(text, said, tmp_path):
    assert read(tmp_path, {"incidents/x.yml": f"{text}\n"})[1] == [f"private/incidents/x.yml:{said}"]


def test_an_incident_without_a_public_record_says_what_a_public_one_would(tmp_path):
    _, said = read(tmp_path, {"incidents/y.yml": "commander: On-call engineer\n"})

    assert [line.split(":")[3].strip() for line in said] == ["severity", "started_at", "title"]
    assert "Write title:, or give the file the name of the public record." in said[2]


def test_all_files_are_judged_in_one_run(tmp_path):
    _, said = read(
        tmp_path,
        {
            "incidents/x.yml": "commandr: A\n",
            "incidents/x/updates/20261120t101200z-1a2b.yml": "body: a\n",
            "drills/q4.yml": "type: quiz\ntitle: A\ndate: 2026-11-20\n",
            "roster.yml": "contacts: [{id: a, name: A, deputy: b}, {id: a, name: A}]\n"
            "on_call: {team-lead: [{start: 2026-11-20T10:00:00Z, end: 2026-11-20T09:00:00Z, contact: c}]}\n",
            "customers.yml": "- {id: c, name: C, components: [strip]}\n- {id: c, name: D}\n",
            "contracts.yml": "- {id: k, customer: d, currency: USD, start: 2026-01-01, end: 2025-01-01, services:\n"
            "  [{components: [stripe], availability: 99.9, monthly_fee: 10, tiers: [{below: 99.95, credit: 10}]}]}\n",
        },
    )
    places = [line.split(": ")[:2] for line in said if "warning" not in line]

    assert [(place.rpartition("/")[2].split(":")[0], field) for place, field in places] == [
        ("contracts.yml", "[0].customer"),
        ("contracts.yml", "[0].end"),
        ("contracts.yml", "[0].services[0].tiers[0].below"),
        ("customers.yml", "[0].components[0]"),
        ("customers.yml", "[1].id"),
        ("q4.yml", "type"),
        ("x.yml", "commandr"),
        (
            "20261120t101200z-1a2b.yml",
            "A private record has no updates of its own. Write what happened into its timeline.",
        ),
        ("roster.yml", "contacts[0].deputy"),
        ("roster.yml", "contacts[1].id"),
        ("roster.yml", "on_call.team-lead[0].end"),
        ("roster.yml", "on_call.team-lead[0].contact"),
    ]
    assert any("Nobody fills the role cto, which the settings name." in line for line in said)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("72h", Period(elapsed=timedelta(hours=72))),
        ("30 days", Period(days=30)),
        ("1 week", Period(days=7)),
        ("1 month", Period(months=1)),
    ],
)
def test_a_time_limit_is_elapsed_or_of_the_calendar(written, meant):
    assert period(written) == meant
    assert period(str(meant)) == meant


@pytest.mark.parametrize("written", ["30d", "0 days", "1 year", 72, "", "0h", None])
def test_what_is_no_time_limit_is_refused(written):
    with pytest.raises(Unusable, match="not a time limit"):
        period(written)
