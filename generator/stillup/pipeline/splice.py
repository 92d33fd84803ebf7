"""What changed in a published list of finished texts: a few of thousands are put in place of those that stood there."""

from collections.abc import Callable

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

    def applied(self, body: str) -> str | None:
        """Return `body` with everything that changed; None where that cannot be said for sure."""
        if self._moved:
            return None
        for old, new in self._pairs:
            if body.count(old) != 1:
                return None
            body = body.replace(old, new)
        return body


def respliced(path: str, changes: Splice, published: Callable[[str], bytes | None], media_type: str) -> Artifact | None:
    """Return the file at `path` as it was `published`, with `changes`; None where it has to be drawn."""
    body = published(path)
    text = changes.applied(body.decode()) if body is not None else None
    return None if text is None else Artifact(path=path, body=text.encode(), media_type=media_type)
