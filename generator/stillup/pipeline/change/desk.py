"""What a command that writes has before it: settings, components, and the records it is about."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.pipeline.building.build import work_folder
from stillup.pipeline.building.run import Run
from stillup.records import store
from stillup.records.folder import RecordFile, contents, record_file
from stillup.records.incident import Incident
from stillup.records.refusal import nearest
from stillup.records.settings import Settings
from stillup.timeline.publication import AHEAD
from stillup.views.edition import Edition


class Desk:
    """One page at one instant. Use as a context manager."""

    def __init__(self, root: Path, *, at: datetime, live: bool = True) -> None:
        """Read the settings and components of the page at `root`.

        A broken component is taken as of its last sound version: it must not stop an urgent word.

        Raises:
            RecordError: the settings cannot be used.
        """
        site, work = work_folder(root)
        self.root, self.at = root, at
        self.run = Run(root, at=at, site_dir=site, work=work, live=live, keep_last_good=True)
        self._read = False

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, *_: object) -> None:
        self.run.close()

    def renewed(self) -> "Desk":
        """Return the same page at the same instant, with what stands in its files now; this one reads no more.

        What is kept between runs belongs to one of them at a time.
        """
        self.run.close()
        return Desk(self.root, at=self.at, live=self.run.edition.live)

    @property
    def edition(self) -> Edition:
        """Whose page it is."""
        return self.run.edition

    @property
    def settings(self) -> Settings:
        """The page's settings."""
        return self.edition.settings

    @property
    def public_until(self) -> datetime | None:
        """What is of a later instant is a draft; None at an instant that people chose, which may lie in the past."""
        return self.at + AHEAD if self.edition.live else None

    def file(self, id: str) -> RecordFile:
        """Return where the record `id` stands.

        Raises:
            StillupError: there is none; it offers the nearest.
        """
        likely = record_file(self.root, f"incidents/{id[:4]}/{id}.yml")  # where our own commands put it
        if likely is not None:
            return likely
        found = {file.id: file for file in store.files(self.root)[0]}
        if id in found:
            return found[id]
        near = nearest(id, found) or self._meant(id, found)
        example = f", as {max(found)}" if found else ""
        fix = f"Did you mean {near}?" if near else f"Write the name of its file without .yml{example}."
        raise StillupError(f"There is no record {id}. {fix}")

    def _meant(self, said: str, found: Mapping[str, RecordFile]) -> str:
        """Return the newest record whose id has `said` in it, or whose reference it is; empty where none has."""
        words = "-".join(said.lower().split())
        within = [id for id in found if words and words in id]
        if within:
            return max(within)
        given = re.compile(rf"^reference:\s*[\"']?{re.escape(said)}[\"']?\s*$".encode(), re.MULTILINE | re.IGNORECASE)
        return next((id for id, file in found.items() if given.search(contents(self.root, file.path)[0])), "")

    def record(self, file: RecordFile) -> Incident:
        """Return the record in `file`.

        Raises:
            RecordError: it is unsound.
        """
        record, problems = store.incident(self.root, file, self.edition.components, self.settings.timezone)
        if record is None:
            raise RecordError(problems)
        return record

    def taken(self, id: str) -> bool:
        """Whether a record has this id."""
        return any(file.id == id for file in store.files(self.root)[0])

    def open(self) -> tuple[Incident, ...]:
        """Return every public record that is not over, the one touched last first.

        Raises:
            RecordError: records are unsound and have no sound version in git.
        """
        self.read()
        found = [self.run.record(story.id) for story in self.run.index.opened()]
        return tuple(sorted(found, key=lambda record: (record.updates[-1].at, record.id), reverse=True))

    def newest(self, kind: str = "") -> str:
        """Return the id of the public record, of `kind` where one is given, in which something happened last.

        Raises:
            RecordError: records are unsound and have no sound version in git.
        """
        self.read()
        found = [story for story in self.run.index.lately(0) if not kind or story.kind == kind]
        return max(found, key=lambda story: (story.last, story.id)).id if found else ""

    def read(self) -> None:
        """Let the run know every record, once.

        Raises:
            RecordError: records are unsound and have no sound version in git.
        """
        if not self._read:
            self.run.read()
            self._read = True

    def text(self, path: str) -> bytes:
        """Return what stands in the file at `path`.

        Raises:
            RecordError: it cannot be read.
        """
        data, problem = contents(self.root, path)
        if problem is not None:
            raise RecordError([problem])
        return data


def errors(problems: tuple[Problem, ...]) -> bool:
    """Whether one of `problems` is an error."""
    return any(problem.level is Level.ERROR for problem in problems)
