"""A change on disk, in a commit, at the remote. Git alone decides who was first; nobody's words are lost."""

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stillup import errand
from stillup.errors import StillupError
from stillup.pipeline.change.sheet import Change

PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 8.0)
"""Seconds before each further try to push, when somebody else was faster."""

_UNDERWAY = {
    "rebase-apply/applying": "am",
    "rebase-apply": "rebase",
    "rebase-merge": "rebase",
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
}
"""What git keeps of something that is not finished, and the command that goes on with it or ends it."""

_ABROAD = frozenset({"push", "fetch"})
"""What git does across a network."""


def write(root: Path, change: Change) -> None:
    """Write every file of `change`, each whole or not at all; new files come first, what goes goes last."""
    ordered = sorted(change.files.items(), key=lambda each: (each[1] is None, (root / each[0]).exists(), each[0]))
    for path, body in ordered:
        target = root / path
        if body is None:
            target.unlink(missing_ok=True)
            _emptied(target.parent, root)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{os.getpid()}")
        with part.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())  # a machine that loses its power now has the old file or the new one
        part.replace(target)


def _emptied(folder: Path, root: Path) -> None:
    """Take away folders of updates that hold nothing any more."""
    while folder != root and folder.name != "incidents" and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


@dataclass(frozen=True, slots=True)
class Remote:
    """Where the branch is pushed to."""

    name: str
    branch: str
    """On the remote."""

    own: str
    """Here."""


class Conflict(StillupError):
    """Somebody else changed the same lines meanwhile; our commits are as they were."""


