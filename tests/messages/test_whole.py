"""Nothing that a responder wrote is lost on its way into a mail, and nothing stands in it twice."""

from dataclasses import replace

import pytest
from markupsafe import Markup

from stillup.catalogue import LANGUAGES, words
from stillup.messages.letter import letter
from stillup.messages.wording import variables
from stillup.views.shape import Fact
from stillup.vocabulary import TEXTS
from tests.messages.mails import ENGLISH, WORDING, html, instead, text, visible, write
from tests.messages.sample import (
    CARDS_IDENTIFIED,
    CARDS_MONITORING,
    CARDS_OPENED,
    CARDS_RESOLVED,
    CARDS_STORY,
    MASTHEAD,
    MOVE_STORY,
    body,
)

ALL = tuple(Fact(key=key, label=key, html=Markup(f"<p>Of {key}.</p>"), text=f"Of {key}.") for key in TEXTS)
MORE = "Please do not send a payment twice.\n\nWe have called our supplier."


def only(*keys):
    return tuple(fact for fact in ALL if fact.key in keys)


@pytest.mark.parametrize(
    ("story", "told"), [(story, told) for story in (CARDS_STORY, MOVE_STORY) for told in story.updates]
)
def test_customers_read_the_body_and_every_optional_text(story, told):
    mail = write(*instead(story, told, facts=ALL, body=body(MORE)))

    for said in (text(mail), visible(html(mail))):
        assert [key for key in TEXTS if said.count(f"Of {key}.") != 1] == []
        assert said.count("Please do not send a payment twice.") == 1
        assert said.count("We have called our supplier.") == 1


@pytest.mark.parametrize("told", CARDS_STORY.updates)
def test_a_disaster_leaves_nothing_out_either(told):
    made = letter(MASTHEAD, ENGLISH, *instead(CARDS_STORY, told, facts=ALL, body=body(MORE)), disaster=True)

    said = WORDING.text(made.kind, "customers", variables(made, html=False), disaster=True).text

    assert [key for key in TEXTS if said.count(f"Of {key}.") != 1] == []
    assert said.count(MORE) == 1


@pytest.mark.parametrize(
    ("told", "facts", "last"),
    [(CARDS_OPENED, ("impact_text", "scope"), "We'll provide updates"), (CARDS_RESOLVED, ("summary",), "All services")],
)
def test_the_body_follows_the_plans_lines(told, facts, last):
    mail = write(*instead(CARDS_STORY, told, facts=only(*facts), body=body(MORE)))

    for said in (text(mail), visible(html(mail))):
        places = [said.index(each) for each in (f"Of {facts[0]}.", "Please do not", "We have called", last)]
        assert places == sorted(places)
    assert f"\n\n{MORE}\n\n{last}" in text(mail)


@pytest.mark.parametrize(
    ("told", "facts", "words"),
    [
        (CARDS_OPENED, ("impact_text",), "We're currently investigating reports of issues with Stripe and Payments."),
        (CARDS_OPENED, ("impact_text",), "Of  impact_text."),
        (CARDS_OPENED, ("impact_text", "scope"), "of scope."),
        (CARDS_RESOLVED, ("summary",), "The issues affecting Stripe and Payments have been resolved"),
        (CARDS_RESOLVED, ("resolution",), "Of resolution."),
    ],
)
def test_a_body_that_says_no_more_is_not_said_twice(told, facts, words):
    mail = write(*instead(CARDS_STORY, told, facts=only(*facts), body=body(words)))

    for said in (text(mail), visible(html(mail))):
        assert " ".join(said.split()).casefold().count(" ".join(words.split()).rstrip(".").casefold()) == 1


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(("told", "fact"), [(CARDS_OPENED, "impact_text"), (CARDS_RESOLVED, "summary")])
def test_the_sentence_that_commands_offer_is_told_by_the_first_one(told, fact, code):
    said = words(code)
    services = letter(MASTHEAD, said, CARDS_STORY, told).services
    offered = said.say(f"draft.incident.{told.status}", services=services)
    story, new = instead(CARDS_STORY, told, facts=only(fact), body=body(offered))
    more = instead(CARDS_STORY, told, facts=only(fact), body=body(f"{offered} {MORE}"))

    assert not variables(letter(MASTHEAD, said, story, new), html=False)["also"]
    assert variables(letter(MASTHEAD, said, *more), html=False)["also"]


@pytest.mark.parametrize("audience", ["support", "responders", "partners"])
@pytest.mark.parametrize("disaster", [False, True])
@pytest.mark.parametrize(
    ("told", "kind", "facts"),
    [
        (CARDS_OPENED, "incident_opened", ("impact_text",)),
        (CARDS_IDENTIFIED, "incident_updated", ("progress",)),
        (CARDS_RESOLVED, "incident_resolved", ("summary", "resolution")),
    ],
)
def test_other_audiences_read_the_body_too(audience, disaster, told, kind, facts):
    story, new = instead(CARDS_STORY, told, facts=only(*facts), body=body(MORE))
    made = letter(MASTHEAD, ENGLISH, story, new, kind=kind, disaster=disaster)
    seen = variables(made, audience, html=False)
    inside = dict.fromkeys(("severity", "commander", "channel", "responders", "detected", "root_cause", "postmortem"))

    said = WORDING.text(kind, audience, {**inside, **seen}, disaster=disaster)

    assert said.text.count("Please do not send a payment twice.") == 1


def test_who_hears_of_it_late_is_told_no_estimate_of_an_earlier_hour():
    story, _ = instead(CARDS_STORY, CARDS_OPENED, facts=only("impact_text", "eta", "next_steps", "scope"))
    late = replace(CARDS_MONITORING, facts=only("progress"))
    story, late = instead(story, CARDS_MONITORING, facts=late.facts)

    made = letter(MASTHEAD, ENGLISH, story, late, kind="incident_opened")
    said = WORDING.text("incident_opened", "customers", variables(made, html=False)).text

    assert "Of impact_text." in said and "Of scope." in said and "Of progress." in said
    assert "Of eta." not in said and "Of next_steps." not in said
    assert said.count(late.body.text) == 1
