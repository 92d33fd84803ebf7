"""The words of a chat message out of its JSON, so that a responder can read what will be read."""

from collections.abc import Mapping
from html import unescape
from typing import Any


def readable(channel: str, document: Mapping[str, Any]) -> str:
    """Return what people will see, line by line; empty for a channel whose documents are read by machines."""
    match channel:
        case "slack":
            lines = [line for block in document["blocks"] for line in _of_slack(block)]
            return unescape("\n".join(lines))
        case "teams":
            content = document["attachments"][0]["content"]
            lines = ["".join(run["text"] for run in block["inlines"]) for block in content["body"]]
            return "\n".join([*lines, *(f"[{each['title']}] {each['url']}" for each in content.get("actions", []))])
        case "discord":
            (embed,) = document["embeds"]
            lines = [embed["title"], embed.get("url", ""), embed["description"]]
            lines += [f"{field['name']}: {field['value']}" for field in embed["fields"]]
            return "\n".join(line for line in [*lines, embed["footer"]["text"]] if line)
    return ""


def _of_slack(block: Mapping[str, Any]) -> list[str]:
    match block["type"]:
        case "header" | "section" if "text" in block:
            return [block["text"]["text"]]
        case "section":
            texts = [field["text"] for field in block["fields"]]
            return [f"{label.strip('*')}: {value}" for label, value in zip(texts[::2], texts[1::2], strict=True)]
        case "actions":
            return [f"[{each['text']['text']}] {each['url']}" for each in block["elements"]]
        case _:
            return [each["text"] for each in block["elements"]]
