"""Translations tell what the page tells, in the numbers and the order of their own language."""

from stillup.errors import Level
from tests.lint.told import GOOD, codes, opening, run


def test_words_are_judged_in_english_only_and_facts_in_every_language(tmp_path):
    found = codes(run(tmp_path, opening("Some users wait. 10.20.0.7 is gone."), languages="es"))

    assert "C20" in found
    assert "C06" not in found


def test_translations_tell_the_same_numbers(tmp_path):
    text = opening(
        GOOD, more='next_update_in: 30m\ntranslations: {es: {body: "Desde las 10:05 UTC falla el 50 % de los pagos."}}'
    )
    (finding,) = [f for f in run(tmp_path, text, languages="en, es").judged.findings if f.code == "C36"]

    assert finding.level is Level.ERROR
    assert "50" in finding.message


def test_translations_write_thousands_and_spans_of_time_as_their_language_does(tmp_path):
    said = GOOD + " We checked 2,000 balances from 10:10 to 10:20 UTC."
    told = "Desde las 10:05 UTC falla el 40 % de los pagos. Comprobamos 2.000 saldos de 10:10 a 10:20 UTC."
    text = opening(said, more=f'next_update_in: 30m\ntranslations: {{es: {{body: "{told}"}}}}')
    found = run(tmp_path, text, languages="en, es").judged.findings

    assert [each.message for each in found if each.code == "C25"] == []
    assert [each.message for each in found if each.code == "C36" and "numbers" in each.message] == []


def test_translations_may_put_numbers_in_another_order_and_spaces_between_thousands(tmp_path):
    said = "Since 10:05 UTC, 40 % of payments fail: 12,400 payments of 610 customers. Paid on 12 May: 1,300."
    told = "Desde las 10:05 UTC falla el 40 %: 610 clientes, 12\u00a0400 pagos. Pagados el 12 de mayo: 1300."
    text = opening(said, more=f'next_update_in: 30m\ntranslations: {{es: {{body: "{told}"}}}}')
    found = run(tmp_path, text, languages="en, es").judged.findings

    assert [each.message for each in found if each.code == "C36" and "numbers" in each.message] == []


def test_what_our_own_words_stand_for_needs_no_translation(tmp_path):
    more = "next_update_in: 30m\nworkaround: none_known\ndata_loss: none\nscope: All customers."
    text = opening(GOOD, more=more + "\ntranslations: {es: {body: Desde las 10:05 UTC falla el 40 % de los pagos.}}")
    found = run(tmp_path, text, languages="en, es").judged.findings

    (lacking,) = [each.message for each in found if each.code == "C36" and "not there" in each.message]
    assert lacking == "scope is not there in 'es'."
