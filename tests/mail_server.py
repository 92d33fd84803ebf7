"""A real mail server on loopback, on a port of its own, however long a busy machine takes to start it."""

from typing import Any

from aiosmtpd.controller import Controller

from tests.loopback import PATIENCE


class MailServer(Controller):
    """Hands what arrives to `handler`, from `start` to `stop`; `port` says where."""

    def __init__(self, handler: Any, **more: Any) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=0, ready_timeout=PATIENCE, **more)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
