"""Bodies of others in Markdown: the page says the same, letter by letter."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.intake.markup import markdown
from stillup.records.writing.spelling import visible
from stillup.views.markdown import body
from stillup.views.served import served


def letters(html: str) -> str:
    return "".join(unescape(re.sub(r"</?[A-Za-z!][^>]*>", "", html)).split())


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("One line.", "One line."),
        ("One.<br /><br />Two &amp; three.", "One.\n\nTwo & three."),
        ("One.<br />Two.", "One.\\\nTwo."),
        ('See <a target="_blank" href="https://a.example/x_y">here</a>.', "See [here](https://a.example/x_y)."),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("Affected:<br />- A<br />- B", "Affected:\n- A\n- B"),
        ("<ul><li>A</li><li>B</li></ul>", "- A\n- B"),
        ("<strong>Now</strong>: wait", "**Now**: wait"),
        ("Keep a_b_c and https://a.example/b_c_d", "Keep a_b_c and https://a.example/b_c_d"),
        ("Not *bold*", "Not \\*bold\\*"),
        ("5 &lt; 6 &amp;lt; 7", None),
        ("<script>alert(1)</script>After", "After"),
        ("", ""),
        ("<br />", ""),
    ],
)
def test_a_body_reads_the_same(html, expected):
    made = markdown(html)

    assert expected is None or made.text == expected
    if "script" not in html:
        assert made.faithful
        assert letters(html) in (letters(body(made.text).html), letters(served(body(made.text).html)))


def test_no_address_leads_into_a_script():
    made = markdown('<a href="javascript:alert(1)">x</a> <a href="data:text/html,x">y</a>')

    assert "href" not in body(made.text).html


pieces = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "<br />",
                "<br>",
                "&amp;",
                "&lt;b&gt;",
                "- ",
                "1. ",
                "# ",
                "> ",
                "*",
                "_",
                "`",
                "|",
                "~~",
                "[",
                "](x)",
                "===",
            ]
        ),
        st.sampled_from(
            ["    ", "\n", "\t", "<p>", "</p>", "https://a.example/?a=b&amp;c", "www.a.example", "a@b.example"]
        ),
        st.text(alphabet=st.characters(codec="utf-8", exclude_characters="<>&\x00"), max_size=8),
    ),
    max_size=12,
).map("".join)


@given(pieces)
def test_any_body_says_the_same_or_says_that_it_does_not(html):
    made = markdown(html)

    if made.faithful:
        shown = body(made.text).html
        assert letters(visible(html)) in (letters(shown), letters(served(shown)))
