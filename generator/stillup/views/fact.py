"""Facts: a label and what is known under it."""

from functools import lru_cache

from markupsafe import Markup, escape

from stillup.views import tongue
from stillup.views.edition import Edition
from stillup.views.markdown import body, unheaded
from stillup.views.shape import Body, Fact, Time
from stillup.vocabulary import FIXED


def told(edition: Edition, key: str, field: str, text: str, place: str, language: str = "") -> Fact:
    """Return the fact that a responder wrote into `field`, as `key`; `language` where it is not the reader's."""
    said = FIXED.get((field, text))
    label = edition.words.say(f"fact.{key}")
    if said is not None:
        return plain(key, label, edition.words.say(said))
    safe = _body(text.strip(), edition.settings.site_url, place)
    if edition.root:
        safe = tongue.homed(safe, edition.settings.site_url, edition.root)
    html = _unwrapped(unheaded(safe.html) if "<h" in safe.html else safe.html)
    if language:
        html = tongue.inline(html, edition.words, language)
    return Fact(key=key, label=label, html=html, text=safe.text, language=language)


def plain(key: str, label: str, text: str) -> Fact:
    """Return a fact in our own words."""
    return Fact(key=key, label=label, html=escape(text), text=text)


def timed(key: str, label: str, time: Time, more: str = "") -> Fact:
    """Return a fact that is an instant, with a remark behind it."""
    html = Markup(f'<time datetime="{time.iso}">{escape(time.text)}</time>{escape(more)}')
    return Fact(key=key, label=label, html=html, text=time.text + more)


@lru_cache(maxsize=128)
def _body(text: str, base_url: str, place: str) -> Body:
    """Updates repeat each other's facts word by word."""
    return body(text, base_url, place)


def _unwrapped(html: Markup) -> Markup:
    """Return a single paragraph without its element, so that it can stand in a line."""
    if html.startswith("<p>") and html.count("<p>") == 1 and html.endswith("</p>"):
        return Markup(html[3:-4])
    return html
