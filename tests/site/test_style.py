"""Sheets and scripts on their way to readers."""

from pathlib import Path

from stillup.pipeline.reading.looks import styled
from stillup.records.settings import Settings
from stillup.site.page import TEMPLATES
from stillup.site.style import squeezed


def test_ours_are_published_without_the_comments_that_only_we_read():
    for path in ("assets/live.js", "assets/stillup.js", "assets/stillup.css"):
        ours = Path(TEMPLATES, path).read_bytes()
        made = styled(Settings(), path, ours)
        assert b"/*" in ours
        assert b"/*" not in made
        assert b"\n " not in made


def test_what_a_page_puts_in_their_place_is_published_as_it_is():
    own = b'const url = "/*";\n/* mine */\n'

    assert styled(Settings(), "assets/live.js", own) == own


def test_nothing_but_comments_and_indentation_is_left_out():
    written = "/* one */\n(() => {\n  a();\n\n  /* two */\n  b(); /* three */\n})();\n"

    assert squeezed(written) == "(() => {\na();\nb();\n})();\n"
