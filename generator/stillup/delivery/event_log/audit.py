"""Whether an event log is what it was: of itself, of heads that somebody received, and of entries somebody kept."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stillup.delivery.entry import START, chained
from stillup.delivery.event_log import EventLog, Raw
from stillup.delivery.event_log.entry import BEGAN, Entry, canonical, commitment, digest, read

_HEAD = re.compile("[0-9a-f]{64}")


def faults(log: EventLog) -> Iterator[str]:
    """Yield where `log` is not whole: an entry that does not follow from the one before, or a text that is another.

    Nothing is said of entries behind one that does not follow: what they hang from is not known any more.
    """
    before, keys = START, dict[str, int]()
    bare: dict[int, str] = {}
    told: dict[int, str] = {}
    for number, raw in enumerate(log.raw(), 1):
        try:
            entry = read(raw.line)
        except ValueError as error:
            yield f"Entry {number} cannot be read: {error}."
            return
        if entry.seq != number:
            yield f"Entry {number} is missing: entry {entry.seq} comes next."
            return
        if raw.hash != chained(before, raw.line):
            yield (
                f"Entry {number} ({entry.key}) does not follow from the one before: it was changed, put in or moved, "
                "or one was taken out."
            )
            return
        if entry.key in keys:
            yield f"Entry {number} tells {entry.key} a second time, after entry {keys[entry.key]}."
        keys[entry.key], before = number, raw.hash
        if raw.salt is None or raw.content is None:
            bare[number] = entry.key
        else:
            told[number] = entry.key
            yield from _other_text(entry, raw.salt, raw.content)
        if number == 1:
            yield from _beginning(entry, raw, log.marks())
        for seq in entry.erases:
            if seq >= number:
                yield f"Entry {number} ({entry.key}) takes out the text of entry {seq}, which comes later."
            elif seq in told:
                yield f"The text of entry {seq} ({told[seq]}) is there, and entry {number} says that it was removed."
            bare.pop(seq, None)
    for number, key in bare.items():
        yield f"The text of entry {number} ({key}) is gone, and no redaction says that it was removed."


def _other_text(entry: Entry, salt: str, content: str) -> Iterator[str]:
    try:
        spelled = canonical(json.loads(content))
    except ValueError:
        spelled = ""
    if spelled != content or commitment(salt, content) != entry.commitment:
        yield f"The text of entry {entry.seq} ({entry.key}) is not the one that was published."


def _beginning(entry: Entry, raw: Raw, marks: tuple[bytes, ...]) -> Iterator[str]:
    if entry.kind != BEGAN:
        yield f"Entry 1 ({entry.key}) is not a beginning: what stood before it was taken out."
    elif raw.content is not None and json.loads(raw.content).get("known_digest") != digest(marks):
        yield "The list of what was published before the log began is another than it was."


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a received head or a kept entry proves."""

    said: str
    """What was given: the head, or the file's name."""

    seq: int = 0
    """The entry that it is; 0 where it is none."""

    fault: str = ""
    """Why it proves that history was rewritten, or that it is itself no copy; empty where all is well."""

    note: str = ""
    is_copy: bool = False


def proofs(log: EventLog, heads: Iterable[str] = (), copies: Iterable[Path] = ()) -> Iterator[Proof]:
    """Yield what each of `heads` and each file of `copies` proves of a log in which `faults` found nothing."""
    lines = [raw.line for raw in log.raw()]
    before, hashes = START, list[str]()
    for line in lines:
        before = chained(before, line)
        hashes.append(before)
    for head in heads:
        yield _of_head(head, hashes)
    for path in copies:
        yield replace(_of_copy(path, lines, hashes), is_copy=True)


def _of_head(head: str, hashes: list[str]) -> Proof:
    wanted = head.strip().lower()
    if not _HEAD.fullmatch(wanted):
        return Proof(said=head, fault=f"{head} is no head: those have 64 hexadecimal digits.")
    if wanted in hashes:
        seq = hashes.index(wanted) + 1
        return Proof(said=wanted, seq=seq, note=f"entry {seq} of {len(hashes)}; nothing up to it was changed since.")
    return Proof(
        said=wanted,
        fault=f"No entry of {len(hashes)} has the head {wanted}: history was changed or cut off since it was received, "
        "or it is another page's.",
    )


def _of_copy(path: Path, lines: list[str], hashes: list[str]) -> Proof:
    name = str(path)
    try:
        kept: dict[str, Any] = json.loads(path.read_bytes())
        line = canonical(kept["entry"])
        entry = read(line)
        hash, salt, content = kept["hash"], kept["salt"], kept["data"]
        itself = chained(kept["previous"], line) == hash
    except (KeyError, TypeError, ValueError) as error:
        return Proof(said=name, fault=f"{name} is no entry of an event log ({type(error).__name__}).")
    if not itself or (salt is not None and commitment(salt, canonical(content)) != entry.commitment):
        return Proof(said=name, seq=entry.seq, fault=f"{name} does not verify by itself: the copy was changed.")
    if entry.seq > len(lines):
        return Proof(
            said=name,
            seq=entry.seq,
            fault=f"{name} is entry {entry.seq} ({entry.key}), and the log ends with entry {len(lines)}: "
            "its end was cut off.",
        )
    if hashes[entry.seq - 1] == hash:
        return Proof(said=name, seq=entry.seq, note=f"entry {entry.seq} as it stands.")
    now = read(lines[entry.seq - 1])
    if lines[entry.seq - 1] == line:
        return Proof(
            said=name,
            seq=entry.seq,
            fault=f"{name}: entry {entry.seq} ({entry.key}) reads as it did, and something before it does not.",
        )
    others = ", ".join(
        f"{field} was {was!r} and is {now.document()[field]!r}"
        for field, was in entry.document().items()
        if now.document()[field] != was
    )
    return Proof(said=name, seq=entry.seq, fault=f"{name}: entry {entry.seq} ({entry.key}) is another now: {others}.")
