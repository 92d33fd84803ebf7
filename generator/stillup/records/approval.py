"""The settings of approval: of which texts a second person must agree before anybody is told."""

from collections.abc import Mapping
from dataclasses import field

from stillup.frozen import dataclass
from stillup.records.field import Flag, Line, Mail
from stillup.records.mark import Strict
from stillup.vocabulary import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondApproval(Strict):
    """Whose agreement a text needs."""

    severities: tuple[Severity, ...] = ()
    """Of which incidents, by their severity or else by their impact; empty: of none."""

    signed: Flag = False
    """Whether the commit of an approval must be signed by whoever approves."""

    signers: Line = ""
    """The file of SSH keys that count, as `ssh-keygen` reads it, from the root; empty: what git is set up with."""

    people: Mapping[Line, tuple[Mail, ...]] = field(default_factory=dict)
    """Who stands behind a name in CODEOWNERS, by the addresses of their commits: `{"@ledger/leads": [...]}`."""
