"""`history.rss` and `history.atom` as Statuspage has them: one item an incident, which changes with each update.

Made from the API's documents. Labels are English, as in the API: tools read them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from stillup.artifact import Artifact
from stillup.feeds.text import printable
from stillup.feeds.xml_feed import ATOM, NEVER, RSS
from stillup.views.document import IncidentDocument, PageDocument, UpdateDocument
from stillup.vocabulary import UpdateStatus

if TYPE_CHECKING:
    from feedgen.feed import FeedGenerator

LIMIT = 25
"""How many incidents and maintenances Statuspage's feeds hold."""

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
    from stillup.feeds.extension import bare

    zone = ZoneInfo(page.zone)
    feed = _feed(told, page)
    bare(feed)
    feed.link(href=page.url, rel="alternate")
    feed.description("Statuspage")
    feed.pubDate((told[0][1][0].shown if told else NEVER).astimezone(zone))
    for document, updates in told:
        item = feed.add_entry(order="append")
        item.title(printable(document.title) or document.code)
        item.description(_html(updates, zone))
        item.pubDate(updates[0].shown.astimezone(zone))
        item.link(href=_address(document, page))
        item.guid(_address(document, page), permalink=True)
    return Artifact(path="history.rss", body=feed.rss_str(pretty=True), media_type=RSS)


def _atom(told: list[_Told], page: PageDocument) -> Artifact:
    zone, host = ZoneInfo(page.zone), _host(page)
    feed = _feed(told, page)
    feed.id(f"tag:{host},2005:/history")
    feed.language("en-US")
    feed.link(href=page.url, rel="alternate", type="text/html")
    feed.link(href=f"{page.url}/history.atom", rel="self", type=ATOM)
    feed.updated(max([document.updated for document, _ in told], default=NEVER).astimezone(zone))
    feed.author(name=printable(page.name) or host)
    for document, updates in told:
        item = feed.add_entry(order="append")
        item.id(f"tag:{host},2005:Incident/{document.code}")
        item.title(printable(document.title) or document.code)
        item.published(updates[0].shown.astimezone(zone))
        item.updated(max([updates[0].shown, *[update.updated for update in updates]]).astimezone(zone))
        item.link(href=_address(document, page), rel="alternate", type="text/html")
        item.content(_html(updates, zone), type="html")
    return Artifact(path="history.atom", body=feed.atom_str(pretty=True), media_type=ATOM)


def _feed(told: list[_Told], page: PageDocument) -> "FeedGenerator":
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.title(f"{printable(page.name)} Status - Incident History".strip())
    feed.generator("")
    return feed


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
            f"<var data-var='time'>{local.hour:02}:{local.minute:02}</var> {local.tzname()}</small><br>"
            f"<strong>{label}</strong> - {update.html}</p>"
        )


def _label(status: str) -> str:
    """Return a state in Statuspage's words, which has none for a maintenance that was called off."""
    known = UpdateStatus.COMPLETED.value if status == UpdateStatus.CANCELLED else status
    return known.replace("_", " ").capitalize()
