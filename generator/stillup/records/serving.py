"""The settings of subscribers and of the application at which people subscribe. No secret has a field here."""

from typing import Annotated

from stillup.frozen import dataclass
from stillup.records.field import Address, Filled, Line, private_folder
from stillup.records.ledger import in_database
from stillup.records.mark import Bounded, Parsed, Strict
from stillup.records.refusal import Unusable, choice, shown

OFFERED = ("email", "sms", "webhook", "slack", "teams", "discord")
"""Channels that people can subscribe to themselves."""


def place(written: object) -> str:
    """Return where subscribers are kept: a YAML or CSV file, `sqlite:` and a path, or a `postgresql://` address."""
    if isinstance(written, str):
        kind, colon, path = written.partition(":")
        if colon and kind == "postgresql" and path.startswith("//"):
            return in_database(written)
        path = path if colon and kind == "sqlite" else written
        fits = path == written and written.lower().endswith((".yml", ".yaml", ".csv"))
        if fits or (path != written and path.strip() and not path.startswith("//")):
            private_folder(path)  # people are never published
            return written
    raise Unusable(
        f"{shown(written)} is no place for subscribers.",
        "Write a path with .yml or .csv, sqlite: and a path, or postgresql://host/database.",
    )


def offered(written: object) -> str:
    """Return a channel that people can subscribe to."""
    if isinstance(written, str) and written in OFFERED:
        return written
    raise Unusable(f"{shown(written)} is no channel that people subscribe to.", choice(str(written), OFFERED))


Subscribers = Annotated[str, Parsed(place, {"type": "string"})]
Port = Annotated[int, Bounded({"strict": True, "ge": 1, "le": 65535})]
Hops = Annotated[int, Bounded({"strict": True, "ge": 0, "le": 5})]
Offered = Annotated[str, Parsed(offered, {"enum": list(OFFERED)})]


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve(Strict):
    """The application at which people subscribe."""

    url: Address = ""
    """Its public address; where empty the page offers no form and messages carry no link to leave."""

    host: Line = "127.0.0.1"
    """The address of this machine that it listens at."""

    port: Port = 8080
    """The port that it listens at."""

    proxies: Hops = 0
    """How many of our own proxies stand before it: as many entries of `X-Forwarded-For` are believed, from the end."""

    channels: Annotated[tuple[Offered, ...], Filled] = ("email",)
    """What people can subscribe to."""

    @property
    def base(self) -> str:
        """`url` with its final slash, as links to subscriptions begin; empty where it is."""
        return f"{self.url.rstrip('/')}/" if self.url else ""
