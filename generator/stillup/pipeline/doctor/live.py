"""The page as it is served: whether it is what was built, byte for byte, and current."""

import json
import ssl
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from stillup.delivery.wire import agent, trust
from stillup.frozen import dataclass
from stillup.instant import read
from stillup.pipeline.doctor.answer import ask
from stillup.pipeline.doctor.chart import Chart
from stillup.pipeline.publishing.newer import Page
from stillup.pipeline.tree.manifest import PATH

if TYPE_CHECKING:
    import httpx

MANY = 60
"""Files that are compared where nobody asks for all of them."""

_GRACE = timedelta(minutes=15)
"""How long after its time a page may still change: builds are started by clocks that are not exact."""

_SKEW = timedelta(seconds=60)
_UNSERVED = ("_headers", "_redirects", ".nojekyll")
"""Files that hosts read and do not serve."""

_FIRST = ("index.html", "api/v2/", "feed.", "assets/", "status.txt", "incidents/")
_AT = ("site_url",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look at the page needs."""

    url: str
    """Of the page, with its final slash."""

    root: Path
    site: Path
    """Where the page was built."""

    at: datetime
    every: bool
    """Whether each file is compared, and not only `MANY` of them."""


def look(chart: Chart, want: Looked, environment: Mapping[str, str]) -> None:
    """Compare what is served with what was built."""
    import httpx

    with httpx.Client(
        follow_redirects=True, timeout=15.0, headers={"user-agent": agent()}, verify=trust(environment)
    ) as client:
        beat = _heartbeat(chart, client, want)
        if beat is None:
            return
        _current(chart, want, beat)
        served = _manifest(client, want.url)
        if served is None:
            said = f"{want.url}{PATH} is not served, so the page cannot be compared with what was built."
            chart.error("live", said, "See that the host serves every file of the build, and deploy again.", *_AT)
            return
        _files(chart, client, want, served)
        _shared(chart, client, want)


def _heartbeat(chart: Chart, client: "httpx.Client", want: Looked) -> Mapping[str, Any] | None:
    import httpx

    url = f"{want.url}heartbeat.json"
    try:
        reply = ask(client, url, {"cache-control": "no-cache"})
    except httpx.HTTPError as error:
        chart.error("live", f"{url} cannot be read: {_why(error)}", _mended(error), *_AT)
        return None
    if reply.status != 200:
        said = f"{url} is answered with HTTP {reply.status}."
        chart.error("live", said, "Run stillup publish, and see that site_url is where it goes.", *_AT)
        return None
    try:
        beat = json.loads(reply.body)
        if None in (read(beat["built_at"]), read(beat.get("next_due") or beat["built_at"])):
            raise ValueError("no instant")
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        said = f"{url} is no heartbeat: another site answers there."
        chart.error("live", said, "See that site_url is this page's address.", *_AT)
        return None
    _clock(chart, reply.headers.get("date", ""), want.at)
    assert isinstance(beat, dict)
    return beat


def _why(error: Exception) -> str:
    text = str(error).lower()
    if "certificate" in text or isinstance(error.__cause__, ssl.SSLError):
        return "its certificate is not valid."
    if "name" in text and "resol" in text or "getaddrinfo" in text or "no address" in text:
        return "its name is not known from here."
    return "no server answers."


def _mended(error: Exception) -> str:
    why = _why(error)
    if "certificate" in why:
        return "Renew it, or let the host do so; until then no browser shows the page."
    if "name" in why:
        return "Publish its address in the DNS, correct site_url, or run this where there is a network."
    return "See that the host is up and that this machine reaches it."


def _clock(chart: Chart, written: str, now: datetime) -> None:
    """Compare our clock with the host's: signatures, promises and reminders go by it."""
    try:
        theirs = parsedate_to_datetime(written)
    except (TypeError, ValueError):
        return
    if theirs.tzinfo is not None and abs(theirs - now) > _SKEW:
        apart = int(abs(theirs - now).total_seconds())
        said = f"The clock here and that of the host are {apart} seconds apart."
        chart.warning("clock", said, "Let the machine set its clock by the network (NTP): signatures go by it.")


def _current(chart: Chart, want: Looked, beat: Mapping[str, Any]) -> None:
    """See whether the page that is served is the newest, and whether somebody builds it in time."""
    built = f"{want.url} was built at {beat['built_at']}" + (
        f" from commit {_short(beat)}" if beat.get("commit") else ""
    )
    due = read(beat.get("next_due"))
    if due is not None and due < want.at - _GRACE:
        said = f"{built}, was due again at {beat['next_due']}, and nothing has built it since."
        fix = "Let stillup watch run, or see that the schedule of your CI does: sleeping ones are switched off."
        chart.error("overdue", said, fix, *_AT)
        return
    try:
        ours = json.loads((want.site / "heartbeat.json").read_bytes())
    except (OSError, ValueError):
        said = f"{built}, and nothing is built in {want.site}: it is compared with its own manifest alone."
        chart.note("live", said, "Run stillup build first, to compare it with your records.", *_AT)
        return
    if ours == beat:
        chart.good(f"{built}, as what stands in {want.site}.")
    elif Page(want.root, want.site).newer(json.dumps(beat).encode()):
        said = f"{built}, which is newer than what stands in {want.site}."
        chart.note("live", said, "Run stillup build first, to compare it with your records of now.", *_AT)
    else:
        mine = f"built at {ours.get('built_at')}" + (f" from commit {_short(ours)}" if ours.get("commit") else "")
        said = f"{built}, and what stands in {want.site} is newer: {mine}."
        chart.warning("live", said, "Run stillup deploy or publish, and see whether the host keeps an old copy.", *_AT)


def _short(beat: Mapping[str, Any]) -> str:
    return str(beat.get("commit"))[:10]


def _manifest(client: "httpx.Client", url: str) -> dict[str, tuple[str, int]] | None:
    """Return what is served, by path: digest and size; None where the host does not say it."""
    import httpx

    found: dict[str, tuple[str, int]] = {}
    try:
        whole = _document(client, url + PATH)
        parts = [_document(client, url + path) for path in dict.fromkeys(whole["parts"])]
        for each in chain(whole["files"], *(part["files"] for part in parts)):
            found[str(each["path"])] = (str(each["digest"]), int(each["size"]))
    except (httpx.HTTPError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return None
    return found


def _document(client: "httpx.Client", url: str) -> Any:
    reply = ask(client, url)
    return json.loads(reply.body if reply.status == 200 else b"")


def _files(chart: Chart, client: "httpx.Client", want: Looked, served: Mapping[str, tuple[str, int]]) -> None:
    """See that each file arrives as the manifest says: hosts have been known to add scripts, and to strip comments."""
    there = [path for path in sorted(served, key=_rank) if path.rpartition("/")[2] not in _UNSERVED]
    wanted = there if want.every else there[:MANY]
    with ThreadPoolExecutor(max_workers=8) as workers:
        results = list(workers.map(lambda path: _differs(client, want.url, path, *served[path]), wanted))
    wrong = [(path, why) for path, why in zip(wanted, results, strict=True) if why]
    for path, why in wrong[:5]:
        fix = "Switch off what the host changes in pages (minifying, scripts, hidden addresses), and empty its cache."
        fix = "Deploy again, and see that the host serves every file of the build." if "HTTP" in why else fix
        chart.error("live", f"{want.url}{quote(_address(path))} is not what was built: {why}", fix, *_AT)
    if len(wrong) > 5:
        said = f"{len(wrong) - 5} more files are not what was built."
        chart.error("live", said, "Mend the first ones, and run this again.", *_AT)
    if not wrong:
        left = len(there) - len(wanted)
        rest = f", {left} more not looked at (--every-file does)" if left else ""
        chart.good(f"{len(wanted)} files are served byte for byte as they were built{rest}.")


def _rank(path: str) -> tuple[int, int, str]:
    """Order files by how much a reader would miss them."""
    first = next((number for number, start in enumerate(_FIRST) if path.startswith(start)), len(_FIRST))
    return first, path.count("/"), path


def _address(path: str) -> str:
    """Return where a file is served: a folder for its page."""
    return path.removesuffix("index.html") if path.rpartition("/")[2] == "index.html" else path


def _differs(client: "httpx.Client", url: str, path: str, digest: str, size: int) -> str:
    """Return why a file is not what was built; nothing where it is."""
    import httpx

    try:
        reply = ask(client, url + quote(_address(path)))
    except httpx.HTTPError:
        return "the connection broke."
    if reply.status != 200 and path != "404.html":
        return f"HTTP {reply.status}."
    if sha256(reply.body).hexdigest() == digest:
        return ""
    return f"{len(reply.body)} bytes come in place of {size}, or others."


def _shared(chart: Chart, client: "httpx.Client", want: Looked) -> None:
    """See that scripts on other pages may read the API, as clients of Statuspage do."""
    for said, fix in _unshared(client, want.url):
        chart.warning("headers", said, fix, *_AT)


def _unshared(client: "httpx.Client", url: str) -> Iterator[tuple[str, str]]:
    import httpx

    where = f"{url}api/v2/summary.json"
    try:
        reply = ask(client, where, {"origin": "https://app.example.com"})
    except httpx.HTTPError:
        return
    fix = "Set the headers that the manual lists for your host, or those of _headers in the build."
    if reply.headers.get("access-control-allow-origin") != "*":
        yield f"{where} comes without Access-Control-Allow-Origin, so no script of another page can read it.", fix
    if not reply.headers.get("content-type", "").startswith("application/json"):
        yield f"{where} is not served as application/json.", fix
