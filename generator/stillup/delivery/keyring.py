"""What is made with the ledger's key: names of recipients that say nothing of them, and digests of what they get."""

import hmac
from collections.abc import Mapping

from stillup.errors import StillupError
from stillup.messages.message import Message

VARIABLE = "STILLUP_LEDGER_KEY"
"""The environment variable that holds the key. No file may."""

SHORTEST = 16
"""Characters; a shorter key could be guessed."""

SIZE = 16
"""Bytes of a recipient's name and of a digest: 128 bits."""


class Keyring:
    """One ledger's key. A plain hash of an address could be looked up in a list of addresses; a keyed one cannot."""

    def __init__(self, secret: bytes) -> None:
        """Use `secret`, which is kept nowhere else."""
        self._secret = secret

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Keyring":
        """Return the keyring of the key in `environment`.

        Raises:
            StillupError: there is none, or it is short.
        """
        written = environment.get(VARIABLE, "").strip()
        if not written:
            raise StillupError(
                f"The environment has no {VARIABLE}: the ledger names recipients by it. "
                "Make one with `openssl rand -hex 32`, keep it as you keep a password, and never change it."
            )
        if len(written) < SHORTEST:
            raise StillupError(
                f"{VARIABLE} is shorter than {SHORTEST} characters. Make one with `openssl rand -hex 32`."
            )
        return cls(written.encode())

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that are the same for the same key."""
        return self._make(b"ledger", b"")[:8].hex()

    @property
    def salt(self) -> bytes:
        """16 bytes made of the key, for a store that needs some."""
        return self._make(b"salt", b"")

    def recipient(self, channel: str, address: str) -> bytes:
        """Return the 16 bytes that stand for `address` on `channel`, however it is spelled."""
        return hmac.digest(self._secret, f"recipient\0{channel}\0{_normal(channel, address)}".encode(), "sha256")[:SIZE]

    def provider(self, name: str) -> str:
        """Return the 32 hexadecimal digits that stand for a provider."""
        return self._make(b"provider", name.encode()).hex()

    def digest(self, message: Message) -> bytes:
        """Return 16 bytes over everything of `message` that leaves."""
        head = f"{message.key}\0{message.to}\0{message.subject}\0{message.media_type}\0".encode(
            "utf-8", "surrogatepass"
        )
        return self._make(b"message", head + message.body)

    def _make(self, purpose: bytes, text: bytes) -> bytes:
        return hmac.digest(self._secret, purpose + b"\0" + text, "sha256")[:SIZE]


def sending_key(event: str, channel: str, recipient: bytes, generation: int = 0) -> str:
    """Return the key under which one recipient gets one event: the same for every try, until people say `resend`."""
    again = f"/again-{generation}" if generation else ""
    return f"{event}/{channel}/{recipient.hex()}{again}"


def _normal(channel: str, address: str) -> str:
    """Return one spelling of `address`: two spellings of a mailbox are one person."""
    address = address.strip()
    if channel != "email":
        return address
    local, _, domain = address.lower().rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}"
