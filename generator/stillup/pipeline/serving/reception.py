"""What the application shows: its forms, filled with what somebody has or just wrote."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from stillup.catalogue import NAMES
from stillup.pipeline.serving.serving import Bench, Spoken
from stillup.site.signup import ManageForm, Note, SubscribeForm, Wants, choices
from stillup.subscribers.address import masked
from stillup.subscribers.subscription import Reach, Subscription
from stillup.subscribers.token import Scope
from stillup.subscribers.wish import Wish
from stillup.vocabulary import Follow, Impact, Kind

FRESH = timedelta(hours=12)
"""How long a form may lie open before it is sent."""


class Reception:
    """Draws documents for what people do, in one language."""

    def __init__(self, bench: Bench, spoken: Spoken, now: Callable[[], datetime]) -> None:
        """Draw with `bench` in what is `spoken`; `now` is the clock."""
        self._bench, self._spoken, self._now, self._say = bench, spoken, now, spoken.words.say

    def form(self, asked: Wish) -> bytes:
        """Draw the form at the front as `asked` has filled it in."""
        names, words = tuple(self._bench.channels), self._spoken.words
        hints = dict.fromkeys(name if name in ("email", "sms") else "hook" for name in names)
        chosen = asked.channel if asked.channel in names else names[0]
        form = SubscribeForm(
            base=self._spoken.base,
            token=self._bench.keys.sign(Scope.FORM, "form", self._now() + FRESH),
            channels=choices(((name, self._say(f"signup.channel.{name}")) for name in names), [chosen]),
            address=asked.address,
            hint=self._say(
                "home.plain", title=words.ranked(self._say(f"signup.address_hint.{each}") for each in hints)
            ),
            wants=self._wants(asked.reach, asked.language, asked.timezone),
            problems=asked.problems,
        )
        return self._spoken.signup.subscribe(form)

    def manage(
        self,
        token: str,
        own: Subscription,
        others: Iterable[tuple[Subscription, str]],
        problems: Mapping[str, str],
        *,
        saved: bool,
    ) -> bytes:
        """Draw a subscription, with the addresses at which others of the same person are changed."""
        form = ManageForm(
            address=_masked(own),
            action=f"{self._spoken.base}manage/{token}",
            leave=f"{self._spoken.base}u/{self._bench.keys.sign(Scope.UNSUBSCRIBE, own.id)}",
            wants=self._wants(own.reach, own.language, own.timezone),
            others=tuple((self._named(each.reach), place) for each, place in others),
            problems=problems,
            saved=saved,
        )
        return self._spoken.signup.manage(form)

    def code(self, token: str, *, wrong: bool) -> bytes:
        """Draw the form for a code."""
        note = Note(
            title=self._say("signup.code"),
            lines=(self._say("signup.code_text"),),
            action=f"{self._spoken.base}code/{token}",
            button=self._say("signup.code_send"),
            asks_code=True,
            problem=self._say("signup.wrong.code") if wrong else "",
        )
        return self._spoken.signup.note(note)

    def ask(self, what: str, place: str, found: Subscription) -> bytes:
        """Draw a question with one button: `confirm` or `leave`."""
        note = Note(
            title=self._say(f"signup.{what}"),
            lines=(self._say(f"signup.{what}_text", address=_masked(found)),),
            action=f"{self._spoken.base}{place}",
            button=self._say(f"signup.{what}_send"),
        )
        return self._spoken.signup.note(note)

    def confirmed(self, found: Subscription, secret: str = "") -> bytes:
        """Draw that somebody is subscribed, with a webhook's secret where it is to be seen this once."""
        note = Note(
            title=self._say("signup.confirmed"),
            lines=(self._say("signup.confirmed_text", address=_masked(found)),),
            secret=secret,
            secret_text=self._say("signup.secret") if secret else "",
        )
        return self._spoken.signup.note(note)

    def note(self, title: str, text: str) -> bytes:
        """Draw a page that says something, with the way to the form."""
        lines = (self._say(f"signup.{text}"),) if text else ()
        return self._spoken.signup.note(Note(title=self._say(f"signup.{title}"), lines=lines, start=self._spoken.base))

    def _wants(self, reach: Reach, language: str, timezone: str) -> Wants:
        followed = frozenset(reach.components.split())
        return Wants(
            components=tuple(replace(each, chosen=each.value in followed) for each in self._spoken.components),
            kinds=choices(
                ((kind, self._say(f"signup.kind.{kind}")) for kind in Kind), reach.kinds.split() or list(Kind)
            ),
            impact=choices(self._usual("impact", Impact), [reach.impact]),
            follow=choices(self._usual("follow", Follow), [reach.follow]),
            languages=choices(list(NAMES.items()), [language or self._spoken.words.language]),
            timezone=timezone,
            incident=reach.incident,
            title=self._titled(reach.incident),
        )

    def _usual(self, field: str, words: Iterable[str]) -> list[tuple[str, str]]:
        return [(word, self._say(f"signup.{field}.{word or 'usual'}")) for word in ("", *words)]

    def _titled(self, incident: str) -> str:
        """Return what an incident is called; its id, where the records here know nothing public of it."""
        return (self._spoken.titles(incident, self._now()) or incident) if incident else ""

    def _named(self, reach: Reach) -> str:
        """Return what a subscription is about, in a few words."""
        names: dict[str, str] = {each.value: each.text for each in self._spoken.components}
        about = self._spoken.words.listed([names.get(each, each) for each in reach.components.split()])
        if not about and reach.incident:
            return self._say("signup.incident", incident=self._titled(reach.incident))
        return about or self._say("signup.impact.none")


def _masked(found: Subscription) -> str:
    return masked(found.channel, found.address)
