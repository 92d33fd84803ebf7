"""Who a message is from and who it is for."""

from dataclasses import field, replace
from typing import Protocol
from urllib.parse import urlsplit

from stillup.frozen import dataclass
from stillup.views.masthead import Masthead


class Speaking(Protocol):
    """The fixed words of one language."""

    def say(self, key: str, /, **values: object) -> str:
        """Return the words for `key`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Where mail comes from."""

    name: str = ""
    """As the settings have it; empty: the page's, in the language of whoever reads."""

    address: str

    @property
    def domain(self) -> str:
        """What stands behind the @: Message-IDs and List-Ids are made of it."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One person or machine on one list. Everything in a message that is not the same for a whole list is here."""

    channel: str
    """email, webhook ..."""

    address: str
    """A mail address, or the URL of a webhook."""

    audience: str = "customers"
    id: str = ""
    """Opaque; part of the Message-ID, so that no two people get a mail with one id. Empty in a rendering."""

    unsubscribe: str = ""
    """Address at which a POST (RFC 8058) ends the subscription; empty: mail cannot be left by one click."""

    manage: str = ""
    """Address at which the subscription can be changed."""

    language: str = ""
    """Language of the message; the page's where empty."""

    timezone: str = ""
    """IANA name of the zone that times are told in, beside UTC; the page's where empty."""

    envelope: str = ""
    """Of a webhook: the shape of its body, one of `webhook.Envelope`; empty: Standard Webhooks."""

    secret: str = field(default="", repr=False)
    """Of a webhook: the key its signature is made with. It stands in no message and in no log."""

    reasons: tuple[str, ...] = ()
    """Why they are told: `all`, ids of components, `group:` ids, `incident`, or `earlier` where they heard it begin.

    However many of their subscriptions an event meets, there is one message.
    """

    wishes: tuple[tuple[str, ...], ...] = ()
    """Of a digest: what each of their subscriptions asks for, as it is kept. It sums up what meets one of them."""


def sender_of(masthead: Masthead) -> Sender:
    """Return the sender where the settings name none: `status@` and the page's host."""
    host = urlsplit(masthead.site_url).hostname or "example.com"
    return Sender(address=f"status@{host.encode('idna').decode('ascii')}")


def named(sender: Sender, words: Speaking, organisation: str) -> Sender:
    """Return `sender` with a name: its own, else that of the page of `organisation` in `words`."""
    return sender if sender.name else replace(sender, name=words.say("mail.sender", organisation=organisation))


def sample_recipients(application: str) -> tuple[Recipient, ...]:
    """Return the made-up subscribers that renderings are addressed to, one a channel.

    `application` is where people subscribe, with its final slash. Mails lead there as real ones do, with `demo` in
    place of the personal part; where it is empty they have no such links, as real ones have none.
    """
    return (
        _sample_mail(application, "customers", "subscriber@example.com"),
        Recipient(channel="webhook", address="https://subscriber.example.com/status"),
        Recipient(channel="sms", address="+15550100"),
        Recipient(channel="slack", address="https://slack.example.com/hook"),
        Recipient(channel="teams", address="https://teams.example.com/hook"),
        Recipient(channel="discord", address="https://discord.example.com/hook"),
        Recipient(channel="social", address="https://social.example.com/@status"),
    )


def sample_insiders(application: str) -> tuple[Recipient, ...]:
    """Return one made-up reader of mail for every audience but customers, and a chat channel for responders.

    `application` is that of `sample_recipients`.
    """
    audiences = ("enterprise", "support", "responders", "executives", "board", "investors", "partners", "media")
    mails = (_sample_mail(application, audience, f"{audience}@example.com") for audience in audiences)
    return (*mails, Recipient(channel="slack", audience="responders", address="https://slack.example.com/hook"))


def _sample_mail(application: str, audience: str, address: str) -> Recipient:
    return Recipient(
        channel="email",
        audience=audience,
        address=address,
        unsubscribe=f"{application}u/demo" if application else "",
        manage=f"{application}manage/demo" if application else "",
    )
