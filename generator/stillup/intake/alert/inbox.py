"""Where alerts wait: one file for each thing that was said, which is there for good before the sender hears so.

A file's name comes from what it says. Two writers, a repetition and a retry therefore never get into each other's way,
and the order in which things arrive does not matter.
"""

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from stillup.errors import Problem
from stillup.intake.alert.alert import Alert, tidy
from stillup.records.moment import instant
from stillup.records.refusal import Unusable


def keep(folder: Path, alerts: Iterable[Alert]) -> int:
    """Write each of `alerts` that is not there yet, flushed to the disk; return how many were new."""
    folder.mkdir(parents=True, exist_ok=True)
    new, told = 0, False
    for alert in alerts:
        told = True
        path = folder / alert.name
        if path.exists():
            continue
        new += 1
        draft = folder / f".{alert.name}.{token_hex(4)}"
        with draft.open("wb") as file:
            file.write(json.dumps(alert.document(), ensure_ascii=False, indent=1).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    if told:  # what another program has just put there may not be on the disk yet
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return new


def load(folder: Path) -> tuple[list[Alert], list[Problem]]:
    """Return every alert of the inbox by name of file, and a problem for each file that is none."""
    found, problems = [], []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            found.append(_read(json.loads(path.read_text(encoding="utf-8"))))
        except (ValueError, KeyError, TypeError, OSError, RecursionError, Unusable) as error:
            message = f"This is no alert as the inbox keeps it ({type(error).__name__})."
            problems.append(
                Problem(file=f"{folder.name}/{path.name}", code="inbox", message=message, fix="Take the file away.")
            )
    return found, problems


def _read(written: Mapping[str, object]) -> Alert:
    if written["status"] not in ("firing", "resolved"):
        raise ValueError
    return Alert(
        source=str(written["source"]),
        identity=str(written["identity"]),
        firing=written["status"] == "firing",
        started=instant(written["started_at"]),
        ended=_optional(written["ended_at"]),
        labels=tidy(written["labels"]),
        acknowledged=_optional(written["acknowledged_at"]),
    )


def _optional(written: object) -> datetime | None:
    return None if written is None else instant(written)


def lost(known: Iterable[Alert], active: Iterable[Alert], at: datetime) -> list[Alert]:
    """Return the end, at `at`, of each alert of Alertmanager that is known to fire and is not among `active`.

    The sender tells an end once and nobody repeats it: what was lost on the way is found by asking.
    """
    known = [alert for alert in known if alert.source == "alertmanager"]
    ended = {alert.key for alert in known if not alert.firing}
    still = {alert.key for alert in active}
    newest: dict[str, Alert] = {}
    for alert in known:
        if alert.firing and alert.key not in ended | still and alert.started < at:
            newest[alert.key] = alert
    return [
        Alert(
            source=alert.source,
            identity=alert.identity,
            firing=False,
            started=alert.started,
            ended=at,
            labels=alert.labels,
        )
        for alert in newest.values()
    ]
