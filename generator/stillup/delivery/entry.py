"""The lines of a ledger: each says one thing that was decided, names nobody, and is never changed.

A line's hash is made of the line and of the hash before it, so that none can be changed, dropped or put in between
without everybody who holds a later hash noticing.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, ClassVar

from stillup.delivery.keyring import SIZE
from stillup.errors import StillupError
from stillup.frozen import dataclass


class Standing(StrEnum):
    """How one recipient stands with one event. One letter each: a ledger holds millions of them."""

    CLAIMED = "c"
    """An intent names them, and no receipt does: the call was made, or not."""

    ACCEPTED = "a"
    REFUSED = "r"
    UNKNOWN = "u"
    """It may have been taken, and the channel's policy forbids to try again."""

    LATER = "l"
    """It was not taken; the next run tries again."""

    MAYBE = "m"
    """It may have been taken, and a repeat is safe: the next run repeats it."""

    SUPPRESSED = "s"
    """It was decided not to send it after all."""

    OWED = "o"
    """People said `resend`."""

    @property
    def open(self) -> bool:
        """Whether somebody has still to act."""
        return self in (Standing.CLAIMED, Standing.LATER, Standing.MAYBE)

    @property
    def heard(self) -> bool:
        """Whether the recipient has heard it, or may have."""
        return self in (Standing.CLAIMED, Standing.ACCEPTED, Standing.UNKNOWN, Standing.MAYBE)


NO_ANSWER = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """From here on the ledger counts: what was public by then is never sent.

    What is written later with an earlier time is owed like anything else, as long as it is not too late for it.
    """

    kind: ClassVar[str] = "begin"

    at: datetime
    key: str
    """The key's fingerprint: another key would make strangers of everybody."""

    send: tuple[str, ...] = ()
    """Keys of events before `at` that are owed nevertheless."""

    known: tuple[str, ...] = ()
    """Keys of events from `reaches` on that were public already, and are not owed."""

    since: datetime | None = None
    """From when on `known` names everything that was public; None: from `at`, as ledgers were begun once."""

    @property
    def reaches(self) -> datetime:
        """Nothing from before this instant is owed, whenever it was written."""
        return self.since or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A batch, frozen before the first call: who gets one event on one channel, in which bytes of which commit."""

    kind: ClassVar[str] = "intent"

    event: str
    incident: str
    event_at: datetime
    closing: bool = False
    channel: str
    audience: str
    first: bool = False
    """Whether it is the first they hear of this incident: it is worded as an opening."""

    commit: str
    at: datetime
    owner: str
    """Which process acts on it."""

    until: datetime
    """After this, another may."""

    generation: int = 0
    """How often people have said `resend` of this event."""

    recipients: tuple[bytes, ...]
    """In the order of sending."""

    digests: tuple[bytes, ...]
    """Of each one's message."""

    @property
    def id(self) -> str:
        """16 hexadecimal digits made of everything that is in it."""
        return sha256(_canonical(self._body()).encode()).hexdigest()[:16]

    def _body(self) -> dict[str, object]:
        pairs = b"".join(r + d for r, d in zip(self.recipients, self.digests, strict=True))
        body = {name: getattr(self, name) for name in _INTENT}
        return {**body, "people": b64encode(pairs).decode()}


