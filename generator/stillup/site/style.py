"""Styles that only some pages need: they are added to the sheet, so that nobody waits for a second one."""

from pathlib import Path
from typing import Final

SHEET: Final = "assets/stillup.css"
"""The sheet of every status page."""

TONGUES: Final = Path(__file__).parent / "styles" / "tongues.css"
"""For pages of several languages."""
