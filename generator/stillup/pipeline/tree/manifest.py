"""What is published, file by file: path, digest and size, with the files of single records in a part for each year.

Parts are bounded: a year has several where it has far more records than one holds, and so has the history.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha256

from stillup.api.artifact import JSON, filled, iso, text
from stillup.artifact import Artifact
from stillup.pipeline.tree.movement import Movement
from stillup.pipeline.tree.splice import respliced
from stillup.pipeline.tree.standing import Standing
from stillup.portion import cut
from stillup.records.index import Index
from stillup.views.edition import Edition

PATH = "api/stillup/v1/manifest.json"
PART = 500
"""How many records, or files of the history, a part holds."""

_NOTE = "published"
_FOLDER = "api/stillup/v1/manifest/"
_MONTH = len("history/2026-11/")


def line(path: str, body: bytes) -> str:
    """Return a file as the manifest lists it. Paths of records need no escape in JSON."""
    return f'{{"path":"{path}","digest":"{sha256(body).hexdigest()}","size":{len(body)}}}'


class Manifest:
    """Collects every file that is not one record's alone."""

    def __init__(self, index: Index, read: Callable[[str], bytes]) -> None:
        """Use what `index` kept of the last run; `read` returns a published file of which nothing is kept."""
        self._index, self._read = index, read
        self._known: dict[str, list[object]] = json.loads(index.note(_NOTE) or "{}")
        self._files: dict[str, list[object]] = {}
        self._shelved: set[str] = set()

    def put(self, path: str, body: bytes) -> None:
        """Take a file that this run made."""
        self._files[path] = [sha256(body).hexdigest(), len(body)]

    def keep(self, path: str) -> None:
        """Take a file that stands."""
        known = self._known.get(path)
        if known is None:
            self.put(path, self._read(path))
        else:
            self._files[path] = known

    def published(self, path: str) -> bytes | None:
        """Return a file just as the last run published it; None where it is not there, or is another by now."""
        try:
            body = self._read(path)
        except FileNotFoundError:
            return None
        return body if self._known.get(path) == [sha256(body).hexdigest(), len(body)] else None

    def parts(self, moved: Movement, standing: Standing) -> Iterator[Artifact]:
        """Yield the parts in which something has moved: the files of the records that began in a year."""
        for year in sorted(moved.shelf.years()):
            name = f"manifest/{year}"
            yield from standing.unless(year in moved.parts, name, partial(self._part, year, moved, standing))

    def _part(self, year: int, moved: Movement, standing: Standing) -> Iterable[Artifact]:
        known = respliced(standing.files(f"manifest/{year}"), moved.in_parts[year], self.published, JSON)
        if known is not None:
            yield from known
            return
        parts, rest = cut([each.files for each in moved.shelf.of_year(year) if each.files], PART)
        for number, listed in enumerate([rest, *parts]):
            body = filled(text({"year": year, "files": []}), listed)
            path = f"{_FOLDER}{year}{f'-{number}' if number else ''}.json"
            yield Artifact(path=path, body=body.encode() + b"\n", media_type=JSON)

    def shelved(self) -> Iterator[Artifact]:
        """Yield parts with files of the history, as many as `manifest.json` would have to hold too many."""
        self._shelved.clear()
        parts, _ = cut(sorted([path for path in self._files if path.startswith("history/")], key=_numbered), PART)
        for number, paths in enumerate(parts, 1):
            path = f"{_FOLDER}history-{number}.json"
            yield Artifact(path=path, body=text({"files": self._listed(paths)}).encode() + b"\n", media_type=JSON)
            self._shelved.update(paths)

    def whole(self, edition: Edition) -> Artifact:
        """Return the manifest of everything that was taken, and keep it for the next run."""
        self._index.keep(_NOTE, json.dumps(self._files, separators=(",", ":")))
        document = {
            "at": iso(edition.at),
            "commit": edition.commit or None,
            "parts": [path for path in sorted(self._files) if path.startswith(_FOLDER)],
            "files": self._listed(sorted(self._files.keys() - self._shelved)),
        }
        return Artifact(path=PATH, body=text(document).encode() + b"\n", media_type=JSON)

    def _listed(self, paths: Iterable[str]) -> list[dict[str, object]]:
        return [{"path": path, "digest": self._files[path][0], "size": self._files[path][1]} for path in paths]


def _numbered(path: str) -> tuple[str, int, str]:
    """Order the files of a month, which are next to each other, by their numbers: the tenth comes after the ninth."""
    return path[:_MONTH], len(path), path
