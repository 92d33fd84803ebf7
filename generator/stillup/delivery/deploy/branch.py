"""A branch of a git remote that holds the page, as Pages and its like serve it.

Our own bare repository keeps what is needed for the next commit, so the records' repository is never touched; only its
configuration is read, because that is where the way to the remote and its login stand.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from stillup.count import counted
from stillup.delivery.deploy.place import Newer, Unreached, never
from stillup.delivery.deploy.program import plain, run, said
from stillup.records.target import DeployTarget

_TRIES = 5
_BEAT = "heartbeat.json"
_KEPT = re.compile(
    r"GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+))$"
)
_BESIDE = (".nojekyll", "CNAME")
"""Files that hosts look for: the first is always there, the second stays where it was set up."""


class Branch:
    """One branch of one remote."""

    def __init__(self, target: DeployTarget, *, root: Path, work: Path, environment: Mapping[str, str]) -> None:
        """Keep our repository below `work`."""
        self._target, self._root = target, root
        self._git_dir = work / f"deploy-{sha256(f'{target.git} {target.branch}'.encode()).hexdigest()[:12]}.git"
        kept = {name: value for name, value in environment.items() if not name.startswith("GIT_") or _KEPT.match(name)}
        self._outside = {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
        self._environment: dict[str, str] = {}

    @property
    def name(self) -> str:
        """What people call it."""
        return f"branch {self._target.branch} of {plain(self._target.git)}"

    def put(self, site: Path, *, at: datetime, commit: str, newer: Newer = never) -> str:
        """Commit what changed, and push it; a push that lost a race is made again on what won."""
        self._prepare(site)
        url = self._url()
        for _ in range(_TRIES):
            tip = self._tip(url)
            beat = self._git("cat-file", "blob", f"{tip}:{_BEAT}") if tip else None
            if beat is not None and beat.returncode == 0 and (why := newer(beat.stdout)):
                return why
            self._refuse_others(tip)
            tree = self._tree(site, tip)
            if tip and tree == self._said("rev-parse", f"{tip}^{{tree}}"):
                return "holds this page already"
            parents = ["-p", tip] if tip and self._target.history else []
            made = self._commit(tree, parents, at, commit)
            done = self._push(url, made, tip)
            if done.returncode == 0:
                count = len(self._said("diff-tree", "-r", "--name-only", tip, made).splitlines()) if tip else 0
                return f"holds the page as {made[:10]}" + (f", {counted(count, 'file')} changed" if tip else "")
            if b"rejected" not in done.stderr and b"stale info" not in done.stderr and b"lock" not in done.stderr:
                break
            if b"protected" in done.stderr or b"hook declined" in done.stderr:
                break
        raise Unreached(
            f"{self.name} did not take the page: {said(done)}. See that whoever publishes may push to this branch."
        )

    def look(self, site: Path) -> str:
        """Return what `put` would do."""
        self._prepare(site)
        tip = self._tip(self._url())
        self._refuse_others(tip)
        tree = self._tree(site, tip)
        if not tip:
            return "would get its first commit"
        count = len(self._said("diff-tree", "-r", "--name-only", tip, tree).splitlines())
        return f"would get a commit with {counted(count, 'file')} changed" if count else "holds this page already"

    def probe(self, site: Path) -> None:
        """See that whoever publishes may push: what would be pushed is offered with --dry-run.

        Raises:
            Unreached: they may not.
        """
        self._prepare(site)
        url = self._url()
        made = self._commit(self._tree(site, self._tip(url)), [], datetime.fromtimestamp(0, UTC), "")
        ref = f"refs/heads/{self._target.branch}"
        done = self._git("push", "--quiet", "--force", "--dry-run", "--", url, f"{made}:{ref}")
        if done.returncode != 0:
            raise Unreached(f"it takes no push: {said(done)}. See that whoever publishes may push to this branch.")

    def _prepare(self, site: Path) -> None:
        """Have our repository, and read the settings of the records' one."""
        if not (self._git_dir / "HEAD").is_file():
            self._git_dir.parent.mkdir(parents=True, exist_ok=True)
            words = ["git", "init", "--quiet", "--bare", str(self._git_dir)]
            done = run(words, folder=self._root, environment=self._outside)
            if done.returncode != 0:
                raise Unreached(f"git cannot make {self._git_dir}: {said(done)}. Make its folder writable.")
        self._environment = {
            **self._outside,
            "GIT_DIR": str(self._git_dir.absolute()),
            "GIT_WORK_TREE": str(site.absolute()),
        }
        number = int(self._outside.get("GIT_CONFIG_COUNT", "0") or 0)
        words = ["git", "-C", str(self._root.absolute()), "rev-parse", "--path-format=absolute", "--git-path", "config"]
        done = run(words, folder=self._root, environment=self._outside)
        settings = [("core.autocrlf", "false"), ("core.attributesFile", os.devnull), ("commit.gpgSign", "false")]
        if done.returncode == 0:
            settings.insert(0, ("include.path", done.stdout.decode().strip()))
        for key, value in settings:
            self._environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
            number += 1
        self._environment["GIT_CONFIG_COUNT"] = str(number)

    def _url(self) -> str:
        """Return the address to push to: that of a remote of the records' repository, else what is written."""
        words = ["git", "-C", str(self._root.absolute()), "remote", "get-url", "--push", "--", self._target.git]
        done = run(words, folder=self._root, environment=self._outside)
        url = done.stdout.decode().strip() if done.returncode == 0 else self._target.git
        local = self._root / url
        if "://" not in url and local.is_dir():
            return str(local.absolute())
        if "://" not in url and ":" not in url and not url.startswith("/"):
            if not self._is_in_git():
                raise Unreached(
                    f"{self._root} is in no git repository, so there is no remote called {url}. Run git init and "
                    f"git remote add {url} ADDRESS there, or deploy to a folder."
                )
            raise Unreached(
                f"There is no remote called {url}. Add it with git remote add {url} ADDRESS, or name one that "
                "git remote -v shows."
            )
        return url

    def _is_in_git(self) -> bool:
        words = ["git", "-C", str(self._root.absolute()), "rev-parse", "--git-dir"]
        return run(words, folder=self._root, environment=self._outside).returncode == 0

    def _tip(self, url: str) -> str:
        """Return the commit at which the branch stands now, its files at hand; empty where there is no branch."""
        ref = f"refs/heads/{self._target.branch}"
        listed = self._git("ls-remote", "--", url, ref)
        if listed.returncode != 0:
            raise Unreached(
                f"{self.name} cannot be reached: {said(listed)}. See that the address is right and that whoever "
                "publishes may read it."
            )
        tip = listed.stdout.decode().partition("\t")[0].strip()
        if tip and self._git("cat-file", "-e", f"{tip}^{{tree}}").returncode != 0:
            kept = f"+{ref}:refs/page/{self._target.branch}"
            fetched = self._git("fetch", "--quiet", "--no-tags", "--depth=1", "--", url, kept)
            if fetched.returncode != 0:
                raise Unreached(f"{self.name} cannot be read: {said(fetched)}. Try again.")
            return self._said("rev-parse", f"refs/page/{self._target.branch}")
        return tip

    def _refuse_others(self, tip: str) -> None:
        """See that the branch holds a page, or nothing that would go.

        Raises:
            Unreached: it holds something else.
        """
        held = set(self._said("ls-tree", "--name-only", tip).splitlines()) - {*_BESIDE} if tip else set()
        if held and _BEAT not in held:
            raise Unreached(
                f"{self.name} holds {min(held)}, which no page of ours has put there, and it would be removed. Name a "
                "branch of its own, or delete that branch first."
            )

    def _tree(self, site: Path, tip: str) -> str:
        """Return the tree of the page, with what hosts look for."""
        self._said("add", "--all", "--force", "--", ".", folder=site)
        for name in _BESIDE:
            if not (site / name).exists():
                blob = self._said("ls-tree", "--format=%(objectname)", tip, "--", name) if tip else ""
                if not blob and name == ".nojekyll":
                    blob = self._said("hash-object", "-w", "--stdin")
                if blob:
                    self._said("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
        return self._said("write-tree")

    def _commit(self, tree: str, parents: list[str], at: datetime, commit: str) -> str:
        when = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        for who in ("AUTHOR", "COMMITTER"):
            mine = {f"GIT_{who}_NAME": "Stillup", f"GIT_{who}_EMAIL": "stillup@localhost", f"GIT_{who}_DATE": when}
            self._environment |= mine
        subject = f"Publish {commit}" if commit else "Publish the page"
        return self._said("commit-tree", tree, *parents, "-m", f"{subject}\n\nAs of {when}.")

    def _push(self, url: str, made: str, tip: str) -> "subprocess.CompletedProcess[bytes]":
        ref = f"refs/heads/{self._target.branch}"
        # Only a branch without history is ever replaced, and then only as it was seen.
        force = [] if self._target.history else [f"--force-with-lease={ref}:{tip}"]
        done = self._git("push", "--quiet", *force, "--", url, f"{made}:{ref}")
        if done.returncode == 0:
            self._said("update-ref", f"refs/page/{self._target.branch}", made)
        return done

    def _git(self, *words: str, folder: Path | None = None) -> "subprocess.CompletedProcess[bytes]":
        return run(["git", *words], folder=folder or self._git_dir, environment=self._environment)

    def _said(self, *words: str, folder: Path | None = None) -> str:
        done = self._git(*words, folder=folder)
        if done.returncode != 0:
            raise Unreached(f"git {words[0]} failed: {said(done)}. Remove {self._git_dir} and try again.")
        return done.stdout.decode().strip()
