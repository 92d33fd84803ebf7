"""The text of a message in its parts: paragraphs, and rows of a label and what is known under it.

Texts are written as the plan writes them (`Impact: ...`); channels with a layout of their own ask for the parts.
"""

import re

from stillup.frozen import dataclass

_ROW = re.compile(r"(?P<label>[^\W\d_][^:\n]{0,39}): (?P<value>\S.*)")
_SIGNATURE = "\n-- \n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, or a row where it has a label."""

    text: str
    label: str = ""


def blocks(text: str) -> tuple[Block, ...]:
    """Return the parts of `text` down to its signature; a line that begins it alone is no row."""
    found: list[Block] = []
    for paragraph in re.split(r"\n{2,}", text.partition(_SIGNATURE)[0].strip()):
        lines = paragraph.split("\n")
        rows = [_ROW.fullmatch(line) for line in lines]
        lead = not found and len(lines) == 1  # The first sentence is one, also with a colon in it.
        if rows[0] and not lead:
            for line, row in zip(lines, rows, strict=True):
                if row:
                    found.append(Block(label=row["label"], text=row["value"]))
                else:  # The next line of a value that has several.
                    found[-1] = Block(label=found[-1].label, text=f"{found[-1].text}\n{line}")
        elif paragraph:
            found.append(Block(text=paragraph))
    return tuple(found)
