"""Who approved a commit afterwards: `incident approve` leaves commits that name texts and change nothing."""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from stillup.pipeline.approval.approval import Approvals, people
from stillup.pipeline.git.repository import Repository
from stillup.records.approval import SecondApproval
from stillup.records.folder import RecordFile

_FOLDER = "incidents/"
_UPDATES = "updates"


class Approved:
    """Looks for approvals up to what is checked out."""

    def __init__(self, root: Path, settings: SecondApproval, repository: Repository) -> None:
        """Use the repository around `root`."""
        self._repository, self._prefix = repository, repository.prefix()
        self._approvals = Approvals(root, settings)
        self._named = self._approvals.named()

    def by(self, commit: str, paths: Iterable[str]) -> tuple[str, ...]:
        """Return who approved every text that `commit` brought in `paths`, each with the commit that says so.

        `paths` are counted from the top of the repository. Nobody, where one of the texts was approved by nobody.
        """
        if not self._named:
            return ()
        texts = tuple(self._approvals.brought(commit, self._records(commit, paths)))
        if not texts or any(name not in self._named for name in texts):
            return ()
        said = ((person, each.id) for name in texts for each in self._named[name] for person in people(each.message))
        return tuple(dict.fromkeys(f"{person} ({id[:10]})" for person, id in said if "<" in person))

    def _records(self, commit: str, paths: Iterable[str]) -> Iterator[RecordFile]:
        """Yield the record of each of `paths` as it stood, once."""
        mains = dict.fromkeys(
            _main(PurePosixPath(path.removeprefix(self._prefix)))
            for path in paths
            if path.removeprefix(self._prefix).startswith(_FOLDER) and path.endswith(".yml")
        )
        for main in mains:
            beside = self._repository.files(commit, f"{main.with_suffix('')}/{_UPDATES}")
            yield RecordFile(main.stem, str(main), tuple(sorted(beside)))


def _main(path: PurePosixPath) -> PurePosixPath:
    """Return the main file of the record to which `path` belongs: its own, or that of an update beside it."""
    folder = path.parent
    return folder.parent.with_suffix(".yml") if folder.name == _UPDATES else path
