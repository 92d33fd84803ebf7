"""Bodies read as Statuspage's own: running text, `<br />`, entities, links that open a new tab."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.views.markdown import body
from stillup.views.served import kept, served

SITE = "https://status.example.com/"
TAGS = re.compile(r'<(?:br /|a target="_blank" href="[^"<>]*"|/a|/?strong|/?em|/?del|/?code)>')


def of(markdown: str) -> str:
    return served(body(markdown, SITE).html)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("One line.\nThe next sentence.", "One line. The next sentence."),
        ("One.\n\nTwo & three < four.", "One.<br /><br />Two &amp; three &lt; four."),
        ("A line  \nand another.", "A line<br />and another."),
        ("**Do not** retry, *please*.", "<strong>Do not</strong> retry, <em>please</em>."),
        ("See [our docs](https://x.example/a?b=1&c=2).",)
        + ('See <a target="_blank" href="https://x.example/a?b=1&amp;c=2">our docs</a>.',),
        ("https://x.example", '<a target="_blank" href="https://x.example">https://x.example</a>'),
        ("Steps:\n\n- one\n- **two**\n\nEnd.", "Steps:<br /><br />- one<br />- <strong>two</strong><br /><br />End."),
        ("3. three\n4. four", "3. three<br />4. four"),
        ("- a\n  - b\n- c", "- a<br />- b<br />- c"),
        ("# What happened\n\nA disk.", "<strong>What happened</strong><br /><br />A disk."),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b<br />1 | 2"),
        ("```\nx  = 1\ny\n```\n\nAnd `z`.", "x  = 1<br />y<br /><br />And <code>z</code>."),
        ("> quoted\n\n---\n\n~~gone~~", "quoted<br /><br />---<br /><br /><del>gone</del>"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ],
)
def test_markdown_becomes_running_text(markdown, text):
    assert of(markdown) == text


@given(st.text(st.sampled_from("ab \n-*_#>`[]()!|1.<&~\"'"), max_size=60))
def test_nothing_but_a_few_tags_comes_out_and_no_line_break(text):
    made = of(text)

    assert "\n" not in made
    assert "<" not in TAGS.sub("", made)
    assert made.count("<strong>") == made.count("</strong>")
    assert made.count("<a ") == made.count("</a>")


@given(st.text(st.sampled_from("ab c\n-*_#>`[]()|1."), max_size=60))
def test_no_letter_is_lost(text):
    safe = body(text, SITE)

    def letters(html: str) -> str:
        return "".join(re.sub(r"<[^>]*>", "", html).split())

    assert re.sub(r"[^abc]", "", letters(of(text))) == re.sub(r"[^abc]", "", letters(safe.html))


def test_an_import_keeps_its_own_line_breaks():
    original = 'It was < 1% of calls. <br /><br /><br />More: <a target="_blank" href="https://x.example/">here</a>'
    made = of("It was < 1% of calls.\n\nMore: [here](https://x.example/)")

    assert kept(original, made) == original


@pytest.mark.parametrize(
    "original",
    [
        "Another text.",
        'Text with a <a target="_blank" href="https://elsewhere.example/">link</a>.',
        'Text with a <a target="_blank" href="javascript:alert(1)">link</a>.',
        'Text with a <a href="https://x.example/" onclick="x">link</a>.',
        "Text with a link.<script></script>",
        "Text with a link.<img src=x>",
        "Text with a link.<!-- -->",
        None,
    ],
)
def test_what_was_changed_since_or_is_not_harmless_is_not_kept(original):
    made = of("Text with a [link](https://x.example/).")

    assert kept(original, made) == made
