"""A process behind the wall of a drill that tries to leave: `python -m tests.reports.leaver SANDBOX DEED`."""

import os
import pathlib
import socket
import sqlite3
import subprocess
import sys
from contextlib import suppress

from stillup.pipeline.drill.guard import wall

REACH = {"os": os, "pathlib": pathlib, "socket": socket, "sqlite3": sqlite3, "subprocess": subprocess}


def main(sandbox: str, deed: str) -> None:
    wall(pathlib.Path(sandbox), [1], [("git",)])
    open("own", "w").close()
    subprocess.run(["git", "--version"], stdout=subprocess.DEVNULL, check=False)
    with suppress(Exception):
        exec(deed, dict(REACH))


if __name__ == "__main__":
    main(*sys.argv[1:])
