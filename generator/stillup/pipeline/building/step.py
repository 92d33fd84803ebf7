"""What a long run tells of itself while it goes on."""

from typing import Protocol


class Steps(Protocol):
    """Hears of each step; words are for people."""

    def begin(self, step: str) -> None:
        """Hear that `step` begins: check, build, deploy, wait, deliver."""

    def say(self, text: str) -> None:
        """Hear what is being done in it."""

    def wait(self, text: str) -> None:
        """Hear that something outside of us is waited for: without a word the run would look as if it hung."""

    def end(self, text: str) -> None:
        """Hear what came of it."""


class Silent:
    """Tells nobody."""

    def begin(self, step: str) -> None:
        """Say nothing."""

    def say(self, text: str) -> None:
        """Say nothing."""

    def wait(self, text: str) -> None:
        """Say nothing."""

    def end(self, text: str) -> None:
        """Say nothing."""
