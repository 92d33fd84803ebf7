"""Stands between a client and a database, and cuts the line where a test says."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Proxy:
    """Passes bytes on. `cut(word)` cuts every line at the next message of a client with `word` in it.

    With `answered` the server gets that message and does it, and the client hears nothing of it.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._word, self._answered = b"", False
        self.cuts = 0
        self.refusing = False
        self._lines: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self, word: bytes, *, answered: bool) -> None:
        self._word, self._answered = word, answered

    def drop(self) -> None:
        """Cut every line there is."""
        for line in list(self._lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._door.close()
        self.drop()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            if self.refusing:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._to))
            self._lines |= {client, server}
            threading.Thread(target=self._up, args=(client, server), daemon=True).start()
            threading.Thread(target=self._down, args=(client, server), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while some := client.recv(65536):
                if self._word and self._word in some:
                    self._word, self.cuts = b"", self.cuts + 1
                    if self._answered:
                        client.shutdown(socket.SHUT_WR)
                        server.sendall(some)
                        server.shutdown(socket.SHUT_WR)
                        return  # The server does it, finds nobody to tell, and ends by itself.
                    break
                server.sendall(some)
        self._end(client, server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while some := server.recv(65536):
                client.sendall(some)
        self._end(client, server)

    def _end(self, *lines: socket.socket) -> None:
        for line in lines:
            self._lines.discard(line)
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()


@contextlib.contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    made = Proxy(port)
    try:
        yield made
    finally:
        made.close()
