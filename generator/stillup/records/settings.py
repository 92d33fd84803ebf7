"""The settings: `plugins: - stillup:` of `mkdocs.yml`, with the page's own name and address.

Read by `stillup.records.configuration` without importing MkDocs. No secret has a field here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Where customers turn to."""

    url: str = ""
    email: str = ""
    report_url: str = ""
    """Where a problem that is not listed can be reported; the support address where empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much of its time an outage costs in public uptime, in thousandths."""

    partial_outage: int = 300
    major_outage: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the example's `mkdocs.yml` may say to Stillup."""

    site_name: str = "Status"
    site_url: str = ""
    """The public address with its final slash; empty where none is set, then feeds and mails name no page."""

    site_description: str = ""
    organisation: str = ""
    """The company's name; the site's name where empty."""

    team: str = ""
    """Who signs messages; `The <organisation> Team` where empty."""

    timezone: str = "UTC"
    """IANA name: the zone of days and of printed times."""

    history_days: int = 90
    languages: tuple[str, ...] = ("en",)
    show_severity: bool = False
    uptime: Weights = field(default_factory=Weights)
    cadence: Mapping[str, timedelta] = field(
        default_factory=lambda: {
            "P0": timedelta(minutes=30),
            "P1": timedelta(minutes=30),
            "P2": timedelta(hours=4),
            "P3": timedelta(hours=24),
            "disaster": timedelta(minutes=15),
        }
    )
    support: Support = field(default_factory=Support)
    subscribe: Mapping[str, str] = field(default_factory=dict)
    """Addresses of sign-up pages by channel, e.g. `{"email": "https://subscribe.example.com/email"}`."""

    brand: str = "#1d4f8c"
    """Colour of links and buttons on light paper."""

    brand_dark: str = "#9cc4f6"
    """The same on dark paper."""

    logo: str = ""
    """Path below the theme's folder of an SVG or PNG, in place of the mark."""

    private: str = "private"
    code: str | None = None
    """The public API's page id, where it is kept from elsewhere."""

    other: Mapping[str, object] = field(default_factory=dict)
    """Settings of rooms that read their own: channels, ledger, subscribers, deploy, lateness, severities, escalation."""
