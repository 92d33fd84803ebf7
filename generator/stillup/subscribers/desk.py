"""What people do with their own subscriptions, by links that only they have. Every answer is the same for strangers."""

import hmac
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock

from stillup.frozen import dataclass
from stillup.messages.invitation import Invitation
from stillup.subscribers.store import Reason, Store, Suppression
from stillup.subscribers.subscription import Subscription
from stillup.subscribers.throttle import Throttle
from stillup.subscribers.token import Links, Scope
from stillup.subscribers.wish import Wish

OPEN = timedelta(hours=48)
"""How long a link or code to confirm is good."""

KEPT = timedelta(days=7)
"""How long somebody who did not confirm is kept."""

MOST = 20
"""Subscriptions that one address may have."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_DATED = re.compile(r"([0-9a-z]{5,6})x[0-9a-z]{12}").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be sent to somebody who asked for it."""

    kind: Invitation
    subscription: Subscription
    link: str
    code: str = ""
    """Of a telephone: what is typed in place of following the link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of the wish to subscribe."""

    token: str
    """With which the person who has it confirms."""

    letter: Letter | None
    """None where the address had one a moment ago, or too many."""


class Desk:
    """The subscriptions of a page, open to the people they belong to. Safe to use from several threads."""

    def __init__(
        self, store: Store, links: Links, ids: Callable[[], str], secrets: Callable[[], str], consent: str = ""
    ) -> None:
        """Work on `store`; `ids` and `secrets` make new random ones; `consent` is the version of the form's text."""
        self._consent = consent
        self._store, self._links, self._ids, self._secrets = store, links, ids, secrets
        self._lock = RLock()
        self._letters = Throttle(5, timedelta(days=1), timedelta(minutes=10))
        self._tries = Throttle(5, OPEN)

    def subscribe(self, wish: Wish, at: datetime) -> Asked:
        """Note the wish, which has no problems, and return what is to be sent."""
        with self._lock:
            wanted = Subscription(
                id=f"{_dated(at)}x{self._ids()}",
                channel=wish.channel,
                address=wish.address,
                key=wish.key,
                reach=wish.reach,
                language=wish.language,
                timezone=wish.timezone,
                secret=self._secrets() if wish.channel == "webhook" else "",
                consent=wish.consent or self._consent,
                origin="form",
            )
            own = self._store.of(wish.channel, wish.key)
            before = _known(own, wanted, at)
            pending = before is not None and before.confirmed_at is None
            # Something is written each time: how long it takes must not tell whether somebody was there before.
            self._store.save([before or (wanted if len(own) < MOST else own[0])])
            subject = before if before is not None and pending else wanted
            token = self._links.keys.sign(Scope.CONFIRM, subject.id, at + OPEN)
            if not self._letters.allows(f"{wish.channel}\0{wish.key}", at) or (before is None and len(own) >= MOST):
                return Asked(token=token, letter=None)
            if before is not None and not pending:
                link = self._links.manage(before.id, at + OPEN)
                return Asked(token=token, letter=Letter(kind=Invitation.KNOWN, subscription=before, link=link))
            code = self.code(subject.id) if wish.channel == "sms" else ""
            link = f"{self._links.url}confirm/{token}"
            return Asked(
                token=token, letter=Letter(kind=Invitation.CONFIRM, subscription=subject, link=link, code=code)
            )

    def link(self, wish: Wish, at: datetime) -> Letter | None:
        """Return what brings somebody a new link to their subscription; None for strangers, and where one just left."""
        with self._lock:
            own = [each for each in self._store.of(wish.channel, wish.key) if each.confirmed_at]
            if not self._letters.allows(f"{wish.channel}\0{wish.key}", at) or not own:
                return None
            link = self._links.manage(own[0].id, at + OPEN)
            return Letter(kind=Invitation.LINK, subscription=own[0], link=link)

    def pending(self, token: str, at: datetime) -> Subscription | None:
        """Return what `token` would confirm."""
        return self._of(token, Scope.CONFIRM, at)

    def confirm(self, token: str, at: datetime) -> Subscription | None:
        """Make a subscription valid. A second time it is as after the first."""
        with self._lock:
            found = self._of(token, Scope.CONFIRM, at)
            if found is None or found.confirmed_at is not None:
                return found
            found = replace(found, confirmed_at=at)
            self._store.save([found])
            self._store.lift(found.channel, found.key)  # whoever confirms can be reached, and wants to be
            return found

    def enter(self, token: str, code: str, at: datetime) -> Subscription | None:
        """Make the subscription of a telephone valid, when `code` is what was sent there; five tries."""
        with self._lock:
            id = self._links.keys.subject(token, Scope.CONFIRM, at)
            if id is None or not self._tries.allows(id, at):
                return None
            good = hmac.compare_digest(self.code(id).encode(), code.strip().encode())
            return self.confirm(token, at) if good else None

    def code(self, id: str) -> str:
        """Return the six digits that confirm a subscription."""
        made = hmac.digest(self._links.keys.derive("code"), id.encode(), "sha256")
        return f"{int.from_bytes(made[:8], 'big') % 1_000_000:06}"

    def manage(self, token: str, at: datetime) -> tuple[Subscription, tuple[tuple[Subscription, str], ...]] | None:
        """Return a subscription, and the others of its address with the addresses at which they are changed."""
        with self._lock:
            found = self._of(token, Scope.MANAGE, at)
            if found is None:
                return None
            others = (each for each in self._store.of(found.channel, found.key) if each.id != found.id)
            until = at + timedelta(hours=1)
            return found, tuple((each, self._links.manage(each.id, until)) for each in others if each.confirmed_at)

    def change(self, token: str, wish: Wish, at: datetime) -> Subscription | None:
        """Let a subscription ask for what `wish`, which has no problems, asks for."""
        with self._lock:
            found = self._of(token, Scope.MANAGE, at)
            if found is not None:
                found = replace(found, reach=wish.reach, language=wish.language, timezone=wish.timezone)
                self._store.save([found])
            return found

    def forget(self, token: str, at: datetime) -> bool:
        """Delete everything of the address."""
        with self._lock:
            found = self._of(token, Scope.MANAGE, at)
            if found is not None:
                self._store.remove([each.id for each in self._store.of(found.channel, found.key)])
            return found is not None

    def data(self, token: str, at: datetime) -> tuple[Subscription, ...]:
        """Return everything that is kept of the address."""
        with self._lock:
            found = self._of(token, Scope.MANAGE, at)
            return self._store.of(found.channel, found.key) if found else ()

    def leaving(self, token: str, at: datetime) -> tuple[bool, Subscription | None]:
        """Return whether `token` is one of ours, and what it would end; nothing where that has ended already."""
        id = self._links.keys.subject(token, Scope.UNSUBSCRIBE, at)
        with self._lock:
            return id is not None, self._store.get(id) if id else None

    def leave(self, token: str, at: datetime) -> bool:
        """End what the message's list sends to the address, and return whether `token` is one of ours."""
        with self._lock:
            good, found = self.leaving(token, at)
            if found is not None:
                own = self._store.of(found.channel, found.key)
                self._store.remove([each.id for each in own if each.audience == found.audience])
            return good

    def suppress(self, channel: str, key: str, reason: Reason, at: datetime) -> None:
        """Tell an address nothing from now on."""
        with self._lock:
            self._store.suppress(channel, key, Suppression(reason, at))

    def answered(self, number: str, wants: bool, at: datetime) -> None:
        """Tell a telephone nothing from now on, or again what it subscribed to: its owner answered STOP or START.

        A complaint stays.
        """
        with self._lock:
            found = self._store.suppression("sms", number)
            if not wants:
                self._store.suppress("sms", number, Suppression(Reason.STOP, at))
            elif found is not None and found.reason is not Reason.COMPLAINT:
                self._store.lift("sms", number)

    def tidy(self, at: datetime) -> int:
        """Delete whoever did not confirm within a week, and return how many."""
        oldest = at - KEPT
        with self._lock:
            late = [
                each.id
                for each in self._store.everybody()
                if each.confirmed_at is None and (since := _since(each.id)) is not None and since < oldest.timestamp()
            ]
            return self._store.remove(late)

    def healthy(self) -> bool:
        """Whether the store answers."""
        with self._lock:
            return self._store.get("-") is None

    def _of(self, token: str, scope: Scope, at: datetime) -> Subscription | None:
        id = self._links.keys.subject(token, scope, at)
        with self._lock:
            return self._store.get(id) if id else None


def _known(own: Iterable[Subscription], wanted: Subscription, at: datetime) -> Subscription | None:
    """Return which of an address's `own` subscriptions asks for what is `wanted`: one that is confirmed, or the newest.

    One that would be deleted before a link to it runs out does not count: whoever follows the link would find nothing.
    """
    same = [each for each in own if each.same == wanted.same]
    oldest = (at - (KEPT - OPEN)).timestamp()
    pending = [each for each in same if (since := _since(each.id)) is None or since >= oldest]
    confirmed = [each for each in same if each.confirmed_at is not None]
    return next(iter(confirmed), pending[-1] if pending else None)


def _dated(at: datetime) -> str:
    """Return the minutes of `at` in 36 digits: by them is known how long somebody has not confirmed."""
    number, digits = int(at.timestamp()) // 60, ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits


def _since(id: str) -> float | None:
    found = _DATED(id)
    return int(found[1], 36) * 60.0 if found else None
