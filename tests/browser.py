"""One Chromium for the whole run, in a thread of its own, so that tests may use event loops."""

from collections.abc import Callable, Container, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from tests.loopback import PATIENCE
from tests.machine import chromium, need

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",  # no drawing in three dimensions either, for which a tenth of the time went
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
T = TypeVar("T")


class _Chromium:
    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="browser")
        self._browser: Browser | None = None
        self._driver: Any = None

    def do(self, work: "Callable[[Browser], T]") -> T:
        return self._thread.submit(lambda: work(self._started())).result(timeout=600)

    def _started(self) -> "Browser":
        if self._browser is None:
            from playwright.sync_api import sync_playwright

            self._driver = sync_playwright().start()
            self._browser = self._driver.chromium.launch(
                executable_path=chromium(), args=list(FLAGS), timeout=2000 * PATIENCE
            )
        return self._browser

    def close(self) -> None:
        if self._browser is not None:
            self._thread.submit(lambda: (self._browser.close(), self._driver.stop())).result(timeout=600)
        self._thread.shutdown()


_browser = _Chromium()
close_browser = _browser.close


def in_page(
    url: str,
    work: "Callable[[Page], T]",
    *,
    width: int = 1280,
    height: int = 900,
    scheme: str = "light",
    javascript: bool = True,
    csp: str | None = None,
    listen: "Callable[[Page], None] | None" = None,
    **context: Any,
) -> T:
    """Open `url` in a fresh profile and return `work(page)`, a playwright page.

    Args:
        url: `http://...` or `file://...`.
        work: what to do once the page is loaded; it may click and type.
        width: of the window, in CSS pixels.
        height: of the window.
        scheme: `light` or `dark`, what the system asks for.
        javascript: False for a reader without scripts.
        csp: a Content-Security-Policy that every document gets.
        listen: called before the page is opened, to hook on its events.
        context: anything else that playwright's `new_context` takes.
    """
    need("chromium")

    def visit(browser: "Browser") -> T:
        opened: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=javascript,
            is_mobile=width < 600,
            has_touch=width < 600,
            **context,
        )
        try:
            page = opened.new_page()
            page.set_default_timeout(1000 * PATIENCE)
            if csp is not None:
                page.route("**/*", partial(_with_policy, csp))
            if listen:
                listen(page)
            page.goto(url, wait_until="load")
            return work(page)
        finally:
            opened.close()

    return _browser.do(visit)


def _with_policy(csp: str, route: "Route") -> None:
    if route.request.resource_type != "document":
        route.continue_()
        return
    reply = route.fetch()
    route.fulfill(response=reply, headers={**reply.headers, "content-security-policy": csp})


@dataclass(frozen=True)
class Visit:
    """What happened while a page loaded."""

    requests: tuple[str, ...]
    """Every address asked for, the page's own first."""

    console: tuple[str, ...]
    """Errors and warnings of the console, exceptions, refused and failed requests."""

    title: str
    html: str
    """The document as it stands after its scripts."""

    @property
    def foreign(self) -> tuple[str, ...]:
        """Requests to another origin than the page's."""
        own = urlsplit(self.requests[0])[:2]
        return tuple(
            url for url in self.requests if urlsplit(url)[:2] != own and urlsplit(url).scheme not in {"data", "blob"}
        )


def browse(url: str, **view: Any) -> Visit:
    """Open `url` as a visitor and tell what it asked for and complained about; `view` as for `in_page`."""
    requests: list[str] = []
    console: list[str] = []

    def listen(page: "Page") -> None:
        page.on("request", lambda request: requests.append(request.url))
        page.on("requestfailed", lambda request: console.append(f"failed: {request.url} {request.failure}"))
        page.on("pageerror", lambda error: console.append(f"exception: {error}"))
        page.on(
            "console",
            lambda said: console.append(_line(said)) if said.type in {"error", "warning"} else None,
        )

    def work(page: "Page") -> Visit:
        page.wait_for_load_state("networkidle")
        title, html = page.title(), page.content()
        # What is cut off when the page is closed is no fault of the page.
        return Visit(requests=tuple(requests), console=tuple(console), title=title, html=html)

    return in_page(url, work, listen=listen, **view)


def _line(said: "ConsoleMessage") -> str:
    """Return what the console said; a failed request is told with its address."""
    return f"{said.type}: {said.text}" + (f" {said.location['url']}" if "load resource" in said.text else "")


def evaluate(url: str, expression: str, **view: Any) -> Any:
    """Return the value of a JavaScript expression in the page at `url`; `view` as for `in_page`."""
    return in_page(url, lambda page: page.evaluate(expression), bypass_csp=True, **view)


SIGHTS = tuple(
    (f"{width}-{name}", {"width": width, "height": height, "scheme": scheme, "javascript": javascript})
    for width, height in ((1280, 900), (390, 844))
    for name, scheme, javascript in (("light", "light", True), ("dark", "dark", True), ("nojs", "light", False))
)


def screenshots(url: str, folder: Path, name: str = "page", *, whole: bool = True) -> list[Path]:
    """Write `<name>-<1280|390>-<light|dark|nojs>.png` of `url` into `folder`; `whole=False`: the first screen only."""
    return gallery({name: url}, folder, whole={name} if whole else ())


def gallery(pages: Mapping[str, str], folder: Path, *, whole: Container[str] = ()) -> list[Path]:
    """Write the same of many pages, by name their addresses: one profile for each sight, as of a visitor who reads on.

    Of the pages in `whole` everything is shown, of the others the first screen.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for sight, view in SIGHTS:
        named = {folder / f"{name}-{sight}.png": (url, name in whole) for name, url in pages.items()}
        in_page("about:blank", partial(_screenshots, named), **view)
        paths += named
    return paths


def _screenshots(named: Mapping[Path, tuple[str, bool]], page: "Page") -> None:
    for path, (url, whole) in named.items():
        page.goto(url, wait_until="load")
        page.screenshot(path=path, full_page=whole)
