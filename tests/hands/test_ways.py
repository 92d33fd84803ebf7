"""Fixes know which fields they speak of, and commands have an option for each: none falls back to the words of a file.

A fix that is worded anew is a `Fix` of pieces, or the test of the source says where it is not.
"""

import ast
import copy
import json
import pickle
import re
from dataclasses import asdict
from pathlib import Path

import click
import pytest

from stillup.cli import main
from stillup.cli.at_hand import _OPTIONS, _WAYS, at_hand
from stillup.cli.incident import editing, opening
from stillup.cli.writing import _ways_out
from stillup.errors import Problem
from stillup.fix import Fix, Way, leave, named, write
from stillup.vocabulary import TEXTS
from tests.hands.calls import ID, opened, run

PACKAGE = Path(main.callback.__code__.co_filename).parent.parent
ONLY_IN_FILES = {"kind", "backfilled", "postmortem", "edited_at", "changed_at", "scheduled"}
"""Fields that a fix may speak of although no command gives them."""

WITH_HANDS = [
    file
    for room in ("records", "lint", "timeline", "pipeline/change")
    for file in sorted((PACKAGE / room).rglob("*.py"))
    # Private fields are given as -i NAME=TEXT, by the field of the problem; a published text is edited by commands
    # that write themselves what the comparison with it asks for.
    if "private" not in file.parts and file.name != "amendment.py"
]


def _all_options():
    context = click.Context(main)
    tops = [main.get_command(context, name) for name in main.list_commands(context)]
    commands = [each for top in tops for each in getattr(top, "commands", {"": top}).values()]
    return {option for each in commands for param in each.params for option in (*param.opts, param.name.upper())}


def said(*pieces, command=opening):
    problem = Problem(file="incidents/x.yml", message="No.", fix=Fix(*pieces))
    return at_hand(problem, command, {}, "private").fix


def test_every_way_of_files_has_one_of_commands():
    assert set(_WAYS) == set(Way)
    assert {needed for needed, _ in _WAYS.values()} - {""} <= _all_options()


def test_every_option_of_the_table_is_one_of_a_command():
    assert {option for options in _OPTIONS.values() for option in options} <= _all_options()


def test_every_field_that_a_fix_speaks_of_is_given_by_an_option():
    spoken = {
        node.args[0].value
        for file in WITH_HANDS
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("write", "leave", "named")
        and isinstance(node.args[0], ast.Constant)
    }

    assert "ended_at" in spoken, "the source is read"
    assert spoken - {*_OPTIONS, *TEXTS} <= ONLY_IN_FILES


def test_no_fix_speaks_of_a_field_as_mere_text():
    known = "|".join((*_OPTIONS, *TEXTS))
    speaks = re.compile(
        rf"\b(?:write (?:{known}):|(?:write|leave) (?:an? \w+ )?(?:{known})(?: out\b|[.,]))", re.IGNORECASE
    )
    assert speaks.search("Write scope: who is affected.") and speaks.search("Leave ended_at out.")
    assert speaks.search("or write an earlier started_at.") and not speaks.search("Write monitoring or resolved.")

    found = [
        f"{file.relative_to(PACKAGE)}:{node.lineno}: {node.value}"
        for file in WITH_HANDS
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and speaks.search(node.value)
    ]

    assert not found, "make a Fix of it: stillup.fix"


@pytest.mark.parametrize(
    ("pieces", "file", "command"),
    [
        ((leave("ended_at"), "."), "Leave ended_at out.", "Leave --ended out."),
        (("Go, or ", leave("scope", inside=True), "."), "Go, or leave scope out.", "Go, or leave -t scope out."),
        ((write("started_at"), " and when."), "Write started_at: and when.", "Give --started and when."),
        ((write("scope"), " who."), "Write scope: who.", "Give -t scope=TEXT: who."),
        ((write("next_update_in", "4h"), "."), "Write next_update_in: 4h.", "Give --next-update 4h."),
        ((write("cause_confirmed", "true"), "."), "Write cause_confirmed: true.", "Give --cause-confirmed."),
        (("An earlier ", named("started_at"), "."), "An earlier started_at.", "An earlier --started."),
        ((Way.PROMISE, "."), "Write next_update_in or next_update_at.", "Give --next-update 30m, or an instant."),
    ],
)  # fmt: skip
def test_one_sentence_is_said_to_files_and_to_commands(pieces, file, command):
    assert Fix(*pieces) == file
    assert said(*pieces, command=editing if "ended_at" in file else opening) == command


def test_what_a_command_cannot_give_stays_as_it_is_in_files():
    alone = click.Command("alone")

    assert said(write("scope"), " who.", command=alone) == "Write scope: who."
    assert said(Way.PROMISE, ".", command=alone) == "Write next_update_in or next_update_at."


def test_a_fix_is_text_wherever_problems_go():
    fix = Fix(leave("ended_at"), ".")
    problem = Problem(file="incidents/x.yml", message="No.", fix=fix)

    assert json.loads(json.dumps(asdict(problem)))["fix"] == "Leave ended_at out."
    for copied in (copy.deepcopy(fix), pickle.loads(pickle.dumps(fix))):
        assert copied == fix and copied.pieces == fix.pieces


def test_the_form_of_texts_is_told_where_a_text_is_lacking_and_only_there():
    lacking = Problem(file="x", message="No.", fix=Fix(write("scope"), " who."))
    other = Problem(file="x", message="The scope: no.", fix=Fix(write("started_at"), " when."))

    assert "-t NAME=TEXT" in _ways_out([lacking])
    assert "-t NAME=TEXT" not in _ways_out([other]) and "--anyway" in _ways_out([other])


def test_a_cause_that_is_certain_is_said_to_be(page):
    cause = ("-m", "Card payments fail because of a bug in the checkout.", "-t", "impact_text=Card payments fail.")

    run(page, "incident", "open", "T", "-c", "payments=partial", "-s", "P1", *cause, status=1)
    opened(page, *cause, "--cause-confirmed")

    (file,) = (page / "incidents").rglob("*.yml")
    assert "    cause_confirmed: true\n" in file.read_text() and "lint:" not in file.read_text()


def test_a_cause_that_is_certain_meanwhile_leaves_no_mark_on_the_page(page):
    opened(page)
    run(page, "incident", "edit", ID, "--cause-confirmed", at="2026-11-20T10:20:00Z")

    (file,) = (page / "incidents").rglob("*.yml")
    assert "cause_confirmed: true" in file.read_text() and "edited_at" not in file.read_text()
    run(page, "check", at="2026-11-20T10:20:00Z")
