"""What a drill leaves: its record with the score, the plan's assessment, and everything that was said in it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from stillup import catalogue
from stillup.errors import RecordError, StillupError
from stillup.frozen import dataclass
from stillup.pipeline.change import internal
from stillup.pipeline.change.entry import spelled
from stillup.pipeline.change.handover import write
from stillup.pipeline.change.sheet import Change, Sheets
from stillup.pipeline.drill.play import Performance, Say, play
from stillup.pipeline.drill.score import Score, score
from stillup.pipeline.papers import paper
from stillup.records import configuration, moment, store
from stillup.records.private import store as private_store
from stillup.records.private.drill import DrillFacts, place_of
from stillup.records.reading import read
from stillup.records.scenario import Scenario
from stillup.records.settings import Settings
from stillup.records.shape import shaped
from stillup.vocabulary import DrillType

RUN = "run.json"
"""Everything that happened, beside the assessment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A drill that was played."""

    id: str
    done: Performance
    score: Score
    facts: Mapping[str, Any]
    """The fields of its record, as they are written."""

    run: bytes
    """What `run.json` holds."""


def hold(
    root: Path,
    script: Scenario,
    *,
    at: datetime,
    id: str = "",
    participants: Sequence[str] = (),
    keep: bool = True,
    say: Say = lambda text: None,
) -> Held:
    """Play `script` and return what comes of it; `keep`: its record will be written, so there must be a place for it.

    Raises:
        StillupError: the drill was held already, there is no private folder, or it cannot be played.
    """
    settings, problems = configuration.settings(root)
    components, more = store.components(root)
    if any(problem.level == "error" for problem in (*problems, *more)):
        raise RecordError([*problems, *more])
    day = moment.civil(at, settings.timezone)
    name = id or place_of(script.type, day)
    if keep:
        _free(root, settings, name)
    words = catalogue.words(settings.languages[0])
    done = play(root, settings, components, script, at=at, words=words, drill=name, say=say)
    marks = score(done, settings)
    run = (json.dumps(_told(done, marks), ensure_ascii=False, indent=1) + "\n").encode()
    return Held(
        id=name, done=done, score=marks, facts=_facts(done, marks, at, settings, participants, name, run), run=run
    )


def keep(root: Path, held: Held, *, at: datetime) -> list[Path]:
    """Write the record and the assessment; return the files, the record first.

    Raises:
        RecordError: the record would be unsound, or the private folder is published.
    """
    settings, _ = configuration.settings(root)
    where = _record(settings, held.id)
    sheets = Sheets(root)
    if sheets.has(where):
        for key, value in held.facts.items():
            if key not in _WRITTEN_BY_PEOPLE or not _there(sheets, where, key):
                sheets.put(where, (key,), value)
    else:
        sheets.new(where, held.facts)
    write(root, Change(record=held.id, subject="", files=sheets.files, internal=frozenset({where})))
    made = paper.of_drill(root, held.id, at=at)
    return [root / where, *paper.write(replace(made, paper=replace(made.paper, beside={RUN: held.run})))]


def planned(root: Path, script: Scenario, kind: DrillType, day: datetime) -> Path:
    """Write the record of an exercise that people will hold by `script`, under the plan's name; return the file.

    Raises:
        StillupError: there is such a record, or no private folder.
    """
    settings, _ = configuration.settings(root)
    date = moment.civil(day, settings.timezone)
    where = _record(settings, place_of(kind, date))
    _folder(root, settings)
    sheets = Sheets(root)
    if sheets.has(where):
        raise StillupError(f"{where} is there already. Name another day.")
    talk = f"{script.scenario}\n" + "\n".join(["", *(f"- {each}" for each in script.questions)]) + "\n"
    facts = {"type": str(kind), "title": script.title, "date": f"{date:%Y-%m-%d}", "scenario": talk}
    sheets.new(where, {**facts, "systems": list(script.systems.values())})
    write(root, Change(record=where, subject="", files=sheets.files, internal=frozenset({where})))
    return root / where


_WRITTEN_BY_PEOPLE = ("type", "title", "date", "scenario", "participants", "systems")
"""What a record that was planned says itself."""


def _free(root: Path, settings: Settings, name: str) -> None:
    _folder(root, settings)
    where = _record(settings, name)
    path = root / where
    if not path.is_file():
        return
    document, problems = read(path.read_bytes(), where)
    facts = shaped(document, DrillFacts, document.value).value if document is not None else None
    if facts is None:
        raise RecordError(problems or [document.problem((), "This is no drill.")] if document else problems)
    if facts.held_at is not None:
        raise StillupError(f"{where} was held already. Give this one another name with --id.")


def _folder(root: Path, settings: Settings) -> None:
    if not private_store.folder(root, settings).is_dir():
        raise StillupError(
            f"{settings.private}/ is not there, and what a drill finds is written nowhere else. "
            "Make it and keep it out of git, or print with --stdout."
        )


def _record(settings: Settings, name: str) -> str:
    return internal.path(settings, "drills", f"{name}.yml")


def _there(sheets: Sheets, where: str, key: str) -> bool:
    document, _ = read(sheets.text(where), where)
    return document is not None and document.at((key,)) is not None


def _facts(
    done: Performance,
    marks: Score,
    at: datetime,
    settings: Settings,
    participants: Sequence[str],
    name: str,
    run: bytes,
) -> dict[str, Any]:
    script = done.script
    met = [check for check in marks.checks if check.met]
    facts: dict[str, Any] = {
        "type": str(script.type),
        "title": script.title,
        "date": f"{moment.civil(at, settings.timezone):%Y-%m-%d}",
        "scenario": script.scenario + "\n",
        "duration": spelled(-(-(done.ended - done.began) // _MINUTE) * _MINUTE),
        "participants": list(participants),
        "systems": list(script.systems.values()),
        "held_at": moment.utc(at),
        "evidence": f"reports/drills/{name}/{RUN}, SHA-256 {sha256(run).hexdigest()}",
        "targets": {
            key: {"target": spelled(each.target), **({"actual": spelled(each.actual)} if each.actual else {})}
            for key, each in marks.targets.items()
        },
        "communication": f"{len(met)} of {len(marks.checks)} checks met",
        "went_well": [check.said for check in met] + [_inside(done)],
        "improvements": [check.said for check in marks.checks if not check.met],
    }
    return {key: value for key, value in facts.items() if value not in ("", [], {})}


_MINUTE = timedelta(minutes=1)


def _inside(done: Performance) -> str:
    return f"Nothing left the sandbox: {done.calls} calls went to the drill's own receivers, and none elsewhere."


def _told(done: Performance, marks: Score) -> dict[str, Any]:
    """Return everything that happened, for whoever wants to look it up."""
    return {
        "scenario": done.script.title,
        "began": moment.utc(done.began),
        "ended": moment.utc(done.ended.replace(microsecond=0)),
        "checks": [{"check": each.name, "met": each.met, "said": each.said} for each in marks.checks],
        "targets": {
            name: {
                "target_seconds": int(each.target.total_seconds()),
                "actual_seconds": int(each.actual.total_seconds()) if each.actual else None,
            }
            for name, each in marks.targets.items()
        },
        "runs": [
            {
                "at": moment.utc(each.at),
                "killed": each.until is None,
                "served": each.served,
                "channels": list(each.channels),
            }
            for each in done.runs
        ],
        "lint": [str(each) for each in done.findings],
        "taken": [
            {
                "run": moment.utc(each.run),
                "channel": each.channel,
                "who": done.people.get((each.channel, each.address), ""),
                "id": each.id,
                "sha256": sha256(each.body).hexdigest(),
                "text": each.texts[0] if each.texts else "",
            }
            for each in done.taken
        ],
    }
