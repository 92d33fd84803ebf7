"""Whether a page that waits to be deployed is as it was built, file by file, by its own manifest."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from stillup.errors import StillupError
from stillup.pipeline.tree.manifest import PATH

_NAMED = 3


def prove(site: Path) -> None:
    """See that every file of the page in `site` is there and holds what was built; files beside them are no matter.

    Raises:
        StillupError: one does not, or the page has no manifest.
    """
    wrong = [path for path, digest, size in _listed(site, "") if not _holds(site / path, digest, size)]
    if wrong:
        rest = len(wrong) - _NAMED
        named = ", ".join(wrong[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
        raise StillupError(
            f"The page in {site} is not as it was built: {named}. Run stillup build, or deploy it with --as-it-is."
        )


def _listed(site: Path, base: str) -> Iterator[tuple[str, str, int]]:
    """Yield path, digest and size of every file of the tree at `base`, and of those in other languages below it."""
    listed, parts = _read(site / base / PATH)
    for files in (listed, *(_read(site / base / part)[0] for part in parts)):
        for path, digest, size in files:
            yield f"{base}{path}", digest, size
            if path.endswith(f"/{PATH}"):
                yield from _listed(site, f"{base}{path.removesuffix(PATH)}")


def _read(path: Path) -> tuple[list[tuple[str, str, int]], list[str]]:
    """Return the files that a manifest lists, and its parts.

    Raises:
        StillupError: it is none.
    """
    try:
        document = json.loads(path.read_bytes())
        files = [(str(each["path"]), str(each["digest"]), int(each["size"])) for each in document["files"]]
        return files, [str(part) for part in document.get("parts", ())]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise StillupError(f"{path} cannot be read: nothing says what was built. Run stillup build.") from None


def _holds(path: Path, digest: str, size: int) -> bool:
    try:
        return path.stat().st_size == size and sha256(path.read_bytes()).hexdigest() == digest
    except (OSError, ValueError):
        return False