_INTENT = (
    *("event", "incident", "event_at", "closing", "channel", "audience", "first"),
    *("commit", "at", "owner", "until", "generation"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """Another process acts on an intent whose owner is gone: whoever is still in the open is claimed by it.

    It may call them at once; until it answers, nobody else knows whether it has.
    """

    kind: ClassVar[str] = "takeover"

    intent: str
    at: datetime
    owner: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Receipts of a batch."""

    kind: ClassVar[str] = "answer"

    intent: str
    at: datetime
    standings: str
    """A letter for each recipient of the batch, `-` where nothing is known yet."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    """By number in the batch, of what was not accepted."""

    references: Mapping[str, str] = field(default_factory=dict)
    """By number in the batch, the provider's own id."""

    @classmethod
    def claiming(cls, takeover: Takeover, size: int) -> "Answer":
        """Return what `takeover` says of a batch of so many recipients."""
        return cls(intent=takeover.intent, at=takeover.at, standings=Standing.CLAIMED.value * size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Everybody's standing with one event on one channel is decided: whoever subscribes later is owed nothing of it."""

    kind: ClassVar[str] = "settled"

    event: str
    channel: str
    at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resend:
    """People want it sent again: one event on one channel, to one recipient or to all who did not get it."""

    kind: ClassVar[str] = "resend"

    event: str
    channel: str
    at: datetime
    recipient: str = ""
    """In hexadecimal digits; empty: all."""

    accepted: bool = False
    """Whether also to those who have it."""

    everybody: bool = False
    """Whether also to those to whom it was never sent: it was too late, or they came later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """Everything that happened before an instant is settled: later runs need not look at it."""

    kind: ClassVar[str] = "swept"

    at: datetime
    before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A provider asked to be let alone for a while: other runs let it alone too."""

    kind: ClassVar[str] = "rest"

    channel: str
    provider: str
    """In hexadecimal digits, made with the key: a webhook's host may say whose it is."""

    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Nobody stands any more in what was told of one event long ago: its intents and answers have lost their texts."""

    kind: ClassVar[str] = "erased"

    event: str
    channel: str
    at: datetime
    lines: int
    """How many lines were emptied; their hashes stay, so that every other line is still proved."""

    counts: Mapping[str, int]
    """Recipients by standing, which nothing else says any more."""


Entry = Beginning | Intent | Takeover | Answer | Settled | Resend | Swept | Rest | Erased
_KINDS: dict[str, type[Entry]] = {
    each.kind: each for each in (Beginning, Intent, Takeover, Answer, Settled, Resend, Swept, Rest, Erased)
}
_TIMES = frozenset({"at", "event_at", "until", "before", "since"})
_LETTERS = frozenset({NO_ANSWER, *Standing})
_FORMS: dict[str, type] = {
    **dict.fromkeys(("closing", "first", "accepted", "everybody"), bool),
    **dict.fromkeys(("generation", "lines"), int),
    **dict.fromkeys(("counts", "reasons", "references"), dict),
    **dict.fromkeys(("send", "known"), list),
}
"""What a value is in JSON, by name; the others are texts."""

START = "0" * 64
"""The hash before the first line."""


def written(entry: Entry) -> str:
    """Return `entry` as one line of JSON, always spelled the same."""
    body = entry._body() if isinstance(entry, Intent) else asdict(entry)
    return _canonical({"kind": entry.kind, **body})


class Unreadable(StillupError):
    """A line that is none of ours: it was damaged, or a later version wrote it. Nothing can be decided on it."""


def read(line: str) -> Entry:
    """Return the entry of a line.

    Raises:
        Unreadable: it is none of ours.
    """
    try:
        return _entry(json.loads(line))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise Unreadable(
            f"A line of the ledger cannot be read ({type(error).__name__}): it was damaged, or a later version of "
            "Stillup wrote it. `stillup ledger verify` says which."
        ) from None


def _entry(body: dict[str, Any]) -> Entry:
    kind = _KINDS[body.pop("kind")]
    for name, value in body.items():
        if not isinstance(value, _FORMS.get(name, str)):
            raise TypeError(name)
    for name in _TIMES & body.keys():
        body[name] = datetime.strptime(body[name], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if kind is Intent:
        pairs = b64decode(body.pop("people"))
        if len(pairs) % (2 * SIZE):
            raise ValueError("people")
        parts = [pairs[place : place + SIZE] for place in range(0, len(pairs), SIZE)]
        return Intent(recipients=tuple(parts[::2]), digests=tuple(parts[1::2]), **body)
    if kind is Beginning:
        lists: dict[str, Any] = {name: tuple(body.pop(name, ())) for name in ("send", "known")}
        return Beginning(**body, **lists)
    if kind is Answer:
        _judge(body["standings"], {**body.get("reasons", {}), **body.get("references", {})})
    if kind is Resend:
        bytes.fromhex(body.get("recipient", ""))
    return kind(**body)


def _judge(standings: str, by_number: Mapping[str, object]) -> None:
    if not _LETTERS.issuperset(standings):
        raise ValueError("standings")
    for number, said in by_number.items():
        if not 0 <= int(number) < len(standings) or not isinstance(said, str):
            raise ValueError(number)


def chained(before: str, line: str) -> str:
    """Return the hash of `line` after the hash `before`."""
    return sha256(f"{before}\n{line}".encode()).hexdigest()


def _canonical(body: Mapping[str, object]) -> str:
    plain = {
        name: _plain(value) for name, value in body.items() if value not in ("", (), False, 0, None) or name == "at"
    }
    return json.dumps(plain, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> object:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value
