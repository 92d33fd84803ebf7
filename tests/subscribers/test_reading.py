"""What is wrong with a list of subscribers, and where; and that spreadsheets run nothing of it."""

import csv
import io

import pytest

from stillup.subscribers.reading import COLUMNS, subscriptions
from stillup.subscribers.writing import csv as written_csv
from stillup.subscribers.writing import entry
from tests.subscribers.sample import somebody

YAML, CSV = "private/subscribers.yml", "private/subscribers.csv"


def said(data, file=CSV):
    data = data.encode() if isinstance(data, str) else data
    return [str(problem).removeprefix(f"{file}:") for problem in subscriptions(data, file).problems]


def test_yaml_and_csv_say_the_same():
    yaml = """\
# Who is told.
- id: one
  channel: email
  address: Ada@Bücher.example
  components: [payments-stripe, "group:api"]
  kinds: [incident]
  confirmed_at: 2026-11-20 11:12 Europe/Berlin
- {channel: sms, address: "+44 (0)20 7946-0958"}
"""
    table = """\ufeff\
channel,address,id,components,kinds,confirmed_at\r
email,Ada@Bücher.example,one,group:api payments-stripe,incident,2026-11-20T10:12:00Z\r
\r
sms,"'+44 (0)20 7946-0958",,,,\r
"""
    # A zero in brackets is for people at home, and no part of the number.
    assert said(yaml.replace(" (0)", " "), YAML) == []
    first = subscriptions(yaml.replace(" (0)", " ").encode(), YAML).subscriptions
    second = subscriptions(table.replace(" (0)", " ").encode(), CSV).subscriptions

    assert first == second
    assert [(each.address, each.key) for each in first] == [
        ("Ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("+442079460958", "+442079460958"),
    ]
    assert first[1].id.startswith("s")


def test_every_problem_has_its_place_and_no_problem_names_an_address():
    text = """\
channel,address,impact,components,follow,confirmed_at
email,ada@example,major,,,
pigeon,ada@example.com,,,,
email,ada@example.com,terrible,a b_c,sometimes,2026-11-20
ada@example.com,email,,,,
webhook,http://10.0.0.1/hook,,,,
sms,5551234567,,,,
email,ada@example.com
"""
    assert said(text) == [
        "2:7: address: This is no e-mail address. Write it as name@example.com.",
        '3:1: channel: "pigeon" is not a channel. Use email, sms, webhook, slack, teams, discord or apprise.',
        '4:23: impact: "terrible" is not an impact. Use none, minor, major or critical.',
        "4:32: components: \"b_c\" is not the id of a component. Write a component's id, or group: and a group's id.",
        '4:38: follow: "sometimes" is not a way to follow. Use all, open_close or digest.',
        '4:48: confirmed_at: "2026-11-20" is a day without a time. '
        "Write 2026-11-20T00:00:00Z with the right time and zone.",
        "5:1: channel: This is not a channel. Use email, sms, webhook, slack, teams, discord or apprise.",
        "6:9: address: The address does not begin with https://. Write one that does.",
        '7:5: address: This is no telephone number. Write it with its country, as in "+15551234567".',
        "8:1: This row has 2 cells, and the first row names 6 columns. Add or delete commas.",
    ]


def test_problems_of_yaml_have_places_too():
    text = """\
- {channel: email, address: ada@example.com, imapct: major}
- channel: email
- {channel: webhook, address: "https://169.254.169.254/latest"}
- {channel: email, address: bob@example.com, secret: whsec_1}
"""
    assert said(text, YAML) == [
        '1:46: [0].imapct: "imapct" is not a key of a subscription. Did you mean impact?',
        "2:3: [1].address: This key is missing. Write address: and where messages go.",
        "3:31: [2].address: The address is not on the public internet. Write one that anybody could reach.",
        "4:54: [3].secret: This is no secret of a webhook. "
        "Write whsec_ and 24 to 64 bytes in base64; leave it out to have one made.",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            'channel,address\nemail,"ada@example.com\n',
            '2:7: This quote is never closed. Write " at the end of the cell.',
        ),
        (
            'channel,address\nemail,"ada"@example.com\n',
            '2:12: The cell goes on after its closing quote. Write a quote inside a cell twice: "".',
        ),
        (
            'channel,address\nemail,ada"@example.com\n',
            "2:10: There is a quote inside a cell that has none around it. Quote the whole cell.",
        ),
        (
            "channel;address\nemail;a@example.com\n",
            "1:1: The columns are not divided by commas. Save it with commas between the columns.",
        ),
        ("channel,adress\n", '1:9: "adress" is no column. Did you mean address?'),
        ("channel,address,channel\n", "1:17: channel: The column stands here a second time. Keep one of the two."),
        ("channel,address\nemail,a\x00b@example.com\n", "2:8: U+0000 is NUL, which nobody sees. Delete it."),
        (b"channel,address\nemail,\xe9a@example.com\n", "2:7: The byte 0xe9 is not UTF-8. Save the file as UTF-8."),
    ],
)
def test_a_table_that_is_none_is_refused_at_its_place(text, problem):
    found = said(text)

    assert problem in found
    assert len(found) <= 2


@pytest.mark.parametrize("address", ["ada@example.com\r\nBcc: bob@example.com", "ada@example.com\nbob@example.com"])
def test_a_line_break_begins_no_header(address):
    found = subscriptions(f'channel,address\nemail,"{address}"\n'.encode(), CSV)

    assert found.subscriptions == ()
    assert [problem.field for problem in found.problems] == ["address"]


def test_the_same_person_twice_is_noticed():
    text = """\
id,channel,address,impact
one,email,A.b@EXAMPLE.com,
two,email,a.B@example.com,
three,email,a.b@example.com,major
one,email,c@example.com,
"""
    assert said(text) == [
        "3:1: warning: The same subscription stands on line 2 already. Delete one of the two.",
        "5:1: id: This id stands on line 2 as well. Give one of the two another, or leave it out to have one made.",
    ]


def test_rows_without_ids_get_ids_that_stay():
    text = "channel,address,impact\nemail,a@example.com,\nemail,A@example.com,major\nemail,b@example.com,\n"
    first = [each.id for each in subscriptions(text.encode(), CSV).subscriptions]
    turned = [each.id for each in subscriptions((text + "email,c@example.com,\n").encode(), CSV).subscriptions]

    assert len(set(first)) == 3
    assert first == turned[:3]
    assert first[1] == f"{first[0]}-2"


@pytest.mark.parametrize("local", ["=1+1", "+1", "-2+3", "'=1", "'", "''+1", "|calc", "a"])
def test_a_spreadsheet_runs_nothing_and_reading_gives_the_address_back(local):
    kept = somebody("one", f"{local}@example.com")
    text = "".join(written_csv([kept, somebody("two", "+15551234567", "sms")]))
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]

    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert subscriptions(text.encode(), CSV).subscriptions[0] == kept
    assert subscriptions(entry(kept).encode(), YAML).subscriptions == (kept,)


def test_columns_are_the_keys_of_yaml():
    head = next(iter(written_csv([]))).strip()

    assert head == ",".join(COLUMNS)
    assert head.startswith("id,channel,address,audience,components,impact,kinds,follow,incident,language,timezone")


def test_a_list_that_is_too_long_for_a_file_says_what_to_do():
    assert said(b"#" * (9 << 20), YAML) == [
        "1:1: The file has more than 8 MB. Keep so many subscribers in a database: sqlite: and its path."
    ]
