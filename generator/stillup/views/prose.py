"""Prose: one paragraph without any markup but `code`, as most updates are. It is told without reading Markdown.

What cmark and the cleaner would make of it is the same, character for character: a test holds the two together.
"""

import re

_PROSE = re.compile(
    r"""
    [^\W\d_]                                                 # No list, heading or quotation begins with a letter.
    (?:
        [\w\ ,.;:'"()%/+=?!-]++
      | (?<!\ )\n(?=[^\W\d_])                                # Two spaces before it would break the line.
      | `[\w,.;:'"()%/+=?!-]++(?:\ [\w,.;:'"()%/+=?!-]++)*+`(?!`)
    )*+
    """,
    re.VERBOSE,
)
_CODE = re.compile("`([^`]+)`")


def prose(text: str) -> str | None:
    """Return `text` as a paragraph in HTML, or None where it may be more than prose. It has no `_`, `//` or `www.`."""
    text = text.rstrip(" \n")
    if _PROSE.fullmatch(text) is None or "_" in text or "//" in text or "www." in text:
        return None
    return f"<p>{_CODE.sub(_marked, text) if '`' in text else text}</p>"


def _marked(found: re.Match[str]) -> str:
    return f"<code>{found[1]}</code>"
