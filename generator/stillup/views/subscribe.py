"""Ways to hear of the next update."""

from collections.abc import Collection

from stillup.records.serving import Serve
from stillup.views.edition import Edition
from stillup.views.page import SubscribePage
from stillup.views.shape import Link

_KNOWN = ("email", "sms", "webhook", "chat", "slack", "teams", "discord")


def subscribe_page(edition: Edition, offers: Collection[str] = ("atom", "rss")) -> SubscribePage:
    """Return the page. `offers` are what the site itself has: atom, rss, calendar; sign-up pages are settings."""
    words, organisation = edition.words, edition.masthead.organisation
    signs_up = _sign_up(edition)
    channels, ways = list(signs_up), []
    for channel in channels:
        known = channel in _KNOWN
        name = words.say(f"subscribe.{channel}") if known else words.sentence(channel.replace("_", " "))
        said = words.say(f"subscribe.{channel}_text") if known else words.say("subscribe.other_text", way=name)
        ways.append((Link(place=signs_up[channel], text=name), said))
    for offer, place in (("atom", "feed.atom"), ("rss", "feed.rss"), ("calendar", "maintenance.ics")):
        if offer in offers:
            ways.append((Link(place=place, text=words.say(f"subscribe.{offer}")), words.say(f"subscribe.{offer}_text")))
    by = words.join(
        [words.say(f"subscribe.by_{each}") for each in [*channels, *offers] if words.has(f"subscribe.by_{each}")]
    )
    return SubscribePage(
        title=words.say("subscribe.title"),
        description=words.say("subscribe.description", organisation=organisation, ways=by),
        lede=words.say("subscribe.lede" if channels else "subscribe.lede_feed"),
        ways=tuple(ways),
        promise=edition.body(words.say("subscribe.promise" if channels else "subscribe.promise_feed")),
    )


def means(edition: Edition) -> str:
    """Return by what one hears of the next update: `e-mail, SMS, feed`; where there are feeds alone that."""
    words, channels = edition.words, list(_sign_up(edition))
    if not channels:
        return words.say("site.ways_feed")
    named = [
        words.say(f"subscribe.by_{each}") if words.has(f"subscribe.by_{each}") else each.replace("_", " ")
        for each in [*channels, "atom"]
    ]
    return words.listed(named)


def _sign_up(edition: Edition) -> dict[str, str]:
    """Return where people sign up, by channel, those that we have words for first."""
    found = {**_served(edition.settings.serve, edition.tag if edition.main else ""), **edition.settings.subscribe}
    order = [*_KNOWN, *(each for each in found if each not in _KNOWN)]
    return {each: found[each] for each in order if found.get(each)}


def _served(serve: Serve, tag: str) -> dict[str, str]:
    """Return where the application takes people in, by channel; nothing where it has no public address.

    `tag` is the language in which it does, where that is not the page's own.
    """
    url = f"{serve.base}{tag}/" if tag else serve.base
    return {channel: f"{url}?channel={channel}" for channel in serve.channels} if serve.base else {}
