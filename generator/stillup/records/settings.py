"""The settings: `plugins: - stillup:` of `mkdocs.yml`, with the page's own name and address.

Read by `stillup.records.configuration` without importing MkDocs. No secret has a field here.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

from stillup.frozen import dataclass
from stillup.records.alert_rule import Intake
from stillup.records.approval import SecondApproval
from stillup.records.field import (
    Address,
    Code,
    Colour,
    Contact,
    Days,
    Duration,
    Filled,
    Flag,
    Folder,
    Language,
    Line,
    Mail,
    Picture,
    Rule,
    Thousandths,
    Zone,
    one_of,
)
from stillup.records.ledger import Lateness, LedgerPlace
from stillup.records.mark import Strict
from stillup.records.outlet import ChannelSettings, Host
from stillup.records.serving import Serve, Subscribers
from stillup.records.target import DeployTarget, Destination
from stillup.records.vendor import Vendors

if TYPE_CHECKING:
    from stillup.records.plan import Plan

CADENCE: Mapping[str, timedelta] = MappingProxyType(
    {
        "P0": timedelta(minutes=30),
        "P1": timedelta(minutes=30),
        "P2": timedelta(hours=4),
        "P3": timedelta(hours=24),
        "disaster": timedelta(minutes=15),
    }
)
"""How often an open incident is written about, by severity, where nothing else is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Support(Strict):
    """Where customers turn to."""

    url: Address = ""
    """The address of the help pages."""

    email: Mail = ""
    """The mailbox of the people who help."""

    report_url: Address = ""
    """Where a problem that is not listed can be reported; the support address where empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights(Strict):
    """How much of its time an outage costs in public uptime, in thousandths; written as a share, `0.3`."""

    partial_outage: Thousandths = 300
    """Of a partial outage."""

    major_outage: Thousandths = 1000
    """Of a major outage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Strict):
    """What the page tells of, and must not fall with: `stillup doctor` looks for what both stand on."""

    hosts: tuple[Host, ...] = ()
    """Hosts at which customers reach the product, e.g. `app.example.com`."""

    repository: Destination = ""
    """Where the product's code is, as git clones it: its host is compared with that of the page's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFacts(Strict):
    """What is set below `stillup:`, as the file has it."""

    organisation: Line = ""
    """The company's name; the site's name where empty."""

    team: Line = ""
    """Who signs messages; `The <organisation> Team` where empty."""

    timezone: Zone = "UTC"
    """IANA name: the zone of days and of printed times."""

    history_days: Days = 90
    """How many days the bars of the home page cover."""

    languages: Annotated[tuple[Language, ...], Filled] = ("en",)
    """The languages of the page, the main one first."""

    reviewed: tuple[Language, ...] = ()
    """Languages whose fixed words the page's own people have reviewed: then readers are not told that nobody has."""

    show_severity: Flag = False
    """Whether P0 to P3 are printed publicly."""

    live: Flag = True
    """Whether a page that stays open follows what is published, by a script that readers may do without."""

    uptime: Weights = field(default_factory=Weights)
    """How much of its time an outage costs; other states cost nothing."""

    cadence: Mapping[Annotated[str, one_of("a severity or disaster", *CADENCE)], Duration] = field(
        default_factory=lambda: dict(CADENCE)
    )
    """How often an open incident is written about, by severity."""

    cadence_in: Mapping[
        Annotated[str, one_of("a state of an open incident", "investigating", "identified", "monitoring")],
        Mapping[Annotated[str, one_of("a severity or disaster", *CADENCE)], Duration],
    ] = field(default_factory=dict)
    """The same for one state of an incident, where it differs: `{"monitoring": {"P2": "8h"}}`."""

    support: Support = field(default_factory=Support)
    """Where customers turn to."""

    intake: Intake = field(default_factory=Intake)
    """How alerts become drafts."""

    vendors: Vendors = field(default_factory=Vendors)
    """How suppliers' status pages are watched."""

    lint: Mapping[Rule, Annotated[str, one_of("a level of a lint rule", "error", "warning", "note", "ignore")]] = field(
        default_factory=dict
    )
    """Levels of lint rules where they are others than the rules' own: `{"C16": "error"}`."""

    security: Contact = ""
    """Where somebody who found a weakness writes to, an address for mail or of a page: it is told in `security.txt`."""

    subscribe: Mapping[str, Address] = field(default_factory=dict)
    """Addresses of sign-up pages by channel, e.g. `{"email": "https://subscribe.example.com/email"}`."""

    brand: Colour = "#1d4f8c"
    """Colour of links and buttons on light paper."""

    brand_dark: Colour = "#9cc4f6"
    """The same on dark paper."""

    logo: Picture = ""
    """Path below the theme's folder of an SVG or PNG, in place of the mark."""

    private: Folder = "private"
    """The folder of internal records, from the root; it may be another checkout."""

    channels: ChannelSettings = field(default_factory=ChannelSettings)
    """How messages leave, by channel."""

    intranet: tuple[Host, ...] = ()
    """Hosts of our own network that webhooks and chats may be sent to; all others must be on the public internet."""

    product: Product = field(default_factory=Product)
    """What the page must not fall with."""

    deploy: tuple[DeployTarget, ...] = ()
    """Where the built page goes."""

    subscribers: Subscribers = ""
    """Where the people are kept who want messages; a file `subscribers` in the private folder where empty."""

    serve: Serve = field(default_factory=Serve)
    """The application at which people subscribe, `stillup serve`."""

    ledger: LedgerPlace = ""
    """Where it is kept who was told what; nothing is sent without one."""

    lateness: Lateness = field(default_factory=Lateness)
    """After how long a message is no longer sent."""

    approval: SecondApproval = field(default_factory=SecondApproval)
    """Whose agreement a text needs before anybody is told."""

    code: Code | None = None
    """The public API's page id, where it is kept from elsewhere."""

    def every(self, severity: str | None, status: str, *, disaster: bool = False) -> timedelta | None:
        """Return how often an incident in `status` is written about; None where it has neither class nor disaster."""
        key = "disaster" if disaster else severity
        return None if key is None else self.cadence_in.get(status, {}).get(key) or self.cadence.get(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSettings(SettingsFacts):
    """The settings as `mkdocs.yml` has them; what other rooms read in detail is only looked at from outside here."""

    enabled: Flag = True
    """MkDocs' own switch of every plugin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(SettingsFacts):
    """Everything the example's `mkdocs.yml` may say to Stillup."""

    site_name: str = "Status"
    """The page's name."""

    site_url: str = ""
    """The public address with its final slash; empty where none is set, then feeds and mails name no page."""

    site_description: str = ""
    """One sentence for search engines."""

    planned: Mapping[str, object] = field(default_factory=dict)
    """What is written of the plan (`severities`, `escalation`, `regimes` ...); `plan` is all of it."""

    @property
    def sampled(self) -> str:
        """Where samples of mails lead, with its final slash: to `serve: url`, as real ones do.

        A page with no channel sends nothing yet, and sees mails whole: there they lead below the page.
        """
        return self.serve.base or (self.site_url if self.channels == ChannelSettings() else "")

    @property
    def plan(self) -> "Plan":
        """The incident plan: what is written, and the standard for the rest. A build of the page never needs it."""
        from stillup.records.standard import plan

        return plan(self.planned)
