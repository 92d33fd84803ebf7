"""What a preview shows, as values; no file, no process and no markup here."""

from collections.abc import Mapping
from datetime import datetime

from stillup.errors import Level, Problem
from stillup.frozen import dataclass
from stillup.messages.event import Event
from stillup.messages.outbox import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a difference between two texts."""

    sign: str
    """`+`, `-`, a space for what both have, or `@` for what is passed over."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """How a page looks."""

    before: bytes = b""
    """A PNG; empty where the page is new."""

    after: bytes = b""
    """A PNG; empty where the page is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page that a reader would find changed."""

    path: str
    """Below the site, e.g. `incidents/2026-11-20-payments/index.html`."""

    change: str
    """`new`, `changed` or `gone`."""

    title: str
    lines: tuple[Line, ...] = ()
    """What its readable text loses and gains; empty where only markup changes."""

    picture: Picture | None = None

    @property
    def address(self) -> str:
        """Where a reader finds it, below the site."""
        return f"/{self.path.removesuffix('index.html')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many people one event reaches in one way."""

    channel: str
    audience: str
    language: str
    """Empty: the page's own."""

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One message as it will look, made for a made-up reader."""

    sheet: Sheet
    language: str
    body: str
    """What a machine receives, where people do not read it as it is."""

    inside: bool = False
    """Whether it holds internal facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One event that the change brings about."""

    event: Event
    silent: str = ""
    """Why nobody is told; empty where people are."""

    later: bool = False
    """Whether it is still to come at the instant of the preview."""

    late: bool = False
    """Whether it is so old that nothing is sent any more."""

    reaches: tuple[Reach, ...] | None = None
    """None where nobody could be counted."""

    skipped: Mapping[str, int]
    """By reason, how many on the lists are not told."""

    proofs: tuple[Proof, ...] = ()

    @property
    def people(self) -> int:
        """How many messages would be sent."""
        return sum(reach.people for reach in self.reaches or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A published update whose words change."""

    key: str
    title: str
    place: str
    """The file it stands in."""

    lines: tuple[Line, ...]
    received: str
    """The mail that subscribers got, as it was at the base; empty where nobody was told."""

    silence: str
    """Why nobody was told; empty where people were."""

    choice: str
    """What the change decides: `silent`, `correction`, `withdrawn`, or empty where it says nothing."""

    edited_at: str
    """What to write as `edited_at`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Everything there is to see of a change."""

    base: str
    """As it was named."""

    base_commit: str
    at: datetime
    organisation: str
    problems: tuple[Problem, ...] = ()
    """What `check` says."""

    findings: tuple[Problem, ...] = ()
    """What `lint` says."""

    overruled: int = 0
    """How many findings an update overrules."""

    pages: tuple[Page, ...] = ()
    others: Mapping[str, int]
    """How many files change that people do not read, by kind: feeds, API ..."""

    unshown: int = 0
    """How many changed pages are only counted."""

    notices: tuple[Notice, ...] = ()
    edits: tuple[Edit, ...] = ()
    notes: tuple[str, ...] = ()
    """What is not shown, and why; a sentence each."""

    @property
    def sound(self) -> bool:
        """Whether the records can be used at all."""
        return not any(problem.level is Level.ERROR for problem in self.problems)

    def numbers(self) -> dict[str, object]:
        """Return the preview for scripts, without pictures and bodies."""
        return {
            "base": self.base,
            "base_commit": self.base_commit,
            "at": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "pages": [
                {
                    "path": page.path,
                    "change": page.change,
                    "title": page.title,
                    "lines": [f"{line.sign}{line.text}" for line in page.lines],
                    "pictures": page.picture is not None,
                }
                for page in self.pages
            ],
            "pages_unshown": self.unshown,
            "other_files": dict(self.others),
            "events": [_event(notice) for notice in self.notices],
            "edits": [
                {
                    "key": edit.key,
                    "file": edit.place,
                    "choice": edit.choice,
                    "told": not edit.silence,
                    "lines": [f"{line.sign}{line.text}" for line in edit.lines],
                }
                for edit in self.edits
            ],
            "notes": list(self.notes),
        }


def _event(notice: Notice) -> dict[str, object]:
    reaches = notice.reaches
    return {
        "key": notice.event.key,
        "kind": notice.event.kind,
        "at": notice.event.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "later": notice.later,
        "silent": notice.silent,
        "late": notice.late,
        "recipients": None
        if reaches is None
        else [
            {"channel": each.channel, "audience": each.audience, "language": each.language, "people": each.people}
            for each in reaches
        ],
        "not_told": dict(notice.skipped),
        "messages": [
            {
                "channel": proof.sheet.message.channel,
                "audience": proof.sheet.message.audience,
                "language": proof.language,
                "subject": proof.sheet.message.subject,
                "text": proof.sheet.text,
                "size": proof.sheet.size,
            }
            for proof in notice.proofs
            if not proof.inside
        ],
    }
