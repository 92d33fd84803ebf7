"""Files that people wrote and a command changes: one value moves, every other byte stays."""

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from stillup.errors import RecordError
from stillup.records.reading import read
from stillup.records.writing.splice import append, put, remove

RECORD = b"""\
# yaml-language-server: $schema=../schema/incident.schema.json
title:   "Payments fail"     # as customers say it
severity: P1

updates:
  # the first words
  - at: 2026-11-20T10:12:00Z
    status: investigating  # more to come
    components: {payments: partial_outage,
                 sms: degraded_performance}   # both
    body: |   # plain words
      About 40 % fail.

      # not a comment
    next_update_in: 30m

  - at: 2026-11-20T10:42:00Z   # second
    status: identified
    components:
      payments: major_outage   # worse
    # below the list
    body: >-
      Folded words
      of two lines.

# at the end
"""


def value(data: bytes):
    document, problems = read(data, "x.yml")
    assert document is not None and not problems, problems
    return document.value


def lines_gone_and_come(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return old, new


@pytest.mark.parametrize(
    ("loc", "said", "gone", "come"),
    [
        (("severity",), "P0", [b"severity: P1\n"], [b"severity: P0\n"]),
        (
            ("title",),
            "Card payments fail",
            [b'title:   "Payments fail"     # as customers say it\n'],
            [b"title:   Card payments fail     # as customers say it\n"],
        ),
        (("ended_at",), "2026-11-20T11:00:00Z", [], [b"ended_at: 2026-11-20T11:00:00Z\n"]),
        (("updates", 0, "edited_at"), "2026-11-20T11:00:00Z", [], [b"    edited_at: 2026-11-20T11:00:00Z\n"]),
        (
            ("updates", 0, "components", "sms"),
            "operational",
            [b"                 sms: degraded_performance}   # both\n"],
            [b"                 sms: operational}   # both\n"],
        ),
        (
            ("updates", 0, "components", "push"),
            "operational",
            [b"                 sms: degraded_performance}   # both\n"],
            [b"                 sms: degraded_performance, push: operational}   # both\n"],
        ),
        (("updates", 1, "components", "sms"), "operational", [], [b"      sms: operational\n"]),
        (
            ("updates", 0, "body"),
            "Other words.\nOf two lines.\n",
            [b"      About 40 % fail.\n", b"\n", b"      # not a comment\n"],
            [b"      Other words.\n", b"      Of two lines.\n"],
        ),
        (
            ("updates", 1, "body"),
            "Other words.",
            [b"    body: >-\n", b"      Folded words\n", b"      of two lines.\n"],
            [b"    body: Other words.\n"],
        ),
        (
            ("updates", 1, "body"),
            "Two\nlines.\n",
            [b"    body: >-\n", b"      Folded words\n", b"      of two lines.\n"],
            [b"    body: |\n", b"      Two\n", b"      lines.\n"],
        ),
        (
            ("updates", 1, "components"),
            {"sms": "operational"},
            [b"    components:\n", b"      payments: major_outage   # worse\n"],
            [b"    components: {sms: operational}\n"],
        ),
    ],
)  # fmt: skip
def test_a_change_touches_its_own_lines_only(loc, said, gone, come):
    before = value(RECORD)

    changed = put(RECORD, "x.yml", loc, said, before="updates" if len(loc) == 1 else "")

    assert lines_gone_and_come(RECORD, changed) == (gone, come)
    parent = before
    for part in loc[:-1]:
        parent = parent[part]
    parent[loc[-1]] = said
    assert value(changed) == before


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_mark_stay(end, bom):
    data = bom + RECORD.replace(b"\n", end)

    changed = put(data, "x.yml", ("updates", 1, "body"), "Two\nlines.\n")

    assert changed.count(b"\n") == changed.count(end)
    assert changed.startswith(bom)
    assert value(changed)["updates"][1]["body"] == "Two\nlines.\n"


def test_a_list_grows_at_its_end():
    data = b"name: Stripe\nstates:\n- {at: 2026-11-01T00:00:00Z, status: operational} # calm\nposition: 1"

    changed = append(data, "x.yml", ("states",), {"at": "2026-11-02T00:00:00Z", "status": "major_outage"})

    assert lines_gone_and_come(data, changed) == ([], [b"- {at: 2026-11-02T00:00:00Z, status: major_outage}\n"])


@pytest.mark.parametrize("empty", [b"", b"states: []\n"])
def test_a_list_that_is_not_there_is_made(empty):
    changed = append(b"name: Stripe\n" + empty, "x.yml", ("states",), {"at": "2026-11-02T00:00:00Z"})

    assert value(changed) == {"name": "Stripe", "states": [{"at": "2026-11-02T00:00:00Z"}]}


def test_a_file_without_a_last_line_end_gets_one_before_the_new_line():
    assert put(b"name: Stripe", "x.yml", ("position",), 3) == b"name: Stripe\nposition: 3\n"


def test_a_comment_that_a_block_of_text_would_swallow_stays_a_comment():
    data = b"a:\n  b: 1\n    # deep\nc: 2\n"

    changed = put(data, "x.yml", ("a", "d"), "two\nlines\n")

    assert b"    # deep\n" in changed
    assert value(changed) == {"a": {"b": 1, "d": "two\nlines\n"}, "c": 2}


def test_a_file_that_cannot_be_read_is_not_changed():
    with pytest.raises(RecordError):
        put(b"title: a\ntitle: b\n", "x.yml", ("title",), "c")


words = st.text(
    alphabet=st.sampled_from("abz#:-'\"{}[],&*!|>%@` \n\t1.é✅"), min_size=1, max_size=30
).filter(lambda text: text.strip() != "")  # fmt: skip
atoms = words | st.integers(0, 99) | st.booleans()
keys = st.text(alphabet="abcde", min_size=1, max_size=3)
inner = st.dictionaries(keys, atoms, min_size=1, max_size=3)
values = atoms | inner | st.lists(words, min_size=1, max_size=3)
comments = st.sampled_from([b"", b"# why\n", b"\n", b"    # deep\n"])


@st.composite
def files(draw) -> bytes:
    """A record with comments between its keys, in blocks and in brackets."""
    from stillup.records.writing import spelling

    lines = []
    for key in draw(st.lists(keys, unique=True, min_size=1, max_size=4)):
        lines.append(draw(comments))
        said = draw(values | st.lists(inner, min_size=1, max_size=3))
        if draw(st.booleans()):
            lines.append(f"{key}: {spelling.flow(said)}  # note\n".encode())
        else:
            lines.append("".join(f"{line}\n" for line in spelling.lines({key: said}, 0)).encode())
    return b"".join([*lines, draw(comments)])


@given(files(), st.data())
def test_whatever_is_changed_everything_else_stays(data, drawn):
    document, problems = read(data, "x.yml")
    if document is None or problems:
        reject()  # two of the parts together are no record: a deep comment under a text
    key = drawn.draw(st.sampled_from(sorted(document.value)) | keys)
    said = drawn.draw(values)

    changed = put(data, "x.yml", (key,), said)

    assert value(changed) == {**document.value, key: said}
    if key not in document.value:
        gone, come = lines_gone_and_come(data, changed)
        assert gone == []
        assert all(any(key.encode() in line or line.startswith(b" ") or line == b"\n" for line in come) for _ in come)
    else:
        kept = [line for line in data.splitlines() if line.startswith(b"#")]
        assert [line for line in changed.splitlines() if line.startswith(b"#")] == kept


@given(files(), st.data())
def test_whatever_is_added_nothing_goes(data, drawn):
    document, problems = read(data, "x.yml")
    assume(document is not None and not problems)
    lists = [key for key, held in document.value.items() if isinstance(held, list)]
    assume(lists)
    key = drawn.draw(st.sampled_from(lists))
    said = drawn.draw(inner)

    changed = append(data, "x.yml", (key,), said)

    assert value(changed) == {**document.value, key: [*document.value[key], said]}
    gone, come = lines_gone_and_come(data, changed)
    assert gone == [] or (len(gone) == 1 and b"[" in gone[0])


@pytest.mark.parametrize(
    ("text", "loc", "left"),
    [
        ("a: 1\nb: |\n  long\n\n  text\nc: 3 # kept\n", ("b",), "a: 1\nc: 3 # kept\n"),
        ("a: 1\nb: two\n", ("b",), "a: 1\n"),
        ("a: 1\nb: two\n", ("a",), "b: two\n"),
        ("l:\n  - a: 1\n    b: 2\n  - a: 3\n    b: 4\n", ("l", 1, "a"), "l:\n  - a: 1\n    b: 2\n  - b: 4\n"),
        ("l:\n  - {a: 1, b: 2, c: 3}\n", ("l", 0, "b"), "l:\n  - {a: 1, c: 3}\n"),
        ("l:\n  - {a: 1, b: 2}\n", ("l", 0, "a"), "l:\n  - {b: 2}\n"),
        ("a: 1\nt:\n  es:\n    body: x\nz: 1\n", ("t", "es", "body"), "a: 1\nz: 1\n"),
    ],
)
def test_a_key_is_taken_out_and_every_other_byte_stays(text, loc, left):
    assert remove(text.encode(), "x.yml", loc).decode() == left
