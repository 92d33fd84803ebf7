"""Records beside an earlier commit: what was published there and would change in silence here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from stillup.errors import Problem
from stillup.frozen import dataclass
from stillup.pipeline.git.repository import Repository
from stillup.records import store
from stillup.records.amendment import Version, alike, amended, code_kept
from stillup.records.document import Document
from stillup.records.field import ID
from stillup.records.folder import contents
from stillup.records.reading import read
from stillup.timeline.publication import AHEAD

FOLDERS = ("incidents", "components")
_GROUPS = "components/_groups.yml"


def fresh(root: Path, base: str) -> set[tuple[str, str]]:
    """Return ids of record and update for each update that is not the same at the commit `base`.

    Raises:
        StillupError: there is no git, no repository or no such commit.
    """
    repository = Repository(root, "--base")
    commit = repository.commit(base)
    changed = repository.changed(commit, *FOLDERS)
    return _Comparison(root, repository, repository.files(commit, *FOLDERS), changed).fresh()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a record stood at the base."""

    path: str
    updates: tuple[str, ...]


def compared(root: Path, base: str, at: datetime, zone: str) -> list[Problem]:
    """Return what the records below `root` do to what was published at the commit `base`, as of `at`.

    Raises:
        StillupError: there is no git, no repository or no such commit.
    """
    repository = Repository(root, "--base")
    commit = repository.commit(base)
    changed = repository.changed(commit, *FOLDERS)
    if not changed:
        return []
    comparison = _Comparison(root, repository, repository.files(commit, *FOLDERS), changed)
    problems = [*comparison.incidents(base, at, zone), *comparison.codes()]
    if any(problem.code in {"vanished", "deleted"} for problem in problems) and not repository.follows(commit):
        return [_behind(problem, base) for problem in problems]
    return problems


class _Comparison:
    """The changed files, at the base and in the working tree."""

    def __init__(self, root: Path, repository: Repository, blobs: Mapping[str, str], changed: set[str]) -> None:
        self._root, self._repository, self._blobs, self._changed = root, repository, blobs, changed

    def incidents(self, base: str, at: datetime, zone: str) -> Iterator[Problem]:
        """Compare every record of which a file differs."""
        before = _places(self._blobs)
        now = {file.id: _Place(file.path, file.updates) for file in store.files(self._root)[0]}
        old = self._at_base({id: place for id, place in before.items() if self._differs(place, now.get(id))})
        new = {
            id: version
            for id, place in now.items()
            if self._differs(place, before.get(id)) and (version := self._here(id, place))
        }
        horizon = at + AHEAD
        for id, version in old.items():
            successor = new.get(id) or next((each for each in new.values() if id in each.written.formerly), None)
            if successor is not None:
                yield from amended(version, successor, at, horizon, zone)
            elif id not in now and version.public(horizon):
                fresh = [each for other, each in new.items() if other not in before]
                yield _deleted(version, fresh, horizon, base)

    def fresh(self) -> set[tuple[str, str]]:
        """Return ids of record and update for each update that differs from what it was at the base."""
        before = _places(self._blobs)
        now = {file.id: _Place(file.path, file.updates) for file in store.files(self._root)[0]}
        moved = {id: place for id, place in now.items() if self._differs(place, before.get(id))}
        old = self._at_base({id: place for id, place in before.items() if id in moved})
        new = {id: version for id, place in moved.items() if (version := self._here(id, place))}
        return {
            (id, name)
            for id, version in new.items()
            for name, told in version.updates.items()
            if id not in old or name not in old[id].updates or old[id].updates[name].update != told.update
        }

    def codes(self) -> Iterator[Problem]:
        """Compare the API codes of components and groups."""
        paths = sorted(
            path
            for path in self._changed & self._blobs.keys()
            if path.startswith("components/") and path.endswith(".yml")
        )
        old = self._repository.read(self._blobs[path] for path in paths)
        for path in paths:
            before, after = read(old[self._blobs[path]], path)[0], self._document(path)
            if before is None or after is None:
                continue
            if path != _GROUPS:
                yield from code_kept(before.at(("code",)), after, ("code",))
                continue
            known = {group.get("id"): group.get("code") for group in _mappings(before.value)}
            for index, group in enumerate(after.value if isinstance(after.value, list) else ()):
                if isinstance(group, dict) and group.get("id") in known:
                    yield from code_kept(known[group.get("id")], after, (index, "code"))

    def _differs(self, *places: _Place | None) -> bool:
        return any(path in self._changed for place in places if place for path in (place.path, *place.updates))

    def _at_base(self, places: Mapping[str, _Place]) -> dict[str, Version]:
        blobs = [self._blobs[path] for place in places.values() for path in (place.path, *place.updates)]
        bodies = self._repository.read(blobs)

        def document(path: str) -> Document | None:
            return read(bodies[self._blobs[path]], path)[0]

        found = {id: _version(id, document(p.path), map(document, p.updates)) for id, p in places.items()}
        return {id: version for id, version in found.items() if version is not None}

    def _here(self, id: str, place: _Place) -> Version | None:
        others = [self._document(path) for path in place.updates]
        version = _version(id, self._document(place.path), others)
        return version and replace(version, complete=version.complete and None not in others)

    def _document(self, path: str) -> Document | None:
        data, problem = contents(self._root, path)
        return None if problem else read(data, path)[0]


def _version(id: str, main: Document | None, others: Iterable[Document | None]) -> Version | None:
    return None if main is None else Version.of(id, main, [each for each in others if each is not None])


def _places(paths: Iterable[str]) -> dict[str, _Place]:
    """Return the incident records among `paths` by id, by the rules of the walk over the folder."""
    found: dict[str, str] = {}
    updates: dict[str, list[str]] = {}
    for path in sorted(paths):
        folder, *parts = path.split("/")
        if folder != "incidents" or not path.endswith(".yml") or any(part.startswith("_") for part in parts):
            continue
        if "updates" in parts[:-1]:
            updates.setdefault(path.rsplit("/", 2)[0], []).append(path)
        elif ID(parts[-1][:-4]):
            found[parts[-1][:-4]] = path
    return {id: _Place(path, tuple(updates.get(path[:-4], ()))) for id, path in found.items()}


def _deleted(old: Version, fresh: Iterable[Version], horizon: datetime, base: str) -> Problem:
    """Return the problem of a published record that is gone, at the record that it probably is now."""
    likely = max(fresh, key=lambda new: alike(old, new, horizon), default=None)
    if likely is None or not alike(old, likely, horizon):
        return Problem(
            file=old.main.file,
            code="deleted",
            message=f"The record {old.id} is published, and its file is gone.",
            fix=f"Bring it back with git checkout {base} -- {old.main.file}; withdrawn: takes an update's words back.",
        )
    message = f"This was published as {old.id}, and its address and its ids would be lost."
    names = ", ".join([*likely.written.formerly, old.id])
    return likely.main.problem(("formerly",), message, f"Write formerly: [{names}].", code="deleted")


def _behind(problem: Problem, base: str) -> Problem:
    """Return `problem` with the other way out of it: what is here may simply be older."""
    if problem.code not in {"vanished", "deleted"}:
        return problem
    return replace(problem, fix=f"{problem.fix} Or merge {base} first: it has commits that are not here.")


def _mappings(value: object) -> list[dict[str, object]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
