"""An event log in two refs of a git remote: one for the chain, which only grows, and one for the texts, which can go.

A publisher pushes both in one step, on top of what it has seen: of two that append at once the second is refused,
fetches, and decides again, so the chain never forks. When a text goes, the ref of the texts begins anew without it:
no commit of the log leads to it any more.

What was read once is kept in a file within `.git`. Builds read that file alone, and need no network.
"""

import json
import random
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from stillup.delivery.event_log import Decide, Raw
from stillup.delivery.event_log.copied import Copied
from stillup.delivery.event_log.entry import MARK, Logged, Pen, canonical, read
from stillup.delivery.ledger import LedgerError
from stillup.delivery.ledger.command import PATIENCE, Git, is_race, mirror_of, said

_ENTRIES = "entries.jsonl"
_KNOWN = "known"
_SHELF = 1000
"""How many texts stand in one folder: a new one means that only its folder is written again."""

_FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance")


class GitEventLog(Copied):
    """Entries in the commits of one ref, texts in the tree of another, and a copy of both at hand."""

    def __init__(self, root: Path, remote: str, ref: str) -> None:
        """Use the refs beside `ref` at `remote`; nothing is fetched yet.

        Raises:
            LedgerError: there is no repository.
        """
        place = f"git:{remote}#{ref}-events"
        path = copy_of(root, remote, ref)
        if path is None:
            raise LedgerError(f"The event log {place} needs a git repository at {root}.")
        super().__init__(place, path)
        self._git = Git(root, f"The event log {place}")
        self._remote = remote
        self._refs = (f"{ref}-events", f"{ref}-event-texts")
        self._mirrors = tuple(mirror_of(remote, each) for each in self._refs)

    def refresh(self) -> None:
        """See `EventLog`."""
        for _ in range(5):
            new = self._remote_tips()
            old = self._seen()
            if not new[0]:
                if old[0]:
                    raise LedgerError(
                        f"The event log {self.place} is gone. Put back what was last seen of it: git push "
                        f"{self._remote} {self._mirrors[0]}:{self._refs[0]} {self._mirrors[1]}:{self._refs[1]}"
                    )
                return
            if new == old and self._copy.head() is not None:
                return
            self._git.ask(*_FETCH, self._remote, *self._refs)
            if not all(map(self._git.has, filter(None, new))):
                continue  # It moved on between the two questions.
            if not old[0] or self._git.follows(old[0], new[0]):
                self._absorb(old, new)
                return
            time.sleep(0.1)  # Another process of this clone may have seen a newer end than we were told.
        raise LedgerError(
            f"The event log {self.place} does not continue what was seen of it before: it was rewritten, or put back "
            f"to an earlier state. What was last seen is {self._mirrors[0]} here; `stillup ledger verify` compares."
        )

    def append(self, pen: Pen, decide: Decide) -> tuple[Logged, ...]:
        """See `EventLog`."""
        until = time.monotonic() + PATIENCE
        while True:
            self.refresh()
            tips = self._seen()
            try:
                with self._copy.writing():
                    drafts = tuple(decide(self._copy))
                    if not drafts:
                        return ()
                    made = pen.entries(self._copy.head(), drafts)
                    marks = tuple(each for draft in drafts for each in draft.known)
                    new = self._objects(tips, made, marks)
                    self._push(tips, new)
                    self._copy.take(made, marks)
            except _Refused as refused:
                self.refresh()
                now = self._seen()
                if now[0] and self._git.follows(refused.commit, now[0]):
                    return made  # The answer was lost, not the push; what was written came back with the fetch.
                if time.monotonic() > until or (now == tips and not refused.race):
                    raise LedgerError(f"The event log {self.place} takes no push. Git says: {refused.words}") from None
                time.sleep(random.uniform(0.01, 0.15))
                continue
            self._remember(new)
            if any(each.entry.erases for each in made):
                self._copy.wipe()
            return made

    def raw(self) -> Iterator[Raw]:
        """See `EventLog`: of the refs themselves, not of the copy at hand."""
        tips = self._seen()
        if not tips[0]:
            return
        lines = self._lines(tips[0])
        texts = self._texts(tips[1], range(1, len(lines) + 1))
        for number, (hash, line) in enumerate(lines, 1):
            salt, content = texts.get(number, (None, None))
            yield Raw(hash, line, salt, content)

    def marks(self) -> tuple[bytes, ...]:
        """See `EventLog`: of the ref itself."""
        tip = self._seen()[0]
        return self._known(self._root(tip)) if tip else ()

    def _remote_tips(self) -> tuple[str, str]:
        listed = self._git.ask("ls-remote", self._remote, *self._refs).splitlines()
        tips = {name: tip for tip, _, name in (line.partition("\t") for line in listed)}
        return tips.get(self._refs[0], ""), tips.get(self._refs[1], "")

    def _seen(self) -> tuple[str, str]:
        chain, texts = (
            self._git.run("rev-parse", "--verify", "--quiet", mirror).stdout.decode().strip()
            for mirror in self._mirrors
        )
        return chain, texts

    def _remember(self, tips: tuple[str, str]) -> None:
        before = self._seen()
        if not before[0] or self._git.follows(before[0], tips[0]):
            for mirror, tip in zip(self._mirrors, tips, strict=True):
                self._git.run("update-ref", mirror, tip)

    def _absorb(self, old: tuple[str, str], new: tuple[str, str]) -> None:
        """Take what was appended between two pairs of tips into the copy.

        Raises:
            LedgerError: something in it does not follow from what was before, or a text is not the one that was told.
        """
        with self._copy.writing():
            head = self._copy.head()
            lines = self._lines(f"{old[0]}..{new[0]}" if old[0] and head else new[0])
            if head and lines and _seq(lines[0][1]) > head.seq + 1:
                lines = self._lines(new[0])  # The copy is older than what was seen.
            told = self._take_in(lines, lambda seqs: self._texts(new[1], seqs), lambda: self._known(self._root(new[0])))
        self._remember(new)
        if any(each.entry.erases for each in told):
            self._copy.wipe()

    def _root(self, tip: str) -> str:
        return self._git.ask("rev-list", "--max-parents=0", "--first-parent", tip).split()[-1]

    def _lines(self, commits: str) -> list[tuple[str, str]]:
        """Return hash and line of every entry in a range of commits, oldest first."""
        ids = self._git.ask("rev-list", "--reverse", "--first-parent", commits).split()
        found = []
        for id, body in zip(ids, self._blobs(f"{id}:{_ENTRIES}" for id in ids), strict=True):
            if body is None:
                raise LedgerError(f"Commit {id[:10]} of the event log {self.place} holds no entries.")
            for row in body.decode(errors="replace").splitlines():
                hash, _, line = row.partition(" ")
                found.append((hash, line))
        return found

    def _texts(self, tip: str, seqs: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Return salt and text, in canonical JSON, of those entries that have theirs."""
        wanted = list(seqs)
        if not tip or not wanted:
            return {}
        found = {}
        for seq, body in zip(wanted, self._blobs(f"{tip}:{_shelf(seq)}/{seq}.json" for seq in wanted), strict=True):
            if body is not None:
                try:
                    kept = json.loads(body)
                    found[seq] = (str(kept["salt"]), canonical(kept["content"]))
                except (KeyError, RecursionError, TypeError, ValueError):
                    found[seq] = ("", "")  # the text of nothing: what reads it says so
        return found

    def _known(self, commit: str) -> tuple[bytes, ...]:
        body = next(iter(self._blobs([f"{commit}:{_KNOWN}"]))) or b""
        return tuple(body[place : place + MARK] for place in range(0, len(body), MARK))

    def _blobs(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """Return what stands under each of `names`, or None."""
        asked = list(names)
        given, place = self._git.run("cat-file", "--batch", given="\n".join([*asked, ""]).encode()).stdout, 0
        for _ in asked:
            end = given.find(b"\n", place)
            about = given[place:end].split()
            if len(about) != 3 or about[1] != b"blob":
                yield None
                place = end + 1
                continue
            size = int(about[2])
            yield given[end + 1 : end + 1 + size]
            place = end + 1 + size + 1

    def _objects(self, tips: tuple[str, str], made: Sequence[Logged], marks: Sequence[bytes]) -> tuple[str, str]:
        """Write the commits that hold `made`, and return them."""
        rows = "".join(f"{each.hash} {each.entry.line()}\n" for each in made)
        files = {_ENTRIES: self._blob(rows.encode())}
        if marks:
            files[_KNOWN] = self._blob(b"".join(sorted(marks)))
        first, last = made[0].seq, made[-1].seq
        subject = f"Entries {first} to {last}" if last > first else f"Entry {first}"
        chain = self._commit(
            self._tree([f"100644 blob {blob}\t{name}" for name, blob in files.items()]), tips[0], subject
        )
        gone = {seq for each in made for seq in each.entry.erases}
        tree = self._shelves(tips[1], made, gone)
        # Without a parent nothing leads to what is gone.
        return chain, self._commit(tree, "" if gone else tips[1], "Texts")

    def _shelves(self, tip: str, made: Sequence[Logged], gone: Collection[int]) -> str:
        """Return the tree of all texts, with those of `made` and without those of `gone`."""
        folders = {name: about for about, name in self._listed(tip)}
        for shelf in sorted({_shelf(each.seq) for each in made} | {_shelf(seq) for seq in gone}):
            files = {name: about for about, name in self._listed(f"{tip}:{shelf}" if shelf in folders else "")}
            for each in made:
                if _shelf(each.seq) == shelf and each.telling is not None:
                    body = canonical({"salt": each.telling.salt, "content": each.telling.content})
                    files[f"{each.seq}.json"] = f"100644 blob {self._blob(body.encode())}"
            for seq in gone:
                files.pop(f"{seq}.json", None)
            folders.pop(shelf, None)
            if files:
                tree = self._tree([f"{about}\t{name}" for name, about in sorted(files.items())])
                folders[shelf] = f"040000 tree {tree}"
        return self._tree([f"{about}\t{name}" for name, about in sorted(folders.items())])

    def _listed(self, tree: str) -> list[tuple[str, str]]:
        listed = self._git.ask("ls-tree", tree).splitlines() if tree else []
        return [(about, name) for about, _, name in (line.partition("\t") for line in listed)]

    def _blob(self, body: bytes) -> str:
        return self._git.ask("hash-object", "-w", "--stdin", given=body)

    def _tree(self, rows: Sequence[str]) -> str:
        return self._git.ask("mktree", given="".join(f"{row}\n" for row in rows).encode())

    def _commit(self, tree: str, parent: str, subject: str) -> str:
        return self._git.ask("commit-tree", tree, *(("-p", parent) if parent else ()), "-m", subject)

    def _push(self, tips: tuple[str, str], new: tuple[str, str]) -> None:
        leases = [f"--force-with-lease={ref}:{tip}" for ref, tip in zip(self._refs, tips, strict=True)]
        moves = [f"{commit}:{ref}" for ref, commit in zip(self._refs, new, strict=True)]
        done = self._git.run("push", "--quiet", "--no-verify", "--atomic", *leases, self._remote, *moves)
        if done.returncode != 0:
            raise _Refused(new[0], said(done), is_race(done))


class _Refused(Exception):
    """The remote took no push."""

    def __init__(self, commit: str, words: str, race: bool) -> None:
        super().__init__(words)
        self.commit, self.words, self.race = commit, words, race


def copy_of(root: Path, remote: str, ref: str) -> Path | None:
    """Return the file within `.git` that holds what was last seen of a log; None where there is no repository."""
    done = Git(root, f"The event log git:{remote}#{ref}-events").run("rev-parse", "--git-common-dir")
    if done.returncode != 0:
        return None
    name = sha256(f"{remote}#{ref}".encode()).hexdigest()[:16]
    return root / done.stdout.decode().strip() / "stillup" / f"events-{name}.sqlite"


def _shelf(seq: int) -> str:
    return f"{seq // _SHELF:06}"


def _seq(line: str) -> int:
    """Return the number of an entry; of what is none a small one, so that it is read and said to be none."""
    try:
        return read(line).seq
    except ValueError:
        return 0
