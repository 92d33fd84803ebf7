"""A note as Slack's Block Kit.

Texts are `plain_text`, and its three control characters are escaped: no text of ours pings a channel.
Limits: docs.slack.dev, and about 13,200 characters over all blocks, which is not documented.
"""

from stillup.messages.block import Block
from stillup.messages.chat import Note
from stillup.messages.limit import cut, utf16

CHANNEL = "slack"

_HEADER, _SECTION, _FIELD, _BUTTON, _URL, _TEXT = 150, 3000, 2000, 75, 3000, 3000
_BLOCKS, _WHOLE = 50, 12_000
_FIELDS = 10


def slack(note: Note) -> dict[str, object]:
    """Return the body of an incoming webhook."""
    head: list[dict[str, object]] = [{"type": "header", "text": _plain(note.title, _HEADER)}]
    foot: list[dict[str, object]] = [{"type": "context", "elements": [_plain(note.context, _FIELD)]}]
    if note.link and len(note.link) <= _URL:
        button = {"type": "button", "text": _plain(note.button, _BUTTON), "url": note.link, "action_id": "page"}
        foot.insert(0, {"type": "actions", "elements": [button]})
    kept: list[dict[str, object]] = []
    for each in _sections(note):
        if _size([*head, *kept, each, *foot]) > _WHOLE or len(kept) + len(head) + len(foot) + 2 > _BLOCKS:
            kept.append({"type": "section", "text": _plain(note.rest, _SECTION)})
            break
        kept.append(each)
    said = [note.title, *[block.text for block in note.blocks[:1]], *([note.link] if note.link else [])]
    return {"text": cut(_escaped("\n".join(said)), _TEXT), "unfurl_links": False, "blocks": [*head, *kept, *foot]}


def _sections(note: Note) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    rows: list[Block] = []

    def close() -> None:
        for start in range(0, len(rows), _FIELDS // 2):
            fields: list[dict[str, object]] = []
            for row in rows[start : start + _FIELDS // 2]:
                fields += [_bold(row.label), _plain(row.text, _FIELD)]
            found.append({"type": "section", "fields": fields})
        rows.clear()

    for block in note.blocks:
        if block.label:
            rows.append(block)
        else:
            close()
            found.append({"type": "section", "text": _plain(block.text, _SECTION)})
    close()
    return found


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str, most: int) -> dict[str, object]:
    kept = cut(text, most, lambda each: utf16(_escaped(each)))
    return {"type": "plain_text", "text": _escaped(kept) or "-", "emoji": False}


def _bold(label: str) -> dict[str, object]:
    """Return a row's label; without the characters that would be markup in it."""
    bare = "".join(each for each in label if each not in "*_~`")
    return {"type": "mrkdwn", "text": f"*{_escaped(cut(bare, 200))}*", "verbatim": True}


def _size(blocks: list[dict[str, object]]) -> int:
    return sum(_length(block) for block in blocks)


def _length(part: object) -> int:
    if isinstance(part, dict):
        return sum(_length(each) for each in part.values())
    if isinstance(part, list):
        return sum(_length(each) for each in part)
    return utf16(part) if isinstance(part, str) else 0
