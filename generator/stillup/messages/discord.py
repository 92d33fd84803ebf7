"""A note as a Discord embed. Its Markdown is escaped, and nobody is mentioned whatever a text says.

Limits: title 256, description 4,096, 25 fields of 256 and 1,024, footer 2,048, and 6,000 over all of them.
"""

import re

from stillup.messages.block import Block
from stillup.messages.chat import Note
from stillup.messages.limit import cut, utf16

CHANNEL = "discord"

_TITLE, _DESCRIPTION, _FIELDS, _NAME, _VALUE, _FOOTER, _WHOLE, _CONTENT = 256, 4096, 25, 256, 1024, 500, 5900, 2000
_COLOURS = {"major": 0x98131A, "partial": 0xC2410C, "degraded": 0xB7791F, "maint": 0x1F4794, "ok": 0x14583A}
_QUIET = 0x5F6876
_MARKUP = re.compile(r"([\\*_~`|<>\[\]]|^[#-])", re.MULTILINE)
"""What makes bold, links, quotations, mentions, and at the beginning of a line headings and lists."""

_ADDRESS = re.compile(r"(https?://[^\s<>]+)")


def discord(note: Note) -> dict[str, object]:
    """Return the body of a webhook."""
    title, footer = _kept(note.title, _TITLE), cut(_quiet(note.context), _FOOTER)
    room = _WHOLE - utf16(title) - utf16(footer)
    paragraphs = [block.text for block in note.blocks if not block.label]
    description = _kept("\n\n".join(paragraphs), min(_DESCRIPTION, room * 2 // 3)) if paragraphs else ""
    room -= utf16(description)
    fields: list[dict[str, object]] = []
    for row in [block for block in note.blocks if block.label]:
        field = _field(row)
        room -= utf16(str(field["name"])) + utf16(str(field["value"]))
        if room < utf16(note.rest) + 2 or len(fields) == _FIELDS - 1:
            fields.append({"name": "…", "value": _escaped(note.rest), "inline": False})
            break
        fields.append(field)
    embed: dict[str, object] = {
        "title": title,
        "description": description,
        "color": _COLOURS.get(note.state, _QUIET),
        "timestamp": note.at,
        "fields": fields,
        "footer": {"text": footer},
    }
    if note.link:
        embed["url"] = note.link
    said = f"{title}\n{note.link}" if note.link and utf16(note.link) + _TITLE < _CONTENT else title
    return {"content": said, "embeds": [embed], "allowed_mentions": {"parse": []}}


def _field(row: Block) -> dict[str, object]:
    return {"name": _kept(row.label, _NAME), "value": _kept(row.text, _VALUE) or "-", "inline": False}


def _kept(text: str, most: int) -> str:
    return _escaped(cut(text, most, lambda each: utf16(_escaped(each))))


def _escaped(text: str) -> str:
    """Return `text` with its markup as characters; addresses stay, they would no longer lead anywhere."""
    parts = _ADDRESS.split(text)
    return "".join(part if number % 2 else _quiet(_MARKUP.sub(r"\\\1", part)) for number, part in enumerate(parts))


def _quiet(text: str) -> str:
    """Return `text` with an invisible character behind each @, which makes it no mention."""
    return text.replace("@", "@\u200b")
