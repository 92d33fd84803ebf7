"""What people write becomes safe HTML, plain text and one line, and nothing of it is lost."""

import re
import resource
import sys
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stillup.views.markdown import body

ROOT = "https://status.example.com/"

ALLOWED = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip

PIECES = """
<script>|</script>|<img src=x onerror=alert(1)>|<a href='javascript:x'>|![a](x.png)|[x](javascript:alert(1))
[x](JaVaScRiPt:x)|[x](data:text/html,x)|[x](//h/p)|[x](#y)|[x]()|<style>|<b style='x'>|&lt;script&gt;|&#60;b&#62;
`|# |- |1. |> |~~|**|_|http://a.b/<c>|<https://a.b>|<a@b.c>|xmpp:a@b.c|<!-- |-->|\\|[r]|<|>|&|"|'|[x](<b onclick=y>)
""".replace("\n", "|").split("|")
BREAKS = [
    "\n",
    "\n\n",
    "```\n",
    "| a |\n",
    "|---|\n",
    "[r]: <x> 'y'\n",
    "    ",
    "\t",
    "\u202e",
    "\ud800",
    "\0",
    "\U0001039f",
]

pieces = st.lists(st.one_of(st.text(max_size=12), st.sampled_from(PIECES + BREAKS)), max_size=14).map("".join)


