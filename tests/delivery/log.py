"""Event logs of every kind to append to, with salts that are known."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count

from stillup.delivery.event_log import EventLog, Reader
from stillup.delivery.event_log.audit import faults
from stillup.delivery.event_log.entry import BEGAN, FIRST, Draft, Logged, Pen, digest, mark

AT = datetime(2026, 11, 20, 10, 12, tzinfo=UTC)
_NUMBERS = count()


def pen(at: datetime = AT, commit: str = "c0ffee0000") -> Pen:
    return Pen(at=at, commit=commit, salts=lambda: sha256(str(next(_NUMBERS)).encode()).hexdigest())


def first(*known: str) -> Draft:
    marks = tuple(map(mark, known))
    return Draft(
        key=FIRST, kind=BEGAN, incident="", at=AT, content={"schema": 1, "known_digest": digest(marks)}, known=marks
    )


def draft(key: str, text: str = "We look into it.", *, erases: Sequence[int] = ()) -> Draft:
    content = {"schema": 1, "incident": {"id": key.partition("/")[0]}, "update": {"id": key, "text": text}}
    return Draft(
        key=key,
        kind="incident_redacted" if erases else "incident_updated",
        incident=key.partition("/")[0],
        at=AT,
        content=content,
        erases=tuple(erases),
    )


def told(log: EventLog, *drafts: Draft) -> tuple[Logged, ...]:
    """Append those of `drafts` that the log does not know, as a publisher does; begin it where nobody did."""

    def decide(known: Reader) -> list[Draft]:
        fresh = [each for each in drafts if known.find(each.key) is None]
        return fresh if known.head() else [first(), *fresh]

    return log.append(pen(), decide)


def keys(log: Reader) -> list[str]:
    return [each.entry.key for each in log.entries()]


def overtaken(here: EventLog, there: EventLog) -> None:
    """Append to `here` while `there`, the same log elsewhere, is quicker once; see that one chain comes of it."""
    told(here, draft("slow/0"))
    raced = []

    def decide(known: Reader) -> list[Draft]:
        if not raced:  # the other is quicker, once, after we looked
            raced.append(told(there, draft("slow/1", "the other's"), draft("slow/2")))
        return [each for each in (draft("slow/1", "ours"), draft("slow/3")) if known.find(each.key) is None]

    made = here.append(pen(), decide)

    assert [each.entry.key for each in made] == ["slow/3"]
    assert keys(here) == ["log", "slow/0", "slow/1", "slow/2", "slow/3"]
    first_of_both = here.find("slow/1")
    assert first_of_both and first_of_both.telling and first_of_both.telling.content["update"]["text"] == "the other's"
    assert list(faults(here)) == []
