"""What translators edit is what the tool says: sheets, CLDR and the compiled languages are in step."""

import pytest
from babel import Locale

from stillup.catalogue import LANGUAGES, NAMES, language
from stillup.catalogue.spoken import COMPILED, RULES
from translations import __main__ as translations
from translations import sheet

OTHERS = [code for code in LANGUAGES if code != "en"]


@pytest.mark.parametrize("code", OTHERS)
def test_what_the_tool_reads_is_what_the_sheet_and_cldr_say(code):
    """`make words` after a change of English or of a sheet."""
    assert (COMPILED / f"{code}.json").read_text(encoding="utf-8") == translations.text(translations.compiled(code))


@pytest.mark.parametrize("code", OTHERS)
def test_a_sheet_has_every_english_phrase_as_it_reads_today(code):
    english = dict(sheet.source())
    entries = sheet.read(code)

    assert entries.keys() == english.keys()
    for key, entry in entries.items():
        assert (entry.id if isinstance(entry.id, tuple) else (entry.id,)) == english[key], key


def test_a_phrase_whose_english_moved_must_be_reviewed_again():
    known = sheet.read("es")
    known["site.skip"].id, known["site.skip"].flags = "Skip", set()
    known["site.status"].flags = set()

    made = {str(each.context): each for each in sheet.renewed("es", known) if each.id}

    assert made["site.skip"].fuzzy
    assert made["site.skip"].previous_id == ["Skip"]
    assert made["site.skip"].string == "Saltar al contenido"
    assert not made["site.status"].fuzzy


@pytest.mark.parametrize("code", LANGUAGES)
def test_plural_forms_are_those_of_cldr(code):
    of_cldr = Locale.parse(code).plural_form

    assert [n for n in range(100_000) if RULES[code](n) != of_cldr(n)] == []
    assert set(sheet.forms(code)) == {RULES[code](n) for n in range(200)}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_is_called_what_its_speakers_call_it(code):
    assert NAMES[code].casefold() == (Locale.parse(code).get_display_name(code) or "").casefold()
    assert language(code).direction == Locale.parse(code).text_direction
