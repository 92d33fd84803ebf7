"""Prose: paragraphs with no more markup than `code`, *stress* and **more of it**, as most updates are.

It is told without reading Markdown. What cmark and the cleaner would make of it is the same, character for character:
a test holds the two together.
"""

import re

_PLAIN = r"""\w\ ,.;:'"()%/+=?!–—…’‘“”×≈→€£°·-"""
_PROSE = re.compile(
    rf"""
    [^\W\d_]                                                 # No list, heading or quotation begins with a letter.
    (?:
        [{_PLAIN}]++
      | (?<!\ )\n+(?=(?:\*\*)?[^\W\d_])                      # Two spaces before it would break the line.
      | `[\w,.;:'"()%/+=?!-]++(?:\ [\w,.;:'"()%/+=?!-]++)*+`(?!`)
        # Stress begins at a word and ends behind one, so that its stars can be nothing else.
      | (?<=[\ \n(])(?P<stars>\*\*?+)(?=[^\W_])[{_PLAIN}]++
        (?:(?<=[^\W_])(?P=stars)(?=[\ \n,.;:!?)]|\Z) | (?<=[.:!?])(?P=stars)(?=[\ \n]|\Z))
    )*+
    """,
    re.VERBOSE,
)
_CODE = re.compile("`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_STRESSED = re.compile(r"\*([^*]+)\*")
_BREAK = re.compile("\n\n+")


def prose(text: str) -> str | None:
    """Return `text` as paragraphs in HTML, or None where it may be more than prose. It has no `_`, `//` or `www.`."""
    text = text.rstrip(" \n")
    if _PROSE.fullmatch(text) is None or "_" in text or "//" in text or "www." in text:
        return None
    if "`" in text:
        text = _CODE.sub(r"<code>\1</code>", text)
    if "*" in text:
        text = _STRESSED.sub(r"<em>\1</em>", _STRONG.sub(r"<strong>\1</strong>", text))
    if "\n\n" in text:
        text = _BREAK.sub("</p>\n<p>", text)
    return f"<p>{text}</p>"
