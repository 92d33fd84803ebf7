"""What the page and the product stand on together: whatever it is, the page is gone when it is needed."""

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from stillup.delivery.resolver import Resolver, Unanswered, domains
from stillup.errors import StillupError
from stillup.pipeline.doctor.chart import Chart
from stillup.pipeline.git.repository import Repository
from stillup.records.settings import Settings

_AT = ("product", "hosts")
_CODE = ("product", "repository")
_SELF_HOSTED = re.compile(rb"^\s*runs-on:.*self-hosted", re.MULTILINE).search


def look(chart: Chart, root: Path, settings: Settings, hosts: Iterable[str], resolver: Resolver | None) -> None:
    """Compare the page's host, name servers and code host with the product's; without `resolver` no name is asked."""
    page = (urlsplit(settings.site_url).hostname or "").lower()
    found = [*dict.fromkeys([*settings.product.hosts, *hosts])]
    if not found:
        fix = "Write product: {hosts: [app.example.com]} into mkdocs.yml, or add --product app.example.com."
        chart.note("shared", "What the page shares with the product was not looked at: no host of it is named.", fix)
    elif not page:
        chart.note("shared", "site_url is not set, so the page has no host yet.", "Set it in mkdocs.yml.", "site_url")
    elif resolver is None:
        said = "What the page shares with the product was not looked at."
        chart.note("offline", said, "Run this without --offline.", *_AT)
    else:
        for host in found:
            _compared(chart, page, host, resolver)
    _code(chart, root, settings)


def _compared(chart: Chart, page: str, host: str, resolver: Resolver) -> None:
    """Note what two hosts have in common."""
    if page == host:
        said = f"The page stands on {host}, a host of the product: when that is down, so is the page."
        chart.warning("shared", said, "Give the page a host of its own, with another provider.", "site_url")
        return
    try:
        nowhere = [each for each in (page, host) if not _addresses(each, resolver)]
        if nowhere:
            said = f"{nowhere[0]} has no address in the DNS, so what it shares with the other is not known."
            chart.note("shared", said, "See that its name is right, or publish its address first.", *_AT)
            return
        shared = [*_machines(page, host, resolver), *_names(page, host, resolver)]
    except Unanswered:
        said = f"What the page shares with {host} was not looked at: no resolver answers."
        chart.note("offline", said, "Run this where there is a network.", *_AT)
        return
    for said, fix in shared:
        chart.warning("shared", said, fix, *_AT)
    if not shared:
        chart.good(f"The page and {host} share neither machines nor name servers.")


def _machines(page: str, host: str, resolver: Resolver) -> Iterable[tuple[str, str]]:
    """Yield where both are served by the same machines, or from the same network."""
    ours, theirs = _addresses(page, resolver), _addresses(host, resolver)
    fix = "Serve the page from another provider: a static host or a bucket elsewhere is enough."
    if ours & theirs:
        yield f"{page} and {host} have the same address, {min(ours & theirs)}.", fix
        return
    near = {_network(each) for each in ours} & {_network(each) for each in theirs}
    if near:
        yield f"{page} and {host} stand in the same network, {min(near)}.", fix
    edges = {_edge(page, resolver)} & {_edge(host, resolver)} - {""}
    if edges:
        yield f"{page} and {host} are both names of {min(edges)}.", fix


def _names(page: str, host: str, resolver: Resolver) -> Iterable[tuple[str, str]]:
    """Yield where both are known by the same name servers."""
    (ours, mine), (theirs, other) = _servers(page, resolver), _servers(host, resolver)
    if ours and ours == theirs:
        said = f"{page} and {host} stand in one DNS zone, {ours}: a mistake in it, or its end, takes both."
        yield said, "Give the page a domain of its own, with another registrar and other name servers."
    elif mine & other:
        said = f"The zones of {page} and {host} have the same name servers, such as {min(mine & other)}."
        yield said, "Let another provider's name servers answer for the page's domain."


def _addresses(host: str, resolver: Resolver) -> frozenset[str]:
    try:
        return frozenset({str(ip_address(host))})
    except ValueError:
        return frozenset(resolver.ask(host, "A")) | frozenset(resolver.ask(host, "AAAA"))


def _network(address: str) -> str:
    """Return the network that one machine room mostly has for itself: /24, or /48 of IPv6."""
    return str(ip_network(f"{address}/{48 if ':' in address else 24}", strict=False))


def _edge(host: str, resolver: Resolver) -> str:
    """Return the provider's domain that the host is an alias of; empty where it is none."""
    alias = resolver.ask(host, "CNAME")
    return ".".join(alias[0].split(".")[-2:]) if alias else ""


def _servers(host: str, resolver: Resolver) -> tuple[str, frozenset[str]]:
    """Return the zone in which a host stands, and its name servers."""
    for domain in domains(host):
        found = resolver.ask(domain, "NS")
        if found:
            return domain, frozenset(found)
    return "", frozenset()


def _code(chart: Chart, root: Path, settings: Settings) -> None:
    """See whether the page can be published while the product's code host or machines are down."""
    workflows = root / ".github" / "workflows"
    own = [path.name for path in sorted(workflows.glob("*.y*ml")) if _SELF_HOSTED(path.read_bytes())]
    if own:
        said = f"{own[0]} runs on machines of yours (self-hosted): when they are down, nothing is published."
        chart.warning("shared", said, "Let the code host's own runners publish, and try stillup publish from a laptop.")
    product = settings.product.repository
    if not product:
        return
    try:
        ours = Repository(root, "The look at the code host").remote("origin")
    except StillupError:
        said = "The page's repository has no remote called origin, so its code host is not known."
        chart.note("shared", said, "Run this in the clone from which the page is published.", *_CODE)
        return
    here, there = _host(ours), _host(product)
    if here and here == there:
        said = f"The records of the page and the product's code are both at {here}, and so is their CI."
        fix = "See that stillup publish works from a laptop's clone: it needs no CI. Or mirror the records elsewhere."
        chart.warning("shared", said, fix, *_CODE)
    else:
        chart.good(f"The records of the page are at {here or ours}, the product's code at {there or product}.")


def _host(remote: str) -> str:
    """Return the host of a git remote; empty for a folder."""
    parts = urlsplit(remote)
    if parts.scheme and parts.hostname:
        return parts.hostname.lower()
    before, colon, _ = remote.partition(":")
    return before.rpartition("@")[2].lower() if colon and "/" not in before else ""
