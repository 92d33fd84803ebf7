"""A ledger in a ref of a git remote: nothing but a code host is needed, and publishers may stand anywhere.

One commit a write, whose tree holds the new lines alone; its parent is the write before. The remote takes a push only
on top of what the pusher has seen, so of two that decide at once the second is refused, fetches, and decides again.
"""

import random
import time
from collections.abc import Iterator
from pathlib import Path

from stillup.delivery.entry import chained, read
from stillup.delivery.ledger import LedgerError, Line
from stillup.delivery.ledger.command import PATIENCE, Git, is_race, mirror_of, said
from stillup.delivery.ledger.memory import Decide, StateLedger

_FILE = "entries.jsonl"


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
        self._remote, self._ref = remote, ref
        self._mirror = mirror_of(remote, ref)
        self._git = Git(root, f"The ledger {self.place}")
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
            done = self._git.run("push", "--quiet", "--no-verify", "--dry-run", lease, self._remote, where)
            if done.returncode != 0 and not is_race(done):
                raise LedgerError(f"The ledger {self.place} takes no push. Git says: {said(done)}")

    def _append(self, decide: Decide) -> None:
        with self._lock:
            until = time.monotonic() + PATIENCE
            while entries := decide(self._state):
                lines = self._state.following(entries)
                commit = self._commit(lines)
                done = self._git.run(
                    *("push", "--quiet", "--no-verify", f"--force-with-lease={self._ref}:{self._tip}"),
                    *(self._remote, f"{commit}:{self._ref}"),
                )
                if done.returncode == 0:
                    self._state.accept(lines, entries)
                    self._remember(commit, self._tip)
                    return
                before = self._tip
                self._fetch()
                if self._tip and self._git.follows(commit, self._tip):
                    return  # The answer was lost, not the push; what was written came back with the fetch.
                if time.monotonic() > until or (self._tip == before and not is_race(done)):
                    raise LedgerError(f"The ledger {self.place} takes no push. Git says: {said(done)}")
                time.sleep(random.uniform(0.01, 0.15))

    def _commit(self, lines: list[Line]) -> str:
        text = "".join(f"{line.hash} {line.text}\n" for line in lines)
        blob = self._git.ask("hash-object", "-w", "--stdin", given=text.encode())
        tree = self._git.ask("mktree", given=f"100644 blob {blob}\t{_FILE}\n".encode())
        parent = ("-p", self._tip) if self._tip else ()
        subject = f"Lines {lines[0].number} to {lines[-1].number}" if len(lines) > 1 else f"Line {lines[0].number}"
        return self._git.ask("commit-tree", tree, *parent, "-m", subject)

    def _fetch(self) -> None:
        """Bring our state up to the remote's.

        Raises:
            LedgerError: the remote does not answer, or its ledger does not continue what was seen before.
        """
        for _ in range(5):
            listed = self._git.ask("ls-remote", self._remote, self._ref).split()
            seen = self._git.run("rev-parse", "--verify", "--quiet", self._mirror).stdout.decode().strip()
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
            if new != seen or not self._git.has(new):
                fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance")
                self._git.ask(*fetch, self._remote, self._ref)
                if not self._git.has(new):
                    continue  # It moved on between the two questions, and an older end was not sent.
            if all(self._git.follows(old, new) for old in {seen, self._tip} - {"", new}):
                self._advance(new, seen)
                return
            time.sleep(0.1)  # Another process of this clone may have seen a newer end than we were told.
        raise LedgerError(
            f"The ledger {self.place} does not continue what was seen of it before: it was rewritten, or put back to "
            "an earlier state. Whoever was told since would be told again, so nothing is sent. "
            f"What was last seen is {self._mirror} here."
        )

    def _advance(self, new: str, seen: str) -> None:
        """Take in what was written between our end and `new`, which continues `seen` as well."""
        for line in self._read(f"{self._tip}..{new}" if self._tip else new):
            if line.number != self._state.number + 1 or line.hash != chained(self._state.hash, line.text):
                raise LedgerError(f"Line {line.number} of the ledger {self.place} does not follow from the one before.")
            self._state.accept([line], [read(line.text)])
        self._remember(new, seen)

    def _remember(self, tip: str, before: str) -> None:
        """Keep `tip`, which continues `before`, as what was last seen."""
        self._tip = tip
        if tip == before or self._git.run("update-ref", self._mirror, tip, before or "0" * 40).returncode == 0:
            return
        # Another process of this clone saw something else in the meantime.
        seen = self._git.run("rev-parse", "--verify", "--quiet", self._mirror).stdout.decode().strip()
        if not seen or self._git.follows(seen, tip):
            # Refused where another process was quicker, which is as good.
            self._git.run("update-ref", self._mirror, tip, seen or "0" * 40)

    def _read(self, commits: str) -> list[Line]:
        """Return the lines of a range of commits, oldest first."""
        ids = self._git.ask("rev-list", "--reverse", "--first-parent", commits).split()
        asked = "".join(f"{id}:{_FILE}\n" for id in ids).encode()
        given = self._git.run("cat-file", "--batch", given=asked).stdout
        lines, place = [], 0
        for id in ids:
            end = given.find(b"\n", place)
            head = given[place:end].split()
            if len(head) != 3 or head[1] != b"blob":
                raise LedgerError(f"Commit {id[:10]} of the ledger {self.place} holds no lines.")
            size = int(head[2])
            for row in given[end + 1 : end + 1 + size].decode(errors="replace").splitlines():
                hash, _, text = row.partition(" ")
                lines.append((hash, text))
            place = end + 1 + size + 1
        first = self._state.number + 1 if ".." in commits else 1
        return [Line(first + place, hash, text) for place, (hash, text) in enumerate(lines)]
