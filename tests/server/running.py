"""`stillup serve` in a process of its own, on a port of its own, for a page without a record."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.tools import program

SECRET = {"STILLUP_INTAKE_GENERIC_SECRET": "a secret that only the sender has"}


@contextmanager
def alerts_only(root: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Yield the process that takes in alerts alone, whose words stand on stderr, and its port."""
    (root / "mkdocs.yml").write_text("site_name: Status\nplugins: [search, stillup]\n")
    with subprocess.Popen(
        [str(program("stillup")), "serve", "--root", str(root), "--port", "0", "--alerts-only"],
        env=os.environ | SECRET,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stderr
        port = next(int(found[1]) for line in server.stderr if (found := re.search(r"127\.0\.0\.1:(\d+)", line)))
        yield server, port
