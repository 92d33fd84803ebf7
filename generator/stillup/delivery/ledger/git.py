"""A ledger in a ref of a git remote: nothing but a code host is needed, and publishers may stand anywhere.

One commit a write, whose tree holds the new lines alone; its parent is the write before. The remote takes a push only
on top of what the pusher has seen, so of two that decide at once the second is refused, fetches, and decides again.
"""

import os
import random
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from stillup.delivery.entry import chained, read
from stillup.delivery.ledger import LedgerError, Line
from stillup.delivery.ledger.memory import Decide, StateLedger

_FILE = "entries.jsonl"
_PATIENCE = 60.0
"""Seconds for which a write that loses races is tried again."""

_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "stillup"), ("EMAIL", "stillup@localhost"))
}


class GitLedger(StateLedger):
    """Lines in the commits of one ref."""

    is_cheap = False

    def __init__(self, root: Path, remote: str, ref: str) -> None:
        """Use `ref` at `remote`, a remote of the repository at `root`; fetch what is there.

        Raises:
            LedgerError: the remote does not answer, or its ledger is not a continuation of what was seen before.
        """
        super().__init__()
        self.place = f"git:{remote}#{ref}"
        self._root, self._remote, self._ref = root, remote, ref
        self._mirror = f"refs/stillup/seen/{remote}/{ref.removeprefix('refs/')}"
        # Nothing may ask for a password, and no hook of the page's repository is for the ledger.
        self._environment = os.environ | _IDENTITY | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        if not ref.startswith("refs/"):
            raise LedgerError(f"{ref} is not the whole name of a ref. Write git:{remote}#refs/stillup/ledger.")
        self._tip = ""
        self.refresh()

    def refresh(self) -> None:
        """See `Ledger`."""
        with self._lock:
            self._fetch()

    def lines(self) -> Iterator[Line]:
        """See `Ledger`."""
        return iter(self._read(self._tip)) if self._tip else iter(())

    def probe(self) -> None:
        """See `Ledger`: a commit on top of what is there is offered with --dry-run, and kept nowhere."""
        with self._lock:
            text = Line(self._state.number + 1, "0" * 64, "{}")
            lease = f"--force-with-lease={self._ref}:{self._tip}"
            where = f"{self._commit([text])}:{self._ref}"
            done = self._run("push", "--quiet", "--no-verify", "--dry-run", lease, self._remote, where)
            if done.returncode != 0 and not _is_race(done):
                raise LedgerError(f"The ledger {self.place} takes no push. Git says: {_said(done)}")

    def _append(self, decide: Decide) -> None:
        with self._lock:
            until = time.monotonic() + _PATIENCE
            while entries := decide(self._state):
                lines = self._state.following(entries)
                commit = self._commit(lines)
                done = self._run(
                    *("push", "--quiet", "--no-verify", f"--force-with-lease={self._ref}:{self._tip}"),
                    *(self._remote, f"{commit}:{self._ref}"),
                )
                if done.returncode == 0:
                    self._state.accept(lines, entries)
                    self._remember(commit)
                    return
                before = self._tip
                self._fetch()
                if self._tip and self._follows(commit, self._tip):
                    return  # The answer was lost, not the push; what was written came back with the fetch.
                if time.monotonic() > until or (self._tip == before and not _is_race(done)):
                    raise LedgerError(f"The ledger {self.place} takes no push. Git says: {_said(done)}")
                time.sleep(random.uniform(0.01, 0.15))

    def _commit(self, lines: list[Line]) -> str:
        text = "".join(f"{line.hash} {line.text}\n" for line in lines)
        blob = self._git("hash-object", "-w", "--stdin", given=text.encode())
        tree = self._git("mktree", given=f"100644 blob {blob}\t{_FILE}\n".encode())
        parent = ("-p", self._tip) if self._tip else ()
        subject = f"Lines {lines[0].number} to {lines[-1].number}" if len(lines) > 1 else f"Line {lines[0].number}"
        return self._git("commit-tree", tree, *parent, "-m", subject)

    def _fetch(self) -> None:
        """Bring our state up to the remote's.

        Raises:
            LedgerError: the remote does not answer, or its ledger does not continue what was seen before.
        """
        for _ in range(5):
            listed = self._git("ls-remote", self._remote, self._ref).split()
            seen = self._run("rev-parse", "--verify", "--quiet", self._mirror).stdout.decode().strip()
            if not listed:
                if self._tip or seen:
                    raise LedgerError(
                        f"The ledger {self.place} is gone, and only there it is known who was told what. "
                        f"Put back what was last seen of it: git push {self._remote} {self._mirror}:{self._ref}"
                    )
                return
            new = listed[0]
            if new == self._tip:
                return
            fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance")
            self._git(*fetch, self._remote, self._ref)
            if not self._has(new):
                continue  # It moved on between the two questions, and an older end was not sent.
            if all(self._follows(old, new) for old in {seen, self._tip} - {""}):
                self._advance(new)
                return
            time.sleep(0.1)  # Another process of this clone may have seen a newer end than we were told.
        raise LedgerError(
            f"The ledger {self.place} does not continue what was seen of it before: it was rewritten, or put back to "
            "an earlier state. Whoever was told since would be told again, so nothing is sent. "
            f"What was last seen is {self._mirror} here."
        )

    def _advance(self, new: str) -> None:
        """Take in what was written between our end and `new`."""
        for line in self._read(f"{self._tip}..{new}" if self._tip else new):
            if line.number != self._state.number + 1 or line.hash != chained(self._state.hash, line.text):
                raise LedgerError(f"Line {line.number} of the ledger {self.place} does not follow from the one before.")
            self._state.accept([line], [read(line.text)])
        self._remember(new)

    def _remember(self, tip: str) -> None:
        self._tip = tip
        seen = self._run("rev-parse", "--verify", "--quiet", self._mirror).stdout.decode().strip()
        if not seen or self._follows(seen, tip):
            # Refused where another process was quicker, which is as good.
            self._run("update-ref", self._mirror, tip, seen or "0" * 40)

    def _read(self, commits: str) -> list[Line]:
        """Return the lines of a range of commits, oldest first."""
        ids = self._git("rev-list", "--reverse", "--first-parent", commits).split()
        asked = "".join(f"{id}:{_FILE}\n" for id in ids).encode()
        given = self._run("cat-file", "--batch", given=asked).stdout
        lines, place = [], 0
        for id in ids:
            end = given.find(b"\n", place)
            head = given[place:end].split()
            if len(head) != 3 or head[1] != b"blob":
                raise LedgerError(f"Commit {id[:10]} of the ledger {self.place} holds no lines.")
            size = int(head[2])
            for row in given[end + 1 : end + 1 + size].decode().splitlines():
                hash, _, text = row.partition(" ")
                lines.append((hash, text))
            place = end + 1 + size + 1
        first = self._state.number + 1 if ".." in commits else 1
        return [Line(first + place, hash, text) for place, (hash, text) in enumerate(lines)]

    def _has(self, commit: str) -> bool:
        return self._run("cat-file", "-e", f"{commit}^{{commit}}").returncode == 0

    def _follows(self, old: str, new: str) -> bool:
        return self._run("merge-base", "--is-ancestor", old, new).returncode == 0

    def _git(self, *words: str, given: bytes = b"") -> str:
        done = self._run(*words, given=given)
        if done.returncode != 0:
            raise LedgerError(f"The ledger {self.place} cannot be used: git {words[0]} failed. Git says: {_said(done)}")
        return done.stdout.decode().strip()

    def _run(self, *words: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        command = ["git", "-C", str(self._root), *words]
        try:
            return subprocess.run(command, input=given, env=self._environment, capture_output=True, check=False)
        except FileNotFoundError:
            raise LedgerError(f"The ledger {self.place} needs git, which is not installed.") from None


def _is_race(done: "subprocess.CompletedProcess[bytes]") -> bool:
    """Whether git was refused because somebody else wrote at the same moment."""
    return any(
        word in done.stderr for word in (b"stale info", b"cannot lock ref", b"failed to update ref", b"fetch first")
    )


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    """Return git's complaint in one line, without what stands before the @ of an address."""
    lines = [line.strip() for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    chosen = next((line for line in lines if line.startswith(("fatal:", "error:", "!", "remote:"))), "")
    said = chosen or (lines[0] if lines else f"exit status {done.returncode}.")
    return re.sub(r"://[^/@\s]*@", "://", said)
