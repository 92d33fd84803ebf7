"""Which addresses may be asked in the name of somebody who only told us a URL: pure rules, nothing is resolved here.

A webhook's address comes from a stranger. It must lead to the public internet, not to the machines around us.
Ranges are those of IANA's special-purpose registries; they stand here so that no version of Python decides them.
"""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_CLOSED_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3
    168.63.129.16/32""".split()
)
"""The last one is public by its number, and a provider's own service on its machines."""

_OPEN_6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_6 = tuple(ipaddress.IPv6Network(network) for network in "2001::/23 2001:db8::/32 3fff::/20".split())
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")

_LOCAL_NAMES = (
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "corp",
    "home",
    "home.arpa",
    "localdomain",
    "onion",
)
_NUMBER = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)").fullmatch
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?").fullmatch


class NotPublic(ValueError):
    """An address that must not be asked: what is wrong with it, and what to write."""

    def __init__(self, message: str, fix: str) -> None:
        """Keep both sentences; neither holds the address, which may be a secret."""
        super().__init__(f"{message} {fix}")
        self.message, self.fix = message, fix


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads, as far as it says so itself."""

    host: str
    """In ASCII and small letters; an IP address without brackets."""

    port: int
    address: Address | None
    """Where the host is a number already."""

    trusted: bool
    """Whether the settings name the host: it may be anywhere, and may be asked without TLS."""


def is_public(address: Address) -> bool:
    """Whether `address` belongs to one machine on the public internet."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    if address.ipv4_mapped is not None:
        return False  # no server is known by such an address; it is a way around a list like this
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address in _SIX_TO_FOUR:
        return is_public(ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF))
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)


def check(url: str, trusted: Collection[str] = ()) -> Place:
    """Return where `url` leads when it may be kept; hosts in `trusted` may be anywhere.

    Raises:
        NotPublic: it may not; where the name resolves to is for the sender to see, each time.
    """
    parts = _split(url)
    host = _host(parts)
    named = host in trusted
    if parts.scheme != "https" and not (named and parts.scheme == "http"):
        raise NotPublic("The address does not begin with https://.", "Write one that does.")
    if parts.username is not None or parts.password is not None:
        raise NotPublic("There is a name or a password in the address.", "Leave out what stands before the @.")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise NotPublic("The port of the address is no port.", "Leave it out, or write one up to 65535.") from None
    address = _numeric(host)
    if not named:
        if address is None:
            _public_name(host)
        elif not is_public(address):
            raise NotPublic("The address is not on the public internet.", "Write one that anybody could reach.")
    return Place(host=host, port=port, address=address, trusted=named)


def parts_of(url: str) -> SplitResult | None:
    """Return the parts of an address; None where it is none: a port out of range, brackets around no address."""
    try:
        parts = urlsplit(url)
        sound = parts.port is None or parts.port > 0
    except ValueError:
        return None
    return parts if sound else None


def _split(url: str) -> SplitResult:
    if any(ord(character) <= 0x20 or character in "\\\x7f" for character in url):
        raise NotPublic("There is a space or a backslash in the address.", "Leave it out.")
    try:
        return urlsplit(url)
    except ValueError:
        raise NotPublic("This is no web address.", "Write it whole, as in https://hooks.example.com/status.") from None


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise NotPublic("The address names no host.", "Write it whole, as in https://hooks.example.com/status.")
    if "%" in host:
        raise NotPublic("There is a % in the host of the address.", "Write the host's plain name.")
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise NotPublic("The host of the address is no name.", "Write the host's plain name.") from None


def _numeric(host: str) -> Address | None:
    """Return the number that `host` is; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        # 127.1, 0x7f.0.0.1, 017700000001 and 2130706433 are numbers to many programs: none of them is a name.
        if ":" in host or _NUMBER(host.rpartition(".")[2]):
            raise NotPublic("The host is a number in an odd spelling.", "Write the host's plain name.") from None
        return None


def _public_name(host: str) -> None:
    if not all(_LABEL(label) for label in host.split(".")) or len(host) > 253:
        raise NotPublic("The host of the address is no name.", "Write the host's plain name.")
    if "." not in host or any(host == name or host.endswith(f".{name}") for name in _LOCAL_NAMES):
        raise NotPublic("The host is known in a local network only.", "Write one that anybody could reach.")
