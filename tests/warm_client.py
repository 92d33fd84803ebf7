"""Stands in for Python: asks the process that forks (see `warm.py`) for `-m mkdocs build`, and else becomes Python.

warm_client.py PYTHON SOCKET [words for Python...]
"""

import os
import socket
import sys

python, path, *words = sys.argv[1:]
if words[:3] != ["-m", "mkdocs", "build"] or any(name.startswith("PYTHONHASH") for name in os.environ):
    os.execv(python, [python, *words])
line = socket.socket(socket.AF_UNIX)
try:
    line.connect(path)
except OSError:
    os.execv(python, [python, *words])

import json  # noqa: E402 - a program that becomes another one reads as little as it can

asked = {"words": words[1:], "cwd": os.getcwd(), "environment": dict(os.environ), "terminal": False}
body = json.dumps(asked).encode()
socket.send_fds(line, [len(body).to_bytes(8, "big")], [0, 1, 2])
line.sendall(body)
found = b""
while len(found) < 16:
    more = line.recv(16 - len(found))
    if not more:
        sys.exit("the process that forks is gone")
    found += more
status = int(found[8:])
if status < 0:
    os.kill(os.getpid(), -status)
sys.exit(status)
