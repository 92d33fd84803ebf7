"""Elements of XML as text, each value escaped and each level indented, as feedgen prints them.

Feeds are drawn in every run that publishes an update, and to load feedgen with lxml took a good part of such a run. A
test holds these feeds to what feedgen makes of the same entries, byte for byte.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from stillup.feeds.text import element as escaped

HEAD: Final = "<?xml version='1.0' encoding='UTF-8'?>\n"
_DAYS: Final = "Mon Tue Wed Thu Fri Sat Sun".split()
_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def said(name: str, text: str, **attributes: str) -> str:
    """Return an element that holds `text`."""
    return f"<{name}{_written(attributes)}>{_text(text)}</{name}>"


def bare(name: str, **attributes: str) -> str:
    """Return an element that has attributes alone."""
    return f"<{name}{_written(attributes)}/>"


def around(start: str, parts: Iterable[str], depth: int = 0) -> str:
    """Return an element at `depth` with `parts` below each other in it; `start` is its name and finished attributes."""
    indent = "  " * depth
    inside = "".join([f"{indent}  {part}\n" for part in parts])
    return f"<{start}>\n{inside}{indent}</{start.partition(' ')[0]}>"


def dated(at: datetime) -> str:
    """Return an instant as RSS has it (RFC 822, with four digits of the year), in its own zone."""
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at:%Y %H:%M:%S %z}"


def _written(attributes: dict[str, str]) -> str:
    return "".join([f' {name}="{_text(value).replace(chr(34), "&quot;")}"' for name, value in attributes.items()])


def _text(text: str) -> str:
    return escaped(text).replace("\r", "&#13;")
