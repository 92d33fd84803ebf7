"""Addresses of databases as the settings write them: libpq's own, with the schema of the page, and never a password."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from stillup.frozen import dataclass

SCHEMA = "stillup"
"""Where our tables are, unless the address names another place: `?schema=payments`."""

OPTIONS = (
    *("host", "hostaddr", "port", "user", "dbname", "passfile", "service", "connect_timeout", "application_name"),
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslnegotiation", "ssl_min_protocol_version"),
    *("channel_binding", "require_auth", "gssencmode", "krbsrvname"),
    *("target_session_attrs", "load_balance_hosts", "schema"),
)
"""What may stand behind the question mark. Others would change what a connection is to us."""

_WHERE = ("host", "hostaddr", "port", "dbname", "service")
"""Those that say which database is meant."""

_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,39}").fullmatch


class Unfit(ValueError):
    """What is wrong with an address, and what to write instead."""

    def __init__(self, message: str, fix: str) -> None:
        """Keep both sentences."""
        super().__init__(f"{message} {fix}")
        self.message, self.fix = message, fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One database, and the schema in it."""

    url: str
    """As libpq takes it: without our own words."""

    schema: str
    shown: str
    """For people."""

    given: Mapping[str, str]
    """What stands behind the question mark."""

    hosts: tuple[str, ...]
    """Empty: this machine, by its socket."""

    database: str
    """The same for whoever logs in, however they do: for telling two databases apart."""

    @property
    def is_local(self) -> bool:
        """Whether nothing leaves this machine on the way there."""
        return all(host.startswith(("/", "@")) or host in ("localhost", "127.0.0.1", "::1") for host in self.hosts)


def address(written: str) -> Address:
    """Return the database that `written`, a `postgresql://` address, names.

    Raises:
        Unfit: it cannot be used; nothing of a password stands in the message.
    """
    try:
        parts = urlsplit(written)
        query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise Unfit("This is no address of a database.", "Write postgresql://user@host/database.") from None
    if parts.scheme != "postgresql" or parts.fragment:
        raise Unfit("This is no address of a database.", "Write postgresql://user@host/database.")
    login, at, places = parts.netloc.rpartition("@")
    given = dict(query)
    if ":" in login or "password" in given:
        raise Unfit(
            "There is a password in this address.",
            "Leave it out, and set PGPASSWORD, or keep it in a password file (PGPASSFILE).",
        )
    for name in given:
        if name not in OPTIONS:
            raise Unfit(f'"{name[:40]}" is no option of a database.', f"Use {', '.join(OPTIONS)}.")
    schema = given.get("schema", SCHEMA)
    if not _SCHEMA(schema) or schema.startswith("pg_"):
        raise Unfit("The schema is no plain name.", "Write small letters, digits and low lines.")
    rest = "&".join(each for each in parts.query.split("&") if each and not each.startswith("schema="))
    url = f"postgresql://{parts.netloc}{parts.path}{'?' + rest if rest else ''}"
    hosts = [unquote(each) for each in (*places.split(","), *given.get("host", "").split(","))]
    named = tuple(_host(each) for each in hosts if each)
    where = "&".join(f"{name}={given[name]}" for name in _WHERE if name in given)
    return Address(
        url=url,
        schema=schema,
        shown=written,
        given=given,
        hosts=named,
        database=f"{places}{parts.path}?{where}&schema={schema}",
    )


def _host(place: str) -> str:
    """Return the host of `host:port`."""
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place if place.startswith("/") else place.partition(":")[0]
