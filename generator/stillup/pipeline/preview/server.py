"""Built pages, served to this machine alone."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

_HERE = frozenset({"127.0.0.1", "localhost", "[::1]"})


class _Pages(SimpleHTTPRequestHandler):
    """Serves a folder as a static host would, and single files at addresses of their own."""

    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".atom": "application/atom+xml",
        ".ics": "text/calendar",
        ".json": "application/json",
        ".rss": "application/rss+xml",
        ".svg": "image/svg+xml",
    }

    def __init__(self, *words: object, extra: Mapping[str, bytes], **named: object) -> None:
        self._extra = extra
        super().__init__(*words, **named)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer; what names another host is refused, so that no foreign page can read this one through DNS."""
        if (urlsplit(f"//{self.headers.get('host', '')}").hostname or "") not in {each.strip("[]") for each in _HERE}:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        body = self._extra.get(urlsplit(self.path).path)
        if body is None:
            super().do_GET()
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        """Let nothing be kept: the next preview stands at the same address."""
        self.send_header("cache-control", "no-store")
        self.send_header("x-content-type-options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *words: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path, extra: Mapping[str, bytes] | None = None, port: int = 0) -> Iterator[str]:
    """Serve `folder`, and `extra` pages by path, on loopback while the context lasts; yield the address.

    Raises:
        OSError: the port is taken.
    """
    handler = partial(_Pages, directory=str(folder), extra=extra or {})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
