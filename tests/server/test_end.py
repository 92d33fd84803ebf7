"""`stillup serve` told to end, while somebody keeps it waiting."""

import asyncio
import fcntl
import json
import logging
import os
import socket
import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stillup import errand
from stillup import server as served
from stillup.pipeline.serving import inlet as inlets
from stillup.pipeline.serving.inlet import Inlet
from stillup.records import configuration
from stillup.records.settings import Settings
from tests.hands.conftest import WHO, git
from tests.intake.alert.receiver import SECRET, firing, page
from tests.loopback import wait
from tests.server.running import alerts_only
from tests.tools import PATIENCE


def test_a_push_that_hangs_ends_with_the_application_and_with_all_it_started(tmp_path, monkeypatch, caplog):
    """The remote is reached by a program that never answers, and has another one for it."""
    monkeypatch.setattr(inlets, "FAREWELL", 0.05)
    root = page(tmp_path / "page")
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "-A"),
        ("commit", "-q", "-m", "A page"),
        ("remote", "add", "origin", "ssh://git.example.com/page"),
        ("config", "branch.main.remote", "origin"),
        ("config", "branch.main.merge", "refs/heads/main"),
        ("config", "core.sshCommand", f"sleep 600 & echo $$ $! > {tmp_path}/pids; wait #"),
    ):  # fmt: skip
        git(root, *words)
    for name, value in WHO.items():
        monkeypatch.setenv(name, value)
    secret = {"STILLUP_INTAKE_ALERTMANAGER_SECRET": SECRET}
    settings, _ = configuration.settings(root)
    inlet = Inlet(root, settings, secret, lambda: datetime.now(UTC), push=True)
    body = json.dumps({"version": "4", "status": "firing", "alerts": [firing()]}).encode()
    assert inlet.take("alertmanager", body, {"authorization": f"Bearer {SECRET}"}) == (200, "1 new")

    with caplog.at_level(logging.WARNING, "stillup.serve"), inlet.working():
        wait(lambda: len(written(tmp_path / "pids")) == 2, "git asked nobody")
        pids = written(tmp_path / "pids")
        assert all(map(lives, pids))

    wait(lambda: not any(map(lives, pids)), "somebody outlived the application")
    assert "alerts are kept, and could not be worked out" in caplog.text


def written(file):
    return [int(each) for each in file.read_text().split()] if file.exists() else []


def lives(pid):
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_an_errand_that_takes_too_long_ends_with_all_it_started(tmp_path):
    script = f"sleep 600 & echo $! > {tmp_path}/pid; wait"

    with pytest.raises(subprocess.TimeoutExpired):
        errand.run(["sh", "-c", script], environment=os.environ, patience=0.5)

    (pid,) = written(tmp_path / "pid")
    wait(lambda: not lives(pid), "it lives on")


def test_who_never_ends_a_request_does_not_keep_it_from_ending(tmp_path):
    with alerts_only(tmp_path) as (server, port), socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: status.example.com\r\n\r\n")
        assert line.recv(100)
        line.sendall(b"POST /intake/generic HTTP/1.1\r\nHost: status.example.com\r\nContent-Length: 99\r\n\r\n{")

        server.terminate()
        said = server.stderr.read()

        assert server.wait(PATIENCE) == 0
    assert "Finished server process" in said
    assert "Traceback" not in said


def test_a_request_that_does_not_come_whole_is_answered_after_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr(served, "SLOWEST", 0.05)
    environment = {"STILLUP_INTAKE_GENERIC_SECRET": "a secret that only the sender has"}
    application = served.gate(Inlet(tmp_path, Settings(), environment, lambda: datetime.now(UTC)))
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/intake/generic",
        "raw_path": b"/intake/generic",
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
        "scheme": "http",
        "root_path": "",
    }
    parts, answers = iter([{"type": "http.request", "body": b"{", "more_body": True}]), []

    async def receive():
        if (part := next(parts, None)) is None:
            await asyncio.Event().wait()
        return part

    async def send(message):
        answers.append(message)

    asyncio.run(asyncio.wait_for(application(scope, receive, send), PATIENCE))

    assert answers[0]["status"] == 503, "a sender of alerts tries again"


def test_a_round_that_does_not_end_is_not_waited_for_and_nothing_is_lost(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(inlets, "FAREWELL", 0.05)
    root = page(tmp_path / "page")
    settings, _ = configuration.settings(root)
    inlet = Inlet(root, settings, {"STILLUP_INTAKE_ALERTMANAGER_SECRET": SECRET}, lambda: datetime.now(UTC))
    body = json.dumps({"version": "4", "status": "firing", "alerts": [firing()]}).encode()
    assert inlet.take("alertmanager", body, {"authorization": f"Bearer {SECRET}"}) == (200, "1 new")

    with (root / "private" / "inbox" / ".lock").open("ab") as somebody:
        fcntl.flock(somebody, fcntl.LOCK_EX)
        with caplog.at_level(logging.WARNING, "stillup.serve"), inlet.working():
            (thread,) = [each for each in threading.enumerate() if each.name == "intake"]
        assert "were still being worked out: the next start does it" in caplog.text
        assert thread.daemon, "it keeps no process from ending"
    thread.join(PATIENCE)

    assert list(root.glob("incidents/**/*-payments-*.yml"))
