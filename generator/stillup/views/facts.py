"""What is known of an incident or a maintenance, in reading order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from markupsafe import Markup, escape

from stillup.catalogue import Catalogue
from stillup.frozen import dataclass
from stillup.timeline.course import Course
from stillup.views.edition import KEYS, Edition
from stillup.views.fact import plain, timed
from stillup.views.incident import UpdateView
from stillup.views.plain import line
from stillup.views.shape import Affected, Fact, State
from stillup.vocabulary import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What facts are made of."""

    course: Course
    updates: Sequence[UpdateView]
    """Newest first."""

    affected: tuple[Affected, ...]
    length: str
    windows: Markup
    earlier: Markup
    parts: int = 1
    """How many times it began."""

    def newest(self, field: str) -> Fact | None:
        """Return the newest of the responder's texts under `field`.

        Of an incident that was opened again what was said before is about another time: that no data was lost then
        does not say that none is lost now.
        """
        for update in self.updates:
            for fact in update.facts:
                if fact.key == field:
                    return fact
            if update.opening and self.course.open and self.course.kind is Kind.INCIDENT:
                break
        return None

    def at_worst(self, field: str) -> Fact | None:
        """Return the first text from a time when the worst state held; later ones tell how it got better."""
        key = KEYS[self.course.worst] if self.course.worst.rank else ""
        for update in reversed(self.updates):
            if key == (update.affected[0].state.key if update.affected else ""):
                for fact in update.facts:
                    if fact.key == field:
                        return fact
        return None

    def said(self, field: str) -> str:
        """Return the text of a fact in one line; empty where nobody gave it."""
        found = self.newest(field) if self.course.open else self.at_worst(field) or self.newest(field)
        return line(found.text) if found else ""


def facts(edition: Edition, known: Known) -> tuple[Fact, ...]:
    """Return the facts that stand below the title."""
    if known.course.kind is Kind.MAINTENANCE:
        return tuple(_of_maintenance(edition, known))
    return tuple(_open(edition, known) if known.course.open else _closed(edition, known))


@lru_cache(maxsize=64)
def badge(state: State) -> str:
    """Return a state as shape and word, in HTML."""
    return (
        f'<span class="state s-{state.key}"><svg class="i" aria-hidden="true"><use href="#{state.key}"/></svg>'
        f"{escape(state.word)}</span>"
    )


def by_state(words: Catalogue, groups: Sequence[Affected]) -> Markup:
    """Return components by state, a line for each, in HTML."""
    return Markup(
        "".join(
            [
                f'<div class="by">{badge(group.state)}<span>{escape(words.listed(group.names))}</span></div>'
                for group in groups
            ]
        )
    )


def in_words(words: Catalogue, groups: Sequence[Affected]) -> str:
    """Return the same as text: `Major outage: Payments, Stripe; Degraded performance: SMS`."""
    return words.ranked([words.labelled(group.state.word, words.listed(group.names)) for group in groups])


def in_short(words: Catalogue, groups: Sequence[Affected]) -> str:
    """Return the same where it stands again in each of many files: of many components in one state the first ones."""
    return words.ranked(
        [words.labelled(group.state.word, group.short or words.listed(group.names)) for group in groups]
    )


def _open(edition: Edition, known: Known) -> Iterator[Fact]:
    words = edition.words
    yield timed("since", words.say("fact.since"), edition.time(known.course.started))
    yield from _affected(edition, known)
    yield from _given(edition, known, who="scope", workaround="workaround", data="data_loss")


def _closed(edition: Edition, known: Known) -> Iterator[Fact]:
    course, words = known.course, edition.words
    impact = known.at_worst("impact_text")
    if course.worst.rank:
        state = badge(edition.states[course.worst])
        html = Markup(f"{state} {impact.html}" if impact else state)
        word = edition.states[course.worst].word
        text = words.labelled(word, impact.text) if impact else word
        yield Fact(key="impact", label=words.say("fact.impact"), html=html, text=text)
    elif impact:
        yield replace(impact, key="impact", label=words.say("fact.impact"))
    yield timed("began", words.say("fact.began"), edition.time(course.started))
    if course.ended is not None and known.length:
        more = words.say("fact.length_in_all" if known.parts > 1 else "fact.length", length=known.length)
        yield timed("ended", words.say("fact.ended"), edition.time(course.ended), more)
    yield from _given(edition, known, who="scope", data="data_loss")


def _of_maintenance(edition: Edition, known: Known) -> Iterator[Fact]:
    words = edition.words
    if known.windows:
        text = " ".join(known.windows.striptags().split())
        yield Fact(key="window", label=words.say("fact.window"), html=known.windows + known.earlier, text=text)
    else:
        yield timed("began", words.say("fact.began"), edition.time(known.course.started))
    if known.course.open:
        yield from _affected(edition, known)
        yield from _given(edition, known, impact="impact_text", who="scope", workaround="workaround")
    elif known.affected:
        worse = any(group.state.key != "maint" for group in known.affected)
        said = in_words(words, known.affected) if worse else words.listed(known.affected[0].names)
        yield plain("affects", words.say("fact.affects"), said)
        yield from _given(edition, known, impact="impact_text", who="scope", data="data_loss")


def _affected(edition: Edition, known: Known) -> Iterator[Fact]:
    label = edition.words.say("fact.affected")
    if known.affected:
        html, text = by_state(edition.words, known.affected), in_words(edition.words, known.affected)
        yield Fact(key="affected", label=label, html=html, text=text)
    elif known.course.worst.rank and known.course.kind is Kind.INCIDENT:
        yield plain("nothing_affected", label, edition.words.say("fact.nothing_affected"))


def _given(edition: Edition, known: Known, **fields: str) -> Iterator[Fact]:
    for key, field in fields.items():
        found = known.newest(field)
        if found is not None:
            yield replace(found, key=key, label=edition.words.say(f"fact.{key}"))
