"""Read everything, write one internal document below the private folder; never into anything that is published."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.frozen import dataclass
from stillup.pipeline.git.commit import commit
from stillup.pipeline.judging.private import exposed
from stillup.pipeline.papers.clock import read
from stillup.records import store
from stillup.records.private import store as private_store
from stillup.records.refusal import nearest
from stillup.records.settings import Settings
from stillup.reports.paper.advisory import advisory
from stillup.reports.paper.case import Case, case
from stillup.reports.paper.channel import channel
from stillup.reports.paper.drill import assessment
from stillup.reports.paper.executive import executive
from stillup.reports.paper.financial import financial
from stillup.reports.paper.outreach import outreach
from stillup.reports.paper.paper import Gap, Paper
from stillup.reports.paper.postmortem import postmortem
from stillup.reports.paper.regulator import regulator
from stillup.reports.paper.security import security
from stillup.reports.paper.support import support

MAKERS: Mapping[str, Callable[[Case], Paper]] = {
    "advisory": advisory,
    "channel": channel,
    "executive": executive,
    "financial": financial,
    "outreach": outreach,
    "postmortem": postmortem,
    "regulator": regulator,
    "security": security,
    "support": support,
}
"""What makes each document about an incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A document, and what must be known to write it."""

    paper: Paper
    folder: Path
    """Where it belongs."""

    root: Path
    settings: Settings
    at: datetime
    commit: str
    notes: tuple[Problem, ...]
    """What is missing in it, each with the field to write."""

    def document(self) -> dict[str, object]:
        """Return its numbers for scripts."""
        return {
            "report": self.paper.kind,
            "subject": self.paper.subject,
            "at": f"{self.at:%Y-%m-%dT%H:%M:%SZ}",
            "commit": self.commit,
            **self.paper.numbers,
            "missing": [{"field": gap.field, "what": gap.what} for gap in self.paper.gaps],
        }


def of_incident(root: Path, kind: str, id: str, *, at: datetime, regime: str = "") -> Made:
    """Return the document `kind` about the incident `id`; of the notifications only those of `regime`, if one is named.

    Raises:
        RecordError: a record cannot be used.
        StillupError: there is no such incident at `at`, or no such regime.
    """
    records, private, _ = read(root)
    settings, head = records.settings, commit(root)
    found = case(records.incidents, records.components, private, settings, id, at, head)
    if found is None:
        raise StillupError(_unknown(id, [each.id for each in records.incidents] + list(private.incidents), at))
    if regime and regime not in settings.plan.regimes:
        raise StillupError(f"There is no regime {regime}. Name one of {', '.join(settings.plan.regimes)}.")
    paper = regulator(found, regime) if kind == "regulator" else MAKERS[kind](found)
    folder = private_store.folder(root, settings) / "reports" / "incidents" / id
    written = next((file.path for file in store.files(root)[0] if file.id == id), "")
    return made(root, settings, paper, folder, f"{settings.private.rstrip('/')}/incidents/{id}.yml", at, head, written)


def of_drill(root: Path, id: str, *, at: datetime) -> Made:
    """Return the assessment of the exercise `id`.

    Raises:
        RecordError: a record cannot be used.
        StillupError: there is no such exercise.
    """
    records, private, _ = read(root)
    settings, head = records.settings, commit(root)
    drill = private.drills.get(id)
    if drill is None:
        raise StillupError(_unknown(id, list(private.drills), at, "drill"))
    folder = private_store.folder(root, settings) / "reports" / "drills" / id
    paper = assessment(drill, settings, at, head)
    return made(root, settings, paper, folder, f"{settings.private.rstrip('/')}/drills/{id}.yml", at, head)


def write(made: Made) -> list[Path]:
    """Write the document in every form, and return the paths: the page first.

    Raises:
        RecordError: the private folder is published.
        StillupError: there is no private folder.
    """
    settings = made.settings
    refused = [problem for problem in exposed(made.root, settings) if problem.level is Level.ERROR]
    if refused:
        raise RecordError(refused)
    if not private_store.folder(made.root, settings).is_dir():
        raise StillupError(
            f"{settings.private}/ is not there, and documents are written nowhere else. "
            "Make it and keep it out of git, or print with --stdout."
        )
    made.folder.mkdir(parents=True, exist_ok=True)
    paper = made.paper
    numbers = json.dumps(made.document(), ensure_ascii=False, indent=2) + "\n"
    files = {
        f"{paper.kind}.html": paper.html.encode(),
        f"{paper.kind}.md": paper.markdown.encode(),
        f"{paper.kind}.json": numbers.encode(),
        **paper.beside,
    }
    for name, body in files.items():
        (made.folder / name).write_bytes(body)
    return [made.folder / name for name in files]


def made(
    root: Path, settings: Settings, paper: Paper, folder: Path, file: str, at: datetime, head: str, public: str = ""
) -> Made:
    """Return `paper` with where it belongs: `file` is where gaps without a place are to be mended."""
    own = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)
    beside = {f"{paper.kind}.json", *paper.beside}

    def place(gap: Gap) -> str:
        if gap.place in beside:
            return f"{own}/{gap.place}"
        return {"": file, "public": public or file}.get(gap.place, f"{settings.private.rstrip('/')}/{gap.place}")

    notes = tuple(
        Problem(
            file=place(gap),
            field="" if gap.field == gap.place else gap.field,
            code="missing",
            level=Level.NOTE,
            message=f"The document lacks {gap.what}.",
            fix="Write this file." if gap.field == gap.place else f"Write {gap.field}.",
        )
        for gap in paper.gaps
    )
    return Made(paper=paper, folder=folder, root=root, settings=settings, at=at, commit=head, notes=notes)


def _unknown(id: str, known: list[str], at: datetime, kind: str = "incident") -> str:
    if id in known:
        return (
            f"{id} is no incident at {at:%Y-%m-%d %H:%M} UTC: a maintenance, a drill, told afterwards, or not "
            "begun yet."
        )
    near = nearest(id, known)
    fix = (
        f"Did you mean {near}?"
        if near
        else f"Write the name of its file without .yml, as {known[-1]}."
        if known
        else ""
    )
    return f"There is no {kind} {id}. {fix}".strip()
