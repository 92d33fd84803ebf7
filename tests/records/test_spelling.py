"""What the writer writes, the reader reads: for any text there is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.records.reading import read
from stillup.records.writing.spelling import visible, write

TRAPS = [
    *(
        "no",
        "on",
        "12:30",
        "1e3",
        "0x1f",
        "~",
        "null",
        "",
        "=",
        "<<",
        "- a",
        "? a",
        "a: b",
        "a #b",
        "#a",
        "'",
        '"',
        "\\",
    ),
    *(
        "%a",
        "@a",
        "`a",
        "!a",
        "&a",
        "*a",
        "|",
        ">",
        "{a",
        "[a]",
        "a]",
        "a,b",
        "---",
        "...",
        "2026-11-20",
        ".5",
        "+1",
        "1_0",
    ),
    *(
        " a",
        "a ",
        "a\n",
        "\na",
        "a\n\n",
        " a\nb",
        "a\n b",
        "a\n\tb",
        "\t",
        "a\n \nb",
        "a\xa0b",
        "a:\xa0b",
        "é",
        "😀",
        "012",
    ),
    *("a\r\nb", "a\rb", "123456789012", "true", "<br />", "a\\\nb", "a:", ":a", "a: ", "-", "?", "x" * 300, "١٢", "Ⅷ"),
]
texts = st.one_of(st.text(), st.text(alphabet="ab:#-?\n\t '\"\\[]{},&*!|>%@` 0"), st.sampled_from(TRAPS)).map(visible)
keys = texts.map(lambda text: text.replace("\xa0", " "))
values = st.recursive(
    st.one_of(texts, st.booleans(), st.integers(-(10**17), 10**17), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)


def back(written: str) -> Any:
    document, problems = read(written.encode(), "x.yml")
    assert problems == (), f"{problems}\n{written}"
    assert document
    return document.value


@pytest.mark.parametrize("text", TRAPS)
def test_every_trap_comes_back(text):
    clean = visible(text)

    assert back(write({"title": clean, "list": [clean, {"body": clean}], "flow": {"a": clean}})) == {
        "title": clean,
        "list": [clean, {"body": clean}],
        "flow": {"a": clean},
    }


@given(st.dictionaries(keys, values, min_size=1, max_size=5))
def test_any_record_comes_back(record):
    assert back(write(record)) == record


@given(st.text())
def test_visible_text_holds_nothing_that_a_record_may_not(text):
    assert back(write({"a": visible(text)})) == {"a": visible(text)}


def test_it_looks_as_people_write():
    record = {
        "title": "Card payments fail: again",
        "code": "0qbwn08sd68x",
        "updates": [
            {"at": "2026-07-30T09:07:42Z", "components": {"api": "major_outage"}, "body": "One line.\n"},
            {"at": "2026-07-30T10:07:42Z", "body": "Two\n\nparagraphs.\n", "source": {"created_at": None}},
        ],
    }

    assert write(record) == (
        'title: "Card payments fail: again"\n'
        "code: 0qbwn08sd68x\n"
        "updates:\n"
        "  - at: 2026-07-30T09:07:42Z\n"
        "    components: {api: major_outage}\n"
        "    body: |\n"
        "      One line.\n"
        "  - at: 2026-07-30T10:07:42Z\n"
        "    body: |\n"
        "      Two\n"
        "\n"
        "      paragraphs.\n"
        "    source: {created_at: null}\n"
    )
