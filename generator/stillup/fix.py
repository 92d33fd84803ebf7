"""What to write instead, in a sentence that knows which fields it speaks of.

Who edits a file reads it as it stands. Who gave a command has no file before them: the pieces that speak of fields are
said anew there, as options.
"""

from enum import StrEnum
from typing import NamedTuple


class Act(StrEnum):
    """What is to be done about a field."""

    WRITE = "write"
    LEAVE = "leave"
    NAME = "name"


class Mention(NamedTuple):
    """A piece of a fix that speaks of one field."""

    field: str
    act: Act
    said: str
    """The piece for whoever edits the file."""

    value: str = ""
    """What is written in the field, where `said` tells it."""

    @property
    def begins(self) -> bool:
        """Whether it begins a sentence."""
        return self.said[:1].isupper()


class Way(StrEnum):
    """A piece of a fix that is done in the file, and for which commands have another way; its value is for files."""

    PROMISE = "Write next_update_in or next_update_at"
    PARENTHESES = "Write the fields in parentheses"
    RESOLVE = "Write the resolved update"
    COMPLETE = "Write the completed update"
    EDIT = "Edit that update"
    EDIT_END = "Edit the resolving update"
    GO_ON = "say in another state why it goes on"
    LATER_CHANGE = "Move it up: the newest change stands last"
    REAL_TIME = "the update's real time"


Piece = str | Mention | Way


class Fix(str):
    """A fix as text, with the pieces that it is made of."""

    pieces: tuple[Piece, ...]

    def __new__(cls, *pieces: Piece) -> "Fix":
        """Join `pieces`."""
        made = super().__new__(cls, "".join(each.said if isinstance(each, Mention) else str(each) for each in pieces))
        made.pieces = pieces
        return made

    def __reduce__(self) -> tuple[type["Fix"], tuple[Piece, ...]]:
        """Keep the pieces in a copy."""
        return Fix, self.pieces


def write(field: str, value: str = "", *, inside: bool = False) -> Mention:
    """Return `Write field: value`; `inside` a sentence in small letters."""
    said = f"{'write' if inside else 'Write'} {field}:{f' {value}' if value else ''}"
    return Mention(field, Act.WRITE, said, value)


def leave(field: str, *, inside: bool = False) -> Mention:
    """Return `Leave field out`; `inside` a sentence in small letters."""
    return Mention(field, Act.LEAVE, f"{'leave' if inside else 'Leave'} {field} out")


def named(field: str) -> Mention:
    """Return the name of the field alone."""
    return Mention(field, Act.NAME, field)
