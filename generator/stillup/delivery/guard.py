"""Addresses that strangers gave us, looked up once and asked there: the last look before a request leaves.

A name may lead elsewhere each time somebody asks (DNS rebinding). So it is resolved once, every address it has must
be public, and the connection goes to one of those and not to the name.
"""

import ipaddress
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass

from stillup.internet import Address, NotPublic, Place, check, is_public

Resolve = Callable[[str, int], tuple[Address, ...]]
"""Returns every address of a host; raises OSError where it has none."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A place and the addresses to which a request to it may go, in the order to try them."""

    place: Place
    addresses: tuple[Address, ...]


def addresses_of(host: str, port: int) -> tuple[Address, ...]:
    """Return what the system's resolver says of `host`, each address once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return tuple(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def pinned(url: str, trusted: Collection[str] = (), resolve: Resolve = addresses_of) -> Pinned:
    """Return where a request to `url` may go.

    Raises:
        NotPublic: nowhere.
        OSError: the name is not known, perhaps only now.
    """
    place = check(url, trusted)
    addresses = (place.address,) if place.address is not None else resolve(place.host, place.port)
    if not addresses:
        raise OSError("no address")
    if not place.trusted and not all(is_public(address) for address in addresses):
        raise NotPublic("The host's address is not on the public internet.", "Give it one that is.")
    return Pinned(place, addresses)


def is_reachable(host: str, port: int, trusted: Collection[str] = (), resolve: Resolve = addresses_of) -> None:
    """See that a host may be asked by a library that makes its own connections: as good as it gets without a pin.

    Raises:
        NotPublic: it may not.
        OSError: the name is not known.
    """
    name = host.strip("[]").rstrip(".").lower()
    if name not in trusted:
        pinned(f"https://[{name}]:{port}/" if ":" in name else f"https://{name}:{port}/", trusted, resolve)


__all__ = ["NotPublic", "Pinned", "Resolve", "addresses_of", "check", "is_reachable", "pinned"]
