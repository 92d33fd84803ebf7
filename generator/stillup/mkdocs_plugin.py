"""Stillup inside MkDocs: the only file that imports it.

MkDocs renders Markdown pages, the theme's files and one sentinel page for each kind of status page, all into a folder
of our own: it empties its target first, and the published tree must never be empty. When it is done, status pages are
spliced into what it made of the sentinels, and `pipeline` writes the whole tree.

With `STILLUP_SHELLS` set to a folder it stops there: `stillup build` asks for the theme's part alone.
"""

import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from mkdocs.utils.templates import TemplateContext

from stillup import pipeline
from stillup.errors import StillupError
from stillup.pipeline.building.compiled import Compiled
from stillup.pipeline.pages.frontage import Frontage
from stillup.records import configuration
from stillup.records.moment import instant
from stillup.records.refusal import Unusable
from stillup.site.frame import Frame
from stillup.site.markdown import Markdown
from stillup.site.override import watch, with_ours
from stillup.site.page import TEMPLATES
from stillup.site.shell import Sentinel, mend, search_page, sentinel_pages

log = get_plugin_logger("stillup")
made = logging.getLogger("mkdocs.commands.build")

SHELLS = "STILLUP_SHELLS"
"""Environment: only render the theme's part, below this folder."""


class _Open(Config):
    """Declares nothing: MkDocs is not to judge settings."""


class StillupPlugin(BasePlugin[_Open]):
    """Adds the status pages to the site that MkDocs builds."""

    def load_config(self, options: dict[str, Any], config_file_path: str | None = None) -> tuple[list[Any], list[Any]]:
        """Take every setting as it is: `records.configuration` reads and judges them, with file and line."""
        return [], []

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Remember the command; defining this keeps one plugin over all rebuilds of `mkdocs serve`."""
        self._command = command
        self._built = False

    @event_priority(100)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read and judge all records before MkDocs writes anything; a problem ends the build here.

        `mkdocs serve` goes on with the page as it was when it last was sound.
        """
        file = config.config_file_path
        root = Path(os.environ.get("STILLUP_ROOT") or (Path(file).parent if file else "."))
        self._final = config.site_dir
        self._asked = SHELLS in os.environ
        self._sound = True
        try:
            self._run = self._begin(root)
        except StillupError as error:
            if not getattr(self, "_built", False):
                raise PluginError(str(error)) from error
            self._sound = False
            log.error(f"The page stays as it was:\n{error}")
        if problems := [*configuration.unframed(root)]:
            raise PluginError("\n".join(map(str, problems)))
        self._frontage = Frontage(self._run.work)
        config.site_dir = str(self._frontage.static)
        if config.theme["favicon"] == "assets/images/favicon.png":  # Material's own
            config.theme["favicon"] = "assets/mark.svg"
        config.theme.dirs.insert(1 if config.theme.custom_dir else 0, TEMPLATES)
        return config

    def _begin(self, root: Path) -> pipeline.Run:
        folders = pipeline.work_folder if self._asked else pipeline.claimed
        site, work = folders(root, Path(self._final))
        if getattr(self, "_command", "build") == "serve":
            work = pipeline.work_folder(root)[1].with_name("serve")
        if self._asked:
            work = Path(os.environ[SHELLS])
        self.on_build_error()
        run = pipeline.Run(root, at=_at(), site_dir=site, work=work, live=_written_at() == "now")
        if not self._asked:
            try:
                run.read()
            except BaseException:
                run.close()
                raise
            for problem in run.warnings:
                log.info(str(problem))
        return run

    def on_build_error(self, **_: object) -> None:
        """Let go of what a build before this one left open."""
        made.removeFilter(self._is_news)
        if hasattr(self, "_run"):
            self._run.close()

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the sentinel pages of every language."""
        self._frames = {tree.edition.tag: tree.frame() for tree in self._run.trees}
        pages = [page for tree in ("", *self._frames) for page in sentinel_pages(tree)]
        self._kinds = {page.src_uri: page.kind for page in pages}
        made.addFilter(self._is_news)
        for page in pages:
            if files.get_file_from_path(page.src_uri) is not None:
                raise PluginError(f"docs/{page.src_uri} stands where a status page is made. Rename it.")
            self._add(page, files, config)
        for tree, frame in {"": self._run.frame(), **self._frames}.items():
            if "search" in frame.offers:
                self._add(search_page(frame.words, tree), files, config)
        return files

    def _is_news(self, said: logging.LogRecord) -> bool:
        """Whether MkDocs says something else than that it wrote nothing of a sentinel page, which nobody wrote."""
        return not (said.msg.startswith("Page skipped") and any(f"'{page}'" in said.msg for page in self._kinds))

    def _add(self, page: Sentinel, files: Files, config: MkDocsConfig) -> None:
        made = File.generated(config, page.src_uri, content=page.text, inclusion=InclusionLevel.NOT_IN_NAV)
        made.use_directory_urls = True  # our pages are folders, whatever the Markdown pages are
        files.append(made)

    @event_priority(100)
    def on_env(self, env: Any, *, config: MkDocsConfig, files: Any) -> Any:
        """Give templates our words, and keep their compiled form between builds."""
        env.globals["stillup"] = frame = self._run.frame()
        env.globals["stillup_trees"] = [*self._frames.values()]
        env.globals["markdown"] = Markdown(files, frame.tongues)
        cache = self._run.work / "templates"
        cache.mkdir(parents=True, exist_ok=True)
        env.bytecode_cache = Compiled(cache, "shell")
        with_ours(env, TEMPLATES)
        if own := config.theme.custom_dir:
            watch(env, [Path(own)], lambda problem: PluginError(str(problem)))
        return env

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Any
    ) -> TemplateContext:
        """Give a page in another language, a Markdown page below its folder too, the words and search of it."""
        if frame := self._frame(page):
            context["stillup"] = frame  # type: ignore[typeddict-unknown-key]
            if "search" in frame.offers:  # Material's script asks for its index below this
                context["base_url"] = get_relative_url(frame.at, page.url).rstrip("/")
        return context

    def _frame(self, page: Page) -> Frame | None:
        """Return the frame of the language below whose folder a page stands."""
        return self._frames.get(page.file.src_uri.partition("/")[0])

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Keep what became of a sentinel page; nothing of it is written."""
        kind = self._kinds.get(page.file.src_uri)
        if kind is None:
            frame = self._frame(page)
            return mend(output, frame.masthead.language, frame.masthead.direction) if frame else mend(output)
        self._frontage.put(kind, output)
        return ""

    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the published tree, after every other plugin has had its say."""
        made.removeFilter(self._is_news)
        self._frontage.done()
        config.site_dir = self._final
        with self._run as run:
            if self._asked or not self._sound:
                return
            try:
                built = run.write(self._frontage)
            except StillupError as error:
                raise PluginError(str(error)) from error
        self._built = True
        for line in built.lines():
            log.info(line)

    def on_serve(self, server: Any, *, config: MkDocsConfig, builder: Any) -> Any:
        """Build again when a record changes."""
        for folder in ("incidents", "components", "messages"):
            if (self._run.root / folder).is_dir():
                server.watch(str(self._run.root / folder))
        return server


def _at() -> datetime:
    """The instant to build for: `STILLUP_AT`, else now."""
    written = _written_at()
    if written == "now":
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return instant(written)
    except Unusable as error:
        raise PluginError(f"STILLUP_AT: {error.message} {error.fix}".rstrip()) from error


def _written_at() -> str:
    return os.environ.get("STILLUP_AT") or "now"
