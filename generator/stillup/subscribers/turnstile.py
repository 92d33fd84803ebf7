"""Who may send a form at the application: many people within an hour, and nobody so many that others cannot.

One visitor has a number of their own. Beyond it count networks, which one attacker may have all addresses of, and the
fuller the hour is the less of it any of them may take. A mail domain, which half of all people may share, has half of
it. Who comes from elsewhere is still let in.
"""

from collections import Counter, deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from stillup.subscribers.throttle import Throttle
from stillup.subscribers.wish import Form

HOUR = timedelta(hours=1)
MOST = 1500
"""Forms within an hour, of everybody together."""

OWN = 20
"""Forms within an hour, of one visitor."""

NETWORK = (100, 20, 3)
"""How many of them one network may have sent to send another: while the hour is less than half full, three quarters
full, and beyond."""

DOMAIN = MOST // 2
"""How many of them name addresses of one mail domain."""

_ADDRESS = (32, 64)
_NETWORK = (24, 48)
"""Bits by which one is told from others, of IPv4 and IPv6."""


class Turnstile:
    """Counts what it lets through, and keeps nothing of what it does not but the visitor's own number."""

    def __init__(self, hops: int) -> None:
        """Trust the last `hops` proxies to say who asks."""
        self._hops = hops
        self._visitors = Throttle(OWN, HOUR)
        self._through: deque[tuple[datetime, tuple[str, ...]]] = deque()
        self._counts: Counter[str] = Counter()

    def lets(self, forwarded: str, client: str, form: Form, at: datetime) -> bool:
        """Whether `form` may be taken at `at`; it counts when it may.

        `forwarded` is what proxies have told, and `client` is who is connected.
        """
        while self._through and at - self._through[0][0] >= HOUR:
            for key in self._through.popleft()[1]:
                self._counts[key] -= 1
                if not self._counts[key]:
                    del self._counts[key]
        written = told(forwarded, client, self._hops)
        network, domains = _known(written, _NETWORK), tuple(_domains(form))
        level = len(self._through) * 4 // MOST
        stage = 0 if level < 2 else 1 if level < 3 else 2
        if len(self._through) >= MOST or self._counts[network] >= NETWORK[stage]:
            return False
        if any(self._counts[domain] >= DOMAIN for domain in domains):
            return False
        if not self._visitors.allows(_known(written, _ADDRESS), at):
            return False
        self._through.append((at, (network, *domains)))
        self._counts.update((network, *domains))
        return True


def told(forwarded: str, client: str, hops: int) -> str:
    """Return the address of who asks: `client`, or what the first of `hops` proxies of ours has told."""
    parts = forwarded.split(",")
    return parts[-hops].strip() if 0 < hops <= len(parts) else client


def _known(written: str, bits: tuple[int, int]) -> str:
    """Return the network of an address, by the first of `bits` for IPv4 and the second for IPv6."""
    try:
        address = ip_address(written)
    except ValueError:
        return "unknown"
    if address.version == 6:
        # Where one socket takes both, an address of IPv4 is written as one of IPv6: all of them in one network.
        address = address.ipv4_mapped or address
    return str(ip_network((address, bits[address.version == 6]), strict=False))


def _domains(form: Form) -> Iterator[str]:
    """Yield the domain of the mail address in `form`, if there is one."""
    local, at, domain = form.get("address", [""])[-1].strip().rpartition("@")
    if local and at and 0 < len(domain) <= 255:
        yield f"@{domain.casefold().rstrip('.')}"
