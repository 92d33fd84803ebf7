"""Writes one document line by line, and keeps what the records did not say."""

import re
from collections.abc import Iterable, Sequence

from stillup.reports.paper.paper import Gap, plain


class Pen:
    """The text so far. What is missing stands in it as such: nothing is made up in its place."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self.gaps: list[Gap] = []

    @property
    def text(self) -> str:
        """What was written."""
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip() + "\n"

    def head(self, text: str, level: int = 2) -> None:
        """Begin a part."""
        self._lines += ["", f"{'#' * level} {text}", ""]

    def say(self, text: str) -> None:
        """Write a paragraph of Markdown."""
        self._lines += ["", text.strip(), ""]

    def quote(self, text: str) -> None:
        """Write what somebody can copy."""
        self._lines += [*(f"> {line}".rstrip() for line in text.strip().splitlines()), ""]

    def fact(self, label: str, value: str, gap: str = "", what: str = "", place: str = "") -> None:
        """Write `- **label**: value`; where it is empty and has a `gap`, that it is missing."""
        if not value and gap:
            value = self.blank(gap, what or label.lower(), place)
        if value:
            self._lines.append(f"- **{label}**: {value}")

    def items(self, values: Iterable[str], gap: str = "", what: str = "") -> None:
        """Write a list; where it is empty, that it is missing."""
        listed = list(values)
        if not listed and gap:
            listed = [self.blank(gap, what)]
        self._lines += [f"- {value}" for value in listed]

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], none: str = "None recorded.") -> None:
        """Write a table, or that there is nothing in it."""
        listed = list(rows)
        if not listed:
            self.say(none)
            return
        self._lines += [
            "",
            f"| {' | '.join(head)} |",
            f"|{' --- |' * len(head)}",
            *(f"| {' | '.join(cell.replace(chr(10), ' ') for cell in row)} |" for row in listed),
            "",
        ]

    def blank(self, field: str, what: str, place: str = "") -> str:
        """Return the words for something that no record says; `place` is where it belongs, as `Gap` says."""
        self.gaps.append(Gap(field=field, what=what, place=place))
        return f"*missing: {plain(what)} (`{field}`)*"
