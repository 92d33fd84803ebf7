"""From a change that was tried to a change that is there: written, committed and pushed as asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stillup.errors import RecordError, StillupError
from stillup.pipeline.change.desk import Desk, errors
from stillup.pipeline.change.entry import still_free
from stillup.pipeline.change.handover import PAUSES, Checkout, Conflict, write
from stillup.pipeline.change.sheet import Change
from stillup.pipeline.git.number import NUMBER, NUMBERED
from stillup.records import store
from stillup.records.assembly import taken
from stillup.records.document import Document
from stillup.records.folder import RecordFile
from stillup.records.reading import read
from stillup.records.writing import splice


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a change."""

    files: tuple[str, ...]
    update: str
    """The id that the update has in the end."""

    commit: str = ""
    pushed: bool = False
    kept: tuple[str, ...] = ()
    """Private files that git leaves alone: they are written here only."""

    theirs: str = ""
    """Of a change that was made anew: the commit of somebody else, with its subject, that changed the same lines."""

    reference: str = ""
    """The number that a new record has instead of its own, which another got meanwhile."""

    channel: str = ""
    """The chat channel that its private record names then, where it named one by the number before."""


Again = Callable[[Desk], Change]
"""Makes a change anew on what a desk has before it."""


def finished(
    desk: Desk,
    change: Change,
    *,
    commit: bool,
    push: bool,
    asks: bool = False,
    pauses: Sequence[float] = PAUSES,
    again: Again | None = None,
) -> Done:
    """Write `change`; `commit` it alone; `push` the branch. What could not stay is known before anything is written.

    Where others changed the same lines meanwhile, `again` makes the change anew on what they wrote, and that is
    written, committed and pushed in its place.

    Raises:
        Conflict: they did, and there is no `again`, or commits besides this one wait here.
        RecordError: what `again` makes of theirs and ours is unsound, or judges object; ours is not committed.
        StillupError: git refuses; what is written then stays, and the message says what is missing.
    """
    files = tuple(sorted(change.files))
    if not (commit or push):
        write(desk.root, change)
        return Done(files=files, update=change.update)
    own = Checkout(desk.root, asks=asks)
    own.stays()
    if push:
        own.remote()
    turn = _Turn(desk, own, asks)
    theirs = ""
    for _ in pauses:
        turn.commit(change)
        if not push:
            break
        before = own.base()
        try:
            turn.push(pauses)
            break
        except Conflict:
            if again is None or not turn.give_up():
                raise
            theirs = own.others(change.files, f"{before}~1") or theirs
            with desk.renewed() as fresh:
                change = again(fresh)
    else:
        raise StillupError("Others changed the same lines each time, so nothing of this is written. Try again.")
    return Done(
        files=files,
        update=turn.update,
        commit=turn.made,
        pushed=bool(push and turn.made),
        kept=tuple(turn.kept),
        theirs=theirs,
        reference=turn.reference,
        channel=turn.channel,
    )


class _Turn:
    """One change on its way: into the page's repository, and those that lie inside it."""

    def __init__(self, desk: Desk, own: Checkout, asks: bool) -> None:
        """Begin with nothing written."""
        self._desk, self._own, self._asks = desk, own, asks
        self._change: Change | None = None
        self._groups: list[tuple[Checkout, list[str]]] = []
        self._inside: dict[str, str] = {}
        self._settled: set[str] = set()
        """Private files that need no second time: written where no git keeps them, or pushed."""

        self._met: Checkout | None = None
        """The repository that is being pushed."""

        self._apart: dict[str, tuple[Checkout, str]] = {}
        """Private files in a repository of their own, with their place in it."""

        self.kept: list[str] = []
        self.made = self.update = self.reference = self.channel = ""

    def commit(self, change: Change) -> None:
        """Write the change and commit it, as far as it is not settled."""
        self._change, self.update = change, change.update
        files = {path: body for path, body in change.files.items() if path not in self._settled}
        write(self._desk.root, replace(change, files=files))
        self.kept, apart = _apart(self._desk.root, self._own, sorted(change.internal), self._asks)
        self._apart = apart
        self._settled |= set(self.kept)
        self.made = self._own.commit(set(files) - set(self.kept) - set(apart), change.subject)
        waiting = {path: place for path, place in apart.items() if path in files}
        self._groups = [*_grouped(waiting).values()]
        self._inside = {path: place[1] for path, place in waiting.items()}
        for checkout, paths in self._groups:
            checkout.commit(paths, change.subject)

    def push(self, pauses: Sequence[float]) -> None:
        """Push every repository, the page's last.

        Raises:
            Conflict: others changed the same lines in one.
        """
        assert self._change is not None
        while self._groups:
            self._met, paths = self._groups[0]
            self._met.push(_nothing, pauses)
            self._settled |= {path for path, inside in self._inside.items() if inside in paths}
            self._groups.pop(0)
        self._met = self._own
        if self.made:
            self.made = self._own.push(self._look, pauses)

    def give_up(self) -> bool:
        """Take back what was committed and is not pushed; return whether that could be."""
        assert self._change is not None
        waiting = [*(checkout for checkout, _ in self._groups), *([self._own] if self.made else [])]
        return all(each.give_up(self._change.subject, caught_up=each is self._met) for each in waiting)

    def _look(self) -> None:
        assert self._change is not None
        if given := _numbered_behind(self._desk, self._own, self._change):
            self.reference = given[1]
            self._follow(*given)
        self.update = _settled(self._desk, self._own, self._change)

    def _follow(self, was: str, now: str) -> None:
        """Let the private record of an incident with another number have it too, wherever its file is kept.

        Raises:
            StillupError: its repository does not take the change.
        """
        assert self._change is not None
        inside = f"/incidents/{self._change.record}.yml"
        path = next((path for path in self._change.internal if path.endswith(inside)), "")
        body = _renumbered(self._desk.text(path), path, was, now) if path else None
        if body is None:
            return
        (self._desk.root / path).write_bytes(body)
        document, _ = read(body, path)
        self.channel = str(document.at(("channel",)) or "") if document is not None else ""
        if path in self._apart:
            checkout, place = self._apart[path]
            checkout.commit([place], self._change.subject)
            checkout.push(_nothing)
        elif path not in self.kept:
            self._own.amend({path})


