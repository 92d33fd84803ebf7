"""What an edit changed is shown word by word, to the reader of each language."""

from dataclasses import replace

import pytest

from stillup.records.incident import Earlier, Withdrawal
from tests.views.sample import at, edition, outage, seen, told

GONE, NEW = '<del><span class="vh">Removed: </span>{}</del>', '<ins><span class="vh">New: </span>{}</ins>'


def changes(page=None, **facts):
    """Return what the newest update's edit changed, by label."""
    record = outage(told(at("10:12"), "investigating", edited_at=at("10:20"), **facts))
    (update,) = seen(record, page).updates
    return {change.label: str(change.html) for change in update.edited.changes}


def test_changed_words_stand_beside_those_that_were_published():
    found = changes(body="About 40 % of payments fail.", was=Earlier(body="About 4 % of payments fail."))

    assert found == {"": f"<p>About {GONE.format(4)} {NEW.format(40)} % of payments fail.</p>"}


def test_paragraphs_that_say_what_they_said_are_left_out():
    same = "One thing.\n\nAnother thing stays as it was.\n\n"
    found = changes(body=f"{same}It works.", was=Earlier(body=f"{same}It works now."))

    assert found == {"": f"<p>It {GONE.format('works now.')} {NEW.format('works.')}</p>"}


def test_a_text_that_is_a_wholly_other_one_is_shown_whole():
    found = changes(body="Payments work.", was=Earlier(body="We are looking for a cause."))

    assert found == {"": f"<p>{GONE.format('We are looking for a cause.')} {NEW.format('Payments work.')}</p>"}


def test_each_text_is_named_and_fixed_words_are_those_of_readers():
    found = changes(data_loss="none", scope="Cards.", was=Earlier(data_loss="Ten payments.", scope="Cards."))

    assert found == {"Data": f"<p>{GONE.format('Ten payments.')} {NEW.format('No data was lost.')}</p>"}


@pytest.mark.parametrize("was", ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "&lt;b&gt;"])
def test_old_words_are_text_and_never_elements(was):
    (html,) = changes(body="Payments fail.", was=Earlier(body=f"{was} Payments fail.")).values()

    assert "<img" not in html
    assert "<script" not in html
    assert "<b>" not in html


def test_writing_without_spaces_is_compared_letter_by_letter():
    (html,) = changes(body="カード決済が失敗します。", was=Earlier(body="カード決算が失敗します。")).values()

    assert html == f"<p>カード決{GONE.format('算')} {NEW.format('済')} が失敗します。</p>"


def test_nothing_is_shown_of_words_that_were_taken_back():
    assert changes(body="So.", was=Earlier(body="Not so."), withdrawn=Withdrawal(at=at("10:30"), reason="No.")) == {}


def test_readers_of_a_translation_see_what_was_changed_in_it():
    page = replace(edition(language="es"), main="en", tag="es")
    was = Earlier(body="All fail.", translations={"es": {"body": "Fallan todos los pagos."}})
    facts = {"body": "Some fail.", "was": was, "translations": {"es": {"body": "Fallan unos pagos."}}}

    (html,) = changes(page, **facts).values()
    assert "Fallan" in html
    assert "todos los" in html
    assert changes(page, **facts | {"was": Earlier(body="All fail.")}) == {}
    untranslated = outage(told(at("10:12"), "investigating", edited_at=at("10:20"), body="Some fail.", was=was))
    assert [change.language for change in seen(untranslated, page).updates[0].edited.changes] == ["en"]


def test_long_texts_are_compared_in_no_time_that_a_reader_waits():
    words = " ".join(f"word{number % 50}" for number in range(20_000))

    (html,) = changes(body=f"{words} end.", was=Earlier(body=f"start {words}")).values()
    assert "start" in html
