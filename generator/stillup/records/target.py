"""The settings of deployment: the places that the built page goes to."""

import re
from collections.abc import Iterator
from typing import Annotated

from stillup.frozen import dataclass
from stillup.records.field import Flag, Line
from stillup.records.mark import Bounded, Parsed, Strict
from stillup.records.refusal import Unusable, shown

_BRANCH = r"(?!.*(?:\.\.|//|@\{|\.lock(?:/|$)))[^\s~^:?*\[\\/.-][^\s~^:?*\[\\]*"


def branch_name(written: object) -> str:
    """Return the name of a branch of git."""
    if isinstance(written, str) and re.fullmatch(
        r"(?!.*(\.\.|//|@\{|\.lock(/|$)))[^\s~^:?*\[\\/.-][^\s~^:?*\[\\]*", written
    ):
        return written.removeprefix("refs/heads/").rstrip("/")
    raise Unusable(f"{shown(written)} is not the name of a branch.", "Write one such as gh-pages.")


def destination(written: object) -> str:
    """Return a place that is no option of a command."""
    if isinstance(written, str) and written.strip() and not written.startswith("-") and "\n" not in written:
        return written.strip()
    raise Unusable(f"{shown(written)} is not a place.", "Write it as status@host.example.com:/srv/status.")


Branch = Annotated[str, Parsed(branch_name, {"type": "string"})]
Destination = Annotated[str, Parsed(destination, {"type": "string", "pattern": r"^\s*[^\s-]"})]
Kept = Annotated[int, Bounded({"strict": True, "ge": 1, "le": 100})]

KINDS = ("folder", "git", "rsync")
"""The key that says what a place is."""

_OF_KIND = {"keep": "folder", "branch": "git", "history": "git", "port": "rsync"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployTarget(Strict):
    """A place that the built page goes to: `folder`, `git` or `rsync` says what it is."""

    folder: Line = ""
    """A link of this name shows the page that is served; from the root."""

    keep: Kept = 3
    """How many pages before the present one are kept beside a folder."""

    git: Destination = ""
    """A remote by its name or address."""

    branch: Branch = "gh-pages"
    """The branch of the remote that holds the page."""

    history: Flag = True
    """Whether each page is a commit after the one before; without it the branch has one commit."""

    rsync: Destination = ""
    """`user@host:/folder` by SSH, `rsync://host/module/folder` by a daemon; from the root where it names no host."""

    port: Annotated[int, Bounded({"strict": True, "ge": 1, "le": 65535})] | None = None
    """The port of SSH, or of the daemon."""

    @property
    def kind(self) -> str:
        """Return the key that says what it is."""
        return next(name for name in KINDS if getattr(self, name))


def wrong(written: dict[object, object]) -> Iterator[tuple[str, str, str]]:
    """Yield the key, what is wrong and what to write, of keys of one target that do not fit together."""
    kinds = [kind for kind in KINDS if written.get(kind)]
    if not kinds:
        yield "", "This place is neither a folder nor a branch nor reached by rsync.", "Write folder:, git: or rsync:."
    elif len(kinds) > 1:
        yield kinds[1], f"This place is {kinds[0]} and {kinds[1]} at once.", "Make two entries of it."
    else:
        for key, kind in _OF_KIND.items():
            if key in written and kind != kinds[0]:
                yield key, f"{key} belongs to {kind}, and this place is {kinds[0]}.", "Leave the line out."