class Checkout:
    """The git repository around `root`, for writing."""

    def __init__(self, root: Path, *, asks: bool = False) -> None:
        """Use the repository that `root` lies in; `asks`: there is a terminal on which git may ask for a password.

        Raises:
            StillupError: there is no git, or no repository.
        """
        self._root, self._asks = root, asks
        self._environment = os.environ | {"LC_ALL": "C"} | ({} if asks else {"GIT_TERMINAL_PROMPT": "0"})
        done = self._run("rev-parse", "--show-toplevel")
        if done.returncode != 0:
            raise StillupError(f"--commit needs a git repository at {root.absolute()}. Git says: {_said(done)}")
        self.top = Path(done.stdout.strip())

    def stays(self) -> None:
        """See that what is committed here stays, whatever is done with git next.

        Raises:
            StillupError: it may not.
        """
        if found := self.unsettled():
            raise StillupError(f"--commit waits: {found[0]} {found[1]}, or leave out --commit and --push.")

    def unsettled(self) -> tuple[str, str] | None:
        """Return why a commit made here can be lost with the next command of git, and what to do; None: it cannot."""
        paths = self._must("rev-parse", *(word for name in _UNDERWAY for word in ("--git-path", name)))
        for path, command in zip(paths.splitlines(), _UNDERWAY.values(), strict=True):
            if (self._root / path).exists():
                why = f"a git {command} is not finished here, and ending it takes back what is committed meanwhile."
                return why, f"Run git {command} --continue or git {command} --abort first"
        if not self._branch():
            return "no branch is checked out, and no branch would keep the commit.", "Run git switch and a name first"
        return None

    def _branch(self) -> str:
        return self._run("symbolic-ref", "-q", "--short", "HEAD").stdout.strip()

    def remote(self) -> Remote:
        """Return where the branch is pushed to.

        Raises:
            StillupError: no branch is checked out, or there is no remote.
        """
        branch = self._branch()
        if not branch:
            raise StillupError("--push needs a branch, and none is checked out. Run git switch and its name first.")
        names = self._run("remote").stdout.split()
        name = self._run("config", f"branch.{branch}.remote").stdout.strip()
        name = name or ("origin" if "origin" in names else names[0] if len(names) == 1 else "")
        if name not in names:
            raise StillupError("--push needs a remote, and there is none. Add it with git remote add origin ADDRESS.")
        merge = self._run("config", f"branch.{branch}.merge").stdout.strip()
        return Remote(name, merge.removeprefix("refs/heads/") or branch, branch)

    def published(self, path: str) -> bool:
        """Whether the file at `path` has left: it stands at the remote, as far as this clone knows."""
        try:
            remote = self.remote()
        except StillupError:
            return False
        there = f"refs/remotes/{remote.name}/{remote.branch}"
        return self._run("cat-file", "-e", f"{there}:./{path}").returncode == 0

    def commit(self, paths: Iterable[str], subject: str) -> str:
        """Commit the files at `paths` and nothing else; return the commit's id, empty where all of them are committed.

        Raises:
            StillupError: git refuses. The files stay as they were written.
        """
        wanted = sorted(paths)
        known = [path for path in wanted if (self._root / path).exists() or self.tracks(path)]
        if not known:
            return ""
        added = [path for path in known if (self._root / path).exists()]
        if added:
            self._must("add", "--", *added)
        if self._run("diff", "--quiet", "HEAD", "--", *known).returncode == 0:
            return ""  # a run before this one was ended between its commit and its last word
        self._must("commit", "-q", "-m", subject, "--only", "--", *known)
        return self._must("rev-parse", "HEAD").strip()

    def note(self, message: str, *, sign: bool = False) -> str:
        """Make a commit that changes nothing and says `message`; return its id.

        Raises:
            StillupError: git refuses.
        """
        signing = ["-S"] if sign else []
        done = self._run("commit", "-q", "--allow-empty", "--only", *signing, "-m", message)
        if done.returncode != 0:
            raise StillupError(f"The commit could not be made. Git says: {_said(done)}")
        return self._must("rev-parse", "HEAD").strip()

    def push(self, settle: Callable[[], None], pauses: Sequence[float] = PAUSES) -> str:
        """Push the branch, on top of what others pushed meanwhile; return the commit that is there now.

        `settle` is called after each time that commits of others came in: it raises where our words no longer fit.

        Raises:
            Conflict: others changed the same lines; the commit stays here.
            StillupError: the remote cannot be reached or refuses; the commit stays here.
        """
        remote = self.remote()
        for pause in (*pauses, None):
            if self.offer(remote):
                return self._must("rev-parse", "HEAD").strip()
            if pause is None:
                break
            self._catch_up(remote)
            settle()
            time.sleep(pause)
        raise StillupError("The commit is made, and others pushed before it each time. Run git pull --rebase and push.")

    def offer(self, remote: Remote) -> bool:
        """Push the branch once; return whether it is there now, and not when somebody else was faster.

        Raises:
            StillupError: the remote cannot be reached or refuses.
        """
        done = self._run("push", "--porcelain", remote.name, f"HEAD:refs/heads/{remote.branch}")
        if done.returncode == 0:
            return True
        if not any(line.startswith("!") and _is_behind(line) for line in done.stdout.splitlines()):
            raise StillupError(f"The commit is made, and could not be pushed. Git says: {_said(done)}")
        return False

    def refused(self, remote: Remote) -> str:
        """Return why the branch would not take a push from here; empty where it would, or only others are ahead."""
        where = f"HEAD:refs/heads/{remote.branch}"
        done = self._run("push", "--porcelain", "--dry-run", "--no-verify", remote.name, where)
        behind = any(line.startswith("!") and _is_behind(line) for line in done.stdout.splitlines())
        return "" if done.returncode == 0 or behind else _said(done)

    def waits(self, remote: Remote) -> bool:
        """Whether there are commits here that, as far as this clone knows, are not at the remote."""
        there = f"refs/remotes/{remote.name}/{remote.branch}"
        done = self._run("rev-list", "--count", f"{there}..HEAD")
        return done.returncode != 0 or done.stdout.strip() != "0"

    def renew(self, remote: Remote, subject: str) -> None:
        """Stand on what is at the remote; commits called `subject` are given up, because they can be made anew.

        Where there are others among them, all are put on top of it.

        Raises:
            StillupError: the remote cannot be reached, or files changed here are in the way.
        """
        self._must("fetch", "-q", remote.name, f"refs/heads/{remote.branch}")
        ours = self._must("log", "--format=%s", "FETCH_HEAD..HEAD").splitlines()
        if all(line == subject for line in ours):
            self._must("reset", "-q", "--keep", "FETCH_HEAD")
        else:
            self._catch_up(remote)

    def give_up(self, subject: str, *, caught_up: bool) -> bool:
        """Take our one commit called `subject` back, with its files; return false where there are others of ours.

        `caught_up`: the newest commits of the remote were just fetched, and we stand on them then.
        """
        base = "FETCH_HEAD" if caught_up else "HEAD~1"
        ours = self._run("log", "--format=%s", f"{base}..HEAD").stdout.splitlines()
        return ours == [subject] and self._run("reset", "-q", "--keep", base).returncode == 0

    def others(self, paths: Iterable[str], before: str) -> str:
        """Return the newest commit since `before` that changed one of `paths`, as its id and subject; or nothing."""
        return self._run("log", "-1", "--format=%h %s", f"{before}..HEAD", "--", *paths).stdout.strip()

    def base(self) -> str:
        """Return the commit that is checked out."""
        return self._must("rev-parse", "HEAD").strip()

    def _catch_up(self, remote: Remote) -> None:
        """Put our commits on top of what is at the remote."""
        self._must("fetch", "-q", remote.name, f"refs/heads/{remote.branch}")
        done = self._run("rebase", "-q", "--autostash", "FETCH_HEAD")
        if done.returncode != 0:
            self._run("rebase", "--abort")
            raise Conflict(
                "Somebody else changed the same file meanwhile, so the commit stays here and is not pushed. "
                f"Run git pull --rebase, mend what git marks, and push. Git says: {_said(done)}"
            )

    def amend(self, paths: Iterable[str]) -> None:
        """Let our newest commit hold the files at `paths` as they are now."""
        self._must("add", "-A", "--", *sorted(paths))
        self._must("commit", "-q", "--amend", "--no-edit", "--only", "--", *sorted(paths))

    def tracks(self, path: str) -> bool:
        """Whether the file at `path` is in the repository."""
        return bool(self._run("ls-files", "--", path).stdout.strip())

    def _must(self, *words: str) -> str:
        done = self._run(*words)
        if done.returncode != 0:
            raise StillupError(f"git {words[0]} failed. The files are written. Git says: {_said(done)}")
        return done.stdout

    def _run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = ["git", "--literal-pathspecs", "-C", str(self._root), *words]
        try:
            if words[0] in _ABROAD and not self._asks:
                done = errand.run(command, environment=self._environment)
                out, err = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
                return subprocess.CompletedProcess(command, done.returncode, out, err)
            return subprocess.run(
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except FileNotFoundError:
            raise StillupError("--commit needs git, which is not installed.") from None
        except subprocess.TimeoutExpired:
            raise StillupError(
                f"git {words[0]} did not end in {errand.PATIENCE / 60:.0f} minutes. See whether the remote answers."
            ) from None


def _is_behind(line: str) -> bool:
    """Whether git refused only because others were faster."""
    return any(word in line for word in ("fetch first", "non-fast-forward", "cannot lock ref", "failed to update ref"))


def _said(done: "subprocess.CompletedProcess[str]") -> str:
    """Return what git complains about, on one line."""
    lines = [line.strip() for line in f"{done.stderr}\n{done.stdout}".splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "!", "CONFLICT", "remote:"))]
    return " ".join((telling or lines or [f"exit status {done.returncode}."])[:3])


def published(root: Path, path: str) -> bool:
    """Whether the file at `path` has left this clone; false where there is no repository."""
    try:
        return Checkout(root).published(path)
    except StillupError:
        return False
