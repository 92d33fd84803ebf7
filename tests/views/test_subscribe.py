"""Ways to hear of the next update, and who publishes the page."""

from stillup.records.settings import Support
from stillup.views.edition import Edition
from stillup.views.subscribe import means, subscribe_page
from tests.views.sample import edition


def test_sign_up_pages_come_first_then_feeds():
    page = subscribe_page(
        edition(
            subscribe={"sms": "https://s.example.com/sms", "email": "https://s.example.com/email", "pager": "https://p"}
        ),
        ("atom", "rss", "calendar"),
    )

    assert [(link.text, link.place) for link, _ in page.ways] == [
        ("E-mail", "https://s.example.com/email"),
        ("SMS", "https://s.example.com/sms"),
        ("Pager", "https://p"),
        ("Atom feed", "feed.atom"),
        ("RSS feed", "feed.rss"),
        ("Calendar of maintenance", "maintenance.ics"),
    ]
    assert (
        page.description == "Follow incidents and maintenance of Advancia Pay Ledger by e-mail, SMS, feed and calendar."
    )
    assert page.promise.text.startswith("The first message says what is broken")


def test_with_feeds_alone_nothing_is_said_of_addresses():
    page = subscribe_page(edition())

    assert page.lede == "Choose the way. None of them asks for your address."
    assert page.promise.text.startswith("The first entry says what is broken")


def test_the_masthead_fills_what_settings_leave_out():
    masthead = edition().masthead

    assert masthead.team == "The Advancia Pay Ledger Team"
    assert masthead.report_url == "https://support.example.com/"
    assert (masthead.zone, masthead.language, masthead.direction) == ("UTC", "en", "ltr")


def test_a_mail_address_is_where_problems_are_reported_when_there_is_nothing_else():
    page = edition()
    settings = page.settings.__class__(support=Support(email="help@example.com"))
    bare = Edition(settings=settings, components=page.components, words=page.words, zone=page.zone, at=page.at)

    assert bare.masthead.report_url == "mailto:help@example.com"
    assert bare.masthead.organisation == "Status"


def test_the_page_leads_to_the_application_where_people_subscribe():
    from stillup.records.serving import Serve

    served = Serve(url="https://subscribe.example.com", channels=("email", "discord"))
    page = subscribe_page(edition(serve=served, subscribe={"sms": "https://sms.example.com/"}))

    assert [(link.text, link.place) for link, _ in page.ways][:3] == [
        ("E-mail", "https://subscribe.example.com/?channel=email"),
        ("SMS", "https://sms.example.com/"),
        ("Discord", "https://subscribe.example.com/?channel=discord"),
    ]


def test_the_home_page_names_the_ways_that_there_are():
    from stillup.records.serving import Serve

    served = Serve(url="https://subscribe.example.com", channels=("sms", "email"))

    assert means(edition()) == "by feed"
    assert means(edition(serve=Serve(channels=("email",)))) == "by feed", "it has no public address"
    assert means(edition(serve=served)) == "e-mail, SMS, feed"
    assert means(edition(subscribe={"email": "https://s.example.com/"})) == "e-mail, feed"
    assert means(edition(serve=served, subscribe={"pager": "https://p"})) == "e-mail, SMS, pager, feed"
    assert means(edition(language="es", serve=served)) == "correo, SMS, canal"


def test_a_page_in_another_language_leads_to_the_application_in_that_language():
    from dataclasses import replace

    from stillup.records.serving import Serve

    served = Serve(url="https://subscribe.example.com", channels=("email",))
    page = subscribe_page(replace(edition(language="es", serve=served), tag="es-MX", main="en"))

    assert page.ways[0][0].place == "https://subscribe.example.com/es-MX/?channel=email"
