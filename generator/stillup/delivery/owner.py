"""Which process acts on an intent, and whether it still can."""

import os
import socket
from hashlib import sha256
from pathlib import Path


def owner() -> str:
    """Return this process's name: a digest of the host, the process number, and when the process began."""
    return f"{_host()}:{os.getpid()}:{_began(os.getpid())}"


def is_ours(name: str) -> bool:
    """Whether `name` is of a process of this host, of which this host can say if it runs."""
    return name.partition(":")[0] == _host()


def runs(name: str) -> bool:
    """Whether the process `name`, of this host, still runs; another one with its number does not count."""
    _, number, began = name.split(":")
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # Somebody else's; it runs.
    return began in ("", _began(int(number)))


def _host() -> str:
    """Return what tells this host, and this run of it, from others; its name does not leave.

    Containers that have one host name number their processes each from 1: which numbering it is belongs to the name,
    or one takes the other's process for its own, and for dead.
    """
    boot = Path("/proc/sys/kernel/random/boot_id")
    told = boot.read_text() if boot.is_file() else ""
    try:
        numbering = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        numbering = ""
    return sha256(f"{socket.gethostname()}\n{told}\n{numbering}".encode()).hexdigest()[:12]


def _began(number: int) -> str:
    """Return when the process began, in the kernel's ticks; empty where the system does not say."""
    try:
        about = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return ""
    state, *rest = about.rpartition(")")[2].split()
    return "" if state == "Z" else rest[18]
