"""The quick reader against the exact one: whatever it takes is sound, and the same to the letter."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stillup.records import shortcut
from stillup.records.reading import Walk, read
from stillup.records.syntax import decoded
from tests.records.build import MAINTENANCE, OPENED, RESOLVED, SERIES, incident_text
from tests.records.test_mutation import INCIDENTS, broken

KEYS = ["a", "b", "at", "body", "group-x", '"group:x"', "no", "7", "é", "<<", "'q'", "? a", "y_z", '""', "null"]
VALUES = [
    "", "x", "two words", "a: b", "a:b", "b:", "a #b", "a#b", "#", "é\u00a0:\u00a0f", "yes", "~", "1.50", "010",
    "12:30", "-1", "- x", '"a"', '"a\\n"', "'it''s'", '"a" b', "'a: #b'", '"', '"a', "{a: b}", "{a: b, a: c}",
    "{a: 1, b: 'x, y'}", "{a:b}", "{}", "[]", "[a, 2, no]", "[a, [b]]", "{a: {b: c}}", '[a,b ,"c"]', "{a: b} x",
    "{a: 10:12}", "{a: b:}", "{a: b: c}", "{a b: c}", "[a:]", "|", "|-", "|+", "|2", ">", ">-", "| # c", "&a b", "*a",
    "!!str 1", "! x", "%x", "@x", "`x`", "(x)", "2026-11-20T10:00:00Z", "2026-11-20 10:00 UTC", "a ", "a  # c", "$x",
    "=", ".5", "...", "---", "\u2003x", "a\u2003",
]  # fmt: skip


@st.composite
def nearly(draw: st.DrawFn) -> str:
    """Return lines as records have them, some in a column or of a kind where they must not stand."""
    lines = []
    for _ in range(draw(st.integers(1, 9))):
        indent = " " * draw(st.sampled_from([0, 0, 0, 1, 2, 2, 2, 3, 4, 4, 6]))
        dash = draw(st.sampled_from(["", "", "", "- ", "- ", "-  ", "-", "- - "]))
        key = draw(st.sampled_from(KEYS))
        value = draw(st.sampled_from(VALUES))
        lines.append(
            draw(
                st.sampled_from(
                    [
                        f"{indent}{dash}{key}: {value}",
                        f"{indent}{dash}{key}:",
                        f"{indent}{dash}{key}: |\n{indent}  {dash}{value}",
                        f"{indent}{dash}{key}: |-\n{indent}    {value}\n{indent}     {key}\n\n{indent}    {value}",
                        f"{indent}{dash}{value}",
                        f"{indent}# {value}",
                        indent,
                        f"{indent}{key}:{value}",
                    ]
                )
            )
        )
    return "\n".join(lines) + draw(st.sampled_from(["\n", "\n", "\n", "", "\n\n", "\n \n"]))


def agree(text: str) -> None:
    """Check that the quick reader says nothing, or what the exact one says of a sound text."""
    found = shortcut.taken(text) if decoded(text.encode(errors="surrogatepass"), "x.yml")[1] == () else None
    if found is None:
        return
    document, problems = Walk(text, "x.yml").document()
    assert document is not None
    assert (problems, document.empty, document.refused) == ((), (), set())
    # The text tells True from 1, and keeps the order of keys.
    assert repr(found) == repr(document.value)


@settings(max_examples=600, deadline=None)
@given(nearly())
@example("a: b\n  - c\n")
@example("a:\n- b\n- c\nd: e\n")
@example("a:\n  - b: c\n  - d\n  -\n")
@example("a: |\n  b\n \n  c\n")
@example("a: |\n  b\n\n   \n\nc: d\n")
@example("a: |\n  b\n \n   \n")
@example("a:\n  b: |-\n    # c\n   # d\n")
@example("a: {no: b}\n")
def test_what_is_taken_quickly_is_what_the_exact_reader_takes(text):
    agree(text)


@settings(max_examples=400, deadline=None)
@given(broken(INCIDENTS))
def test_a_broken_record_is_never_taken_for_another(text):
    agree(text)


@pytest.mark.parametrize("text", [incident_text(updates=OPENED + RESOLVED), MAINTENANCE, SERIES])
def test_usual_records_are_taken_quickly(text):
    assert shortcut.taken(text) is not None


def test_a_place_in_a_text_that_was_taken_quickly_is_exact():
    text = incident_text(updates=OPENED + RESOLVED)
    document, _ = read(text.encode(), "x.yml")

    assert shortcut.taken(text) is not None
    assert document is not None
    problem = document.problem(("updates", 1, "status"), "It is wrong.", "Mend it.")
    assert str(problem) == "x.yml:7:13: updates[1].status: It is wrong. Mend it."
    assert document.problem(("updates", 1, "status"), "It is wrong.", at_key=True).column == 5
    assert set(document.keys) < set(document.values)
