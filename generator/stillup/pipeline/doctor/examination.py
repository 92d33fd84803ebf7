"""Everything that the doctor looks at, one after the other; nothing is changed, and nothing sent unless asked."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from stillup import catalogue
from stillup.count import counted
from stillup.delivery.resolver import Resolver
from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.frozen import dataclass
from stillup.pipeline.building.build import check, work_folder
from stillup.pipeline.doctor import channel, installation, ledger, live, mail, neighbour, rights, secret, served
from stillup.pipeline.doctor.chart import Chart
from stillup.records import configuration, store
from stillup.records.settings import Settings
from stillup.views.edition import Edition
from stillup.views.masthead import Masthead


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How to look."""

    at: datetime
    live: bool = True
    site_dir: Path | None = None
    offline: bool = False
    """Whether nothing may be asked over a network; what that leaves out is said."""

    every: bool = False
    """Whether each file that is served is compared."""

    hosts: tuple[str, ...] = ()
    """Hosts of the product besides those of the settings."""

    selector: str = ""
    """The name of the DKIM key."""

    trials: tuple[channel.Trial, ...] = ()
    """Test messages to send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found."""

    well: tuple[str, ...]
    findings: tuple[Problem, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing keeps the page from working."""
        return all(finding.level is not Level.ERROR for finding in self.findings)


def examine(root: Path, wish: Wishes, resolver: Resolver, environment: Mapping[str, str] = os.environ) -> Examined:
    """Look at everything that the page at `root` stands on; `resolver` answers for the DNS."""
    chart = Chart(root)
    site, work = work_folder(root, wish.site_dir)
    settings = _records(chart, root, wish)
    names = None if wish.offline else resolver
    installation.look(chart, root, settings, work)
    secret.look(chart, settings, environment)
    channel.look(chart, root, settings, environment, offline=wish.offline)
    mail.look(chart, settings, wish.selector, names)
    ledger.look(chart, root, settings, environment, wish.at, offline=wish.offline)
    rights.look(chart, root, settings, site, work, environment, offline=wish.offline)
    _page(chart, root, settings, site, wish, environment)
    served.look(chart, settings, environment, offline=wish.offline)
    neighbour.look(chart, root, settings, wish.hosts, names)
    for trial in wish.trials:
        channel.send(chart, root, settings, masthead(root, settings, wish.at), environment, trial, wish.at)
    return Examined(well=tuple(chart.well), findings=tuple(chart.findings))


def _records(chart: Chart, root: Path, wish: Wishes) -> Settings:
    """See that settings and records are sound; return the settings, with defaults where one is not."""
    settings, _ = configuration.settings(root)
    try:
        checked = check(root, at=wish.at, live=wish.live)
    except RecordError as error:
        chart.take(error.problems)
    except StillupError as error:
        chart.error("records", str(error), "Mend that first: everything else is read from there.")
    else:
        chart.take(checked.warnings)
        verb = "is" if checked.records == 1 else "are"
        chart.good(f"Settings are sound, and so {verb} {counted(checked.records, 'record')}.")
    return settings


def _page(
    chart: Chart, root: Path, settings: Settings, site: Path, wish: Wishes, environment: Mapping[str, str]
) -> None:
    if not settings.site_url:
        said = "site_url is not set: feeds and mails name no page, and what is served cannot be compared."
        chart.warning("live", said, "Write site_url: https://status.example.com/ into mkdocs.yml.", "site_url")
    elif wish.offline:
        said = f"What is served at {settings.site_url} was not looked at."
        chart.note("offline", said, "Run this without --offline.", "site_url")
    else:
        want = live.Looked(url=settings.site_url, root=root, site=site, at=wish.at, every=wish.every)
        live.look(chart, want, environment)


def masthead(root: Path, settings: Settings, at: datetime) -> Masthead:
    """Return who speaks in test messages."""
    components, _ = store.components(root)
    words = catalogue.words(settings.languages[0])
    zone = ZoneInfo(settings.timezone)
    return Edition(settings=settings, components=components, words=words, zone=zone, at=at).masthead
