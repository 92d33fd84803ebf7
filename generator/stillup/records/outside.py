"""Links and other strange entries where everything is published as it stands: pages, templates and styles.

What a link leads to would be published with the rest: private records, a password file, the environment of a job.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from stillup.errors import Problem

_FOLDERS = ("docs", "site_overrides", "messages")


def outside(root: Path) -> tuple[Problem, ...]:
    """Return a problem for each link that leaves its folder or leads to one, and for whatever is no plain file."""
    found: list[Problem] = []
    for name in _FOLDERS:
        if (root / name).is_symlink():
            found.append(_problem(name, "The folder is a link.", "Put the folder itself here."))
        elif (root / name).is_dir():
            found += _within(root / name, name)
    return tuple(sorted(found))


def _within(top: Path, name: str) -> Iterator[Problem]:
    home = top.resolve()
    pending = [(str(top), name)]
    while pending:
        where, path = pending.pop()
        with os.scandir(where) as entries:
            for entry in entries:
                inner = f"{path}/{entry.name}"
                if entry.is_symlink():
                    target = Path(os.path.realpath(entry.path))
                    if not target.is_relative_to(home):
                        yield _problem(inner, f"This link leaves {name}/.", "Put the file itself here.")
                    elif not target.is_file():
                        yield _problem(inner, "This link does not lead to a file.", "Put the file itself here.")
                elif entry.is_dir():
                    pending.append((entry.path, inner))
                elif not entry.is_file():
                    yield _problem(inner, "This is not a plain file.", "Remove it.")


def _problem(path: str, message: str, fix: str) -> Problem:
    return Problem(file=path, code="link", message=message, fix=fix)
