"""An editor as people have it: yaml-language-server, asked over its own protocol about files below a folder."""

import json
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.machine import MODULES, need, program

PATIENCE = 900.0
"""Seconds after which a silent server is stopped."""

_YAML = {"schemaStore": {"enable": False}, "validate": True, "hover": True, "completion": True}
"""Only what files name themselves: no list of schemas is fetched."""


class Editor:
    """Use as a context manager; each answer comes from the files as they are then."""

    def __init__(self, root: Path) -> None:
        """Open the folder `root`."""
        need("yaml-language-server")
        server = MODULES / "yaml-language-server" / "bin" / "yaml-language-server"
        self._root, self._asked = root, 0
        self._said: dict[str, list[dict[str, Any]]] = {}
        self._server = subprocess.Popen(
            [str(program("node")), str(server), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._end = threading.Timer(PATIENCE, self._server.kill)
        self._end.start()
        folder = {"uri": root.as_uri(), "name": "page"}
        can = {"workspace": {"configuration": True, "workspaceFolders": True}}
        self._ask("initialize", processId=None, rootUri=folder["uri"], capabilities=can, workspaceFolders=[folder])
        self._tell("initialized")

    def __enter__(self) -> "Editor":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end.cancel()
        self._server.kill()
        self._server.communicate()

    def problems(self, path: str) -> list[tuple[int, str]]:
        """Open the file at `path` and return what is marked in it: lines and words, in order."""
        uri = self._uri(path)
        text = (self._root / path).read_text(encoding="utf-8")
        self._tell("textDocument/didOpen", textDocument={"uri": uri, "languageId": "yaml", "version": 1, "text": text})
        while uri not in self._said:
            self._read()
        return sorted((mark["range"]["start"]["line"] + 1, mark["message"]) for mark in self._said.pop(uri))

    def offers(self, path: str, line: int, column: int) -> list[str]:
        """Return the words that the editor offers at a place of a file that is open."""
        answer = self._ask("textDocument/completion", **self._place(path, line, column))
        return [item["label"] for item in answer["items"]]

    def hint(self, path: str, line: int, column: int) -> str:
        """Return what the editor explains at a place of a file that is open."""
        answer = self._ask("textDocument/hover", **self._place(path, line, column))
        return answer["contents"]["value"] if answer else ""

    def _uri(self, path: str) -> str:
        return (self._root / path).as_uri()

    def _place(self, path: str, line: int, column: int) -> dict[str, Any]:
        return {"textDocument": {"uri": self._uri(path)}, "position": {"line": line - 1, "character": column - 1}}

    def _tell(self, method: str, **about: Any) -> None:
        self._send({"method": method, "params": about})

    def _ask(self, method: str, **about: Any) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": about})
        while True:
            message = self._read()
            if message.get("id") == self._asked and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._server.stdin.flush()

    def _read(self) -> dict[str, Any]:
        """Return the server's next message; what it asks is answered, what it marks is kept."""
        assert self._server.stdout is not None
        length = 0
        while line := self._server.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "yaml-language-server fell silent"
        message: dict[str, Any] = json.loads(self._server.stdout.read(length))
        match message:
            case {"method": "workspace/configuration", "id": number, "params": {"items": items}}:
                wanted = [_YAML if item.get("section") == "yaml" else {} for item in items]
                self._send({"id": number, "result": wanted})
            case {"method": _, "id": number}:
                self._send({"id": number, "result": None})
            case {"method": "textDocument/publishDiagnostics", "params": {"uri": uri, "diagnostics": found}}:
                self._said[uri] = found
        return message
