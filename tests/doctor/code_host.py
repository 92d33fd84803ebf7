"""A code host on loopback: git's own HTTP backend, which may refuse to be pushed to."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

from tests.tools import Server


@contextmanager
def hosting(folder: Path) -> Iterator[str]:
    """Serve the bare repositories in `folder`; yield the address below which they are."""
    backend = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            environment = os.environ | {
                "GIT_PROJECT_ROOT": str(folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REQUEST_METHOD": self.command,
                "PATH_INFO": parts.path,
                "QUERY_STRING": parts.query,
                "CONTENT_TYPE": self.headers.get("content-type", ""),
                "REMOTE_ADDR": "127.0.0.1",
            }
            given = self.rfile.read(length)
            command = [f"{backend}/git-http-backend"]
            done = subprocess.run(command, input=given, env=environment, capture_output=True, check=False)
            head, _, body = done.stdout.partition(b"\r\n\r\n")
            headers = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
            status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
            self.send_response(status)
            for name, value in headers:
                if name != "Status":
                    self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _serve

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def may_push(bare: Path, answer: bool) -> None:
    """Let the host take pushes without a login, or none at all."""
    word = "true" if answer else "false"
    subprocess.run(["git", "-C", str(bare), "config", "http.receivepack", word], check=True)
