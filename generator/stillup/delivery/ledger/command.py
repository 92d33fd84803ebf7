"""Git as a place to keep lines: plumbing alone, no hook, no question, and what it says when it refuses."""

import os
import re
import subprocess
from pathlib import Path

from stillup import errand
from stillup.delivery.ledger import LedgerError

PATIENCE = 60.0
"""Seconds for which a write that loses races is tried again."""

ANSWER = 120.0
"""Seconds for which the remote is waited for."""

_ABROAD = frozenset({"push", "fetch", "ls-remote"})
_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "stillup"), ("EMAIL", "stillup@localhost"))
}


class Git:
    """The repository of a page, for what is kept in refs that no branch shows."""

    def __init__(self, root: Path, what: str) -> None:
        """Use the repository at `root`; `what` begins every complaint: `The ledger git:origin#...`."""
        self._root, self._what = root, what
        # Nothing may ask for a password, and no hook of the page's repository is for us.
        self._environment = os.environ | _IDENTITY | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}

    def has(self, commit: str) -> bool:
        """Whether `commit` is here."""
        return self.run("cat-file", "-e", f"{commit}^{{commit}}").returncode == 0

    def follows(self, old: str, new: str) -> bool:
        """Whether `new` continues `old`."""
        return self.run("merge-base", "--is-ancestor", old, new).returncode == 0

    def ask(self, *words: str, given: bytes = b"") -> str:
        """Return what git answers.

        Raises:
            LedgerError: it refused.
        """
        done = self.run(*words, given=given)
        if done.returncode != 0:
            raise LedgerError(f"{self._what} cannot be used: git {words[0]} failed. Git says: {said(done)}")
        return done.stdout.decode().strip()

    def run(self, *words: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """Return what became of a command; one that got no answer from the remote failed."""
        command = ["git", "-C", str(self._root), *words]
        try:
            if words[0] in _ABROAD:
                return errand.run(command, environment=self._environment, given=given, patience=ANSWER)
            return subprocess.run(command, input=given, env=self._environment, capture_output=True, check=False)
        except FileNotFoundError:
            raise LedgerError(f"{self._what} needs git, which is not installed.") from None
        except subprocess.TimeoutExpired:
            lost = f"fatal: no answer in {ANSWER:.0f} seconds"  # A push may have been taken: the next fetch tells.
            return subprocess.CompletedProcess(command, 128, b"", lost.encode())


def mirror_of(remote: str, ref: str) -> str:
    """Return the ref that keeps here what was last seen of `ref` at `remote`."""
    return f"refs/stillup/seen/{remote}/{ref.removeprefix('refs/')}"


def is_race(done: "subprocess.CompletedProcess[bytes]") -> bool:
    """Whether git was refused because somebody else wrote at the same moment."""
    return any(
        word in done.stderr
        for word in (b"stale info", b"cannot lock ref", b"failed to update ref", b"fetch first", b"transaction failed")
    )


def said(done: "subprocess.CompletedProcess[bytes]") -> str:
    """Return git's complaint in one line, without what stands before the @ of an address."""
    lines = [line.strip() for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    chosen = next((line for line in lines if line.startswith(("fatal:", "error:", "!", "remote:"))), "")
    text = chosen or (lines[0] if lines else f"exit status {done.returncode}.")
    return re.sub(r"://[^/@\s]*@", "://", text)
