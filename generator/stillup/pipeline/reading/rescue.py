"""Keep the last good: a broken record file as of the newest commit in which it was sound.

One slip in an old record must not stop an urgent update, and an outage must not vanish with its record: what was never
sound is not left out, it stops the run as ever. What is wrong is told all the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from stillup.errors import Level, Problem, StillupError
from stillup.pipeline.git.repository import Repository
from stillup.records import store
from stillup.records.assembly import assembled
from stillup.records.folder import UPDATE_NAME, RecordFile, contents
from stillup.records.incident import Incident
from stillup.records.inventory import Components
from stillup.records.reading import read

_FAR = 100
"""How many of the commits that touched a record are looked at."""


class Rescue:
    """Looks for sound versions of the records below one root."""

    def __init__(self, root: Path) -> None:
        """Look in the repository around `root`; without one there are no earlier versions."""
        self._root = root

    @cached_property
    def _repository(self) -> Repository | None:
        try:
            return Repository(self._root, "--keep-last-good")
        except StillupError:
            return None

    def incident(
        self, file: RecordFile, problems: Iterable[Problem], components: Components, zone: str
    ) -> tuple[Incident | None, tuple[Problem, ...]]:
        """Return the newest sound version of the broken record in `file`, and its `problems` as warnings.

        None, and the problems as they were, where there is none.
        """
        problems = tuple(problems)
        broken = {problem.file for problem in problems if problem.level is Level.ERROR}
        for commit, bodies in self._versions(file, broken):
            record = _sound(file, bodies, components, zone)
            if record is not None:
                return record, tuple(_until_then(problem, commit) for problem in problems)
        return None, tuple(map(_never, problems))

    def components(self, found: Components, problems: tuple[Problem, ...]) -> tuple[Components, tuple[Problem, ...]]:
        """Return the components with the newest sound version of each broken file, and what is wrong with them."""
        instead: dict[str, bytes] = {}
        told: list[Problem] = []
        for path in sorted({problem.file for problem in problems if problem.level is Level.ERROR}):
            own = [problem for problem in problems if problem.file == path]
            for commit, body in self._bodies(path):
                tried = {**instead, path: body}
                if not _is_broken(path, store.components(self._root, tried)[1]):
                    instead = tried
                    told += [_until_then(problem, commit) for problem in own]
                    break
            else:
                told += map(_never, own)
        if instead:
            found, problems = store.components(self._root, instead)
        known = {problem.file for problem in told}
        return found, tuple(sorted([*told, *(problem for problem in problems if problem.file not in known)]))

    def _versions(self, file: RecordFile, broken: set[str]) -> Iterator[tuple[str, Mapping[str, bytes]]]:
        """Yield earlier states of a record by commit, newest first.

        Of each commit first its version of the broken files beside the others as they are, then its whole record.
        """
        repository = self._repository
        if repository is None:
            return
        folder = f"{file.path[:-4]}/updates"
        here = {path: contents(self._root, path)[0] for path in (file.path, *file.updates) if path not in broken}
        for commit in repository.touching([file.path, folder], _FAR):
            stood = {p: b for p, b in repository.files(commit, file.path, folder).items() if _belongs(file, p)}
            if file.path not in stood:
                continue
            blobs = repository.read(stood.values())
            bodies = {path: blobs[blob] for path, blob in stood.items()}
            yield commit, here | {path: body for path, body in bodies.items() if path in broken}
            yield commit, bodies

    def _bodies(self, path: str) -> Iterator[tuple[str, bytes]]:
        """Yield the earlier versions of one file by commit, newest first."""
        repository = self._repository
        if repository is None:
            return
        for commit in repository.touching([path], _FAR):
            stood = repository.files(commit, path)
            if path in stood:
                yield commit, repository.read([stood[path]])[stood[path]]


def _belongs(file: RecordFile, path: str) -> bool:
    """Whether `path` is the main file, or the name of an update file directly beside it."""
    folder, _, name = path.rpartition("/")
    return path == file.path or (folder == f"{file.path[:-4]}/updates" and UPDATE_NAME(name[:-4]) is not None)


def _sound(file: RecordFile, bodies: Mapping[str, bytes], components: Components, zone: str) -> Incident | None:
    """Return the record that `bodies` make, None where something in them is wrong."""
    if file.path not in bodies:
        return None
    main, problems = read(bodies[file.path], file.path)
    others = []
    for path in sorted(bodies.keys() - {file.path}):
        document, faults = read(bodies[path], path)
        if document is None:
            return None
        others.append(document)
        problems += faults
    return None if main is None else assembled(file.id, main, others, components, zone, problems)[0]


def _is_broken(path: str, problems: Iterable[Problem]) -> bool:
    return any(problem.file == path and problem.level is Level.ERROR for problem in problems)


def _until_then(problem: Problem, commit: str) -> Problem:
    if problem.level is not Level.ERROR:
        return problem
    fix = f"{problem.fix} Until then it stands as in commit {commit[:10]}.".strip()
    return replace(problem, level=Level.WARNING, fix=fix)


def _never(problem: Problem) -> Problem:
    if problem.level is not Level.ERROR:
        return problem
    return replace(problem, fix=f"{problem.fix} Git has no sound version of it to keep.".strip())
