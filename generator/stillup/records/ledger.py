"""The settings of the ledger: where it is kept, and after how long nothing is sent any more."""

import re
from datetime import timedelta
from typing import Annotated

from stillup.frozen import dataclass
from stillup.postgres.address import Unfit, address
from stillup.records.field import Duration, is_public
from stillup.records.mark import Parsed, Strict
from stillup.records.refusal import Unusable, shown

_FORM = re.compile(r"sqlite:\S.*|git:[\w.-]+(?:#refs/[\w./-]+)?|postgresql://\S+").fullmatch
_FIX = "Write sqlite:.stillup/ledger.sqlite, git:origin#refs/stillup/ledger or postgresql://host/database."


def ledger_place(written: object) -> str:
    """Return where a ledger is kept: a file of this machine, a ref of a git remote, or a database."""
    if isinstance(written, str) and _FORM(written.strip()):
        if is_public(written.strip().removeprefix("sqlite:")):
            raise Unusable(f"{shown(written)} is published, or made anew by each build.", _FIX)
        return in_database(written.strip())
    raise Unusable(f"{shown(written)} is not a place for a ledger.", _FIX)


def in_database(written: str) -> str:
    """Return `written`; where it is the address of a database, it is one that can be used."""
    if written.startswith("postgresql://"):
        try:
            address(written)
        except Unfit as error:
            raise Unusable(error.message, error.fix) from None
    return written


_SCHEMA = {"type": "string", "pattern": "^(sqlite:|git:|postgresql://)", "patternErrorMessage": _FIX}
LedgerPlace = Annotated[str, Parsed(ledger_place, _SCHEMA)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness(Strict):
    """After how long a message is no longer sent: late news of what is over does harm."""

    update: Duration = timedelta(hours=6)
    """Of everything but a resolution."""

    resolution: Duration = timedelta(hours=24)
    """Of what closes an incident or a maintenance."""
