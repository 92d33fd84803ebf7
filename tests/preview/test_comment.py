"""The comment: below the host's limit whatever a change holds, and nothing in it acts."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from stillup.errors import Level, Problem
from stillup.messages.event import Event
from stillup.messages.message import Message
from stillup.messages.outbox import sheet_of
from stillup.pipeline.preview.comment import MARK, comment, plain
from stillup.pipeline.preview.difference import difference, readable
from stillup.pipeline.preview.shape import Edit, Line, Notice, Page, Preview, Proof, Reach
from stillup.vocabulary import Kind

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
LIMIT = 65_536
"""What GitHub takes, in characters."""

texts = st.text(max_size=300) | st.sampled_from(["`" * 40, "@everyone", "</details>", "| a |", "é" * 300, "x" * 30_000])


def proof(text: str, channel: str = "sms") -> Proof:
    message = Message(
        key="a/b/sms/customers",
        kind="incident_updated",
        channel=channel,
        audience="customers",
        to="+15550100",
        subject="",
        body=text.encode(),
        media_type="text/plain",
        at=AT,
    )
    return Proof(sheet=sheet_of(message), language="en", body="")


def notice(number: int, proofs: tuple[Proof, ...], reaches: tuple[Reach, ...] = ()) -> Notice:
    event = Event(
        key=f"a/{number}",
        kind="incident_updated",
        incident="a",
        record=Kind.INCIDENT,
        title="Card payments failing",
        at=AT + timedelta(minutes=number),
    )
    return Notice(event=event, reaches=reaches, skipped={}, proofs=proofs)


def preview(**parts: object) -> Preview:
    told: dict[str, object] = {
        "base": "main",
        "base_commit": "a" * 40,
        "at": AT,
        "organisation": "Ledger",
        "others": {},
    }
    return Preview(**told | parts)  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None)
@given(st.lists(texts, max_size=6), st.integers(1, 30), st.integers(0, 200))
def test_a_comment_is_always_short_enough(said, times, findings):
    lines = tuple(Line(sign="+", text=text) for text in said)
    seen = preview(
        organisation=" ".join(said),
        base=" ".join(said),
        notes=tuple(said) * 10,
        findings=tuple(Problem(file="a.yml", message=text, level=Level.ERROR) for text in said) * findings,
        pages=tuple(Page(path=f"{n}/index.html", change="new", title="A", lines=lines) for n in range(times)),
        notices=tuple(notice(n, tuple(map(proof, said))) for n in range(times)),
        edits=tuple(
            Edit(key="a/b", title=text, place="a.yml", lines=lines, received=text, silence="", choice="", edited_at="")
            for text in said
        ),
    )

    made = comment(seen, "index.html")

    assert len(made.encode("utf-16-le")) // 2 < LIMIT
    assert made.startswith(MARK)
    assert made == comment(seen, "index.html"), "the same bytes every time"


def test_what_is_left_out_is_counted_and_the_least_goes_first():
    long = proof("word " * 1000)
    reached = (Reach(channel="sms", audience="customers", language="", people=7),)
    seen = preview(
        findings=(Problem(file="incidents/a.yml", message="It blames a supplier.", code="C18"),),
        notices=tuple(notice(number, (long, long, long), reached) for number in range(10)),
    )

    made = comment(seen, "index.html")

    left = re.search(r"\*\*Left out for length:\*\* (\d+) message texts\. index\.html has everything\.", made)
    assert left
    assert int(left[1]) + made.count("<details>") == 30
    assert "It blames a supplier." in made, "findings stay"
    assert made.count("| sms | customers | own | 7 |") == 10, "counts stay"


@given(texts)
def test_plain_words_stay_words(text):
    made = plain(text)

    assert not re.search(r"[<>`*_\[\]|@~\\]", made)
    assert "://" not in made
    assert "\n" not in made


@given(texts)
def test_no_text_ends_its_block(text):
    made = comment(preview(notices=(notice(1, (proof(text),)),)))

    block = re.search(r"</summary>\n\n(`+)\n(.*)\n\1\n\n</details>", made, re.DOTALL)
    assert block
    assert block[1] not in block[2]


def test_a_page_is_read_as_a_person_reads_it():
    page = b"<title>A &amp; B</title><style>x{}</style><p>One <b>two</b>.<p>Three<script>var a</script><svg>no</svg>"

    assert readable(page) == ("A & B", ["One two.", "Three"])


def test_only_what_differs_is_shown_with_a_line_around_it():
    before = [str(number) for number in range(20)]
    after = [*before[:5], "new", *before[6:]]

    assert [f"{line.sign}{line.text}" for line in difference(before, after)] == [" 4", "-5", "+new", " 6"]
    assert difference(before, before) == ()
