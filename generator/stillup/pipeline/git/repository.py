"""The git repository around the records: what stood in them at an earlier commit. It is only ever read."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from stillup.errors import StillupError
from stillup.frozen import dataclass

_PLAIN = {"100644", "100755"}
_ABOUT = "%ct%x00%an%x00%cn%x00%G?%x00" + "".join(
    f"%(trailers:key={key},valueonly,separator=%x1f)%x1f" for key in ("Approved-by", "Reviewed-by")
)
"""Of a commit, in git's words: seconds, author, committer, letter of its signature, approvals."""

_WHOLE = "--format=%H%x00%P%x00%ae%x00%B"
"""Of a commit what `Commit` holds."""

SIGNED = {"G": "good signature", "U": "good signature, key not trusted", "B": "BAD signature", "N": "not signed"}
"""Git's letters for signatures; any other is one that could not be checked."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What is known of a commit."""

    id: str
    parents: tuple[str, ...]
    mail: str
    """The address of its author."""

    message: str


class Repository:
    """Asks git about the files below one folder; paths are relative to it, with `/`, whatever stands in them."""

    def __init__(self, root: Path, purpose: str) -> None:
        """Use the repository that `root` lies in.

        Raises:
            StillupError: git is not installed, or `root` is in no repository; it says that `purpose` needs one.
        """
        self._root, self._purpose = root, purpose
        self._environment = os.environ | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
        done = self._run("rev-parse", "--is-inside-work-tree")
        if done.returncode != 0:
            # Git has more than one reason to refuse, such as a folder that belongs to somebody else.
            raise StillupError(f"{purpose} needs a git repository at {root.absolute()}. Git says: {_said(done)}")

    def commit(self, name: str) -> str:
        """Return the commit that `name` stands for: a branch, a tag, an id.

        Raises:
            StillupError: there is none.
        """
        done = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if done.returncode == 0:
            return done.stdout.decode().strip()
        advice = "Name a branch, a tag or a commit that is here."
        if self._run("rev-parse", "--verify", "--quiet", "HEAD").returncode != 0:
            raise StillupError("There is no commit yet. Begin with git add . and git commit.")
        if self._read("rev-parse", "--is-shallow-repository").strip() == b"true":
            advice = "This clone is shallow: fetch the rest with git fetch --unshallow, or that commit alone."
        raise StillupError(f"Git knows no commit called {name}. {advice}")

    def remote(self, name: str) -> str:
        """Return the address of the remote `name`, or `name` itself where it is one.

        Raises:
            StillupError: there is no such remote.
        """
        done = self._run("remote", "get-url", "--", name)
        if done.returncode == 0:
            return done.stdout.decode().strip()
        if "/" in name or ":" in name:
            return name
        raise StillupError(f"This repository has no remote called {name}. `git remote -v` prints those it has.")

    def follows(self, commit: str) -> bool:
        """Whether `commit` is in the history of what is checked out."""
        return self._run("merge-base", "--is-ancestor", commit, "HEAD").returncode == 0

    def changed(self, commit: str, *below: str) -> set[str]:
        """Return the files in the folders `below` that differ between `commit` and the working tree, new ones too."""
        differing = self._read(
            "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative", commit, "--", *below
        )
        return set(_paths(differing)) | set(_paths(self._read("ls-files", "--others", "-z", "--", *below)))

    def files(self, commit: str, *below: str) -> dict[str, str]:
        """Return the plain files that stood at the paths and in the folders `below` at `commit`, each with its blob."""
        found = {}
        for entry in _paths(self._read("ls-tree", "-r", "-z", commit, "--", *below)):
            about, _, path = entry.partition("\t")
            mode, _, blob = about.split(" ")
            if mode in _PLAIN:
                found[path] = blob
        return found

    def by(self, at: datetime) -> str | None:
        """Return the newest commit of what is checked out that was made by `at`; None where there is none."""
        done = self._run("rev-list", "--max-count=1", f"--before={int(at.timestamp())}", "HEAD", "--")
        return done.stdout.decode().strip() or None

    def history(self) -> frozenset[str]:
        """Return every commit in the history of what is checked out."""
        return frozenset(self._read("rev-list", "HEAD", "--").decode().split())

    def about(self, commit: str) -> tuple[str, str, str, str, str]:
        """Return of `commit`: seconds, author, committer, letter of its signature, approvals split by 0x1f."""
        said = self._read("show", "--no-patch", f"--format={_ABOUT}", commit)
        seconds, author, committer, letter, approved = said.decode(errors="replace").rstrip("\n").split("\0")
        return seconds, author, committer, letter, approved

    def between(
        self, start: datetime, end: datetime, *below: str
    ) -> Iterator[tuple[str, tuple[str, str, str, str, str], str, tuple[str, ...]]]:
        """Yield each commit of what is checked out, from `start` up to `end`, that changed files `below`, oldest first.

        Of each its id, what `about` says of it, its subject, and the files.
        """
        window = (f"--since={int(start.timestamp()) - 1}", f"--until={int(end.timestamp())}")
        form = f"--format=%x1e%H%x00{_ABOUT}%x00%s%x00"
        said = self._read("log", "--reverse", "--name-only", "--no-renames", *window, form, "HEAD", "--", *below)
        for each in said.decode(errors="replace").split("\x1e")[1:]:
            commit, seconds, author, committer, letter, approved, subject, paths = each.split("\0", 7)
            if start.timestamp() <= int(seconds) < end.timestamp():
                about = (seconds, author, committer, letter, approved)
                yield commit, about, subject, tuple(line for line in paths.splitlines() if line)

    def log(self, *words: str) -> list[Commit]:
        """Return the commits that `git log` with `words` lists, newest first.

        Raises:
            StillupError: git cannot.
        """
        fields = self._read("log", "-z", "--no-show-signature", _WHOLE, *words).decode(errors="replace").split("\0")
        groups = zip(*[iter(fields)] * 4, strict=False)
        return [Commit(id, tuple(parents.split()), mail.lower(), said) for id, parents, mail, said in groups]

    def top(self, commit: str, path: str) -> str | None:
        """Return the text of the file at `path`, from the top of the repository, at `commit`; None where it is none."""
        done = self._run("cat-file", "blob", f"{commit}:{path}")
        return done.stdout.decode(errors="replace") if done.returncode == 0 else None

    def prefix(self) -> str:
        """Return where the records are, from the top of the repository: empty, or with a final slash."""
        return os.fsdecode(self._read("rev-parse", "--show-prefix").strip())

    def is_shallow(self) -> bool:
        """Whether older commits are not here."""
        return self._read("rev-parse", "--is-shallow-repository").strip() == b"true"

    def signature(self, commit: str, signers: Path | None) -> tuple[str, str]:
        """Return git's letter for the signature of `commit`, `G` for a good one, and whose it is.

        `signers`: the file of SSH keys that count.
        """
        own = ["-c", f"gpg.ssh.allowedSignersFile={signers.absolute()}"] if signers is not None else []
        done = self._run(*own, "log", "-1", "--no-show-signature", "--format=%G?%x00%GS", commit)
        letter, _, signer = done.stdout.decode(errors="replace").strip("\n").partition("\0")
        return letter, signer

    def identity(self) -> tuple[str, str]:
        """Return the name and the address with which a commit would be made here.

        Raises:
            StillupError: git knows none.
        """
        name, _, rest = self._read("var", "GIT_AUTHOR_IDENT").decode(errors="replace").partition(" <")
        return name, rest.partition(">")[0].lower()

    def touching(self, paths: Iterable[str], count: int, newest: str = "HEAD") -> list[str]:
        """Return the `count` newest commits up to `newest` that changed one of `paths`, newest first; or none."""
        done = self._run("log", f"--max-count={count}", "--format=%H", "--end-of-options", newest, "--", *paths)
        return done.stdout.decode().split() if done.returncode == 0 else []

    def read(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of each of `blobs`.

        Raises:
            StillupError: one is not here, as in a partial clone without its remote.
        """
        wanted = list(dict.fromkeys(blobs))
        if not wanted:
            return {}
        done = self._run("cat-file", "--batch", given="\n".join(wanted).encode() + b"\n")
        found, at = {}, 0
        for blob in wanted:
            end = done.stdout.find(b"\n", at)
            about = done.stdout[at:end].split()
            if end < 0 or len(about) != 3:
                raise StillupError(f"Git cannot read {blob[:10]}, which {self._purpose} needs. Git says: {_said(done)}")
            size = int(about[2])
            found[blob] = done.stdout[end + 1 : end + 1 + size]
            at = end + 1 + size + 1
        return found

    def _read(self, *words: str) -> bytes:
        done = self._run(*words)
        if done.returncode != 0:
            raise StillupError(f"git {words[0]} failed, which {self._purpose} needs. Git says: {_said(done)}")
        return done.stdout

    def _run(self, *words: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        command = ["git", "--literal-pathspecs", "-C", str(self._root), *words]
        try:
            return subprocess.run(command, input=given, env=self._environment, capture_output=True, check=False)
        except FileNotFoundError:
            raise StillupError(f"{self._purpose} needs git, which is not installed.") from None


def _paths(listed: bytes) -> list[str]:
    return [os.fsdecode(path) for path in listed.split(b"\0") if path]


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    """Return the first line of git's complaint."""
    lines = [line.strip() for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    return lines[0] if lines else f"exit status {done.returncode}."
