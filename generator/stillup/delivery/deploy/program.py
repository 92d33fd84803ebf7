"""Programs that bring a page to its place: asked nothing, and heard without a login."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from stillup import errand
from stillup.delivery.deploy.place import Unreached

_LOGIN = re.compile(r"(?<=://)[^/\s@]*@")


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
