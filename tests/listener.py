"""What a screen reader finds in a page: Chromium's accessibility tree, in reading order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

LANDMARKS = frozenset({"banner", "navigation", "main", "contentinfo", "search", "region", "form"})
_SILENT = frozenset(
    {"none", "generic", "InlineTextBox", "RootWebArea", "paragraph", "strong", "LineBreak", "ListMarker"}
)


@dataclass(frozen=True)
class Heard:
    """One thing that is announced."""

    role: str
    name: str
    level: int = 0
    """Of a heading."""

    expanded: bool | None = None
    depth: int = 0

    @property
    def line(self) -> str:
        """As the manual writes it."""
        state = {True: ", expanded", False: ", collapsed", None: ""}[self.expanded]
        role = f"heading {self.level}" if self.level else {"DisclosureTriangle": "button"}.get(self.role, self.role)
        return (self.name if self.role == "StaticText" else f"{role} “{self.name}”" if self.name else role) + state


def heard(page: "Page") -> list[Heard]:
    """Return everything in `page` that is announced, in order."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    nodes = {node["nodeId"]: node for node in tree}
    return list(_read(tree[0], nodes, 0))


def _read(node: dict[str, Any], nodes: dict[str, dict[str, Any]], depth: int) -> Iterator[Heard]:
    role, name = node.get("role", {}).get("value", ""), " ".join(node.get("name", {}).get("value", "").split())
    facts = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
    told = not node["ignored"] and role not in _SILENT and (name or role in LANDMARKS or role == "status")
    if told:
        yield Heard(role, name, facts.get("level", 0) if role == "heading" else 0, facts.get("expanded"), depth)
    if told and role in {"heading", "link", "DisclosureTriangle", "image", "StaticText", "button", "term"}:
        return  # its name says what stands in it
    for child in node.get("childIds", ()):
        if child in nodes:
            yield from _read(nodes[child], nodes, depth + bool(told))
