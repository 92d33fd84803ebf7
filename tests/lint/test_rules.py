"""Each rule against a text that it is for and one that it lets pass, through files as people write them."""

import pytest

from stillup.errors import Level, RecordError
from stillup.pipeline.judging.lint import lint
from tests.lint.told import AT, CLOSING, GOOD, RESOLVED, codes, opening, record, root, run, told

FOLLOWED = told(GOOD)
CLOSED = told(CLOSING, at="2026-11-20T10:20:00Z", **RESOLVED)
START = "title: Payments fail at checkout\nseverity: P1\nstarted_at: 2026-11-20T10:05:00Z"
P2 = "title: Payments fail at checkout\nseverity: P2"
CASES = {
    "C01 no next update": ("C01", opening(GOOD, more="scope: All")),
    "C01 beyond the cadence": ("C01", opening(GOOD, more="next_update_in: 2h")),
    "C02 another time": ("C02", opening(f"{GOOD} The next update comes at 11:00 UTC.")),
    "C02 another duration": ("C02", opening(f"{GOOD} We will post another update within 2 hours.")),
    "C03 late": ("C03", opening(GOOD, at="2026-11-20T09:30:00Z")),
    "C05 nothing of customers": ("C05", opening("We see elevated error rates. We are looking into it.")),
    "C06 some users": ("C06", opening("Some users cannot sign in.")),
    "C07 no scope": (
        "C07",
        record(told("People see errors."), told("People still see errors.", at="2026-11-20T10:20:00Z")),
    ),
    "C08 no workaround": ("C08", opening(GOOD, status="identified")),
    "C10 back without a word": (
        "C10",
        record(told(GOOD, status="monitoring"), told(GOOD, at="2026-11-20T10:20:00Z")),
    ),
    "C10 resolved twice": (
        "C10",
        record(FOLLOWED, CLOSED, told("Done.", at="2026-11-20T10:25:00Z", **RESOLVED)),
    ),
    "C11 operational and investigating": (
        "C11",
        record(FOLLOWED, told(GOOD, state="operational", at="2026-11-20T10:20:00Z")),
    ),
    "C12 watched for how long": ("C12", opening("Payments work again. We are monitoring.", status="monitoring")),
    "C13 nothing about loss": (
        "C13",
        record(FOLLOWED, told("It works.", at="2026-11-20T10:20:00Z", **RESOLVED | {"more": "summary: A fault."})),
    ),
    "C14 cause while looking": ("C14", opening(f"{GOOD} It is caused by a full disk.")),
    "C15 supplier first": ("C15", opening("Our cloud provider has an outage, so card payments fail in the EU.")),
    "C16 promise of repair": ("C16", opening(f"{GOOD} It will be fixed within 20 minutes.")),
    "C17 outage of a minor one": ("C17", opening("Payments have an outage.", state="degraded_performance", head=P2)),
    "C17 slow for a major one": ("C17", opening("Payments are slow.", state="major_outage")),
    "C18 P0 and only slow": (
        "C18",
        opening(GOOD, head="title: Payments are slow\nseverity: P0", state="degraded_performance"),
    ),
    "C19 handle": ("C19", opening(f"{GOOD} Thanks to @alexk for the report.")),
    "C19 human error": ("C19", opening(f"{GOOD} It was human error.")),
    "C20 private address": ("C20", opening(f"{GOOD} The machine 10.20.0.7 does not answer.")),
    "C20 unique local address": ("C20", opening(f"{GOOD} The machine fd12:3456:789a::1 does not answer.")),
    "C20 internal host": ("C20", opening(f"{GOOD} See db-3.eu.internal for more.")),
    "C20 pod": ("C20", opening(f"{GOOD} The pod payments-api-7d9f8b6c5d-x2x4q restarts.")),
    "C20 ticket": ("C20", opening(f"{GOOD} Followed in OPS-4312.")),
    "C20 path": ("C20", opening(f"{GOOD} /var/log/payments/error.log is full.")),
    "C20 trace": ("C20", opening(f"{GOOD} java.lang.NullPointerException: null")),
    "C20 chat": ("C20", opening(f"{GOOD} https://acme.slack.com/archives/C024BE91L")),
    "C20 dashboard": ("C20", opening(f"{GOOD} https://grafana.example.com/d/abc")),
    "C20 secret by prefix": ("C20", opening(f"{GOOD} We used AKIAIOSFODNN7EXAMPLE.")),
    "C20 secret by looks": ("C20", opening(f"{GOOD} We used wJalrXUtnFEMI7MDENGbPxRfiCYzEXk9Qp2.")),
    "C21 mail": ("C21", opening(f"{GOOD} Ask pat@customer.example.")),
    "C21 telephone": ("C21", opening(f"{GOOD} Call +1 (555) 123-4567.")),
    "C21 account": ("C21", opening(f"{GOOD} It concerns account id 48213.")),
    "C22 jargon": ("C22", opening(f"{GOOD} The failover did not work.")),
    "C22 acronym": ("C22", opening(f"{GOOD} The WAF blocks them.")),
    "C22 long": ("C22", opening("Payments fail " + "and people see an error page " * 7 + "at checkout.")),
    "C23 no apology": (
        "C23",
        record(FOLLOWED, told("It works. Nothing was lost.", at="2026-11-20T10:20:00Z", **RESOLVED), head=START),
    ),
    "C23 formula": ("C23", opening(f"{GOOD} We apologize for any inconvenience.")),
    "C24 shouting": ("C24", opening(f"{GOOD} Please wait!")),
    "C25 no zone": ("C25", opening("Since 10:05, about 40 % of card payments fail.")),
    "C25 ambiguous date": ("C25", opening("Since 03/04, about 40 % of card payments fail.")),
    "C25 ambiguous zone": ("C25", opening("Since 10:05 CST, about 40 % of card payments fail.")),
    "C25 summer time in winter": ("C25", opening("Since 11:05 CEST, about 40 % of card payments fail.")),
    "C26 placeholder": ("C26", opening("We are aware of [issue description] and customers see it.")),
    "C26 template": ("C26", opening(f"{GOOD} {{{{ eta }}}}")),
    "C26 todo": ("C26", opening(f"{GOOD} TODO say more")),
    "C27 too long": ("C27", opening(GOOD + " Payments fail." * 250)),
    "C28 cause in the title": ("C28", opening(GOOD, head="title: Database cluster not reachable\nseverity: P1")),
    "C28 long title": ("C28", opening(GOOD, head=f"title: Payments fail {'and fail again ' * 6}\nseverity: P1")),
    "C35 http": ("C35", opening(f"{GOOD} See http://example.com/help.")),
    "C35 beside what is no address": ("C35", opening(f"{GOOD} See https://[host]/x, http://a:99999/x.")),
    "C35 shortener": ("C35", opening(f"{GOOD} See https://bit.ly/3xyz.")),
    "C35 other domain": ("C35", opening(f"{GOOD} See [example.com](https://example.org/help).")),
    "C37 hidden component": (
        "C37",
        opening(GOOD, more="next_update_in: 30m").replace("{payments: partial_outage}", "{batch: partial_outage}"),
    ),
    "C39 postmortem without parts": (
        "C39",
        record(FOLLOWED, CLOSED)
        + "postmortem: {at: 2026-11-20T10:25:00Z, body: Payments failed. If we had tested it this would not exist.}\n",
    ),
    "C45 drill": ("C45", opening(f"{GOOD} This is only a drill.")),
}  # fmt: skip


