"""A request ends when it must, on a kept connection as on a new one; what it is answered is understood."""

import gzip
import socket
import threading
import time

import httpx

from stillup.delivery.wire import Patience, Reply, get


def test_an_answer_that_drips_on_a_kept_connection_is_cut():
    over = threading.Event()

    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
            try:
                while not over.wait(0.2):
                    connection.sendall(b".")
            except OSError:  # cut
                pass

    with socket.create_server(("127.0.0.1", 0)) as server, httpx.Client(trust_env=False) as client:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        stop = threading.Timer(30, over.set)
        stop.daemon = True
        stop.start()
        stop = threading.Timer(30, over.set)
        stop.daemon = True
        stop.start()
        url, patience = f"http://127.0.0.1:{server.getsockname()[1]}/", Patience(silence=20, whole=1)
        began = time.monotonic()
        replies = [get(client, url, headers={}, patience=patience) for _ in range(2)]
        took = time.monotonic() - began
        over.set()

    assert [each.status for each in replies if isinstance(each, Reply)] == [200, 200]
    assert took < 25, "and not as long as it drips"


def test_an_answer_comes_unpacked_from_a_server_that_likes_to_pack():
    said = b'{"code": 21606}'

    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            packs = b"gzip" in connection.recv(65536)
            body, head = (gzip.compress(said), b"content-encoding: gzip\r\n") if packs else (said, b"")
            connection.sendall(b"HTTP/1.1 400 No\r\n%scontent-length: %d\r\n\r\n%s" % (head, len(body), body))

    with socket.create_server(("127.0.0.1", 0)) as server, httpx.Client(trust_env=False) as client:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        reply = get(client, url, headers={}, patience=Patience())

    assert isinstance(reply, Reply)
    assert reply.json() == {"code": 21606}
