"""Sheets and scripts on their way to readers: what only some pages need is added, what only we read is left out."""

import re
from pathlib import Path
from typing import Final

SHEET: Final = "assets/stillup.css"
"""The sheet of every status page."""

TONGUES: Final = Path(__file__).parent / "styles" / "tongues.css"
"""For pages of several languages."""

_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT: Final = re.compile(r"\s*\n\s*")


def squeezed(text: str) -> str:
    """Return a sheet or script of ours without comments and indentation.

    Ours have no line that must stay as it is, and no `/*` inside a text or an expression.
    """
    return _INDENT.sub("\n", _COMMENT.sub("", text)).lstrip()