def _apart(
    root: Path, own: Checkout, private: list[str], asks: bool
) -> tuple[list[str], dict[str, tuple[Checkout, str]]]:
    """Return which private files stay out of git, and which lie in a checkout of their own, with their path there.

    In the page's own repository they are committed only where people have put the very file into it before.
    """
    kept, apart = [], {}
    for path in private:
        where = (root / path).absolute()
        there = Checkout(where.parent, asks=asks) if _has_git(where.parent) else None
        if there is not None and there.top != own.top:
            inside = where.resolve().relative_to(there.top.resolve()).as_posix()
            apart[path] = (Checkout(there.top, asks=asks), inside)
        elif there is None or not own.tracks(path):
            kept.append(path)
    return kept, apart


def _has_git(folder: Path) -> bool:
    return any((parent / ".git").exists() for parent in (folder, *folder.parents))


def _grouped(apart: dict[str, tuple[Checkout, str]]) -> dict[Path, tuple[Checkout, list[str]]]:
    groups: dict[Path, tuple[Checkout, list[str]]] = {}
    for checkout, path in apart.values():
        groups.setdefault(checkout.top, (checkout, []))[1].append(path)
    return groups


def _nothing() -> None:
    """Private facts contradict nothing."""


def _settled(desk: Desk, own: Checkout, change: Change) -> str:
    """Look at the record with what others wrote meanwhile; return the id that our update has among theirs.

    Who came first keeps the id: an update of ours at the very second of another moves behind it.

    Raises:
        StillupError: together the two are no sound record.
    """
    if not any(path.startswith("incidents/") for path in change.files):
        return change.update
    file = desk.file(change.record)
    name = _moved_behind(desk, own, change, file) if change.at else change.update
    file = desk.file(change.record)
    record, problems = store.incident(desk.root, file, desk.edition.components, desk.settings.timezone)
    if record is None or errors(problems):
        raise StillupError(
            "Somebody else wrote meanwhile, and together the records are unsound; the commit stays here, unpushed.\n"
            f"{RecordError(problems)}"
        )
    return name


def _numbered_behind(desk: Desk, own: Checkout, change: Change) -> tuple[str, str] | None:
    """Let a new record give way to one of others with its number; return its reference before and then, if any."""
    path = next((path for path in change.files if Path(path).stem == change.record and path[:10] == "incidents/"), "")
    if not path or own.published(path):
        return None
    text = desk.text(path)
    document, problems = read(text, path)
    if document is None:
        raise RecordError(problems)
    number = document.at(("reference",))
    if not isinstance(number, str):
        return None
    free = still_free(desk.root, desk.settings, change.record, number)
    if free == number:
        return None
    (desk.root / path).write_bytes(splice.put(text, path, ("reference",), free, before="updates"))
    own.amend({path})
    return number, free


def _renumbered(text: bytes, path: str, was: str, now: str) -> bytes | None:
    """Return a private record with the number of the reference `now` where it has that of `was`; None: nowhere."""
    document, problems = read(text, path)
    if document is None:
        raise RecordError(problems)
    before, after = was.removeprefix("INC-"), now.removeprefix("INC-")
    found = text
    for field in NUMBERED:
        value = document.at((field,))
        if isinstance(value, str) and NUMBER.fullmatch(value) and value.endswith(f"-{before}"):
            found = splice.put(found, path, (field,), f"{value.removesuffix(before)}{after}")
    return found if found != text else None


def _moved_behind(desk: Desk, own: Checkout, change: Change, file: RecordFile) -> str:
    path = next(path for path in change.files if "/updates/" in path)
    documents: list[Document] = []
    for each in (file.path, *file.updates):
        document, problems = read(desk.text(each), each)
        if document is None:
            raise RecordError(problems)
        documents.append(document)
    told = taken(documents[0], documents[1:])[1]
    ours = next(entry for _, entry in told if entry.document.file == path)
    others = [(name, entry) for name, entry in told if entry is not ours and entry.update.at == ours.update.at]
    if not others:
        return next(name for name, entry in told if entry is ours)
    names = {name for name, _ in taken(documents[0], [each for each in documents[1:] if each.file != path])[1]}
    name = next(f"{change.at}-{n}" for n in range(2, len(told) + 3) if f"{change.at}-{n}" not in names)
    last = max((entry.document.file[-8:-4] for _, entry in others if not entry.loc), default="")
    mark = path[-8:-4] if path[-8:-4] > last else f"{min(int(last, 16) + 1, 0xFFFF):04x}"
    target = f"{path[:-8]}{mark}.yml"
    body = splice.put(desk.text(path), path, ("id",), name, before="status")
    (desk.root / path).unlink()
    (desk.root / target).write_bytes(body)
    own.amend({path, target})
    return name
