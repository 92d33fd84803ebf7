"""Reads everything, makes an internal document, and writes it below the private folder: nowhere else."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.pipeline.git.commit import commit
from stillup.pipeline.judging.private import exposed
from stillup.pipeline.papers.clock import read
from stillup.pipeline.papers.satisfaction import scores
from stillup.records.private import store as private_store
from stillup.records.private.store import Private
from stillup.records.settings import Settings
from stillup.records.store import Records
from stillup.reports import sheet
from stillup.reports.definition import unknown
from stillup.reports.document import Document, Origin
from stillup.reports.html import html
from stillup.reports.markdown import markdown
from stillup.reports.survey import Survey
from stillup.timeline.metric_case import cases
from stillup.timeline.metric_period import Period
from stillup.timeline.state import by_component

FOLDER = "reports"
"""Below the private folder."""


def origin(root: Path, settings: Settings, at: datetime) -> Origin:
    """Return what stands on every document that is made of the records at `root`, known at `at`."""
    return Origin(
        organisation=settings.organisation or settings.site_name, at=at, commit=commit(root), zone=settings.timezone
    )


def survey(root: Path, *, at: datetime) -> tuple[Survey, tuple[Problem, ...]]:
    """Return everything that reports of numbers are made of, and the warnings about it.

    Raises:
        RecordError: a record, public or private, cannot be used.
    """
    records, private, warnings = read(root)
    return surveyed(root, records, private, at=at), warnings


def surveyed(root: Path, records: Records, private: Private, *, at: datetime) -> Survey:
    """Return the same from records that are read already.

    Raises:
        RecordError: `csat.csv` cannot be used.
    """
    settings = records.settings
    found = cases(records.incidents, records.components, private, settings.plan, at)
    return Survey(
        origin=origin(root, settings, at),
        settings=settings,
        components=records.components,
        private=private,
        cases=found,
        by_component=by_component(case.course for case in found if case.course is not None),
        scores=scores(private_store.folder(root, settings), settings, at),
    )


def report(
    root: Path,
    make: Callable[[Survey, Period], Document],
    chosen: Callable[[str], Period],
    *,
    at: datetime,
    knows: Callable[[Survey, Period], bool] | None = None,
) -> tuple[Document, Settings, tuple[Problem, ...]]:
    """Return what `make` makes of the records in the period that `chosen` returns for the page's zone.

    `knows` says whether the records tell anything of that period that the document is about; default: anything at all.

    Raises:
        RecordError: a record cannot be used.
        StillupError: the period was over when the records began.
    """
    found, warnings = survey(root, at=at)
    return make(found, known(found, chosen(found.settings.timezone), knows)), found.settings, warnings


def known(survey: Survey, period: Period, knows: Callable[[Survey, Period], bool] | None = None) -> Period:
    """Return `period` if anything can be known of it: a report of zeros would say that nothing happened.

    Raises:
        StillupError: it was over when the records began.
    """
    if not (knows or Survey.knows)(survey, period):
        raise StillupError(
            f"{unknown(survey, period)} There is no report of it. If a component was there before, write since: and "
            "the day into its record."
        )
    return period


def write(root: Path, settings: Settings, documents: Iterable[Document]) -> tuple[Path, ...]:
    """Write `documents` and return the files: HTML, Markdown and, where there are numbers, JSON and CSV.

    Raises:
        RecordError: the private folder is published, so nothing is written.
        StillupError: there is no private folder.
    """
    problems = [each for each in exposed(root, settings) if each.level is Level.ERROR]
    if problems:
        raise RecordError(problems)
    base = private_store.folder(root, settings)
    if not base.is_dir():
        raise StillupError(
            f"There is no {settings.private}/, and documents for insiders are written nowhere else. "
            "Put the private records there, name their folder in mkdocs.yml, or ask for --stdout."
        )
    place = root / settings.private / FOLDER
    found = [(place / name, body) for document in documents for name, body in _files(document)]
    for path, body in found:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.new")
        new.write_bytes(body.encode())
        os.replace(new, path)
    return tuple(path for path, _ in found)


def _files(document: Document) -> Iterable[tuple[str, str]]:
    yield f"{document.path}.html", html(document)
    yield f"{document.path}.md", markdown(document)
    if document.numbers:
        yield f"{document.path}.json", sheet.numbers(document)
    for each in document.sheets:
        yield f"{document.path}-{each.name}.csv", sheet.table(each)
