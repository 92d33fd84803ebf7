"""A mail that is written once and filled in for each recipient: bytes are joined, nothing is rendered again."""

import re
from binascii import b2a_qp
from collections.abc import Callable
from html import escape

GAP = "stillup9gap9{}9"
"""What stands for a personal address while a mail is rendered: plain letters, which no renderer touches."""

_GAP = re.compile(GAP.format("(manage|unsubscribe)"))
_SHORT = 70
_GUARD = b"=01"


def gap(name: str) -> str:
    """Return what to render in the place of `name`."""
    return GAP.format(name)


def part(text: str, *, html: bool) -> list[bytes | tuple[str, Callable[[str], bytes]]]:
    """Return `text` as quoted-printable pieces, each gap as its name and how a value is written there.

    A gap has lines of its own (soft breaks, RFC 2045, 6.7): its length moves nothing else.
    """
    pieces: list[bytes | tuple[str, Callable[[str], bytes]]] = []
    for number, piece in enumerate(_GAP.split(text)):
        if number % 2:
            pieces += [b"=\r\n", (piece, _in_html if html else _in_text), b"=\r\n"]
        else:
            pieces.append(_printable(piece))
    return pieces


def _printable(text: str) -> bytes:
    """Return quoted-printable that may be followed by a soft break: its last line leaves room for one."""
    written = b2a_qp(text.encode("utf-8") + b"\x01", istext=True)
    if not written.endswith(_GUARD):
        raise ValueError("quoted-printable without its guard")
    return written.removesuffix(_GUARD).replace(b"\n", b"\r\n")


def _in_text(url: str) -> bytes:
    if len(url) <= _SHORT and "=" not in url and url.isascii():
        return url.encode("ascii")
    return b2a_qp(url.encode("utf-8") + b"\x01", istext=True).removesuffix(_GUARD).replace(b"\n", b"\r\n")


def _in_html(url: str) -> bytes:
    return _in_text(escape(url)) if "&" in url or '"' in url or "<" in url or "'" in url else _in_text(url)
