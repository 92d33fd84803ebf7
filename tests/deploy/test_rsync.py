"""The page on another machine, through a real ssh: told what to mend when it does not get there."""

import json
import os
import shutil
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from stillup.delivery.deploy.place import Unreached
from stillup.delivery.deploy.rsync import Rsync, complaint
from stillup.records.target import DeployTarget
from tests import loopback
from tests.deploy.pages import AT, page, tree
from tests.tools import free_port, need, program


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def sshd(folder: Path):
    """Run a real sshd on loopback; yield its port and the environment in which ssh finds its keys."""
    need("rsync", "ssh", "sshd")
    daemon = program("sshd") or "/usr/sbin/sshd"
    folder.mkdir()
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized")
    port = free_port()
    (folder / "known").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    (folder / "config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder / 'host'}\nAuthorizedKeysFile {folder / 'authorized'}\n"
        "StrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\n"
        f"PermitRootLogin yes\nPidFile {folder / 'pid'}\n"
    )
    server = subprocess.Popen([daemon, "-D", "-e", "-f", str(folder / "config")], stderr=subprocess.PIPE)
    try:
        loopback.wait(partial(_listens, port), "sshd does not listen")
        options = f"-o UserKnownHostsFile={folder / 'known'} -o IdentitiesOnly=yes -o BatchMode=yes"
        yield port, {**os.environ, "RSYNC_RSH": f"ssh -F none -i {folder / 'user'} {options}"}
    finally:
        server.terminate()
        server.communicate()


