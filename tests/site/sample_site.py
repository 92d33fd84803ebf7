"""A small site of the sample views, in shells that MkDocs and Material really made."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page as MarkdownPage

from stillup.site.frame import Frame
from stillup.site.markdown import Markdown
from stillup.site.page import TEMPLATES, Page
from stillup.site.shell import Shell, mend, search_page, sentinel_pages

SETTINGS = """
site_name: Advancia Pay Ledger Status
site_url: https://status.example.com/sub/
theme: {name: material, font: false, favicon: assets/mark.svg, custom_dir: overrides}
plugins: [search]
extra: {generator: false}
markdown_extensions: [attr_list, tables, admonition]
"""
ABOUT = """---
description: How this page is made.
---
# About this page

Made of plain files.

- one
- two

| State | Counts |
| --- | --- |
| Up | no |
"""


class Sample(BasePlugin):  # type: ignore[type-arg]
    """Does what the plugin of Stillup does, with pages instead of records."""

    def __init__(self, frame: Frame, pages: Iterable[Page], native: Iterable[Page]) -> None:
        self.frame, self.pages, self.native = frame, pages, native
        self.shells: dict[str, Shell] = {}
        self.kinds = {sentinel.src_uri: sentinel.kind for sentinel in sentinel_pages()}

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        config.theme.dirs.insert(1, TEMPLATES)
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        for sentinel in (*sentinel_pages(), search_page(self.frame.words)):
            files.append(
                File.generated(config, sentinel.src_uri, content=sentinel.text, inclusion=InclusionLevel.NOT_IN_NAV)
            )
        for page in self.native:
            src_uri = f"{page.place.rstrip('/')}.md"
            files.append(File.generated(config, src_uri, content=native(page), inclusion=InclusionLevel.NOT_IN_NAV))
        return files

    def on_env(self, env: Any, *, config: MkDocsConfig, files: Any) -> Any:
        env.globals["stillup"] = self.frame
        env.globals["markdown"] = Markdown(files, self.frame.tongues)
        return env

    def on_post_page(self, output: str, *, page: MarkdownPage, config: MkDocsConfig) -> str:
        kind = self.kinds.get(page.file.src_uri)
        if kind is None:
            return mend(output)
        self.shells[kind] = Shell.of(kind, output)
        return ""

    @event_priority(50)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        for page in self.pages:
            artifact = self.shells[page.kind].artifact(page)
            path = Path(config.site_dir) / artifact.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(artifact.body)
        (Path(config.site_dir) / "heartbeat.json").write_text('{"live": false}')


def native(page: Page) -> str:
    """Return a Markdown page that MkDocs and Material make into `page` without any splicing."""
    sentinel = next(each.text for each in sentinel_pages() if each.kind == page.kind)
    slots = {"title": page.title, "description": page.description, "place": page.place, "body": page.body}
    for name, value in slots.items():
        sentinel = sentinel.replace(f"x7stillup{name}7x", json.dumps(value))
    return sentinel


def build_site(
    root: Path,
    frame: Frame,
    pages: Iterable[Page],
    overrides: Mapping[str, str] | None = None,
    native: Iterable[Page] = (),
) -> Path:
    """Build a site of `pages` below `root` with MkDocs, strictly, and return its folder.

    `native` pages are not spliced: MkDocs renders each by itself.
    """
    (root / "docs").mkdir(parents=True)
    (root / "docs" / "about.md").write_text(ABOUT)
    for name, text in {"empty.css": "", **(overrides or {})}.items():
        path = root / "overrides" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "mkdocs.yml").write_text(SETTINGS)
    config = load_config(str(root / "mkdocs.yml"), strict=True)
    config.plugins["sample"] = Sample(frame, pages, native)
    build(config)
    return root / "site"
