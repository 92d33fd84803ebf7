"""The wall around a drill's processes: what leads out of the sandbox ends the process before it happens.

It stands below every library, in Python's own audit hooks (PEP 578), and cannot be taken down again. A process that
comes up against it is gone at once: an exception could be taken for a provider that is down.
"""

import os
import sys
import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

STOPPED = 86
"""The exit status of a process that was stopped."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_HERE = ("127.0.0.1", b"127.0.0.1")
_CHANGING = frozenset({"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate",
                       "os.chmod", "os.chown", "shutil.rmtree"})  # fmt: skip
_NEVER = frozenset({"os.system", "os.exec", "os.spawn", "os.fork", "os.forkpty", "socket.sendto",
                    "socket.sendmsg"})  # fmt: skip

_WATCHED = _CHANGING | _NEVER | {"open", "sqlite3.connect", "socket.connect", "socket.getaddrinfo",
                                 "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo",
                                 "subprocess.Popen", "os.posix_spawn"}  # fmt: skip


def wall(sandbox: Path, ports: Collection[int], programs: Collection[tuple[str, ...]]) -> None:
    """Let this process connect to `ports` of this machine, write below `sandbox` and start `programs`: nothing else.

    A program is the first words of the call that starts it.
    """
    inside = (os.path.realpath(sandbox) + os.sep, os.path.abspath(sandbox) + os.sep)
    open_ports, known = frozenset(ports), frozenset(programs)
    checking = threading.local()  # what looks may itself open or look up something

    def is_inside(path: object) -> bool:
        if isinstance(path, int):
            return True  # an open file, which was looked at when it was opened
        named = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else str(path)
        named = named.removeprefix("file:").partition("?")[0]
        whole = os.path.realpath(os.path.abspath(named))
        return whole.startswith(inside) or whole == os.devnull or named in ("", ":memory:")

    def refuse(what: str) -> None:
        os.write(2, f"The drill was stopped: {what}\n".encode())
        os._exit(STOPPED)

    def look(event: str, said: Sequence[Any]) -> None:
        if event == "socket.connect":
            address = said[1]
            if not (isinstance(address, tuple) and address[0] in _HERE and address[1] in open_ports):
                refuse(f"something in it would have connected to {address}.")
        elif event == "socket.getaddrinfo":
            if said[0] not in _HERE:
                refuse(f"something in it would have asked for the address of {said[0]}.")
        elif event in ("socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"):
            refuse(f"something in it would have asked for the address of {said[0]}.")
        elif event in ("subprocess.Popen", "os.posix_spawn"):
            words = [os.fsdecode(each) for each in said[1]] if not isinstance(said[1], str) else [said[1]]
            if event == "os.posix_spawn":  # subprocess uses it from Python 3.13 on; by itself it starts what it names
                words[:1] = [os.fsdecode(said[0])]
            if not any(tuple(words[: len(each)]) == each for each in known):
                refuse(f"something in it would have started {words[0]}.")
        elif event == "open":
            path, mode, flags = said
            writes = flags & _WRITING if isinstance(flags, int) else isinstance(mode, str) and set(mode) & set("wax+")
            if writes and not is_inside(path):
                refuse(f"something in it would have written {path!r}.")
        elif event == "sqlite3.connect":
            if not is_inside(said[0]):
                refuse(f"something in it would have opened {said[0]!r}.")
        elif event in _CHANGING:
            if not is_inside(said[0]):
                refuse(f"something in it would have changed {said[0]!r}.")
        elif event in _NEVER:
            refuse(f"something in it would have called {event}.")

    def hook(event: str, said: Sequence[Any]) -> None:
        if event not in _WATCHED or getattr(checking, "now", False):
            return
        checking.now = True
        try:
            look(event, said)
        finally:
            checking.now = False

    sys.addaudithook(hook)