@pytest.mark.parametrize(("code", "text"), CASES.values(), ids=CASES.keys())
def test_a_rule_finds_what_it_is_for(code, text, tmp_path):
    linted = run(tmp_path, text)

    assert code in codes(linted), [str(finding) for finding in linted.judged.findings]


def test_every_rule_that_judges_one_record_is_tried_here():
    from stillup.lint.book import RULES

    tried = {code for code, _ in CASES.values()}
    elsewhere = {"C04", "C31", "C32", "C36", "C43"}  # C41 in tests/approval
    assert {rule.id for rule in RULES} - tried <= elsewhere | {"C40", "C41"}


def test_a_well_told_incident_is_let_pass(tmp_path):
    story = record(
        told(GOOD),
        told(
            "The cause is found. Payments by card are declined for customers in the EU.",
            status="identified",
            at="2026-11-20T10:20:00Z",
            more="workaround: Pay by transfer.\ncause_confirmed: true\nnext_update_in: 30m",
        ),
        told(
            "Payments work again. We watch them until 12:00 UTC.",
            status="monitoring",
            at="2026-11-20T10:25:00Z",
            state="operational",
        ),
        told(CLOSING, at="2026-11-20T10:28:00Z", **RESOLVED),
        head=START,
    )  # fmt: skip

    assert [str(finding) for finding in run(tmp_path, story).judged.findings] == []


