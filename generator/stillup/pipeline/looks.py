"""What the page itself chose: its language, colours and wording of messages, and what is wrong with them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from stillup import catalogue
from stillup.errors import Problem
from stillup.records import configuration
from stillup.records.refusal import shown
from stillup.records.settings import Settings
from stillup.site.brand import BRANDED, brand_problems, branded


def words(root: Path, language: str) -> tuple[catalogue.Catalogue, list[Problem]]:
    """Return the words of the page's own language; where there are none, English ones and a problem."""
    try:
        return catalogue.words(language), []
    except catalogue.UnknownWords:
        at = configuration.found(root, "languages", language)
        said = f"Pages cannot speak {shown(language)} yet."
        fix = f"Let the list begin with one of {', '.join(sorted(catalogue.LANGUAGES))}."
        return catalogue.words("en"), [replace(at, code="language", message=said, fix=fix)]


def of_colours(root: Path, settings: Settings) -> Iterator[Problem]:
    """Return what is wrong with the page's own colours, where they are written."""
    for problem in brand_problems(settings.brand, settings.brand_dark, configuration.name(root)):
        written = getattr(settings, problem.field)
        at = configuration.found(root, problem.field, written)
        yield replace(problem, file=at.file, line=at.line, column=at.column, field=at.field or problem.field)


def of_wording(folder: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the page's own messages."""
    if not any(folder.glob("*.j2")):
        return ()
    from stillup.messages.wording import Wording

    return Wording(folder).problems()


def coloured(settings: Settings, path: str, body: bytes) -> bytes:
    """Return a file of the theme; our style sheet and mark in the page's own colours."""
    return branded(body.decode(), settings.brand, settings.brand_dark).encode() if path in BRANDED else body
