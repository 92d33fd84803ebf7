"""A PostgreSQL of our own, made when the first test asks: one for each process of tests, on a socket in its folder."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

from tests.loopback import free_port
from tests.machine import program

_SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
fsync = {fsync}
max_connections = 60
shared_buffers = 64MB
log_min_messages = fatal
"""


@cache
def binaries() -> Path | None:
    """Return the folder of a server's programs: Debian keeps them off PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = kept[-1] if kept else program("initdb")
    return Path(found).parent if found else None


class Cluster:
    """A running server. Who runs the tests as root has it run by somebody who may less: it refuses root."""

    def __init__(self, *, fsync: bool = False) -> None:
        programs = binaries()
        assert programs, "PostgreSQL is not installed"
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # the path of a socket is short
        self.port = free_port()
        self._who = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        if self._who:
            os.chown(self.folder, self._who.pw_uid, self._who.pw_gid)
        self._count = 0
        self.run("initdb", "--username=owner", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8",
                 f"--pgdata={self.data}")  # fmt: skip
        settings = _SETTINGS.format(port=self.port, folder=self.folder, fsync="on" if fsync else "off")
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(settings)
        self.start()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def run(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        who = {"user": self._who.pw_uid, "group": self._who.pw_gid, "extra_groups": []} if self._who else {}
        done = subprocess.run(
            [self._programs / name, *words],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            **who,  # type: ignore[arg-type]
        )
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        return done

    def start(self) -> None:
        self.run(
            "pg_ctl",
            "start",
            "--wait",
            "--timeout=240",
            "--silent",
            f"--pgdata={self.data}",
            f"--log={self.folder / 'log'}",
        )

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "stop", "--wait", "--timeout=240", "--silent", f"--mode={mode}", f"--pgdata={self.data}")

    def kill(self) -> None:
        """End the server as a power cut does, with everything it runs."""
        number = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(number, signal.SIGQUIT)
        while Path(f"/proc/{number}").exists():
            time.sleep(0.01)

    def place(self, user: str = "owner", schema: str = "") -> str:
        """Return an address with a schema that nobody used yet, or with `schema`: a database would take seconds."""
        self._count += not schema
        return f"postgresql://{user}@127.0.0.1:{self.port}/postgres?schema={schema or f't{self._count}'}"

    def sql(self, text: str, user: str = "owner") -> list[tuple[object, ...]]:
        import psycopg

        with psycopg.connect(f"postgresql://{user}@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            done = connection.execute(text.encode())
            return done.fetchall() if done.description else []

    def close(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
