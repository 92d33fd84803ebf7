"""What people are told about faulty files, to the letter: one table for each kind of file in `faults/`."""

import re
from pathlib import Path

import pytest

from stillup.errors import Problem
from stillup.records import configuration, store
from stillup.records.reading import read
from tests.records.build import incident, write

_CASE = re.compile(r"^## (.+?)\n```yaml\n(.*?)\n```\n(.*?)\n*(?=^## |\Z)", re.DOTALL | re.MULTILINE)


def cases(kind: str) -> list[object]:
    """Return each case of `faults/<kind>.md`: the text and the lines below it."""
    table = (Path(__file__).parent / "faults" / f"{kind}.md").read_text()
    found = _CASE.findall(table)
    assert len(found) == table.count("\n## ")
    return [pytest.param(f"{text}\n", lines.splitlines(), id=name) for name, text, lines in found]


def agree(problems: tuple[Problem, ...], lines: list[str]) -> None:
    assert [str(problem) for problem in problems] == lines
    assert [problem for problem in problems if not problem.fix or not problem.code] == []


@pytest.mark.parametrize(("text", "lines"), cases("syntax"))
def test_a_text_that_is_no_sound_yaml(text, lines):
    agree(read(text.encode(), "x.yml")[1], lines)


@pytest.mark.parametrize(("text", "lines"), cases("incident"))
def test_a_faulty_incident(text, lines, tmp_path):
    record, problems = incident(tmp_path, text)

    agree(problems, lines)
    assert (record is None) == any(": warning: " not in line for line in lines)


@pytest.mark.parametrize(("text", "lines"), cases("component"))
def test_a_faulty_component(text, lines, tmp_path):
    write(tmp_path, {"components/payments.yml": text})

    components, problems = store.components(tmp_path)

    agree(problems, lines)
    assert list(components.by_id) == ["payments"], "records that name it are not at fault"


@pytest.mark.parametrize(("text", "lines"), cases("settings"))
def test_faulty_settings(text, lines, tmp_path):
    write(tmp_path, {"mkdocs.yml": text})

    agree(configuration.settings(tmp_path, {})[1], lines)
