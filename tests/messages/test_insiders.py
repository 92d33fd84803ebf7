"""Who is told internal facts, and that nobody else is: on the whole way from private records to the outbox."""

import json
import re
import shutil
from decimal import Decimal
from email import message_from_bytes, policy

import pytest

from stillup.errors import StillupError
from stillup.messages.recipient import Recipient
from stillup.messages.template import INSIDE
from stillup.pipeline.building.build import claimed
from stillup.pipeline.building.run import Run
from stillup.pipeline.publishing.release import publish
from stillup.pipeline.sending.writer import Writer
from stillup.records.incident import Incident, Update
from stillup.records.private.incident import Cost, PrivateIncident
from stillup.views.briefing import briefing
from stillup.vocabulary import CostKind, UpdateStatus
from tests.tools import ROOT
from tests.views.sample import at

NOW = at("10:45")
SECRETS = (
    b"#incident-2026-11-20-001",
    b"Database engineer",
    b"4,740.00",
    b"48,000 (100",
    b"Alert on failing sign-ins",
    b"Incident commander",
    b"+1 555 010 0101",
)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    for name in ("incidents", "components", "site_overrides", "docs"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    return folder


@pytest.fixture(scope="module")
def told(page, tmp_path_factory):
    """The same page beside its private records, published."""
    folder = tmp_path_factory.mktemp("told") / "page"
    shutil.copytree(page, folder)
    shutil.copytree(ROOT / "tests" / "example_private", folder / "private")
    publish(folder, at=NOW)
    return folder


def bodies(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_without_private_records_there_is_no_internal_outbox(page):
    publish(page, at=NOW)

    assert not (page / "outbox" / "internal").exists()


def test_internal_facts_are_told_to_insiders_alone(told):
    found = bodies(told / "outbox")
    public = {path: body for path, body in found.items() if not path.startswith("internal/")}
    of_all = {path: body for path, body in found.items() if not any(f"/{inside}" in path for inside in INSIDE)}
    of_all.pop("internal/index.html")

    assert set(public) < set(found)
    for secret in SECRETS[:-2]:
        assert any(secret in body for path, body in found.items() if path.startswith("internal/")), secret
    for secret in SECRETS:
        assert [path for path, body in of_all.items() if secret in body] == [], secret
        assert [path for path, body in bodies(told / "site").items() if secret in body] == [], secret


def test_what_came_to_be_known_later_stands_in_no_earlier_message(told):
    opened = told / "outbox" / "internal" / "2026-11-20-sign-in-and-payments-failing" / "20261120t101200z"
    text = (opened / "responders.txt").read_text()

    assert "Detected: Fri 20 Nov 2026, 10:06 UTC, by Alert on failing sign-ins" in text
    assert "Complaints" not in (opened / "executives.txt").read_text()
    assert "Financial Impact: Not assessed yet" in (opened / "executives.txt").read_text()


def test_a_message_is_the_same_in_every_run_whatever_was_written_since(page):
    first, later = (written(page, when) for when in (at("10:20"), NOW))

    assert first == later
    assert b"Investigating" in first[0].body


def test_the_first_message_somebody_gets_is_worded_as_an_opening(page):
    usual, opening = written(page, NOW, number=2)[0], written(page, NOW, number=2, first=True)[0]

    assert usual.kind == "incident_updated"
    assert opening.kind == "incident_opened"
    assert opening.key == usual.key


def test_whoever_hears_of_it_in_the_middle_learns_what_fails_and_what_to_do(page, tmp_path):
    """An escalation reaches people who want what is critical alone: `We add space` tells them nothing by itself."""
    shutil.copytree(page, tmp_path / "page")
    (record,) = (tmp_path / "page" / "incidents").rglob("2026-11-20-sign-in*.yml")
    record.write_text(
        "title: Nobody can sign in\nupdates:\n"
        "  - {at: 2026-11-20T10:12:00Z, status: investigating, components: {authentication: partial_outage},"
        " body: Sign-in fails., workaround: Stay signed in.}\n"
        "  - {at: 2026-11-20T10:28:00Z, status: identified, components: {authentication: major_outage},"
        " body: We add space.}\n"
    )

    usual, first = (plain(written(tmp_path / "page", NOW, number=1, first=f)[0]) for f in (False, True))
    opening = plain(written(tmp_path / "page", NOW)[0])

    assert "Sign-in fails." not in usual
    assert (
        "Impact: We add space.\nTold Earlier: Sign-in fails.\nAffected Services: Authentication (major outage)\n"
        in first
    )
    assert "What You Can Do: Stay signed in.\n" in first
    assert opening.count("Sign-in fails.") == 1


def test_what_was_told_first_never_stands_for_what_is_so_now(page, tmp_path):
    """It was slow for some, and is down: a text message has room for one of the two."""
    shutil.copytree(page, tmp_path / "page")
    (record,) = (tmp_path / "page" / "incidents").rglob("2026-11-20-sign-in*.yml")
    head = "title: Nobody can sign in\nupdates:\n"
    first = (
        "  - {at: 2026-11-20T10:12:00Z, status: investigating, components: {authentication: degraded_performance},"
        " body: Sign-in is slow.IMPACT}\n"
    )
    last = (
        "  - {at: 2026-11-20T10:28:00Z, status: investigating, components: {authentication: major_outage},"
        " body: Nobody can sign in.}\n"
    )
    telephone = Recipient(channel="sms", address="+15550100100")
    for impact in ("", ", impact_text: It takes a minute."):
        record.write_text(head + first.replace("IMPACT", impact) + last)
        mail, text = written(tmp_path / "page", NOW, number=1, first=True, people=(EMAIL, telephone))

        assert b"Major outage: Authentication. Nobody can sign in." in text.body
        assert "Nobody can sign in.\n" in plain(mail)
        assert ("Told Earlier: Sign-in is slow.\n" in plain(mail)) is not bool(impact)
        assert ("Impact: It takes a minute.\n" in plain(mail)) is bool(impact)


def test_each_reads_their_own_language_and_zone(page):
    english, spanish, _ = written(page, NOW)

    assert b"Fri 20 Nov 2026, 10:05 UTC" in english.body
    assert b"vie, 20 nov 2026, 19:05 JST (10:05 UTC)" in spanish.body.replace(b"=\r\n", b"")


def test_a_statuspage_receiver_learns_the_state_of_the_page(page):
    hook = json.loads(written(page, NOW)[2].body)

    assert hook["page"]["status_indicator"] == "critical"
    assert hook["page"]["status_description"] == "Major System Outage"
    assert re.fullmatch("[a-z0-9]{12}", hook["page"]["id"])
    assert re.fullmatch("[a-z0-9]{12}", hook["incident"]["id"])


def plain(message):
    part = message_from_bytes(message.body, policy=policy.default).get_body(("plain",))
    return part.get_content().replace("\r\n", "\n")


EMAIL = Recipient(channel="email", address="a@example.com", id="a")


def written(page, when, number=0, people=(), **more):
    people = people or (
        EMAIL,
        Recipient(channel="email", address="b@example.com", id="b", language="es", timezone="Asia/Tokyo"),
        Recipient(channel="webhook", address="https://hook.example.com", envelope="statuspage"),
    )
    site, work = claimed(page, None)
    with Run(page, at=when, site_dir=site, work=work) as run:
        run.read()
        record = run.record("2026-11-20-sign-in-and-payments-failing")
        writer = Writer(run)
        return list(writer.messages(record, writer.events(record)[number], people, **more))


def test_a_broken_private_record_stops_everything(told, tmp_path):
    page = tmp_path / "page"
    shutil.copytree(told, page)
    before = bodies(page / "outbox")
    (page / "private" / "incidents" / "2026-11-20-sign-in-and-payments-failing.yml").write_text("comander: x\n")

    with pytest.raises(StillupError, match="The private records have a fault") as raised:
        publish(page, at=NOW)
    assert "comander" not in str(raised.value), "whoever reads the log may be anybody"
    assert bodies(page / "outbox") == before


def test_what_was_spent_on_prevention_is_no_cost_of_the_incident():
    """Executives read one sum in the mail and in their paper."""
    told = Update(id="one", at=NOW, status=UpdateStatus.INVESTIGATING, body="We look into it.")
    incident = Incident(id="slow", title="Payments are slow", updates=(told,))
    costs = (
        Cost(kind=CostKind.DIRECT, category="Engineering time", amount=Decimal("99.995"), currency="EUR"),
        Cost(kind=CostKind.PREVENTION, category="Training costs", amount=Decimal(30), currency="EUR"),
    )

    assert briefing(incident, PrivateIncident(id="slow", whole=False, costs=costs), None).costs == {
        "EUR": Decimal("99.995")
    }
