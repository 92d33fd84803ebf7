"""What somebody wrote into a form: the choices, and which of them cannot be."""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import parse_qs

from stillup.frozen import dataclass
from stillup.records.field import ID
from stillup.records.moment import zone
from stillup.records.refusal import Unusable
from stillup.subscribers.address import HOOKS, normal
from stillup.subscribers.subscription import Reach
from stillup.vocabulary import Follow, Impact, Kind

Form = Mapping[str, Sequence[str]]
"""Every field of a form with its values."""

_FIELDS = 2000


def fields(written: str) -> Form:
    """Return the fields of a form as a browser writes it.

    Raises:
        ValueError: it has too many.
    """
    return parse_qs(written, keep_blank_values=True, max_num_fields=_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A form as somebody filled it in."""

    channel: str = "email"
    address: str = ""
    """As written; in its normal form where it has no problem."""

    key: str = ""
    reach: Reach = Reach()
    language: str = ""
    timezone: str = ""
    consent: str = ""
    """The version of the text below the form that was shown; empty: of that in the page's own language."""

    problems: Mapping[str, str]
    """By field: the key of the words that say what is wrong."""


def wish(
    form: Form,
    *,
    channels: Collection[str],
    components: Collection[str],
    languages: Collection[str],
    trusted: Collection[str] = (),
    addressed: bool = True,
) -> Wish:
    """Return what `form` asks for; without `addressed` it says nothing of channel and address."""
    problems: dict[str, str] = {}

    def one(name: str, known: Collection[str]) -> str:
        value = form.get(name, [""])[-1].strip()
        if value and value not in known:
            problems[name] = "signup.wrong.choice"
            return ""
        return value

    channel = (one("channel", channels) or next(iter(channels))) if addressed else ""
    address, key = form.get("address", [""])[-1][:2048].strip(), ""
    if addressed and "channel" not in problems:
        try:
            address, key = normal(channel, address, trusted)
        except Unusable:
            problems["address"] = f"signup.wrong.address.{'hook' if channel in HOOKS else channel}"
    followed = sorted(set(form.get("components", ())))
    kinds = sorted(set(form.get("kinds", ())))
    if not set(followed) <= set(components):
        problems["components"], followed = "signup.wrong.choice", []
    if not set(kinds) <= set(Kind):
        problems["kinds"], kinds = "signup.wrong.choice", []
    incident = form.get("incident", [""])[-1].strip()
    if incident and not ID(incident):
        problems["incident"], incident = "signup.wrong.choice", ""
    timezone = form.get("timezone", [""])[-1].strip()[:64]
    try:
        timezone = zone(timezone).key if timezone else ""
    except Unusable:
        problems["timezone"] = "signup.wrong.timezone"
    return Wish(
        channel=channel,
        address=address,
        key=key,
        reach=Reach(
            components=" ".join(followed),
            impact=one("impact", list(Impact)),
            # Both are the default, and none cannot be meant.
            kinds=" ".join(kinds) if len(kinds) == 1 else "",
            follow=one("follow", list(Follow)),
            incident=incident,
        ),
        language=one("language", languages),
        timezone=timezone,
        problems=problems,
    )
