"""Preview: a change beside the commit it starts from; built twice in a folder of its own: nothing else moves."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.pipeline.building.build import frontage
from stillup.pipeline.building.run import Run
from stillup.pipeline.git.base import compared
from stillup.pipeline.git.number import repeated
from stillup.pipeline.git.repository import Repository
from stillup.pipeline.judging.lint import lint
from stillup.pipeline.judging.overlap import overlaps
from stillup.pipeline.judging.private import unsound
from stillup.pipeline.preview.checkout import check_out
from stillup.pipeline.preview.edit import edits
from stillup.pipeline.preview.notice import Telling, told
from stillup.pipeline.preview.page import pages
from stillup.pipeline.preview.picture import pictured
from stillup.pipeline.preview.reach import Crowd, Uncounted
from stillup.pipeline.preview.shape import Edit, Notice, Preview
from stillup.pipeline.sending.writer import Insight, Writer
from stillup.records import configuration, store
from stillup.records.field import ID
from stillup.records.incident import Incident
from stillup.subscribers.place import listed_problems

_SAID_BY_CHECK = ("C33", "C34")
"""Rules of lint that say again what `check` says of published updates."""


def preview(root: Path, *, base: str, at: datetime, work: Path, pictures: bool = True, inside: bool = False) -> Preview:
    """Return what the records at `root` change beside the commit `base`, both as of `at`.

    `work` is an empty folder for both sites: `work/after/site` is the page as it will be.
    `inside`: also show messages that hold internal facts, where they are here.

    Raises:
        StillupError: there is no such commit, or MkDocs failed.
    """
    repository = Repository(root, "A preview")
    commit = repository.commit(base)
    changed = repository.changed(commit, "incidents")
    with ExitStack() as stack:
        try:
            after = stack.enter_context(_run(root, at, work / "after"))
            after.read()
        except RecordError as error:
            return _unusable(root, base, commit, at, error.problems)
        notes: list[str] = []
        problems = _problems(after, base)
        linted = lint(root, at=at, base=base).judged
        site = _built(after)
        before, why = _before(root, commit, at, work / "before", stack)
        notes += [why] if why else []
        found, unshown, others = pages(before.site_dir if before else work / "nothing", site)
        if pictures:
            found, why = pictured(found, before.site_dir if before else work / "nothing", site)
            notes += [why] if why else []
        else:
            notes.append("There are no pictures of pages: none were asked for.")
        notices, changes, more = _told(after, before, sorted(changed), inside, stack)
        return Preview(
            base=base,
            base_commit=commit,
            at=at,
            organisation=after.edition.masthead.organisation,
            problems=problems,
            findings=tuple(finding for finding in linted.findings if finding.code not in _SAID_BY_CHECK),
            overruled=len(linted.overruled),
            pages=tuple(found),
            others=others,
            unshown=unshown,
            notices=tuple(notices),
            edits=tuple(changes),
            notes=(*notes, *more),
        )


def _run(root: Path, at: datetime, work: Path, *, rescue: bool = False) -> Run:
    """Return a run as of `at`, which knows of no commit: pages that say the same are the same."""
    work.mkdir(parents=True)
    run = Run(root, at=at, site_dir=work / "site", work=work / "kept", live=False, keep_last_good=rescue)
    run.edition = replace(run.edition, commit="")
    return run


def _problems(run: Run, base: str) -> tuple[Problem, ...]:
    """Return everything that `check` would say: what changes in silence is shown, and no reason to show nothing."""
    root, edition = run.root, run.edition
    return tuple(
        sorted(
            [
                *run.warnings,
                *compared(root, base, edition.at, edition.settings.timezone),
                *overlaps(root, run.index, run.record, edition.at),
                *listed_problems(root, edition.settings, edition.components),
                *unsound(root),
                *repeated(root, edition.settings, run.index),
            ]
        )
    )


def _built(run: Run) -> Path:
    run.write(frontage(run))
    return run.site_dir


def _before(root: Path, commit: str, at: datetime, work: Path, stack: ExitStack) -> tuple[Run | None, str]:
    """Return a run of the page at `commit`, and why there is none: then everything is new."""
    inner = check_out(root, commit, work / "checkout")
    try:
        run = stack.enter_context(_run(inner, at, work / "run", rescue=True))
        run.read()
        _built(run)
    except StillupError as error:
        first = str(error).splitlines()[0]
        return None, f"The page at {commit[:10]} cannot be built, so that everything counts as new. {first}"
    return run, ""


def _told(
    after: Run, before: Run | None, changed: Sequence[str], inside: bool, stack: ExitStack
) -> tuple[list[Notice], list[Edit], list[str]]:
    """Return what the changed records tell, what they told otherwise before, and what is not shown."""
    notes: list[str] = []
    insight = Insight(after)
    settings = after.edition.settings
    crowd: Crowd | None = None
    if not settings.channels.names():
        notes.append("No channels are set in mkdocs.yml: nothing is sent, and every form of a message is shown.")
    else:
        try:
            crowd = Crowd(after.root, settings)
            stack.callback(crowd.close)
        except Uncounted as error:
            notes.append(str(error))
    if insight.present and not inside:
        notes.append("Messages with internal facts are left out: stillup preview --internal shows them.")
    elif not insight.present:
        notes.append("Messages with internal facts are left out: the private records are not here.")
    telling = Telling(after, insight, crowd, inside=inside)
    writer = Writer(before) if before else None
    known = {file.id: file.path for file in store.files(after.root)[0]}
    former = {file.id for file in store.files(before.root)[0]} if before else set()
    notices: list[Notice] = []
    found: list[Edit] = []
    for id in _ids(changed):
        if id not in known:
            continue
        record = after.record(id)
        old = _earlier(before, record, former)
        was = told(before, insight, old) if before else {}
        notices += telling.notices(record, was, told(after, insight, record))
        if before is not None and writer is not None and old is not None:
            own = {event.key: event for event in was.values()}
            found += edits(before, old, record, known[id], own, writer)
    notices.sort(key=lambda each: (each.event.at, each.event.key))
    return notices, found, notes


def _ids(changed: Iterable[str]) -> list[str]:
    """Return the ids of the records that the files `changed` belong to."""
    found = []
    for path in changed:
        parts = path.split("/")
        if path.endswith(".yml") and not any(part.startswith("_") for part in parts):
            name = parts[parts.index("updates") - 1] if "updates" in parts[1:-1] else parts[-1][:-4]
            found += [name] if ID(name) else []
    return list(dict.fromkeys(found))


def _earlier(before: Run | None, record: Incident, known: set[str]) -> Incident | None:
    """Return the record as it was, under the name that it had."""
    if before is None:
        return None
    name = next((id for id in (record.id, *reversed(record.formerly)) if id in known), "")
    return before.record(name) if name else None


def _unusable(root: Path, base: str, commit: str, at: datetime, problems: Sequence[Problem]) -> Preview:
    """Return the preview of records that cannot be used: what is wrong with them."""
    try:
        settings = configuration.settings(root)[0]
        name = settings.organisation or settings.site_name
    except StillupError:
        name = ""
    errors = sum(problem.level is Level.ERROR for problem in problems)
    said = f"{errors} error{'' if errors == 1 else 's'} must be mended before pages and messages can be shown."
    return Preview(
        base=base, base_commit=commit, at=at, organisation=name, problems=tuple(problems), others={}, notes=(said,)
    )
