"""What every place that a page goes to has in common."""

import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from stillup import errand
from stillup.errors import StillupError
from stillup.records.target import DeployTarget

_LOGIN = re.compile(r"(?<=://)[^/\s@]*@")


class Unreached(StillupError):
    """The page did not get to a place; the words say why, and what to mend."""


Newer = Callable[[bytes], str]
"""Asked with the heartbeat that a place serves: why the page in hand is older than that one, or nothing."""


def never(heartbeat: bytes) -> str:
    """Hold no page for newer."""
    return ""


class Place(Protocol):
    """One place."""

    @property
    def name(self) -> str:
        """What people call it; no login is in it."""

    def put(self, site: Path, *, at: datetime, commit: str, newer: Newer = never) -> str:
        """Bring the page in the folder `site` there; return what happened, as the end of a sentence.

        Whoever looks meanwhile sees the page before or the new one. Where the page there is `newer`, it stays.

        Raises:
            Unreached: the place is as it was.
        """

    def look(self, site: Path) -> str:
        """Return what `put` would do, and do nothing.

        Raises:
            Unreached: it could not.
        """


def open_place(target: DeployTarget, *, root: Path, work: Path, environment: Mapping[str, str]) -> Place:
    """Return the place that `target` names; `work` is a folder of our own that is safe to delete."""
    if target.kind == "folder":
        from stillup.delivery.deploy.folder import Folder

        return Folder(root / target.folder, keep=target.keep)
    if target.kind == "git":
        from stillup.delivery.deploy.branch import Branch

        return Branch(target, root=root, work=work, environment=environment)
    from stillup.delivery.deploy.rsync import Rsync

    return Rsync(target, root=root, environment=environment)


def run(
    words: Sequence[str], *, folder: Path, environment: Mapping[str, str], given: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    """Run a program that asks nobody anything, in a session without a terminal.

    Raises:
        Unreached: it is not installed, or does not come to an end.
    """
    try:
        return errand.run(words, environment=environment, folder=folder, given=given)
    except FileNotFoundError:
        raise Unreached(f"{words[0]} is not installed. Install it.") from None
    except subprocess.TimeoutExpired:
        raise Unreached(
            f"{words[0]} did not end in {errand.PATIENCE / 60:.0f} minutes. See whether the other side answers."
        ) from None


def said(done: "subprocess.CompletedProcess[bytes]") -> str:
    """Return the line in which a program complains, without a login."""
    lines = [line.strip() for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if re.match(r"(?i)fatal|error|remote:|ssh:|rsync: |!|.*(denied|refused)", line)]
    return plain((telling or lines or [f"exit status {done.returncode}"])[0])


def plain(text: str) -> str:
    """Return `text` without what stands before the @ of an address."""
    return _LOGIN.sub("", text)
