"""What a machine refuses, in words: a full disk is nobody's bug, and a person can mend it; so is a terminal's text."""

import errno
import os
import sqlite3
from pathlib import Path

_WORDS = {
    errno.ENOSPC: "The disk is full. Make room, then run the command again.",
    errno.EDQUOT: "The disk quota of this user is used up. Make room, then run the command again.",
    errno.EFBIG: "A file may not become so large here. Raise the limit (ulimit -f), then run the command again.",
    errno.EIO: "The disk does not read or write. Look at it, or name another place.",
    errno.EROFS: "The disk can only be read. Mount it for writing, or name another place.",
    errno.EACCES: "This user may not read or write there. Mend the rights, or name another place.",
    errno.EPERM: "This user may not do that there. Mend the rights, or name another place.",
    errno.EMFILE: "Too many files are open. Raise the limit (ulimit -n), then run the command again.",
    errno.ENFILE: "Too many files are open on this machine. End what is not needed, then run the command again.",
}

_DATABASE = {
    sqlite3.SQLITE_FULL: _WORDS[errno.ENOSPC],
    sqlite3.SQLITE_IOERR: _WORDS[errno.EIO],
    sqlite3.SQLITE_READONLY: _WORDS[errno.EROFS],
    sqlite3.SQLITE_CANTOPEN: _WORDS[errno.EACCES],
    sqlite3.SQLITE_PERM: _WORDS[errno.EACCES],
    sqlite3.SQLITE_BUSY: "Another run holds it. Wait for its end, then run the command again.",
}
"""By primary result code (sqlite.org/rescode.html)."""


def refused(error: Exception) -> str | None:
    """Return what the machine refuses and what to do; None where `error` is no refusal but our own mistake."""
    if isinstance(error, sqlite3.OperationalError):
        words = _DATABASE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        return words and f"A file of the database SQLite: {words}"
    if isinstance(error, UnicodeEncodeError):
        return _undecoded(error)
    if not isinstance(error, OSError):
        return None
    place = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes | os.PathLike) else ""
    if isinstance(error, FileExistsError | NotADirectoryError):
        return _in_the_way(place)
    words = _WORDS.get(error.errno or 0)
    return words and (f"{place}: {words}" if place else words)


def _in_the_way(place: str) -> str | None:
    """Return which file stands where a folder belongs, at `place` or on the way there."""
    for each in (Path(place), *Path(place).parents) if place else ():
        if os.path.lexists(each) and not each.is_dir():
            return f"{each}: A file, or a link to nothing, stands where a folder belongs. Move it away."
    return None


def _undecoded(error: UnicodeEncodeError) -> str | None:
    """Return what is wrong with a text from outside: bytes that were no UTF-8 stand in it as Python keeps them."""
    first = ord(error.object[error.start])
    if not 0xDC80 <= first <= 0xDCFF:
        return None
    before = error.object[: error.start].rpartition("\n")[2][-20:].lstrip()
    where = f'after "{before}"' if before else "at the beginning of a text"
    return (
        f"The byte 0x{first - 0xDC00:02X} {where} is not UTF-8. Write the text in UTF-8, as terminals do whose "
        "language is such as en_US.UTF-8, then run the command again."
    )