@pytest.mark.parametrize(
    "words",
    [
        "From 10:00 to 10:20 UTC.", "At 10:00, 10:10 and 10:20 UTC.", "From 04:00 to 04:30 New York time.",
        "At 3 pm UTC.", "At 10:00 (UTC).", "At 12:00 CET.", "Version 2.10:3 is fine.", "The ratio is 1:2.",
    ],
)  # fmt: skip
def test_times_with_their_zone_pass(words, tmp_path):
    assert "C25" not in codes(run(tmp_path, opening(f"{GOOD} {words}")))


@pytest.mark.parametrize(
    ("at", "words", "found"),
    [
        ("2026-10-25T00:16:00Z", "Since 01:52 CEST sign-in fails; we expect it to work at 03:00 CET.", False),
        ("2026-10-23T10:00:00Z", "The next step comes on Sunday at 10:00 CET.", False),
        ("2026-10-25T09:00:00Z", "Since 01:52 CEST, sign-in fails.", False),
        ("2026-10-10T10:00:00Z", "Since 11:52 CET, sign-in fails.", True),
        ("2026-11-20T10:15:00Z", "Since 11:52 CEST, sign-in fails.", True),
    ],
)
def test_around_a_change_of_clocks_both_names_of_the_time_pass(at, words, found, tmp_path):
    assert ("C25" in codes(run(tmp_path, opening(words, at=at)))) is found


@pytest.mark.parametrize(
    ("zone", "words", "found"),
    [
        ("America/Chicago", "Since 04:05 CST, about 40 % of card payments fail.", False),
        ("Asia/Kolkata", "Since 15:35 IST, about 40 % of card payments fail.", False),
        ("Europe/London", "Since 10:05 GMT, about 40 % of card payments fail.", False),
        ("Europe/London", "Since 11:05 BST, about 40 % of card payments fail.", True),
        ("Europe/London", "Since 04:05 CST, about 40 % of card payments fail.", True),
    ],
)
def test_the_name_that_the_page_prints_at_its_times_passes(zone, words, found, tmp_path):
    """In Chicago the page says `04:12 CST` itself, and whoever wrote the same was refused."""
    assert ("C25" in codes(run(tmp_path, opening(words), zone=zone))) is found


@pytest.mark.parametrize(
    "words",
    [
        "8.8.8.8 answers.", "See https://support.example.com/help/local.", "UTF-8 and SHA-256 work.", "GPT-4 works.",
        "Ask support@example.com.", "See INC-2026-11-20-001.", "Use `payments`.", "It is 12:30:45 UTC.",
    ],
)  # fmt: skip
def test_what_is_public_anyway_is_no_leak(words, tmp_path):
    head = "title: Payments fail at checkout\nseverity: P1\nreference: INC-2026-11-20-001"
    assert codes(run(tmp_path, opening(f"{GOOD} {words}", head=head))) & {"C19", "C20", "C21"} == set()


@pytest.mark.parametrize("words", ["Mails are not sent.", "Transfers wait.", "Exports cannot be opened."])
def test_things_that_customers_see_say_what_they_notice(tmp_path, words):
    assert "C05" not in codes(run(tmp_path, opening(words)))


def test_a_finding_stands_at_the_very_words(tmp_path):
    (finding,) = [
        f for f in run(tmp_path, opening(f"{GOOD}\nThe machine 10.20.0.7 is gone.")).judged.findings if f.code == "C20"
    ]

    line = (tmp_path / "page" / "incidents" / "first.yml").read_text().splitlines()[finding.line - 1]
    assert (finding.file, finding.field) == ("incidents/first.yml", "updates[0].body")
    assert line[finding.column - 1 :].startswith("10.20.0.7")


