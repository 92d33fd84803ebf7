"""Messages as files: a way to send that reaches nobody, for trying everything else."""

import hashlib
import os
from datetime import datetime
from pathlib import Path

from stillup.delivery.receipt import Outcome, Policy, Receipt
from stillup.messages.message import Message

_SUFFIX = {"message/rfc822": ".eml", "application/json": ".json", "text/plain": ".txt"}


class Outbox:
    """Writes each message into a folder; the same key is the same file."""

    def __init__(self, name: str, folder: Path) -> None:
        """Take messages of the channel `name`; `folder` is made when the first one comes."""
        self.name = name
        self._folder = folder / name
        self.policy = Policy(repeat_unknown=True, rate=10_000)

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        """Write the message; one of this key that is there is the same, and is left alone."""
        file = f"{hashlib.sha256(key.encode()).hexdigest()[:32]}{_SUFFIX.get(message.media_type, '.bin')}"
        target = self._folder / file
        try:
            if not target.exists():
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # There are addresses in it.
                new = target.with_suffix(f"{target.suffix}.new")
                with new.open("wb") as out:
                    out.write(message.body)
                    out.flush()
                    os.fsync(out.fileno())
                new.replace(target)
        except OSError as error:
            return Receipt(outcome=Outcome.LATER, reason=f"The folder cannot be written: {error.strerror}.", halt=True)
        return Receipt(outcome=Outcome.ACCEPTED, reference=file)

    def probe(self) -> Receipt:
        """See that files can be written there."""
        there = next(each for each in (self._folder, *self._folder.parents) if each.exists())
        if not there.is_dir() or not os.access(there, os.W_OK):
            return Receipt(outcome=Outcome.LATER, reason=f"{there} is no folder that can be written.", halt=True)
        return Receipt(outcome=Outcome.ACCEPTED, reference=f"files in {self._folder}")

    def close(self) -> None:
        """Nothing is kept open."""
