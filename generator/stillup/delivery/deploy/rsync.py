"""A folder on another machine, through rsync over SSH, or a daemon of rsync there.

Everything is brought there first and put into place at the end, file by file within moments; what is no more is
removed then. The heartbeat comes last and alone: where it is the page's own, all of the page is there, also when the
other side was killed between two files. rsync has no one step for a whole tree: where that matters, deploy to a folder
on that machine.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from stillup.delivery.deploy.place import Newer, Unreached, never
from stillup.delivery.deploy.program import plain, run, said
from stillup.records.target import DeployTarget

_WHY = {
    5: "The other side does not know this folder. Correct rsync: in deploy:.",
    10: "Nobody listens there. See that the machine is up and the port is right.",
    11: "A file cannot be written there. See that the folder exists, is writable and has room.",
    12: "The other side ended the connection. See that rsync is installed there.",
    23: "Not every file could be brought there. See that the folder is writable.",
    30: "The other side did not answer in time. See that the machine is up.",
    35: "The other side did not answer in time. See that the machine is up.",
    255: "SSH did not get through. See that the machine is up, its key is known (ssh-keyscan), and ours may log in.",
}

_REFUSED = re.compile(rb"rsync: \[(?:receiver|generator)\].*\((?:5|28|30|122)\)$").match
"""A disk of the other side that is full, cannot be written or does not work, or a quota."""

_LISTED = re.compile(rb"[-lcbps][-rwxsStT]{9}\s+[\d,.]+ \d{4}/\d\d/\d\d \d\d:\d\d:\d\d (.+?)(?: -> .*)?").fullmatch
"""What `--list-only` says of anything but a folder."""

_PARTIAL = re.compile(r"^(.*/)?\.([^/]+)\.[0-9A-Za-z]{6}$")

_NO_SSH = re.compile(
    rb"(?m)^(?:ssh: |Host key verification failed|.*: Permission denied \([a-z]|Connection .* port)"
).search
"""What SSH says where it does not come to running anything on the other side."""

_BEAT = "heartbeat.json"

# --delay-updates keeps what it brings in folders of this name. Killed, it leaves them, and of itself it would never
# remove what waits there for a place that is no more: that would be served for ever.
_TIDY = ("--delay-updates", "--delete-after", "--filter=risk .~tmp~/")


class Rsync:
    """One destination."""

    def __init__(self, target: DeployTarget, *, root: Path, environment: Mapping[str, str]) -> None:
        """Bring pages to `target`; a path without a host counts from `root`."""
        self._root, self._environment = root, {**environment, "LC_ALL": "C"}
        self._destination = target.rsync
        # `host:` is where the login leads, which `host:/` is not.
        self._within = self._destination if self._destination.endswith((":", "/")) else f"{self._destination}/"
        self._way = _way(self._destination, target.port, environment.get("RSYNC_RSH"))

    @property
    def name(self) -> str:
        """What people call it."""
        return f"rsync {plain(self._destination)}"

    def put(self, site: Path, *, at: datetime, commit: str, newer: Newer = never) -> str:
        """Bring what changed."""
        beat = self._heartbeat()
        if beat and (why := newer(beat)):
            return why
        if not beat:
            self._refuse_others(site)
        brought = self._run(f"{site.absolute()}/", *_TIDY, f"--exclude=/{_BEAT}")
        brought += self._run(f"{site.absolute()}/{_BEAT}")
        return f"holds the page, {brought} files brought there"

    def look(self, site: Path) -> str:
        """Return what `put` would do."""
        if not self._heartbeat():
            self._refuse_others(site)
        return f"would get {self._run(f'{site.absolute()}/', '--dry-run', '--delete-after')} files"

    def _heartbeat(self) -> bytes:
        """Return the heartbeat that is there; nothing before the first page, or where the other side says why not."""
        with tempfile.TemporaryDirectory() as folder:
            words = ["rsync", "--timeout=60", *self._way, "--", f"{self._within}{_BEAT}", folder]
            run(words, folder=self._root, environment=self._environment)
            kept = Path(folder) / _BEAT
            return kept.read_bytes() if kept.is_file() else b""

    def _refuse_others(self, site: Path) -> None:
        """See that what is there, without being a page, is at most the beginning of this one.

        Raises:
            Unreached: something else is there.
        """
        words = ["rsync", "--recursive", "--links", "--timeout=60", *self._way, "--list-only", "-8"]
        done = run([*words, "--", self._within], folder=self._root, environment=self._environment)
        # A folder that is not there yet is listed with an error, and so is a machine out of reach: the run meets that.
        listed = [_LISTED(line) for line in done.stdout.splitlines()]
        for found in filter(None, listed):
            path = os.fsdecode(found[1])
            # A run that was killed leaves what waits in a folder, and what it was just bringing under a name like this.
            own = _PARTIAL.sub(r"\1\2", path)
            if "/.~tmp~/" not in f"/{path}" and not os.path.lexists(site / own):
                raise Unreached(
                    f"{self.name} holds {path}, which no page of ours has put there, and it would be removed. Name a "
                    "folder of its own, or empty that one first."
                )

    def _run(self, source: str, *more: str) -> int:
        """Bring `source` and return how many files changed."""
        words = [
            "rsync",
            "--recursive",
            "--times",
            "--links",
            "--modify-window=-1",  # two builds within a second differ too
            "--chmod=D755,F644",
            "--exclude=*.stillup-new",
            "--timeout=60",
            "--out-format=%o %n",
            *self._way,
            *more,
            "--",
            source,
            self._within,
        ]
        done = run(words, folder=self._root, environment=self._environment)
        if done.returncode != 0:
            raise Unreached(f"{self.name} did not take the page: {complaint(done)}")
        return sum(line.startswith(b"send ") and not line.endswith(b"/") for line in done.stdout.splitlines())


def _way(destination: str, port: int | None, shell: str | None) -> tuple[str, ...]:
    """Return the options by which rsync gets there.

    With a shell named, rsync would look for a daemon behind it; of itself it speaks to one directly.
    """
    if destination.startswith("rsync://") or "::" in destination.partition("/")[0]:
        return ("--contimeout=15", *((f"--port={port}",) if port else ()))
    way = shell or "ssh -o BatchMode=yes -o ConnectTimeout=15"
    return (f"--rsh={way} -p {port}" if port else f"--rsh={way}",)


def complaint(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return in a line why rsync failed, and what to do.

    Where SSH fails, rsync reports by chance its end (255) or the silence after it (12); where a disk refuses, that (11)
    or the broken pipe between the two sides (10, 12). The cause counts.
    """
    number = 255 if _NO_SSH(done.stderr) else done.returncode
    refused = [line for line in done.stderr.splitlines() if _REFUSED(line.strip())]
    if refused:
        number, done = 11, subprocess.CompletedProcess(done.args, 11, done.stdout, b"\n".join(refused))
    return f"{said(done)}. {_WHY.get(number, 'See what rsync says.')}"
