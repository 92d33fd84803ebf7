"""`history.rss` and `history.atom` as Statuspage has them: one item an incident, which changes with each update.

Made from the API's documents. Labels are English, as in the API: tools read them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from stillup.artifact import Artifact
from stillup.feeds.element import HEAD, around, bare, dated, said
from stillup.feeds.text import printable
from stillup.feeds.xml_feed import ATOM, NEVER, RSS
from stillup.views.document import IncidentDocument, PageDocument, UpdateDocument
from stillup.vocabulary import UpdateStatus

LIMIT = 25
"""How many incidents and maintenances Statuspage's feeds hold."""

_SPACES = (
    'rss xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0"'
)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_Told = tuple[IncidentDocument, tuple[UpdateDocument, ...]]


def history_feeds(documents: Iterable[IncidentDocument], page: PageDocument, at: datetime) -> tuple[Artifact, ...]:
    """Return both, with the 25 of `documents` that were updated last; nothing for a page without an address.

    What is dated after `at` waits.
    """
    if not page.url:
        return ()
    told = [(each, tuple(update for update in each.updates if update.shown <= at)) for each in documents]
    known = sorted([each for each in told if each[1]], key=lambda each: (each[1][0].shown, each[0].id), reverse=True)
    return _rss(known[:LIMIT], page), _atom(known[:LIMIT], page)


def _rss(told: list[_Told], page: PageDocument) -> Artifact:
    """Return the items in Statuspage's order and without what it leaves out; a guid is an address there."""
    zone = ZoneInfo(page.zone)
    channel = [
        said("title", _title(page)),
        said("link", page.url),
        said("description", "Statuspage"),
        said("pubDate", dated((told[0][1][0].shown if told else NEVER).astimezone(zone))),
    ]
    for document, updates in told:
        address = _address(document, page)
        item = [
            said("title", printable(document.title) or document.code),
            said("description", _html(updates, zone)),
            said("pubDate", dated(updates[0].shown.astimezone(zone))),
            said("link", address),
            said("guid", address),
        ]
        channel.append(around("item", item, 2))
    body = HEAD + around(_SPACES, [around("channel", channel, 1)]) + "\n"
    return Artifact(path="history.rss", body=body.encode(), media_type=RSS)


def _atom(told: list[_Told], page: PageDocument) -> Artifact:
    zone, host = ZoneInfo(page.zone), _host(page)
    changed = max([document.updated for document, _ in told], default=NEVER).astimezone(zone)
    feed = [
        said("id", f"tag:{host},2005:/history"),
        said("title", _title(page)),
        said("updated", changed.isoformat()),
        around("author", [said("name", printable(page.name) or host)], 1),
        bare("link", href=page.url, rel="alternate", type="text/html"),
        bare("link", href=f"{page.url}/history.atom", rel="self", type=ATOM),
    ]
    for document, updates in told:
        newest = max([updates[0].shown, *[update.updated for update in updates]]).astimezone(zone)
        entry = [
            said("id", f"tag:{host},2005:Incident/{document.code}"),
            said("title", printable(document.title) or document.code),
            said("updated", newest.isoformat()),
            said("content", _html(updates, zone), type="html"),
            bare("link", href=_address(document, page)),
            said("published", updates[0].shown.astimezone(zone).isoformat()),
        ]
        feed.append(around("entry", entry, 1))
    body = HEAD + around('feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-US"', feed) + "\n"
    return Artifact(path="history.atom", body=body.encode(), media_type=ATOM)


def _title(page: PageDocument) -> str:
    return f"{printable(page.name)} Status - Incident History".strip()


def _host(page: PageDocument) -> str:
    host = urlsplit(page.url).hostname or ""
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _address(document: IncidentDocument, page: PageDocument) -> str:
    return f"{page.url}/incidents/{document.code}"


def _html(updates: tuple[UpdateDocument, ...], zone: ZoneInfo) -> str:
    return printable("".join(_paragraphs(updates, zone)))


def _paragraphs(updates: tuple[UpdateDocument, ...], zone: ZoneInfo) -> Iterator[str]:
    for update, before in pairwise([*updates, None]):
        assert update is not None
        label = "Update" if before is not None and before.status == update.status else _label(update.status)
        local = update.shown.astimezone(zone)
        yield (
            f"<p><small>{_MONTHS[local.month - 1]} <var data-var='date'>{local.day:2}</var>, "
            f"<var data-var='time'>{local:%H:%M}</var> {local.tzname()}</small><br>"
            f"<strong>{label}</strong> - {update.html}</p>"
        )


def _label(status: str) -> str:
    """Return a state in Statuspage's words, which has none for a maintenance that was called off."""
    known = UpdateStatus.COMPLETED.value if status == UpdateStatus.CANCELLED else status
    return known.replace("_", " ").capitalize()
