"""Who asks nothing, asks slowly or takes no answer does not keep `stillup serve` from others."""

import asyncio
import socket
import threading
from contextlib import ExitStack, contextmanager, suppress

import pytest
import uvicorn

from stillup.cli import waiting
from tests.loopback import wait
from tests.server.running import alerts_only
from tests.tools import PATIENCE

ASK = b"GET /healthz HTTP/1.1\r\nHost: status.example.com\r\n\r\n"


def call(port):
    return socket.create_connection(("127.0.0.1", port), PATIENCE)


def status(port):
    with call(port) as line:
        line.sendall(ASK)
        return int(line.recv(100).split()[1])


def is_cut_off(line):
    """Whether the other side has gone, after whatever it said."""
    line.setblocking(False)
    try:
        while line.recv(1 << 16):
            pass
    except BlockingIOError:
        return False
    except ConnectionError:
        pass
    return True


@contextmanager
def served(application, most=8):
    """Run an application as `stillup serve` does; yield its port."""
    options = {"http": waiting.Connection, "ws": "none", "log_level": "warning", "access_log": False}
    server = uvicorn.Server(uvicorn.Config(application, port=0, limit_concurrency=most, lifespan="off", **options))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait(lambda: server.started, "it does not start")
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        thread.join(PATIENCE)


async def answers(scope, receive, send, size=2):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(size).encode())]})
    await send({"type": "http.response.body", "body": b"x" * size})


def test_any_number_of_connections_that_ask_nothing_leaves_room_for_those_that_do(tmp_path):
    with alerts_only(tmp_path) as (server, port):
        with ExitStack() as held:
            lines = [held.enter_context(call(port)) for _ in range(300)]
            for line in lines[::2]:
                with suppress(ConnectionError):
                    line.sendall(ASK[:-2])

            seen = [status(port) for _ in range(5)]

            assert seen == [200] * 5
            assert is_cut_off(lines[0])
            lines[-1].sendall(ASK)
            assert lines[-1].recv(100).split()[1] == b"200", "who came last still has room"
        server.terminate()
        server.stderr.read()


def test_who_is_being_answered_makes_no_room():
    begun, go = threading.Event(), threading.Event()

    async def slow(scope, receive, send):
        if scope["path"] == "/slow":
            begun.set()
            await asyncio.to_thread(go.wait, PATIENCE)
        await answers(scope, receive, send)

    with served(slow) as port, ExitStack() as held, call(port) as line:
        line.sendall(ASK.replace(b"/healthz", b"/slow"))
        assert begun.wait(PATIENCE)
        idle = [held.enter_context(call(port)) for _ in range(30)]
        assert status(port) == 200
        go.set()

        assert line.recv(100).split()[1] == b"200"
        assert is_cut_off(idle[0])


def test_a_head_that_comes_byte_by_byte_ends_in_time(monkeypatch):
    monkeypatch.setattr(waiting, "HEAD", 0.3)
    with served(answers) as port, call(port) as first, call(port) as later:
        later.sendall(ASK)
        assert later.recv(100)

        def goes_on(line):
            with suppress(ConnectionError):
                line.sendall(b"G")
            return not is_cut_off(line)

        wait(lambda: not goes_on(first), "it waits for ever")
        wait(lambda: not goes_on(later), "a second request may take for ever")


@pytest.mark.parametrize("size", [64, 8 << 20])
def test_who_takes_no_answer_is_cut_off_in_time(size, monkeypatch):
    monkeypatch.setattr(waiting, "HEAD", 0.3)
    monkeypatch.setattr(waiting, "ANSWER", 0.3)
    ended = threading.Event()

    async def large(scope, receive, send):
        await answers(scope, receive, send, size)
        ended.set()

    class Seen(waiting.Connection):
        gone = threading.Event()

        def connection_lost(self, exc):
            super().connection_lost(exc)
            self.gone.set()

    monkeypatch.setattr(waiting, "Connection", Seen)
    Seen.gone.clear()
    with served(large) as port, call(port) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(ASK * 3)

        assert ended.wait(PATIENCE)
        assert Seen.gone.wait(PATIENCE)