@contextmanager
def rsyncd(folder: Path):
    """Run a real daemon of rsync on loopback, with the module `far`; yield its port."""
    need("rsync")
    port = free_port()
    (folder / "far").mkdir(parents=True)
    (folder / "config").write_text(
        f"use chroot = no\npid file = {folder / 'pid'}\n[far]\npath = {folder / 'far'}\nread only = no\n"
        f"uid = {os.getuid()}\ngid = {os.getgid()}\n"
    )
    words = ["--daemon", "--no-detach", f"--port={port}", "--address=127.0.0.1", f"--config={folder / 'config'}"]
    server = subprocess.Popen(["rsync", *words], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        loopback.wait(partial(_listens, port), "the daemon does not listen")
        yield port
    finally:
        server.terminate()
        server.communicate()


@pytest.mark.parametrize("written", ["rsync://127.0.0.1:{port}/far/site", "127.0.0.1::far/site"])
def test_a_daemon_of_rsync_is_asked_without_ssh(written, tmp_path):
    with rsyncd(tmp_path / "daemon") as port:
        target = DeployTarget(rsync=written.format(port=port), port=port if "::" in written else None)
        # A way for the other places of `deploy`: through it nobody would get here.
        there = Rsync(target, root=tmp_path, environment={**os.environ, "RSYNC_RSH": "false"})
        site = page(tmp_path / "site", 1)
        first = there.put(site, at=AT, commit="c1")
        again = there.put(site, at=AT, commit="c1")

    assert first == "holds the page, 6 files brought there"
    assert again == "holds the page, 0 files brought there"
    assert tree(tmp_path / "daemon" / "far" / "site") == tree(site)
    with pytest.raises(Unreached, match="Nobody listens there"):
        there.put(site, at=AT, commit="c1")


def test_rsync_brings_the_page_through_ssh_and_removes_what_is_no_more(tmp_path):
    with sshd(tmp_path / "ssh") as (port, environment):
        target = DeployTarget(rsync=f"127.0.0.1:{tmp_path / 'far'}", port=port)
        there = Rsync(target, root=tmp_path, environment=environment)
        site = page(tmp_path / "site", 1)
        would = there.look(site)
        assert not (tmp_path / "far").exists()
        first = there.put(site, at=AT, commit="c1")
        page(site, 2)
        (site / "incidents/1/index.html").unlink()
        (site / "incidents/1").rmdir()
        second = there.put(site, at=AT, commit="c2")
        wrong = Rsync(
            DeployTarget(rsync=target.rsync, port=port), root=tmp_path,
            environment={**environment, "RSYNC_RSH": "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes "
                         "-o UserKnownHostsFile=/dev/null"},
        )  # fmt: skip
        with pytest.raises(Unreached, match="SSH did not get through"):
            wrong.put(site, at=AT, commit="c2")

    assert would == "would get 6 files"
    assert first == "holds the page, 6 files brought there"
    assert second == "holds the page, 4 files brought there"
    assert tree(tmp_path / "far") == tree(site)


@contextmanager
def far_side(folder: Path):
    """Yield the environment in which rsync's other side is a process here, and what kills that with -9."""
    script, number = folder / "shell", folder / "number"
    script.write_text(f'#!/bin/sh\nshift\necho $$ > {number}\nexec "$@"\n')
    script.chmod(0o755)

    def kill() -> None:
        with suppress(ProcessLookupError):
            os.killpg(int(number.read_text()), signal.SIGKILL)

    yield {**os.environ, "RSYNC_RSH": f"setsid {script}"}, kill


@pytest.mark.needs("rsync", "setsid")
def test_an_rsync_that_is_killed_between_two_files_does_not_say_that_the_page_is_there(tmp_path):
    files, between = 2_000, 0
    site, far = page(tmp_path / "site", 1, files), tmp_path / "far"
    with far_side(tmp_path) as (environment, kill):
        there = Rsync(DeployTarget(rsync=f"far:{far}"), root=tmp_path, environment=environment)
        there.put(site, at=AT, commit="1")
        for number in range(2, 12):
            page(site, number, files)
            with ThreadPoolExecutor(1) as pool:
                putting = pool.submit(there.put, site, at=AT, commit=str(number))
                seen = far / ("index.html", "incidents/1000/index.html")[number % 2]
                while not putting.done() and seen.read_text() != f"page {number}":
                    pass
                kill()
                if isinstance(putting.exception(), Unreached):
                    found = {path.read_text() for path in far.glob("incidents/*/index.html")}
                    between += len(found) > 1
                    assert json.loads((far / "heartbeat.json").read_text())["commit"] != str(number)
            if between == 2:
                break
        left = list(far.rglob(".~tmp~"))
        for gone in range(0, files, 2):
            shutil.rmtree(site / f"incidents/{gone}")
        (site / "incidents/1/index.html").rename(site / "incidents/1/other.html")

        there.put(site, at=AT, commit="3")

    assert between, "it was killed between two files"
    assert left
    assert tree(far) == tree(site)
    assert list(far.rglob(".~tmp~")) == []


@pytest.mark.needs("rsync")
def test_rsync_leaves_a_folder_of_others_as_it_is_and_ends_what_it_began(tmp_path):
    (tmp_path / "shell").write_text('#!/bin/sh\nshift\nexec "$@"\n')
    (tmp_path / "shell").chmod(0o755)
    far, site = tmp_path / "far", page(tmp_path / "site", 1)
    (site / "über").mkdir()
    (site / "über/index.html").write_text("page 1")
    there = Rsync(
        DeployTarget(rsync=f"far:{far}"),
        root=tmp_path,
        environment={**os.environ, "RSYNC_RSH": str(tmp_path / "shell")},
    )
    (far / "blog").mkdir(parents=True)
    (far / "blog/first post.html").write_text("mine")

    for way in (lambda: there.look(site), lambda: there.put(site, at=AT, commit="c1")):
        with pytest.raises(Unreached, match=r"holds blog/first post\.html, which no page of ours has put there"):
            way()
    assert tree(far) == {"blog/first post.html": "mine"}

    shutil.rmtree(far / "blog")
    # What a run leaves that was killed before the heartbeat was there.
    for path in ("index.html", "über/index.html", ".index.html.aB3dE6", ".~tmp~/incidents.html"):
        (far / path).parent.mkdir(exist_ok=True)
        (far / path).write_text("page 0")
    there.put(site, at=AT, commit="c1")
    assert tree(far) == tree(site)


@pytest.mark.needs("rsync")
def test_where_a_login_leads_is_not_the_root_of_its_machine(tmp_path):
    (tmp_path / "shell").write_text(f'#!/bin/sh\nshift\ncd {tmp_path}/home && exec "$@"\n')
    (tmp_path / "shell").chmod(0o755)
    (tmp_path / "home").mkdir()
    environment = {**os.environ, "RSYNC_RSH": str(tmp_path / "shell")}

    there = Rsync(DeployTarget(rsync="far:"), root=tmp_path, environment=environment)
    there.put(page(tmp_path / "site", 1), at=AT, commit="1")
    said = there.put(page(tmp_path / "site", 2), at=AT, commit="2", newer=lambda beat: f"keeps {beat.decode()}")

    assert tree(tmp_path / "home") == tree(page(tmp_path / "site", 1))
    assert json.loads(said.removeprefix("keeps "))["commit"] == "1"


def test_a_full_disk_of_the_other_side_is_named_whichever_side_of_rsync_tells_first():
    full = b'rsync: [receiver] write failed on "/srv/status/index.html": No space left on device (28)'
    pipe = b"rsync: [sender] write error: Broken pipe (32)"
    ends = b"rsync error: error in socket IO (code 10) at io.c(849) [sender=3.5.0]"

    for lines, status in (((full, ends), 11), ((pipe, full, ends), 10), ((pipe, full, ends), 12)):
        told = complaint(subprocess.CompletedProcess(["rsync"], status, b"", b"\n".join(lines) + b"\n"))

        assert told == (
            'rsync: [receiver] write failed on "/srv/status/index.html": No space left on device (28). '
            "A file cannot be written there. See that the folder exists, is writable and has room."
        )
    alone = complaint(subprocess.CompletedProcess(["rsync"], 10, b"", pipe + b"\n"))
    assert alone.endswith("Nobody listens there. See that the machine is up and the port is right.")


@pytest.mark.parametrize(
    "said",
    [
        b"Host key verification failed.",
        b"ssh: Could not resolve hostname far.example.com: Name or service not known",
        b"deploy@far.example.com: Permission denied (publickey).",
        b"Connection closed by 192.0.2.1 port 22",
    ],
)
def test_ssh_that_did_not_get_through_is_named_whichever_end_rsync_reports(said):
    ends = b"rsync: connection unexpectedly closed (0 bytes received so far) [sender]"

    for status in (12, 255):
        for lines in ((said, ends), (ends, said)):
            told = complaint(subprocess.CompletedProcess(["rsync"], status, b"", b"\n".join(lines) + b"\n"))
            assert "SSH did not get through" in told
    refused = b'rsync: [receiver] mkdir "/srv/status" failed: Permission denied (13)'
    told = complaint(subprocess.CompletedProcess(["rsync"], 11, b"", refused + b"\n"))
    assert "A file cannot be written there" in told


@pytest.mark.needs("rsync", "ssh")
def test_a_machine_that_is_down_says_what_to_mend(tmp_path):
    with socket.socket() as held, pytest.raises(Unreached, match="See that the machine is up"):
        held.bind(("127.0.0.1", 0))  # and nobody listens
        target = DeployTarget(rsync="127.0.0.1:/far", port=held.getsockname()[1])
        there = Rsync(target, root=tmp_path, environment=os.environ)
        there.put(page(tmp_path / "site", 1), at=AT, commit="c")
