"""What every answer of the application passes: headers, and the path below which it stands.

Written against ASGI itself, so that nothing stands between a request that is read and the server that brings it.
"""

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

from stillup.site.signup import HEADERS

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """Headers on every answer; the path below which we stand is taken off, and the language that it names."""

    def __init__(self, app: Application, *, secure: bool, base: str, tongues: Collection[str] = ()) -> None:
        """Stand before `app`, which is reached below `base` and speaks `tongues` too."""
        self._app, self._base, self._tongues = app, base, tongues
        headers = {**HEADERS, "strict-transport-security": "max-age=31536000"} if secure else HEADERS
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", ()))
                said = {name.lower() for name, _ in own}
                message = {**message, "headers": [*own, *(each for each in self._headers if each[0] not in said)]}
            await send(message)

        if {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}:
            await _refuse(guarded)
            return
        self._enter(scope)
        await self._app(scope, receive, guarded)

    def _enter(self, scope: Scope) -> None:
        """Have the path in `scope` begin where the application does."""
        path = scope["path"]
        if self._base != "/" and path.startswith(self._base):
            path = "/" + path.removeprefix(self._base)
        tongue, slash, rest = path[1:].partition("/")
        if slash and tongue in self._tongues:
            scope.setdefault("state", {})["tongue"] = tongue
            path = f"/{rest}"
        scope["path"] = path


async def _refuse(send: Send) -> None:
    """Refuse a request that has two lengths.

    A proxy may believe the other one, and take what follows for somebody else's request.
    """
    body = b"two lengths\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body})
