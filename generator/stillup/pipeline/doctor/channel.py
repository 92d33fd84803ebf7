"""Channels: whether each would take a message now, and a test message where somebody asks for one."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from stillup import catalogue
from stillup.delivery.outlet import open_channel, through
from stillup.delivery.receipt import Channel, Outcome, Probed
from stillup.delivery.sender import sender
from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.messages.invitation import Invitation, invitation
from stillup.pipeline.doctor.chart import Chart
from stillup.records.refusal import Unusable
from stillup.records.settings import Settings
from stillup.subscribers.address import normal
from stillup.views.masthead import Masthead

NOBODY = {"resend": "delivered@resend.dev", "outbox": ""}
"""By the file of a channel: the address at which its provider takes messages that go to nobody."""

_PLACEHOLDER = {"email": "nobody@example.com", "sms": "+15005550006"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A test message that somebody wants sent."""

    channel: str
    address: str = ""
    """Empty: to where it reaches nobody, where the channel has such a place."""


def look(chart: Chart, root: Path, settings: Settings, environment: Mapping[str, str], *, offline: bool) -> None:
    """See whether each channel would take a message; none gets one."""
    for name in settings.channels.names():
        loc = ("channels", name)
        try:
            channel = open_channel(name, settings, environment, root)
        except (StillupError, ImportError):
            continue  # its secret or its library is missing, which is told elsewhere
        try:
            if not isinstance(channel, Probed):
                fix = f"Try one address: stillup doctor --send-test {name}=ADDRESS."
                said = f"{name}: the addresses of subscribers are all there is, and nothing was sent to any."
                chart.note("channel", said, fix, *loc)
            elif offline and through(name, settings) != "outbox":
                chart.note("offline", f"{name} was not looked at.", "Run this without --offline.", *loc)
            else:
                _probed(chart, name, channel, loc)
        finally:
            channel.close()


def _probed(chart: Chart, name: str, channel: Probed, loc: tuple[str, str]) -> None:
    receipt = channel.probe()
    if receipt.outcome is Outcome.ACCEPTED:
        chart.good(f"{name} would take messages now: {receipt.reference}. Nothing was sent.")
    else:
        fix = f"Mend that, or the settings of {name}, and run stillup doctor again: nothing was sent."
        chart.error("channel", f"{name} would take no message: {receipt.reason}", fix, *loc)


def send(
    chart: Chart,
    root: Path,
    settings: Settings,
    masthead: Masthead,
    environment: Mapping[str, str],
    trial: Trial,
    at: datetime,
) -> None:
    """Send one message that says it is a test."""
    name, loc = trial.channel, ("channels", trial.channel)
    try:
        address = trial.address or _nobody(name, settings)
        channel = open_channel(name, settings, environment, root)
    except (StillupError, ImportError) as error:
        chart.error("test", f"No test was sent by {name}: {error}", "Mend that, and try again.", *loc)
        return
    try:
        _sent(chart, settings, masthead, trial, channel, address, at)
    finally:
        channel.close()


def _sent(
    chart: Chart,
    settings: Settings,
    masthead: Masthead,
    trial: Trial,
    channel: Channel,
    address: str,
    at: datetime,
) -> None:
    name, loc = trial.channel, ("channels", trial.channel)
    try:
        to = normal(name, address, settings.intranet)[0]
    except Unusable as error:
        chart.error("test", f"No test was sent by {name}: {error.message}", error.fix, *loc)
        return
    message = invitation(
        Invitation.TEST,
        name,
        to,
        masthead.site_url,
        words=catalogue.words(masthead.language),
        organisation=masthead.organisation,
        sender=sender(settings, masthead),
        at=at,
    )
    receipt = channel.send(message, key=f"test/{name}/{int(at.timestamp())}", at=at)
    where = "the address you named" if trial.address else "where it reaches nobody"
    if receipt.outcome is Outcome.ACCEPTED:
        more = f" ({receipt.reference})" if receipt.reference else ""
        chart.good(f"A test was accepted by {name} for {where}{more}.")
    else:
        fix = "Mend that, and try again."
        chart.error("test", f"The test by {name} came to {receipt.outcome}: {receipt.reason}", fix, *loc)


def _nobody(name: str, settings: Settings) -> str:
    """Return the address of a channel's own that reaches nobody.

    Raises:
        StillupError: it has none.
    """
    way = through(name, settings)
    if way not in NOBODY:
        raise StillupError(f"{name} has no address that reaches nobody. Name one: --send-test {name}=ADDRESS.")
    return NOBODY[way] or _PLACEHOLDER[name]
