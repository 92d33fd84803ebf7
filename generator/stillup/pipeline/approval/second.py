"""The question of a second person's approval, put to a text that is judged."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path

from stillup.lint.case import Case
from stillup.pipeline.approval.approval import Approvals
from stillup.pipeline.git.repository import Repository
from stillup.records.approval import SecondApproval
from stillup.records.folder import RecordFile


class Second:
    """Asks for those texts that the settings mean."""

    def __init__(self, root: Path, settings: SecondApproval) -> None:
        """Ask the repository around `root`, and nobody where the settings want nothing."""
        self._root, self._settings = root, settings

    def asked(self, case: Case, file: RecordFile) -> Case:
        """Return `case` with what is missing.

        Raises:
            StillupError: there is no repository.
        """
        if not case.is_incident or case.weight not in self._settings.severities:
            return case
        if self._changed.isdisjoint((file.path, *file.updates)):
            return replace(case, unapproved=self._approvals.missing(file, case.update.id))
        return uncommitted(case, self._approvals.owners(file))

    @cached_property
    def _approvals(self) -> Approvals:
        return Approvals(self._root, self._settings)

    @cached_property
    def _changed(self) -> set[str]:
        repository = Repository(self._root, "Approval")
        return repository.changed(repository.commit("HEAD"), "incidents")


def uncommitted(case: Case, owners: tuple[str, ...]) -> Case:
    """Return `case` with what must happen once it is committed."""
    whom = f"one of {', '.join(owners)}" if owners else "somebody whom CODEOWNERS names"
    return replace(case, unapproved=f"Before anybody is told, {whom} must approve this.", committed=False)
