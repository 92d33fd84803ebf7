"""The entries of the public event log: each commits to what it tells and to everything before it.

An entry does not hold its text. It holds the SHA-256 of a random salt and the text, so that a text which should never
have been public can go with its salt: nobody can guess it back from the digest, and the chain still verifies.

Everything is spelled as RFC 8785 has it (keys sorted, no spaces, UTF-8), for the texts, whole numbers and lists that
stand in it: any language's library for canonical JSON makes the same bytes.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from stillup.delivery.entry import START, chained
from stillup.frozen import dataclass
from stillup.views.event_log import Head

BEGAN = "log_began"
"""The kind of the first entry."""

FIRST = "log"
"""The key of the first entry."""

MARK = 8
"""Bytes of a mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is chained, and never changes."""

    seq: int
    """From 1, without a gap."""

    key: str
    """`<incident>/<update>` and so on: the same for every run, and once in a log."""

    kind: str
    incident: str
    """The first name that the record had; empty of the first entry."""

    at: datetime
    """When it was published or came by the clock, as the record says."""

    logged_at: datetime
    """When it was appended: a record that is dated back cannot be."""

    commit: str = ""
    """Of the records; empty where they are in no repository."""

    commitment: str
    """See `commitment`."""

    erases: tuple[int, ...] = ()
    """Of a redaction: the entries whose texts went with it."""

    def line(self) -> str:
        """Return the entry in canonical JSON."""
        return canonical(self.document())

    def document(self) -> dict[str, object]:
        """Return the entry as JSON has it."""
        return {
            "seq": self.seq,
            "key": self.key,
            "kind": self.kind,
            "incident": self.incident or None,
            "at": instant(self.at),
            "logged_at": instant(self.logged_at),
            "commit": self.commit or None,
            "commitment": self.commitment,
            "erases": list(self.erases),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What an entry tells, as long as it is not redacted."""

    salt: str
    """64 hexadecimal digits."""

    content: Mapping[str, Any]
    """What webhooks have as `data`, for most kinds."""

    @property
    def commitment(self) -> str:
        """What its entry must say."""
        return commitment(self.salt, canonical(self.content))


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One entry as it stands in a log."""

    entry: Entry
    previous: str
    """The hash of the entry before."""

    telling: Telling | None
    """None: it was redacted."""

    @property
    def seq(self) -> int:
        """The entry's place in the log."""
        return self.entry.seq

    @property
    def hash(self) -> str:
        """What stands for the entry and everything before it: a head that anybody may keep."""
        return chained(self.previous, self.entry.line())


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be appended."""

    key: str
    kind: str
    incident: str
    at: datetime
    content: Mapping[str, Any]
    erases: tuple[int, ...] = ()
    known: tuple[bytes, ...] = field(default=())
    """Of the first entry: the marks of everything that was published before the log began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """What an append is made with, besides what it tells: the clock's instant, the commit, and a draw of salts."""

    at: datetime
    commit: str
    salts: Callable[[], str]
    """Returns 64 other random hexadecimal digits each time."""

    def entries(self, after: Head | None, drafts: "tuple[Draft, ...]") -> tuple[Logged, ...]:
        """Return the entries that `drafts` make behind `after`."""
        seq, hash = (after.seq, after.hash) if after else (0, START)
        made = []
        for draft in drafts:
            telling = Telling(salt=self.salts(), content=draft.content)
            entry = Entry(
                seq=seq + 1,
                key=draft.key,
                kind=draft.kind,
                incident=draft.incident,
                at=draft.at,
                logged_at=self.at,
                commit=self.commit,
                commitment=telling.commitment,
                erases=draft.erases,
            )
            made.append(Logged(entry=entry, previous=hash, telling=telling))
            seq, hash = made[-1].seq, made[-1].hash
        return tuple(made)


def commitment(salt: str, text: str) -> str:
    """Return the SHA-256 of a salt, a line feed and canonical JSON, in hexadecimal digits."""
    return sha256(f"{salt}\n{text}".encode()).hexdigest()


def canonical(content: Mapping[str, Any]) -> str:
    """Return `content` as RFC 8785 spells it. Numbers are whole and keys are ASCII in everything we make."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(line: str) -> Entry:
    """Return the entry of a line.

    Raises:
        ValueError: it is no entry, or is not spelled as we spell it.
    """
    try:
        found = json.loads(line)
        if not all(isinstance(each, int) for each in (found["seq"], *found["erases"])):
            raise TypeError("seq")
        entry = Entry(
            seq=found["seq"],
            key=found["key"],
            kind=found["kind"],
            incident=found["incident"] or "",
            at=_moment(found["at"]),
            logged_at=_moment(found["logged_at"]),
            commit=found["commit"] or "",
            commitment=found["commitment"],
            erases=tuple(found["erases"]),
        )
    except (AttributeError, KeyError, RecursionError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"no entry ({type(error).__name__})") from None
    if entry.line() != line:
        raise ValueError("another spelling")
    return entry


def mark(key: str) -> bytes:
    """Return the few bytes by which a log knows a key of something that was published before it began."""
    return sha256(key.encode()).digest()[:MARK]


def digest(marks: tuple[bytes, ...]) -> str:
    """Return what the first entry says of `marks`, whatever their order."""
    return sha256(b"".join(sorted(marks))).hexdigest()


def instant(at: datetime) -> str:
    """Return an instant as entries have it, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
