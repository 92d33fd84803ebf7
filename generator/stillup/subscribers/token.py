"""Signed links: whoever holds one may do one thing with one subscription. No address and no secret stands in them."""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from stillup.errors import StillupError

VARIABLE = "STILLUP_TOKEN_KEY"
"""The environment variable with the key, or with several divided by spaces: the first signs, all of them are good."""

SHORTEST = 32
"""Characters; a shorter key could be guessed."""

PATTERN = r"([a-z])\.([a-z0-9][a-z0-9-]{0,99})\.([0-9]{1,12})\.([A-Za-z0-9_-]{22})"
"""Of a token: what it is for, of which subscription, until when in seconds, and a signature."""

_FORM = re.compile(PATTERN).fullmatch


class Scope(StrEnum):
    """What a link is good for, as its first letter says."""

    CONFIRM = "c"
    MANAGE = "m"
    UNSUBSCRIBE = "u"
    FORM = "f"
    """To send a form that this application made, and no other."""


class Keys:
    """The keys that links are signed with."""

    def __init__(self, *keys: bytes) -> None:
        """Sign with the first of `keys`, and take what any of them signed."""
        self._keys = keys

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Keys":
        """Return the keys in `environment`.

        Raises:
            StillupError: there is none, or one is short.
        """
        written = environment.get(VARIABLE, "").split()
        advice = f"Make one with `openssl rand -hex 32` and keep it as you keep a password in {VARIABLE}."
        if not written:
            raise StillupError(
                f"The environment has no {VARIABLE}: links to subscriptions are signed with it. {advice}"
            )
        if any(len(key) < SHORTEST for key in written):
            raise StillupError(f"A key in {VARIABLE} is shorter than {SHORTEST} characters. {advice}")
        return cls(*(key.encode() for key in written))

    def sign(self, scope: Scope, id: str, until: datetime | None = None) -> str:
        """Return a token for one subscription, good until an instant, or for good."""
        text = f"{scope}.{id}.{int(until.timestamp()) if until else 0}"
        return f"{text}.{_signature(self._keys[0], text)}"

    def subject(self, token: str, scope: Scope, at: datetime) -> str | None:
        """Return the id that `token` is good for at `at`; None where it is good for nothing."""
        found = _FORM(token)
        text = token.rpartition(".")[0] if found else f"{scope}.-.0"
        given = found[4] if found else "-" * 22
        # Every key is tried, so that the time says nothing.
        good = [hmac.compare_digest(_signature(key, text), given) for key in self._keys]
        if not any(good) or found is None or found[1] != scope:
            return None
        until = int(found[3])
        return found[2] if not until or at.timestamp() <= until else None

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes made of the first key, for one other use."""
        return hmac.digest(self._keys[0], f"stillup {purpose}".encode(), "sha256")


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses at which people act on their subscriptions."""

    url: str
    """Of the application, with its final slash."""

    keys: Keys

    def confirm(self, id: str, until: datetime) -> str:
        """Return where a subscription is confirmed."""
        return f"{self.url}confirm/{self.keys.sign(Scope.CONFIRM, id, until)}"

    def manage(self, id: str, until: datetime) -> str:
        """Return where a subscription is changed."""
        return f"{self.url}manage/{self.keys.sign(Scope.MANAGE, id, until)}"

    def unsubscribe(self, id: str) -> str:
        """Return where a subscription ends, by one POST (RFC 8058)."""
        return f"{self.url}u/{self.keys.sign(Scope.UNSUBSCRIBE, id)}"


def _signature(key: bytes, text: str) -> str:
    made = hmac.digest(key, f"stillup token\0{text}".encode(), "sha256")[:16]
    return urlsafe_b64encode(made).decode().rstrip("=")
