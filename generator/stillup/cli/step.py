"""How a long run shows where it is: a line that moves on a terminal, a line a step elsewhere. All of it on stderr."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from stillup.pipeline.building.step import Silent, Steps

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status


class Lines:
    """A line for each step that ended, for logs; what a build came to is told at the end in any case."""

    def __init__(self) -> None:
        """Begin before the first step."""
        self._step, self._began = "", time.monotonic()

    def begin(self, step: str) -> None:
        """Remember when it began."""
        self._step, self._began = step, time.monotonic()

    def say(self, text: str) -> None:
        """Say nothing: a log wants ends."""

    def wait(self, text: str) -> None:
        """Print it."""
        click.echo(f"{self._step}: {text}", err=True)

    def end(self, text: str) -> None:
        """Print what came of the step."""
        if self._step in ("check", "build"):
            return
        click.echo(f"{self._step}: {text} ({time.monotonic() - self._began:.1f} s)", err=True)


class Moving:
    """A line that moves while a step goes on, and stays when it has ended."""

    def __init__(self, console: "Console", status: "Status") -> None:
        """Write on `console`, of which `status` is the last line."""
        self._console, self._status = console, status
        self._step, self._began = "", time.monotonic()

    def begin(self, step: str) -> None:
        """Show that it goes on."""
        self._step, self._began = step, time.monotonic()
        self._status.update(f"[bold]{step}[/]")

    def say(self, text: str) -> None:
        """Show what is being done."""
        self._status.update(f"[bold]{self._step}[/] {_plain(text)}")

    def wait(self, text: str) -> None:
        """Show it until something moves."""
        self.say(text)

    def end(self, text: str) -> None:
        """Let the line stand."""
        took = time.monotonic() - self._began
        self._console.print(f"[bold]{self._step:8}[/] {_plain(text)} [dim]{took:.1f} s[/]", highlight=False)
        self._status.update("")


def _plain(text: str) -> str:
    """Return `text` so that no bracket in it is taken for a colour."""
    from rich.markup import escape

    return escape(text)


@contextmanager
def shown(quiet: bool) -> Iterator[Steps]:
    """Yield what shows steps as this terminal can; `quiet`: not at all."""
    if quiet:
        yield Silent()
    elif not sys.stderr.isatty():
        yield Lines()
    else:
        from rich.console import Console

        console = Console(stderr=True)
        with console.status("") as status:
            yield Moving(console, status)
