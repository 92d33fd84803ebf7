"""Sound and faulty records, broken further at random: there is always an answer, and every answer helps."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillup.errors import Level
from stillup.records import configuration, store
from tests.records.build import COMPONENTS, MAINTENANCE, OPENED, RESOLVED, SERIES, incident_text, write

_TEXT = re.compile(r"^```yaml\n(.*?\n)```$", re.DOTALL | re.MULTILINE)
FAULTS = Path(__file__).parent / "faults"
INCIDENTS = [
    incident_text(updates=OPENED + RESOLVED),
    MAINTENANCE,
    SERIES,
    *_TEXT.findall((FAULTS / "incident.md").read_text()),
]
SETTINGS = _TEXT.findall((FAULTS / "settings.md").read_text())
WORDS = [
    "x",
    "null",
    "yes",
    "-1",
    "1.5",
    "[]",
    "{}",
    "[a]",
    "{a: b}",
    '""',
    "2026-11-20",
    "2026-11-20T10:00:00Z",
    "30m",
    "|",
    "*a",
]


@st.composite
def broken(draw: st.DrawFn, texts: list[str]) -> str:
    """Return one of `texts` with lines left out, repeated, swapped or given another value."""
    lines = draw(st.sampled_from(texts)).splitlines()
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1)) if lines else 0
        match draw(st.sampled_from(["drop", "repeat", "value", "indent", "borrow"])):
            case "drop" if lines:
                del lines[place]
            case "repeat" if lines:
                lines.insert(draw(st.integers(0, len(lines))), lines[place])
            case "value" if lines:
                lines[place] = re.sub(r":( .*)?$", f": {draw(st.sampled_from(WORDS))}", lines[place])
            case "indent" if lines:
                lines[place] = "  " + lines[place]
            case _:
                lines.insert(place, draw(st.sampled_from(draw(st.sampled_from(texts)).splitlines() or [""])))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root")
    write(folder, {f"components/{name}": text for name, text in COMPONENTS.items()})
    return folder


@settings(max_examples=400, deadline=None)
@given(text=broken(INCIDENTS))
def test_a_record_is_sound_or_says_what_to_write(root, text):
    write(root, {"incidents/x.yml": text})
    parts, _ = store.components(root)

    record, problems = store.incident(root, store.RecordFile("x", "incidents/x.yml"), parts, "Europe/Berlin")

    errors = [problem for problem in problems if problem.level is Level.ERROR]
    assert (record is None) == bool(errors)
    assert list(problems) == sorted(problems)
    lines = text.count("\n") + 1
    for problem in problems:
        assert problem.fix
        assert 1 <= problem.line <= lines
    if record is not None:
        assert list(record.updates) == sorted(record.updates, key=lambda update: update.at)
        assert len({update.id for update in record.updates}) == len(record.updates)
        assert all(name in parts.by_id for update in record.updates for name in update.components)


@settings(max_examples=200, deadline=None)
@given(text=broken(SETTINGS))
def test_settings_are_always_usable_and_say_what_to_write(root, text):
    write(root, {"mkdocs.yml": text})

    found, problems = configuration.settings(root, {})

    assert found.timezone
    assert found.site_name
    assert all(problem.fix for problem in problems)
