"""`check --base` of an edit: a published text or state does not change without a note of it."""

import pytest

from tests.end_to_end.based import OPEN, change, commit, repository, said

pytestmark = pytest.mark.needs("git")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("We look into it.", "We looked into it.", "6:11: updates[0].body"),
        ("    next_update_in: 1h\n", "    next_update_in: 1h\n    eta: Noon.\n", "8:10: updates[0].eta"),
    ],
)
def test_a_changed_text_asks_for_a_note_of_it(old, new, place, site):
    change(site, "incidents/2026/open.yml", (old, new))

    assert said(site) == [
        f"incidents/2026/open.yml:{place}: The published text of 20261120t100000z was changed, and nothing says so."
        " Write edited_at: 2026-11-20T10:45:00Z on it, and was: with the words that were published."
    ]


def test_a_noted_edit_asks_for_the_words_that_were_published(site):
    edited = "10:00:00Z\n    edited_at: 2026-11-20T10:45:00Z"
    change(site, "incidents/2026/open.yml", ("We look into it.", "We looked into it."), ("10:00:00Z", edited))

    assert said(site) == [
        "incidents/2026/open.yml:4:16: warning: updates[0].edited_at: Readers see when 20261120t100000z was edited,"
        ' and not what was changed. Write was.body: "We look into it.".'
    ]

    change(site, "incidents/2026/open.yml", (edited, f"{edited}\n    was: {{body: We see to it.}}"))

    assert said(site) == [
        "incidents/2026/open.yml:5:17: warning: updates[0].was.body: 20261120t100000z was published with other words"
        ' than these. Write "We look into it.".'
    ]

    change(site, "incidents/2026/open.yml", ("We see to it.", "We look into it."))

    assert said(site) == []


@pytest.mark.parametrize(
    ("old", "new", "place", "what"),
    [
        ("status: investigating", "status: identified", "4:13: updates[0].status", "status of 20261120t100000z was"),
        (
            "api: degraded_performance",
            "api: major_outage",
            "5:17: updates[0].components",
            "components of 20261120t100000z were",
        ),
        ("    components: {api: degraded_performance}\n", "", "3:5: updates[0]", "components of 20261120t100000z were"),
        (
            "next_update_in: 1h",
            "next_update_in: 2h",
            "7:21: updates[0].next_update_in",
            "promise of 20261120t100000z was",
        ),
        (
            "investigating\n    components: {api: degraded_performance}",
            "monitoring\n    components: {api: operational}",
            "4:13: updates[0].status",
            "status and components of 20261120t100000z were",
        ),
    ],
)
def test_a_changed_state_asks_for_a_note_of_it(old, new, place, what, site):
    """No word of the text is touched: what changes is the row, the days and the uptime."""
    change(site, "incidents/2026/open.yml", (old, new))

    assert said(site) == [
        f"incidents/2026/open.yml:{place}: The published {what} changed, and nothing says so."
        " Write edited_at: 2026-11-20T10:45:00Z on it, and correction: with what is right where everybody must be told"
        " again."
    ]

    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:00:00Z\n    edited_at: 2026-11-20T10:45:00Z"))

    assert said(site) == []


def test_components_in_another_order_say_the_same(tmp_path):
    both = OPEN.replace("{api: degraded_performance}", "{api: degraded_performance, web: partial_outage}")
    site = repository(tmp_path, {"incidents/2026/open.yml": both})
    change(
        site,
        "incidents/2026/open.yml",
        ("{api: degraded_performance, web: partial_outage}", "{web: partial_outage, api: degraded_performance}"),
    )

    assert said(site) == []


def test_a_redaction_excuses_a_text_and_no_state(site):
    redacted = "redacted: {at: 2026-11-20T10:40:00Z, reason: It named a customer.}"
    change(site, "incidents/2026/open.yml", ("body: We look into it.", redacted))
    assert said(site) == []

    change(site, "incidents/2026/open.yml", ("api: degraded_performance", "api: operational"))
    assert ["The published components" in line for line in said(site)] == [True]


def test_a_second_edit_needs_a_second_note(tmp_path):
    edited = OPEN.replace("10:00:00Z\n", "10:00:00Z\n    edited_at: 2026-11-20T10:20:00Z\n")
    site = repository(tmp_path, {"incidents/2026/open.yml": edited})
    change(site, "incidents/2026/open.yml", ("look into", "looked into"))

    assert said(site)[0].endswith(
        "Write edited_at: 2026-11-20T10:45:00Z in place of 2026-11-20T10:20:00Z, and was: with the words that were"
        " published."
    )


def test_a_translation_that_changes_is_an_edit_and_one_that_comes_is_not(site):
    spanish = '    translations: {es: {body: "Lo miramos."}}\n'
    site.write("incidents/2026/open.yml", OPEN + spanish)
    assert said(site) == []

    commit(site)
    site.write("incidents/2026/open.yml", OPEN + spanish.replace("miramos", "estudiamos"))

    assert said(site)[0].startswith("incidents/2026/open.yml:8:31: updates[0].translations.es.body: The published text")


def test_a_text_that_is_only_broken_into_lines_elsewhere_is_not_edited(site):
    change(site, "incidents/2026/open.yml", ("body: We look into it.", "body: |\n      We look\n      into it."))

    assert said(site) == []


def test_a_withdrawn_text_needs_no_other_note(site):
    withdrawn = 'We look into it.\n    withdrawn: {at: 2026-11-20T10:40:00Z, reason: "Wrong page."}'
    change(site, "incidents/2026/open.yml", ("We look into it.", withdrawn.replace("look", "looked")))

    assert said(site) == []
