"""Who publishes the page and where: what every output prints around its matter."""

from stillup.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """The public part of the settings."""

    organisation: str
    team: str
    """`The Advancia Pay Ledger Team`."""

    site_name: str
    site_url: str
    """With its final slash, or empty."""

    description: str
    zone: str
    """`UTC`, or an IANA name, as printed."""

    language: str
    direction: str
    """ltr or rtl."""

    support_url: str
    support_email: str
    report_url: str
    tree: str = ""
    """Where the tree of this language begins below the main one, `es/`; empty for the main language."""
