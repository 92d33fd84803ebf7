"""What a change will look like, before it is made: the files, the page's words, the messages."""

from collections.abc import Iterator
from difflib import unified_diff
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stillup.messages.message import Message
    from stillup.pipeline.change.trial import Trial


def proof(root: Path, trial: "Trial") -> Iterator[str]:
    """Yield the lines of the whole proof."""
    yield from words(trial)
    yield ""
    yield from difference(root, trial)


def words(trial: "Trial") -> Iterator[str]:
    """Yield what readers will see; nothing where no words are new."""
    view, update = trial.view, trial.update
    if view is None or update is None:
        return
    yield f"== Page: {update.place}"
    yield view.title
    yield f"{update.word} · {update.time.text}"
    if update.withdrawn is not None:
        yield "Withdrawn."
    for affected in update.affected:
        yield f"{affected.state.word}: {affected.short or ', '.join(affected.names)}"
    yield ""
    yield update.body.text
    for fact in update.facts:
        yield f"{fact.label}: {fact.text}"
    if update.promise is not None:
        yield f"Next update by {update.promise.time.text}"
    if not trial.change.news and update.corrected:
        yield ""
        yield f"== Correction, to everybody who was told: {update.corrected}"
    elif not trial.messages:
        yield ""
        yield "== No message: nobody is notified of this."
    for message in trial.messages:
        yield ""
        yield from _message(message)
    if trial.unread:
        yield ""
        yield trial.unread


def _message(message: "Message") -> Iterator[str]:
    if message.media_type != "message/rfc822":
        yield f"== {message.channel} to {message.audience}: {message.kind}, {len(message.body)} bytes"
        return
    yield f"== {message.channel} to {message.audience}: {message.subject}"
    part = message_from_bytes(message.body, policy=default).get_body(("plain",))
    if part is not None:
        yield str(part.get_content()).replace("\r\n", "\n").rstrip()


def difference(root: Path, trial: "Trial") -> Iterator[str]:
    """Yield every file's change as `diff -u` shows it."""
    for path, body in sorted(trial.change.files.items()):
        there = root / path
        old = there.read_bytes().decode().splitlines() if there.is_file() else []
        new = body.decode().splitlines() if body is not None else []
        before = path if there.is_file() else "/dev/null"
        yield from unified_diff(old, new, before, path if body is not None else "/dev/null", lineterm="")