class Elements(HTMLParser):
    """Collects every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Elements()
    reader.feed(html)
    reader.close()
    return reader.found


@given(pieces)
@example("<script>alert(1)</script>")
@example("[x](<b onclick=y>)")
def test_no_input_brings_anything_active_onto_a_page(text):
    for tag, attributes in elements(body(text, ROOT).html):
        assert tag in ALLOWED
        assert set(attributes) <= {"href", "title", "rel", "start"}
        if tag == "a":
            assert attributes["rel"] == "noopener"
            assert re.match(r"(https?|mailto):", attributes["href"] or "", re.IGNORECASE)


@given(pieces)
def test_html_is_well_formed_and_shows_no_hidden_characters(text):
    html = str(body(text, ROOT).html)

    assert not re.search("[\u202a-\u202e\u2066-\u2069\0-\x08]", html)
    for tag in ALLOWED - {"br", "hr"}:
        assert len(re.findall(f"<{tag}[ >]", html)) == html.count(f"</{tag}>")


@given(pieces)
def test_every_word_of_a_hand_written_tag_is_still_there(text):
    shown = body(f"before <your-domain> after\n\n{text}", ROOT)

    assert "&lt;your-domain&gt;" in shown.html
    assert "<your-domain>" in shown.text


@given(pieces)
def test_a_line_is_one_short_line(text):
    line = body(text, ROOT).line

    assert len(line) <= 160
    assert "\n" not in line
    assert line == line.strip()


@given(st.lists(st.text(alphabet="abc XYZ.,;:!?()%öß0123456789", min_size=1).map(str.strip), max_size=4))
def test_plain_words_come_out_as_they_went_in(paragraphs):
    paragraphs = ["x" + " ".join(paragraph.split()) for paragraph in paragraphs]
    shown = body("\n\n".join(paragraphs))

    assert shown.text == "\n\n".join(paragraphs)
    assert shown.html == "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


WORDS = st.sampled_from(
    [
        *"aZß大²½1 \n.,:;!?()%=+-/'\"`_*—“’",
        "`a b`",
        "*a b*",
        " **B: c** ",
        "(**a**, ",
        "**D.** ",
        "\n\n",
        "\n\nE",
        "www.",
        "WWW.",
        "http:",
        "1. ",
        "- ",
        "ﬁ",
        "\u0301",
        "\xa0",
        "@",
    ]
)


@given(st.lists(WORDS, max_size=12).map(lambda words: "a" + "".join(words)))
@example("a\n\n```")
@example("Work on `Search` is done:\nit answers in 30 ms (p95), as before.")
@example("Work on **Search** is done.\n\n**Now:** it answers in *30 ms* (**p95**), as before.\n\n\nMore of it.")
def test_prose_reads_the_same_whether_or_not_markdown_is_looked_for(text):
    no_prose = f"[never mentioned]: x\n\n{text}"  # first, where no fence of the text can swallow it

    assert body(text, ROOT) == body(no_prose, ROOT)


def test_a_tag_is_text_and_code_stays_code():
    shown = body("Add <your-domain> to `<script>`.\n\n```\n<b>if a < b</b>\n```")

    assert shown.html == (
        "<p>Add &lt;your-domain&gt; to <code>&lt;script&gt;</code>.</p>\n"
        "<pre><code>&lt;b&gt;if a &lt; b&lt;/b&gt;\n</code></pre>"
    )
    assert shown.text == "Add <your-domain> to <script>.\n\n<b>if a < b</b>"


def test_markdown_inside_a_block_of_html_is_read():
    assert body("<details>\n**Now**\n</details>").html == (
        "<p>&lt;details&gt;\n<strong>Now</strong>\n&lt;/details&gt;</p>"
    )


@pytest.mark.parametrize(
    ("written", "leads_to"),
    [
        ("[x](/history/)", "https://status.example.com/history/"),
        ("[x](history/)", "https://status.example.com/history/"),
        ("[x](#u1)", "https://status.example.com/incidents/a/#u1"),
        ("[x](//cdn.example.com/a)", "https://cdn.example.com/a"),
        ("[x](https://a.example.com/?a=1&b=2)", "https://a.example.com/?a=1&amp;b=2"),
        ("<https://a.example.com/x>", "https://a.example.com/x"),
        ("https://a.example.com/x.", "https://a.example.com/x"),
        ("<help@example.com>", "mailto:help@example.com"),
        ("![plan](https://a.example.com/plan.png)", "https://a.example.com/plan.png"),
    ],
)
def test_a_link_is_absolute_wherever_it_is_printed(written, leads_to):
    assert f'<a href="{leads_to}" rel="noopener">' in body(written, ROOT, "incidents/a/").html


def test_below_a_path_links_stay_below_it():
    assert 'href="https://example.com/status/history/"' in body("[x](/history/)", "https://example.com/status/").html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "ftp://a/b", "vbscript:x", ""])
def test_other_addresses_leave_only_their_words(address):
    assert body(f"[words]({address})", ROOT).html == "<p>words</p>"


def test_a_picture_is_a_link_with_its_words_and_in_a_link_only_words():
    assert body("![](a/plan.png)", ROOT).text == "plan.png (https://status.example.com/a/plan.png)"
    assert body("[![state](x.svg)](https://a.example.com/)").html == (
        '<p><a href="https://a.example.com/" rel="noopener">state</a></p>'
    )


def test_headings_nest_below_the_page():
    assert body("# One\n\n## Two").html == "<h3>One</h3>\n<h4>Two</h4>"
    assert body("# One\n\n## Two", top=2).html == "<h2>One</h2>\n<h3>Two</h3>"


def test_headings_leave_no_level_out():
    shown = body("### One\n\n###### Two\n\n##### Three\n\n#### Four\n\n# Five\n\n## Six").html

    assert re.findall(r"<h(.)>(\w+)</h\1>", shown) == [
        ("3", "One"),
        ("4", "Two"),
        ("4", "Three"),
        ("4", "Four"),
        ("3", "Five"),
        ("4", "Six"),
    ]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12), st.integers(2, 3))
def test_headings_are_in_order_whatever_was_written(levels, top):
    html = body("\n\n".join(f"{'#' * level} x" for level in levels), top=top).html
    made = [int(level) for level in re.findall(r"<h(\d)>", html)]

    assert made[0] == top
    assert len(made) == len(levels)
    assert all(top <= after <= before + 1 for before, after in pairwise(made))


def test_text_keeps_what_markup_said():
    shown = body(
        "# Why\n\n~~15:20~~ 15:40 [here](https://a.example.com/b).  \nNow.\n\n- one\n  1. deep\n- two\n\n"
        "3. three\n4. four\n\n> said\n\n| a | b |\n|---|---|\n| 1 | |\n"
    )

    assert shown.text == (
        "Why\n\n~~15:20~~ 15:40 here (https://a.example.com/b).\nNow.\n\n- one\n  1. deep\n- two\n\n"
        "3. three\n4. four\n\n> said\n\na | b\n1 | "
    )
    assert shown.line == "Why: ~~15:20~~ 15:40 here. Now. one deep two three four said a | b 1 |"


def test_a_line_ends_with_a_sentence_where_it_can_and_with_a_word_where_not():
    sentence = "Card payments are declined for about two in five customers in Europe since 14:20 UTC."

    assert body(f"{sentence} {sentence} {sentence}").line == sentence
    assert body("word " * 60).line == " ".join(["word"] * 32) + "…"


@pytest.mark.parametrize("text", [">" * 60_000, "1. " * 40_000 + "a", "> - " * 30_000, "*a " * 20_000 + "b*" * 20_000])
def test_absurd_nesting_is_shown_as_it_was_written_and_soon(text):
    assert body(text, ROOT).html.count("<") < 2000


def test_a_long_history_of_bodies_leaves_no_memory_behind():
    text = "Some words, **bold**, https://a.example.com/x and `code`.\n\n- one\n- two\n\n" * 20
    unit = 1 if sys.platform == "darwin" else 1024
    for _ in range(200):
        body(text, ROOT)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    for _ in range(1500):
        body(text, ROOT)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit - before < 20_000_000
