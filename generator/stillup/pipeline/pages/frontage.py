"""What MkDocs and the theme made: the shells of status pages, and every file that is published as it is."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from stillup.pipeline.reading.basis import of_files
from stillup.pipeline.tree.tree import files
from stillup.site.shell import Shell

_LUNR = "assets/javascripts/lunr/"


class Frontage:
    """A folder with `shells/` and `static/`, complete only once it holds its key, which seals every byte of both."""

    def __init__(self, folder: Path) -> None:
        """Use the frontage below `folder`."""
        self._folder = folder
        self.static = folder / "static"
        self._shells = folder / "shells"
        self._texts: dict[str, str] = {}

    def put(self, kind: str, text: str) -> None:
        """Keep what MkDocs made of the sentinel page of `kind`."""
        self._texts[kind] = text

    def done(self, key: str = "") -> None:
        """Keep all shells on disk; `key` says from what they were made."""
        shutil.rmtree(self._shells, ignore_errors=True)
        self._shells.mkdir(parents=True)
        for kind, text in self._texts.items():
            file = self._shells / f"{kind}.html"
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self.sign(key)

    def sign(self, key: str) -> None:
        """Say from what the frontage was made, and what it holds."""
        (self._folder / "key").write_text(f"{key}\n{self._holds()}" if key else "", encoding="utf-8")

    def forget(self) -> None:
        """Hold it for incomplete from now on, until it is signed again."""
        (self._folder / "key").unlink(missing_ok=True)

    def fits(self, key: str) -> bool:
        """Whether a complete frontage made from `key` is here, and nothing in it was lost or damaged since."""
        try:
            kept = (self._folder / "key").read_bytes()
            return key != "" and kept == f"{key}\n{self._holds()}".encode()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return False

    def _holds(self) -> str:
        return f"{of_files(self.static, self.published())} {of_files(self._shells, files(self._shells))}"

    def shells(self, language: str = "") -> dict[str, Shell]:
        """Return the shells by kind: those of the page's main language, or of the tree of another `language`.

        Raises:
            StillupError: an override lost or doubled a slot.
        """
        if self._texts:
            within = {kind.rpartition("/")[::2]: text for kind, text in self._texts.items()}
            kept = {kind: text for (tree, kind), text in within.items() if tree == language}
        else:
            kept = {path.stem: path.read_text(encoding="utf-8") for path in (self._shells / language).glob("*.html")}
        return {kind: Shell.of(kind, text) for kind, text in sorted(kept.items())}

    def published(self) -> Iterator[str]:
        """Return the path of every static file that visitors may fetch.

        Source maps and the stemmers of languages that the page does not speak are left out (2 MB), and so is the
        compressed sitemap, which holds the time it was made.
        """
        for path in files(self.static):
            if path.endswith(".map") or path.startswith(_LUNR) or path == "sitemap.xml.gz":
                continue
            yield path
