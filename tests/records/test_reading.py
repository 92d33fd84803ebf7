"""Reading: what cannot be seen in a table of texts, and that no bytes at all bring a traceback."""

from decimal import Decimal

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stillup.records.reading import DEPTH, SIZE, read
from stillup.records.scalar import Trap, plain


def told(data: bytes) -> list[str]:
    return [str(problem) for problem in read(data, "x.yml")[1]]


def value(data: bytes) -> object:
    document, problems = read(data, "x.yml")
    assert problems == ()
    assert document is not None
    return document.value


def test_all_characters_that_nobody_sees_are_told_in_one_run():
    assert told("a: \u2066b\u2069\nc: \x07d\n".encode()) == [
        "x.yml:1:4: U+2066 is a control of text direction, which nobody sees. Delete it.",
        "x.yml:1:6: U+2069 is a control of text direction, which nobody sees. Delete it.",
        "x.yml:2:4: U+0007 is a control character, which nobody sees. Delete it.",
    ]
    assert len(told(b"\x00" * 1000)) == 20


OURS, MIDDLE, THEIRS = (sign * 7 for sign in "<=>")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "ours", "theirs"),
    [
        ("", "title: One", "title: Two"),
        ("title: One\n", "impact: minor", "impact: major"),
        ("updates:\n  - at: 1\n    body: |\n      Down.\n", "      Slow.", "      Up."),
        ("updates:\n- at: 1\n", "- at: 2", "- at: 3"),
    ],
)
def test_a_merge_that_was_not_finished_is_called_so(before, ours, theirs, end):
    text = f"{before}{OURS} HEAD\n{ours}\n{MIDDLE}\n{theirs}\n{THEIRS} other\nkind: incident\n"

    assert told(text.replace("\n", end).encode()) == [
        f"x.yml:{before.count(chr(10)) + 1}:1: Two versions stand here, since a merge was not finished. "
        "Keep what holds of the two, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>."
    ]


def test_signs_that_divide_versions_may_stand_in_a_text():
    assert value(f"title: a\nbody: |\n  {OURS} HEAD\n  {MIDDLE}\n".encode()) == {
        "title": "a",
        "body": f"{OURS} HEAD\n{MIDDLE}\n",
    }


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a:\n\tb: c\n", "x.yml:2:1: b: There is a tab here. Replace the tab by spaces: YAML indents by spaces only."),
        (b"a: |\n\tb\n", "x.yml:2:1: There is a tab here. Replace the tab by spaces: YAML indents by spaces only."),
        (
            b"a: b\n\tc: d\n",
            "x.yml:2:1: c: There is a tab here. Replace the tab by spaces: YAML indents by spaces only.",
        ),
        (
            "title:\u00a0Down\n".encode(),
            "x.yml:1:1: A no-break space follows the colon, so that it ends no key. Replace it with a plain space.",
        ),
        (
            "a: b\ntitle:\u00a0Down\n".encode(),
            "x.yml:2:7: There is a no-break space where YAML needs a plain one. Replace it with a plain space.",
        ),
        (
            "a: {b:\u00a0c}\n".encode(),
            "x.yml:1:5: a.b:\u00a0c: There is a no-break space in this key. Replace it with a plain space.",
        ),
        (b"a: b\x00c\n", "x.yml:1:5: U+0000 is NUL, which nobody sees. Delete it."),
        (b"a: b\x1b[0m\n", "x.yml:1:5: U+001B is ESC, which nobody sees. Delete it."),
        ("é: b\u0085c\n".encode(), "x.yml:1:5: U+0085 is a line break of mainframes, which nobody sees. Delete it."),
        (
            "a: b\r\nc: \u202edne\n".encode(),
            "x.yml:2:4: U+202E is a control of text direction, which nobody sees. Delete it.",
        ),
        ("a: \u2066b\n".encode(), "x.yml:1:4: U+2066 is a control of text direction, which nobody sees. Delete it."),
        ("a: b\n\ufeffc: d\n".encode(), "x.yml:2:1: U+FEFF is a byte order mark, which nobody sees. Delete it."),
        (
            "a: \ud800\n".encode(errors="surrogatepass"),
            "x.yml:1:4: The byte 0xed is not UTF-8. Save the file as UTF-8.",
        ),
        ("a: b\nc: é\n".encode("latin-1"), "x.yml:2:4: The byte 0xe9 is not UTF-8. Save the file as UTF-8."),
        ("a: b\n".encode("utf-16"), "x.yml:1:1: The byte 0xff is not UTF-8. Save the file as UTF-8."),
        (b"", "x.yml:1:1: The file is empty. Write the record, or delete the file."),
        (b"[" * 3000, "x.yml:1:1001: It is more than 32 levels deep. Write it flatter."),
        (b"- " * 3000, "x.yml:1:65: [0][0][0][0]: It is more than 32 levels deep. Write it flatter."),
        (b"{a: " * 3000, "x.yml:1:129: a.a.a.a: It is more than 32 levels deep. Write it flatter."),
        (
            b"a" * (SIZE + 1),
            "x.yml:1:1: The file has more than 256 KB, which no record needs. Keep the facts and link to the rest.",
        ),
    ],
)
def test_what_cannot_be_seen_is_named_with_its_place(data, line):
    assert told(data) == [line]


