"""Secrets: which the settings ask for, and whether the environment has them. Their values are looked at, never told."""

from collections.abc import Iterator, Mapping

from stillup.delivery import keyring
from stillup.delivery.channels import resend, smtp, twilio, webhook
from stillup.frozen import dataclass
from stillup.intake.alert.notification import SOURCES
from stillup.pipeline.doctor.chart import Chart
from stillup.pipeline.serving.inlet import secret_of
from stillup.records.refusal import nearest
from stillup.records.settings import Settings
from stillup.subscribers import bounce, token
from stillup.vocabulary import MailWay, TextWay

_OWN = "STILLUP_"
_OURS = (
    "STILLUP_ALERTMANAGER_AUTHORIZATION",
    "STILLUP_AT",
    "STILLUP_BIN",
    "STILLUP_COMPLETE",
    "STILLUP_GITLAB_TOKEN",
    "STILLUP_ROOT",
    "STILLUP_SHELLS",
)
"""Variables that are no secrets of a channel."""

KNOWN = frozenset(
    {
        *_OURS,
        *map(secret_of, SOURCES),
        bounce.VARIABLE,
        keyring.VARIABLE,
        resend.KEY,
        smtp.PASSWORD,
        token.VARIABLE,
        twilio.TOKEN,
        webhook.SECRET,
    }
)
"""Every variable of the environment that begins with `STILLUP_` and means something."""

_MADE = "Make one with `openssl rand -hex 32`, and keep it as you keep a password."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A secret that the settings ask for."""

    variable: str
    purpose: str
    loc: tuple[str | int, ...]
    fix: str = "Set it where stillup runs: in the secrets of your CI, or in the unit that starts it."
    shortest: int = 1
    """Characters."""

    optional: str = ""
    """What goes without it; empty where nothing does."""


def look(chart: Chart, settings: Settings, environment: Mapping[str, str]) -> None:
    """See which secrets are there."""
    wanted = list(_wanted(settings))
    for each in wanted:
        value = environment.get(each.variable, "")
        words = value.split()
        if not words and each.optional:
            chart.warning("secret", f"{each.variable} is not set: {each.optional}.", each.fix, *each.loc)
        elif not words:
            chart.error("secret", f"{each.variable} is not set, and {each.purpose} needs it.", each.fix, *each.loc)
        elif any(len(word) < each.shortest for word in words):
            said = f"{each.variable} is shorter than {each.shortest} characters, and could be guessed."
            chart.error("secret", said, _MADE, *each.loc)
        elif value != value.strip():
            said = f"{each.variable} begins or ends in a space or a line end, which is hardly part of it."
            chart.warning("secret", said, "Set it without, as in printf %s instead of echo.", *each.loc)
        else:
            chart.good(f"{each.variable} is set, for {each.purpose}.")
    _alike(chart, wanted, environment)
    _strange(chart, environment)


def _wanted(settings: Settings) -> Iterator[Wanted]:
    channels, served = settings.channels, bool(settings.serve.url)
    if channels.names() or settings.ledger:
        loc: tuple[str | int, ...] = ("ledger",) if settings.ledger else ("channels",)
        fix = f"{_MADE} Never change it: with another, everybody would be told again."
        yield Wanted(variable=keyring.VARIABLE, purpose="the ledger", loc=loc, fix=fix, shortest=keyring.SHORTEST)
    email, sms = channels.email, channels.sms
    if email is not None and email.via is MailWay.SMTP and email.user:
        yield Wanted(variable=smtp.PASSWORD, purpose="the login to the mail server", loc=("channels", "email", "user"))
    if email is not None and email.via is MailWay.RESEND:
        yield Wanted(variable=resend.KEY, purpose="mail through Resend", loc=("channels", "email", "via"))
    if sms is not None and sms.via is TextWay.TWILIO:
        yield Wanted(variable=twilio.TOKEN, purpose="text messages through Twilio", loc=("channels", "sms"))
    if channels.webhook is not None:
        lost = "requests to subscribers without a secret of their own carry no signature"
        yield Wanted(
            variable=webhook.SECRET, purpose="signatures", loc=("channels", "webhook"), fix=_MADE, optional=lost
        )
    if served:
        loc = ("serve", "url")
        yield Wanted(
            variable=token.VARIABLE, purpose="links to subscriptions", loc=loc, fix=_MADE, shortest=token.SHORTEST
        )
        if email is not None:
            lost = "nobody can report to /bounces that an address is gone, and we go on writing to it"
            fix = "Set it to the secret of your mail provider's webhook, whsec_..."
            yield Wanted(variable=bounce.VARIABLE, purpose="reports of bounces", loc=loc, fix=fix, optional=lost)


def _alike(chart: Chart, wanted: list[Wanted], environment: Mapping[str, str]) -> None:
    """See that no two secrets are one: who learns the first would have the second."""
    seen: dict[str, str] = {}
    for each in wanted:
        value = environment.get(each.variable, "").strip()
        if value and value in seen:
            said = f"{each.variable} and {seen[value]} are the same: whoever learns one has both."
            chart.warning("secret", said, "Make another for one of them; the ledger's is the one to keep.", *each.loc)
        elif value:
            seen[value] = each.variable


def _strange(chart: Chart, environment: Mapping[str, str]) -> None:
    """See whether a name was mistyped."""
    for variable in sorted(environment):
        if variable.startswith(_OWN) and variable not in KNOWN:
            near = nearest(variable.removeprefix(_OWN), [name.removeprefix(_OWN) for name in KNOWN])
            fix = f"Did you mean {_OWN}{near}?" if near else "Take it out of the environment."
            chart.warning("secret", f"{variable} is set, and nothing reads it.", fix)
