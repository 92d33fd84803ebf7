"""A note as an Adaptive Card for Teams. Text runs know no Markdown and no mention, so nothing in them needs escaping.

Teams refuses more than 28 KB, counted after it has expanded the card: cards of ours stay below 18 KB.
"""

import json

from stillup.messages.block import Block
from stillup.messages.chat import Note
from stillup.messages.limit import cut, utf8

CHANNEL = "teams"

_WHOLE = 18_000
_TITLE, _TEXT, _LABEL = 1_000, 6_000, 200
_COLOURS = {"major": "attention", "partial": "attention", "degraded": "warning", "maint": "accent", "ok": "good"}


def teams(note: Note) -> dict[str, object]:
    """Return the body of a Workflows webhook."""
    head = [_runs([_run(cut(note.title, _TITLE, utf8), size="Large", weight="Bolder", color=_colour(note))])]
    foot = [_runs([_run(cut(note.context, _TITLE, utf8), size="Small", isSubtle=True)], spacing="Medium")]
    kept: list[dict[str, object]] = []
    for block in note.blocks:
        made = _block(block)
        if _size(_card(note, [*head, *kept, made, *foot])) > _WHOLE:
            kept.append(_runs([_run(note.rest)]))
            break
        kept.append(made)
    return _card(note, [*head, *kept, *foot])


def _card(note: Note, body: list[dict[str, object]]) -> dict[str, object]:
    content: dict[str, object] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": cut(note.title, _TITLE, utf8),
        "msteams": {"width": "Full"},
        "body": body,
    }
    if note.link:
        content["actions"] = [{"type": "Action.OpenUrl", "title": cut(note.button, _LABEL, utf8), "url": note.link}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    return {"type": "message", "attachments": [attachment]}


def _block(block: Block) -> dict[str, object]:
    text = _run(cut(block.text, _TEXT, utf8))
    if not block.label:
        return _runs([text], spacing="Medium")
    return _runs([_run(f"{cut(block.label, _LABEL, utf8)}: ", weight="Bolder"), text], spacing="Small")


def _run(text: str, **style: object) -> dict[str, object]:
    return {"type": "TextRun", "text": text, **style}


def _runs(inlines: list[dict[str, object]], **style: object) -> dict[str, object]:
    return {"type": "RichTextBlock", "inlines": inlines, **style}


def _colour(note: Note) -> str:
    return _COLOURS.get(note.state, "default")


def _size(card: dict[str, object]) -> int:
    return utf8(json.dumps(card, ensure_ascii=False))
