"""What becomes of a command whose output is not taken: it ends as other tools do, in a line at most."""

import errno
import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import UnsupportedOperation

import click

CLOSED = 128 + signal.SIGPIPE
"""The exit status where whoever read the output has gone, as shells know it of tools that SIGPIPE ends.

We cannot let SIGPIPE do it: a receiver that hangs up must not end a delivery.
"""


@contextmanager
def taken() -> Iterator[None]:
    """End the command where stdout or stderr takes nothing any more: quietly at a closed pipe, else in a line."""
    try:
        yield
    except OSError as error:
        name = next((each for each in ("stdout", "stderr") if _fails(each)), None)
        if name is None:
            raise
        # Whatever waits to be written would fail once more when the interpreter ends.
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, getattr(sys, name).fileno())
        os.close(nothing)
        if error.errno == errno.EPIPE:
            sys.exit(CLOSED)
        click.echo(f"{name}: {os.strerror(error.errno or 0)}.", err=True)
        sys.exit(1)


def _fails(name: str) -> bool:
    """Whether a stream takes nothing: it holds what it cannot write, or, where it holds nothing back, says so."""
    stream = getattr(sys, name)
    if stream is None:  # It was closed from the beginning: then nothing is written to it.
        return False
    try:
        stream.flush()
        os.write(stream.fileno(), b"")
    except UnsupportedOperation:
        return False  # It is none of the system's.
    except OSError:
        return True
    asked = select.poll()
    asked.register(stream.fileno(), 0)
    return any(found & select.POLLERR for _, found in asked.poll(0))