def test_an_update_overrules_a_rule_with_a_reason_that_is_told(tmp_path):
    text = opening(
        "Some users cannot sign in.", more='next_update_in: 30m\nlint: {C06: "The number is not known yet."}'
    )
    judged = run(tmp_path, text).judged

    assert "C06" not in {finding.code for finding in judged.findings}
    assert [(each.finding.code, each.reason) for each in judged.overruled] == [("C06", "The number is not known yet.")]


def test_settings_change_the_level_of_a_rule_or_switch_it_off(tmp_path):
    text = opening(f"{GOOD} It will be fixed within 20 minutes. Some users wait.")
    judged = run(tmp_path, text, levels="C16: error, C06: ignore").judged

    assert {finding.level for finding in judged.findings if finding.code == "C16"} == {Level.ERROR}
    assert "C06" not in {finding.code for finding in judged.findings}


def test_private_names_are_found_in_public_texts(tmp_path):
    text = opening(f"{GOOD} Ask the Night desk about Example Grocer on ledger-7.")
    private = tmp_path / "page" / "private"
    folder = root(tmp_path / "page", text)
    private.mkdir()
    (private / "roster.yml").write_text("contacts:\n  - {id: night, name: Night desk}\n")
    (private / "customers.yml").write_text("- {id: grocer, name: Example Grocer}\n")
    (private / "hosts.txt").write_text("# the ledger\nledger-7\n")

    found = {
        (f.code, f.message.split("'")[1])
        for f in lint(folder, at=AT).judged.findings
        if f.code in {"C19", "C20", "C21"}
    }
    assert found == {("C19", "Night desk"), ("C20", "ledger-7"), ("C21", "Example Grocer")}


def test_what_is_late_behind_the_scenes_and_said_too_soon_is_found(tmp_path):
    folder = root(tmp_path / "page", opening(f"{GOOD} No customer data was affected."))
    (folder / "private" / "incidents").mkdir(parents=True)
    (folder / "private" / "incidents" / "first.yml").write_text(
        "regulatory:\n  gdpr: {aware_at: 2026-11-16T10:05:00Z}\npersonal_data: {confirmed_at: 2026-11-16T10:05:00Z}\n"
    )
    found = [f for f in lint(folder, at=AT).judged.findings if f.code == "C40"]

    assert [(f.file, f.message.split()[0]) for f in found] == [
        ("incidents/first.yml", "This"),
        ("private/incidents/first.yml", "breach/users"),
        ("private/incidents/first.yml", "regime/gdpr/notification"),
    ]


def test_a_private_folder_that_cannot_be_read_is_not_taken_for_none(tmp_path):
    folder = root(tmp_path / "page", opening(GOOD))
    (folder / "private").mkdir()
    (folder / "private" / "roster.yml").write_text("contacts: 3\n")

    with pytest.raises(RecordError):
        lint(folder, at=AT)


def test_an_update_keeps_the_pace_of_the_severity_that_was_known_by_then(tmp_path):
    raised = record(
        told(GOOD, at="2026-11-20T08:00:00Z", more="next_update_in: 4h"),
        told(GOOD, at="2026-11-20T10:15:00Z"),
        head="title: Payments fail at checkout\nseverity: P0",
    )
    page = root(tmp_path / "page", raised)
    promised_late = [each.line for each in lint(page, at=AT, everything=True).judged.findings if each.code == "C01"]
    private = page / "private" / "incidents" / "first.yml"
    private.parent.mkdir(parents=True)
    private.write_text("reclassified: [{at: 2026-11-20T10:15:00Z, was: P2, severity: P0, why: It spread.}]\n")
    known = [each.line for each in lint(page, at=AT, everything=True).judged.findings if each.code == "C01"]
    soon = record(
        told(GOOD, at="2026-11-20T10:00:00Z", more="next_update_in: 4h"),
        told(GOOD, at="2026-11-20T10:15:00Z"),
        head="title: Payments fail at checkout\nseverity: P0",
    )

    assert (len(promised_late), known) == (1, [])
    assert "C01" not in codes(run(tmp_path / "soon", soon))
