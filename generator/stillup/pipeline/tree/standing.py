"""Files that stand because nothing they are drawn from has moved."""

from collections.abc import Callable, Iterable, Iterator

from stillup.artifact import Artifact
from stillup.pipeline.tree.tree import digest
from stillup.records.index import Index


class Standing:
    """Decides for each group of files whether it is drawn again, and remembers which ones stand."""

    def __init__(self, index: Index, present: Callable[[str], bool], *, whole: bool) -> None:
        """Use notes of `index`; `present` says whether a file is there; `whole`: nothing can be trusted."""
        self._index, self._present, self._whole = index, present, whole
        self.paths: list[str] = []

    def basis(self, name: str) -> str:
        """Return what the files of a group were last drawn on; empty where they never were."""
        return self._index.note(f"drawn from/{name}").split("\n")[0]

    def files(self, name: str) -> list[str]:
        """Return the paths of the files in which a group was last drawn."""
        return self._index.note(f"drawn from/{name}").split("\n")[1:]

    def unless(
        self, moved: bool, name: str, draw: Callable[[], Iterable[Artifact]], basis: str = "moved"
    ) -> Iterator[Artifact]:
        """Return the files of `draw` where something has `moved`, or let those of the last run stand.

        What they are drawn from must be the same wherever nothing has moved since then, and their `basis` is: what
        else decides which records they hold. `name` names the group.
        """
        kept = self._index.note(f"drawn from/{name}").split("\n")
        if not self._whole and not moved and kept[0] == basis and all(map(self._present, kept[1:])):
            self.paths += kept[1:]
            return
        yield from self._draw(name, basis, draw)

    def kept(self, name: str, drawn_from: list[object], draw: Callable[[], Iterable[Artifact]]) -> Iterator[Artifact]:
        """Return the files of `draw`, or let them stand where `drawn_from` reads as it did."""
        basis = digest(repr(drawn_from).encode())
        kept = self._index.note(f"drawn from/{name}").split("\n")
        if not self._whole and kept[0] == basis and all(map(self._present, kept[1:])):
            self.paths += kept[1:]
            return
        yield from self._draw(name, basis, draw)

    def _draw(self, name: str, basis: str, draw: Callable[[], Iterable[Artifact]]) -> Iterator[Artifact]:
        paths = []
        for artifact in draw():
            paths.append(artifact.path)
            yield artifact
        self._index.keep(f"drawn from/{name}", "\n".join([basis, *paths]))
