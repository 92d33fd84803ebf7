"""The runbook for the day on which nothing else is there: its own commands, run as they stand, without a network."""

import os
import re
import subprocess
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.tools import ROOT, program

pytestmark = pytest.mark.needs("git", "mkdocs", "openssl")

PAGE = ROOT / "manual" / "docs" / "alone.md"
WHO = {f"GIT_{role}_{what}": said for role in ("AUTHOR", "COMMITTER")
       for what, said in (("NAME", "responder"), ("EMAIL", "responder@example.com"))}  # fmt: skip


def commands(stick: Path) -> str:
    """Return the page's commands, with `stick` in the place of its own."""
    blocks = re.findall(r"^```\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return "\n".join(blocks).replace("/media/stick", str(stick))


def cut_off() -> list[str]:
    """Return what runs a program where there is no network; nothing where this machine cannot take it away."""
    words = ["unshare", "--map-root-user", "--net"]
    try:
        able = subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        able = False
    return words if able else []


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("alone")
    (folder / "stick").mkdir()
    kept = {name: said for name, said in os.environ.items() if not name.startswith(("STILLUP_", "PG", "GIT_"))}
    stillup = program("stillup")
    assert stillup
    path = f"{Path(stillup).parent}{os.pathsep}{kept['PATH']}"
    # Where the network cannot be taken away, whoever asks for one is led nowhere.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    done = subprocess.run(
        [*cut_off(), "bash", "-eux", "-o", "pipefail", "-c", commands(folder / "stick")],
        cwd=folder,
        env={**kept, **WHO, **nowhere, "PATH": path, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}{done.stderr[-3000:]}"
    yield folder


def test_everything_that_was_said_is_on_the_stick(alone):
    log = ["git", "-C", alone / "stick/status.git", "log", "--format=%s", "main"]
    said = subprocess.run(log, capture_output=True, text=True, check=True).stdout

    assert said.splitlines() == [
        "Resolved: Checkout fails for all customers",
        "Mails become files",
        "Open: Checkout fails for all customers",
        "Begin on the stick",
    ]


def test_the_page_on_the_stick_tells_how_it_ended(alone):
    home = (alone / "stick/page/index.html").read_text(encoding="utf-8")
    whole = (alone / "stick/status.html").read_text(encoding="utf-8")

    for text in (home, whole):
        assert "Checkout fails for all customers" in text
    assert "Payments at checkout work again." in whole
    assert (alone / "stick/page/heartbeat.json").is_file()


def test_whoever_subscribed_has_two_mails_ready_to_send(alone):
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((alone / "stick/mails/email").glob("*.eml"))
    ]

    assert {mail["to"] for mail in mails} == {"reader@example.com"}
    assert len({mail["message-id"] for mail in mails}) == len(mails) == 2
