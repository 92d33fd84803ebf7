"""What is done about a leaked text besides its record: what is kept here is thrown away, the rest is named."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stillup.delivery.ledger import LedgerError
from stillup.pipeline.building.build import work_folder
from stillup.pipeline.git.commit import commit
from stillup.pipeline.tree.own_files import LIST, made, remove
from stillup.records.incident import Incident
from stillup.records.settings import Settings
from stillup.records.target import DeployTarget

_KEPT = ("index.sqlite*", "deploy-*.git")
"""What is kept between runs and holds words of records; the next run makes it anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A place that no command of ours reaches."""

    place: str
    advice: str
    commands: tuple[str, ...] = ()


def purge(root: Path) -> tuple[str, ...]:
    """Throw away what is kept here of records and messages; return the names of what went."""
    gone = []
    _, work = work_folder(root)
    for pattern in _KEPT:
        for path in sorted(work.parent.glob(f"*/{pattern}")):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
            gone.append(_named(path, root))
    outbox = root / "outbox"
    ours = made(outbox)
    if not ours and (outbox / "index.html").is_file():
        shutil.rmtree(outbox)  # of a version that kept no list of what is its own, and the words must go
        gone.append("outbox")
    elif ours or (outbox / "sent").is_dir():
        if (outbox / "sent").is_dir():
            shutil.rmtree(outbox / "sent")
        remove(outbox, [*ours, LIST])
        gone.append("outbox")
    return tuple(gone)


def unlogged(root: Path, settings: Settings, record: Incident, *, at: datetime) -> tuple[int, str]:
    """Erase the texts that went from `record` in the event log, where there is one.

    Return how many of its entries lost theirs, and why none did where the log could not be reached: the next publish
    erases them then.
    """
    from stillup.delivery.event_log.place import is_logged, open_log
    from stillup.pipeline.sending.event_append import erase

    if not is_logged(settings.ledger):
        return 0, ""
    try:
        log = open_log(settings.ledger, root)
        try:
            log.refresh()
            return erase(log, record, at=at, commit=commit(root)), ""
        finally:
            log.close()
    except LedgerError as error:
        return 0, str(error)


def copies(root: Path, settings: Settings, record: str, path: str, title: str = "") -> Iterator[Copy]:
    """Yield where the text may still be: `path` is the file that it stood in, `record` the id of its record.

    `title` is the text where it was a title: ids and the subjects of commits are made of those.
    """
    branch = _git(root, "rev-parse", "--abbrev-ref", "HEAD")
    if branch:
        yield from _history(root, branch, path, subjects=bool(title))
    if title and any(word in record.split("-") for word in re.findall(r"[a-z0-9]{3,}", title.lower())):
        yield Copy(
            place=f"the id {record}",
            advice="It has words of the title, and is part of addresses, feed ids, message ids and the ledger. Where "
            f"it repeats what you remove, rename {path} and write no formerly: the old address is then gone, feed "
            "readers see new entries, and what was told counts as never told.",
        )
    for target in settings.deploy:
        yield from _deployed(target, root)
    address = f"{settings.site_url}incidents/{record}/" if settings.site_url else f"incidents/{record}/"
    feeds = f"{settings.site_url}feed.atom"
    yield Copy(
        place="caches and content delivery networks",
        advice=f"Purge them after the next publish: at least {settings.site_url or '/'}, {address}*, the feeds "
        f"(feed.*, incidents.*, components/*/feed.*, history/*) and api/*.",
    )
    if settings.ledger.startswith("git:"):
        remote = settings.ledger.removeprefix("git:").partition("#")[0]
        yield Copy(
            place=f"texts of the event log at {remote}, and in clones of it",
            advice="No ref leads to them any more. Hosts and clones drop them when they next tidy up: here with "
            "`git gc --prune=now`, at the host by its support.",
        )
    if settings.ledger.startswith("postgresql:"):
        yield Copy(
            place="texts of the event log: bytes in the files of the database, and what other machines have at hand",
            advice="The row is gone. `stillup database tidy`, as the owner, leaves nothing of it in the files of the "
            "tables; the write-ahead log keeps it for its time. Another machine's copy below .stillup/ loses it with "
            "the next publish or `stillup ledger verify` there.",
        )
    yield Copy(
        place="search engines and web archives",
        advice=f"Ask each to forget {address}: Google's Search Console and Bing's Webmaster Tools have a form for "
        "outdated content, the Internet Archive takes requests by mail.",
    )
    yield Copy(
        place="feed readers",
        advice=f"Those who followed {feeds} keep what they fetched. The entry has a new date of change and says that "
        "the text was removed; most readers then show that.",
    )
    yield Copy(
        place="third parties",
        advice="Clients of the API and aggregators keep what they fetched until they ask again.",
    )
    names = settings.channels.names()
    if names:
        yield Copy(
            place=f"messages already sent ({', '.join(names)})",
            advice=f"`stillup ledger show {record}` says how many have it. Nothing calls a mail or a webhook back; in "
            "chats a message can be deleted by hand.",
        )
    yield Copy(
        place="artifacts, caches and logs of CI, and comments on pull requests",
        advice="Delete the runs that built or previewed the text. Clones and forks of others keep it.",
    )
    yield Copy(
        place="backups",
        advice="Of this machine, of the host of the code, of the web server.",
    )


def _history(root: Path, branch: str, path: str, *, subjects: bool) -> Iterator[Copy]:
    url = _git(root, "remote", "get-url", _git(root, "remote").split("\n")[0] or "origin")
    rewrite = f"git filter-repo --force --refs {branch} --replace-text ../remove.txt"
    also = " and in their subjects" if subjects else ""
    rewrite += " --replace-message ../remove.txt" if subjects else ""
    forget = "git reflog expire --expire=now --all && git gc --prune=now"
    yield Copy(
        place="the history of git",
        advice=f"Earlier commits still have the text in {path}{also}. Write each of its lines into ../remove.txt as "
        "`literal:THE LINE==>removed`, and rewrite the branch (pip install git-filter-repo). Have nothing in flight: "
        "what was interrupted while it was sent is then unknown. Everybody must clone anew.",
        commands=(
            f"git clone --branch {branch} {url} ../rewritten && cd ../rewritten",
            rewrite,
            f"git push --force {url} {branch}",
            f"cd - && git fetch {url} {branch} && git reset --hard FETCH_HEAD",
            forget,
        )
        if url
        else (rewrite, forget),
    )


def _deployed(target: DeployTarget, root: Path) -> Iterator[Copy]:
    if target.git and target.history:
        yield Copy(
            place=f"the history of the branch {target.branch} of {target.git}",
            advice="Every earlier page is in it. After the next publish, keep only the newest.",
            commands=(
                f"git fetch {target.git} {target.branch}",
                f"git push --force {target.git} "
                f"$(git commit-tree -m 'The page' FETCH_HEAD^{{tree}}):refs/heads/{target.branch}",
            ),
        )
    if target.folder:
        folder = root.absolute() / target.folder
        pages = folder.parent / f".{folder.name}.pages"
        yield Copy(
            place=f"earlier pages beside {folder}",
            advice="After the next publish, remove all but the one that is served.",
            commands=(
                f"find {pages} -mindepth 1 -maxdepth 1 -type d ! -name $(basename $(readlink {folder})) "
                "-exec rm -r {} +",
            ),
        )


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _named(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root.absolute()).as_posix()
    except ValueError:
        return str(path)
