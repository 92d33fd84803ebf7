"""What feedgen cannot write by itself. Imported only where it is needed: feedgen takes its time to load."""

from typing import TYPE_CHECKING, Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension

from stillup.feeds.namespace import STILLUP
from stillup.views.event_log import Head

if TYPE_CHECKING:
    from feedgen.feed import FeedGenerator

_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_OURS_ALONE = ("docs", "generator", "language", "lastBuildDate", "{http://www.w3.org/2005/Atom}link")


def bare(feed: "FeedGenerator") -> None:
    """Leave out of `feed` whatever Statuspage's RSS has not, and name the namespaces that it names."""
    feed.register_extension("bare", _Bare, _BareItem, atom=False)


def logged(feed: "FeedGenerator", head: Head) -> None:
    """Say in `feed`, as RSS, where the event log stands."""
    feed.register_extension("stillup", _Logged, atom=False)
    feed.stillup.set(head)


class _Logged(BaseExtension):  # type: ignore[misc]
    def extend_ns(self) -> dict[str, str]:
        return {"stillup": STILLUP}

    def set(self, head: Head) -> None:
        """Keep `head`."""
        self._head = head

    def extend_rss(self, feed: Any) -> Any:
        channel = feed.find("channel")
        for name, text in (("event_seq", str(self._head.seq)), ("event_head", self._head.hash)):
            element = channel.makeelement(f"{{{STILLUP}}}{name}")
            element.text = text
            channel.insert(channel.index(channel.find("item")) if channel.find("item") is not None else -1, element)
        return feed


class _Bare(BaseExtension):  # type: ignore[misc]
    def extend_ns(self) -> dict[str, str]:
        return {"dc": _DUBLIN_CORE}

    def extend_rss(self, feed: Any) -> Any:
        channel = feed.find("channel")
        for name in _OURS_ALONE:
            for element in channel.findall(name):
                channel.remove(element)
        return feed


class _BareItem(BaseEntryExtension):  # type: ignore[misc]
    def extend_rss(self, feed: Any) -> Any:
        """Order the item as Statuspage does; a guid is an address there without saying so."""
        feed.find("guid").attrib.pop("isPermaLink")
        feed[:] = [feed.find(name) for name in ("title", "description", "pubDate", "link", "guid")]
        return feed