def test_a_byte_order_mark_and_line_ends_of_windows_are_fine():
    assert value(b"\xef\xbb\xbftitle: Down\r\nbody: |\r\n  one\r\n  two\r\n") == {"title": "Down", "body": "one\ntwo\n"}


def test_columns_count_characters():
    document, _ = read("é: {ü: ß, x: y}\n".encode(), "x.yml")

    assert document is not None
    problem = document.problem(("é", "x"), "It is wrong.", at_key=True)
    assert (problem.line, problem.column) == (1, 11)


def test_words_keep_their_letters():
    text = b"a: v1.10\nb: 1.10\nc: 7\nd: true\ne: Nothing\nf: 2026-11-20\ng: null and void\nh: -0.5\ni: 10:12 UTC\n"

    assert value(text) == {
        "a": "v1.10", "b": Decimal("1.10"), "c": 7, "d": True, "e": "Nothing", "f": "2026-11-20", "g": "null and void",
        "h": Decimal("-0.5"), "i": "10:12 UTC",
    }  # fmt: skip


def test_comments_are_comments():
    text = b"# one\na: word # two\nb: Two words  # three\nc:\n  # four\n  - d # five\ne: 'Queue #3'  #six\n"
    text += b"f: |\n  Queue #3\n"

    assert value(text) == {"a": "word", "b": "Two words", "c": ["d"], "e": "Queue #3", "f": "Queue #3\n"}


def test_two_no_break_spaces_in_prose_are_prose():
    assert value("a: 10\u00a0% of users\nb: |\n  Attention\u00a0: lent.\n  Now:\u00a0fast.\n".encode())


def test_what_is_allowed_is_exactly_as_deep_and_as_large_as_said():
    assert read(b"[" * DEPTH + b"]" * DEPTH, "x.yml")[1] == ()
    assert read(b"a: " + b"b" * (SIZE - 3), "x.yml")[1] == ()


def test_a_refused_value_does_not_hide_the_next():
    assert [problem.line for problem in read(b"a: yes\nb: 010\nc: &x d\ne: *x\nf: 1\nf: 2\n", "x.yml")[1]] == [
        1,
        2,
        3,
        4,
        6,
    ]


@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf")
@example(b"\xef\xbb\xbf\xff")
@example(b"%TAG ! tag:x,2000:\n---\na: !y z\n")
@example(b"? ? ? ?")
@example(b"a: &b\n*b : c")
@example(b"? &a b\n: *a\n")
@example(b"a: ' \n\n  b'")
@example(b"--- |1+\n- x")
def test_no_bytes_bring_a_traceback(data):
    document, problems = read(data, "x.yml")

    assert document is not None or problems


WORDS = ["a", "title", "-", "é", "yes", "010", "1:2", "...", "---\n", "!!str ", "!t", "&x", "*x", "<<", " #", "\\u202e"]
SIGNS = [*":[]{},#|>\"'\\%@`? \n\t\r\0", "  ", "\u00a0", "\u202e", "\ufeff"]
yaml_like = st.lists(st.sampled_from(WORDS + SIGNS), max_size=40).map("".join)


def same(mine: object, theirs: object) -> bool:
    """Whether two trees are alike when every scalar of `theirs` is the text that was written."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return list(mine) == list(theirs) and all(same(mine[key], theirs[key]) for key in mine)
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(same, mine, theirs))
    return mine == theirs or mine == plain(theirs)


@settings(max_examples=400)
@given(yaml_like)
def test_a_sound_text_has_the_shape_that_another_reader_sees(text):
    document, problems = read(text.encode(errors="surrogatepass"), "x.yml")

    if not problems:
        assert document is not None
        assert same(document.value, yaml.load(text, yaml.CBaseLoader))


@given(st.text(alphabet="0123456789.:+-_exob~=yYnNoOfFtTrRuUeEsSlLai", max_size=9))
def test_a_word_is_a_text_only_where_every_reader_takes_it_for_one(word):
    try:
        mine = plain(word)
    except Trap:
        return
    if word and isinstance(mine, str):
        assert yaml.SafeLoader("").resolve(yaml.ScalarNode, word, (True, False)) in {
            "tag:yaml.org,2002:str",
            "tag:yaml.org,2002:timestamp",
        }


@given(st.text(min_size=0, max_size=60).filter(lambda text: text.isprintable()))
def test_a_text_in_double_quotes_is_kept(text):
    quoted = yaml.dump(text, default_style='"', allow_unicode=True, width=10_000).strip()
    document, problems = read(f"a: {quoted}\n".encode(errors="surrogatepass"), "x.yml")

    if not problems:
        assert document is not None
        assert document.value == {"a": text}
