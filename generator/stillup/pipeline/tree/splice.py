"""What changed in a published list of finished texts: a few of thousands are put in place of those that stood there.

A list may stand in several files.
"""

from collections.abc import Callable, Iterable, Sequence

from stillup.artifact import Artifact


class Splice:
    """Collects old texts and the new ones in their places, as long as nothing came, went or moved."""

    def __init__(self) -> None:
        """Begin with a list in which nothing changed."""
        self._pairs: list[tuple[str, str]] = []
        self._moved = False

    def replace(self, old: str, new: str) -> None:
        """Note that `new` stands where `old` stood."""
        if not old or not new:
            self._moved = True
        elif old != new:
            self._pairs.append((old, new))

    def move(self) -> None:
        """Note that a text came, went or has another place: only drawing all of it says where."""
        self._moved = True

    def applied(self, bodies: Sequence[str]) -> list[str] | None:
        """Return `bodies` with everything that changed; None where that cannot be said for sure."""
        if self._moved:
            return None
        found = list(bodies)
        for old, new in self._pairs:
            counts = [body.count(old) for body in found]
            if sum(counts) != 1:
                return None
            number = counts.index(1)
            found[number] = found[number].replace(old, new)
        return found


def respliced(
    paths: Iterable[str], changes: Splice, published: Callable[[str], bytes | None], media_type: str
) -> list[Artifact] | None:
    """Return the files at `paths`, which hold one list, as they were `published`, with `changes`.

    None where they have to be drawn.
    """
    known = [(path, published(path)) for path in paths]
    bodies = [body.decode() for _, body in known if body is not None]
    texts = changes.applied(bodies) if bodies and len(bodies) == len(known) else None
    if texts is None:
        return None
    return [
        Artifact(path=path, body=body.encode(), media_type=media_type)
        for (path, _), body in zip(known, texts, strict=True)
    ]
