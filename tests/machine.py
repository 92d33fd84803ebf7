"""Where the project is, and which tools this machine has."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
JUDGES = ROOT / "tests" / "judges"
MODULES = JUDGES / "node_modules"
CORPUS = ROOT.parent / "shared" / "corpus"
BIN = Path(sys.executable).parent
"""Where the programs of the tests' environment are."""

AT = "2026-11-20T10:45:00Z"
"""The instant at which the example is told."""


@cache
def program(*names: str) -> str | None:
    """Return the path of the first of `names` that is installed, in the environment of the tests or on PATH."""
    for name in names:
        if found := shutil.which(name, path=str(BIN)) or shutil.which(name):
            return found
    return None


def chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome."""
    return program("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@cache
def _driver_runs() -> bool:
    """Whether playwright's own node starts here: on a bare system it may lack libatomic."""
    from playwright._impl._driver import compute_driver_executable

    node, _ = compute_driver_executable()
    return subprocess.run([node, "--version"], capture_output=True, check=False).returncode == 0


_PRESENT: Mapping[str, Callable[[], bool]] = {
    "chromium": lambda: chromium() is not None and _driver_runs(),
    "corpus": CORPUS.is_dir,
    "axe": (MODULES / "axe-core" / "axe.min.js").is_file,
    "postgres": lambda: bool(program("initdb")) or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
    "nginx": lambda: bool(program("nginx")) or Path("/usr/sbin/nginx").exists(),
    "sshd": lambda: bool(program("sshd")) or Path("/usr/sbin/sshd").exists(),
    "vnu": lambda: program("java") is not None and (MODULES / "vnu-jar/build/dist/vnu.jar").is_file(),
    "lighthouse": lambda: program("node") is not None and (MODULES / "lighthouse/cli/index.js").is_file(),
    "yaml-language-server": lambda: program("node") is not None and (MODULES / "yaml-language-server/bin").is_dir(),
}
"""How a tool is found; one that is not listed is a program on PATH."""

BRINGS: Mapping[str, str] = {
    "chromium": "apt-get install chromium libatomic1",
    "axe": "npm ci --prefix tests/judges",
    "vnu": "apt-get install default-jre-headless, npm ci --prefix tests/judges",
    "lighthouse": "apt-get install nodejs npm, npm ci --prefix tests/judges",
    "yaml-language-server": "apt-get install nodejs npm, npm ci --prefix tests/judges",
    "nginx": "apt-get install nginx-light",
    "newsboat": "apt-get install newsboat",
    "openssl": "apt-get install openssl",
    "postgres": "apt-get install postgresql",
    "rsync": "apt-get install rsync",
    "ssh": "apt-get install openssh-client",
    "ssh-keygen": "apt-get install openssh-client",
    "sshd": "apt-get install openssh-server",
    "corpus": "the folder ../shared/corpus",
}
"""What brings a tool."""


def missing(*tools: str) -> list[str]:
    """Return those of `tools` that this machine lacks."""
    return [tool for tool in tools if not _PRESENT.get(tool, partial(program, tool))()]


def need(*tools: str) -> None:
    """Skip the running test where one of `tools` is missing; with REQUIRE_ALL=1 fail it."""
    if lacking := missing(*tools):
        # conftest turns every skip into a failure under REQUIRE_ALL=1, this one too.
        told = [f"{tool} ({BRINGS[tool]})" if tool in BRINGS else tool for tool in lacking]
        pytest.skip(f"needs {', '.join(told)}")


def apart() -> tuple[str, ...]:
    """Return the words that run a program as process 1 of a numbering of its own, as a container does.

    Where the machine lets nobody number processes apart, no tool can be installed for it: the test is expected to fail.
    """
    own = ("--pid", "--fork", "--kill-child")
    for words in (("unshare", *own), ("unshare", "--user", "--map-root-user", *own)):
        try:
            if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
                return words
        except FileNotFoundError:
            break
    pytest.xfail("this machine numbers no processes apart")
