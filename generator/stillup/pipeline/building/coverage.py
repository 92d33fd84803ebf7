"""How much of the page each of its other languages has: fixed words, who reviewed them, and every text of a record."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from stillup import catalogue
from stillup.catalogue import INSIDE
from stillup.errors import Level, Problem
from stillup.frozen import dataclass
from stillup.records import configuration, store
from stillup.records.document import Document, Loc
from stillup.records.folder import contents
from stillup.records.reading import read
from stillup.records.store import GROUPS
from stillup.vocabulary import FIXED, TEXTS

COMPONENTS = "components"
_OF_UPDATE = ("body", "correction", *TEXTS)
_OF_COMPONENT = ("name", "description")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One language of the page."""

    language: str
    words: int
    """How many fixed phrases it has."""

    missing: tuple[str, ...]
    """Beginnings of the keys it has none of: groups of messages, which are then in the page's own language."""

    unreviewed: int
    """How many of its phrases nobody has reviewed who grew up with it; 0 where the settings say they are reviewed."""

    texts: int
    """How many texts of records there are to translate; none into the page's own language."""

    lacking: tuple[Problem, ...]
    """A note for each text that it lacks."""

    def line(self) -> str:
        """Return the same for people."""
        known = catalogue.NAMES[catalogue.spoken(self.language)]
        said = f"{self.language} ({known}): {self.words} fixed phrases, "
        said += f"{self.unreviewed} of them not reviewed" if self.unreviewed else "reviewed"
        if self.missing:
            said += f", none for {', '.join(self.missing)}"
        if self.texts:
            said += f"; {self.texts - len(self.lacking)} of {self.texts} texts of records"
        return f"{said}."


def coverage(root: Path) -> tuple[Coverage, ...]:
    """Return the coverage of every language of the page at `root`, its own first: its texts are what was written.

    Files that cannot be read are left out: `check` says what is wrong with them.
    """
    settings, _ = configuration.settings(root)
    languages = [each for each in settings.languages if catalogue.spoken(each)]
    texts = [(document, *found) for document in _documents(root) for found in _texts(document)]
    found = []
    for number, tag in enumerate(languages):
        language = catalogue.language(catalogue.spoken(tag))
        groups = {key.partition(".")[0] for key in language.phrases}
        found.append(
            Coverage(
                language=tag,
                words=len(language.phrases),
                missing=tuple(sorted(INSIDE - groups)),
                unreviewed=0 if tag in settings.reviewed else language.unreviewed,
                texts=len(texts) if number else 0,
                lacking=tuple(_lacking(texts, tag, language.code)) if number else (),
            )
        )
    return tuple(found)


def _lacking(texts: list[tuple[Document, Loc, str]], tag: str, code: str) -> Iterator[Problem]:
    for document, parent, name in texts:
        if not any(document.at((*parent, "translations", each, name)) for each in (tag, code)):
            said = f"There is no translation into {tag}."
            fix = f"Write translations: {{{tag}: {{{name}: ...}}}} beside it."
            problem = document.problem((*parent, name), said, fix, code="untranslated", at_key=True)
            yield replace(problem, level=Level.NOTE)


def _documents(root: Path) -> Iterator[Document]:
    records, _ = store.files(root)
    paths = [path for file in records for path in (file.path, *file.updates)]
    described = sorted((root / COMPONENTS).rglob("*.yml")) if (root / COMPONENTS).is_dir() else []
    paths += [path.relative_to(root).as_posix() for path in described]
    for path in paths:
        if path != GROUPS and any(part.startswith("_") for part in path.split("/")):
            continue
        data, problem = contents(root, path)
        document = None if problem else read(data, path)[0]
        if document is not None:
            yield document


def _texts(document: Document) -> Iterator[tuple[Loc, str]]:
    """Yield every text that may be translated: the way to what it belongs to, and its name."""
    value = document.value
    if document.file.startswith(f"{COMPONENTS}/"):
        places: list[tuple[Loc, tuple[str, ...]]] = [((), _OF_COMPONENT)]
        if isinstance(value, list):
            places = [((number,), _OF_COMPONENT) for number in range(len(value))]
    elif "/updates/" in document.file:
        places = [((), _OF_UPDATE)]
    else:
        updates = document.at(("updates",))
        count = len(updates) if isinstance(updates, list) else 0
        places = [((), ("title",)), *[(("updates", number), _OF_UPDATE) for number in range(count)]]
        places.append((("postmortem",), ("body",)))
    for parent, names in [each for place in places for each in _standing(document, *place)]:
        for name in names:
            text = document.at((*parent, name))
            if isinstance(text, str) and text.strip() and (name, text) not in FIXED:
                yield parent, name


def _standing(document: Document, parent: Loc, names: tuple[str, ...]) -> Iterator[tuple[Loc, tuple[str, ...]]]:
    """Yield what readers see: of a withdrawn update only why it was withdrawn."""
    for mark in ("withdrawn", "redacted"):
        if document.at((*parent, mark)):
            yield (*parent, mark), ("reason",)
    if not document.at((*parent, "withdrawn")):
        yield parent, names
