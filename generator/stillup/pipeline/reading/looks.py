"""What the page itself chose: its language, colours and wording of messages, and what is wrong with them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from stillup import catalogue
from stillup.errors import Level, Problem
from stillup.records import configuration
from stillup.records.refusal import shown
from stillup.records.settings import Settings
from stillup.site.brand import BRANDED, brand_problems, branded
from stillup.site.page import TEMPLATES
from stillup.site.style import SHEET, TONGUES, squeezed


def words(root: Path, languages: Sequence[str]) -> tuple[catalogue.Catalogue, list[Problem]]:
    """Return the words of the page's main language, English ones where there are none; and what is wrong."""
    problems = []
    for number, language in enumerate(languages):
        at = configuration.found(root, "languages", language)
        if not catalogue.spoken(language):
            said = f"Pages cannot speak {shown(language)} yet."
            fix = f"Write some of {', '.join(sorted(catalogue.LANGUAGES))}."
            problems.append(replace(at, code="language", message=said, fix=fix))
        elif language in languages[:number]:
            said = f"{shown(language)} is named twice."
            problems.append(replace(at, code="language", message=said, fix="Name each language once."))
    return catalogue.words(catalogue.spoken(languages[0]) or "en"), problems


def of_colours(root: Path, settings: Settings) -> Iterator[Problem]:
    """Return what is wrong with the page's own colours, where they are written."""
    for problem in brand_problems(settings.brand, settings.brand_dark, configuration.name(root)):
        written = getattr(settings, problem.field)
        at = configuration.found(root, problem.field, written)
        yield replace(problem, file=at.file, line=at.line, column=at.column, field=at.field or problem.field)


def of_logo(root: Path, settings: Settings) -> Iterator[Problem]:
    """Return a warning where there is no such picture: a page would show an empty frame."""
    if not settings.logo:
        return
    overrides = configuration.overrides(root)
    folders = [Path(TEMPLATES), root / configuration.folder(root, "docs_dir")]
    folders += [root / overrides] if overrides else []
    if not any((folder / settings.logo).is_file() for folder in folders):
        said = f"There is no {settings.logo} in the theme's folder of overrides."
        fix = f"Make {overrides.rstrip('/')}/{settings.logo}, or leave logo out."
        if not overrides:
            fix = "Name such a folder, theme: {custom_dir: site_overrides}, and put it there; or leave logo out."
        at = configuration.placed(root, "logo")
        yield replace(at, level=Level.WARNING, code="logo", message=said, fix=fix)


def of_wording(folder: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the page's own messages."""
    if not any(folder.glob("*.j2")):
        return ()
    from stillup.messages.wording import Wording

    return Wording(folder).problems()


def styled(settings: Settings, path: str, body: bytes) -> bytes:
    """Return a file of the theme: our sheets and mark in the page's own colours, styles for several languages.

    Sheets and scripts of ours lose their comments; what a page put in their place is left as it is.
    """
    ours = Path(TEMPLATES, path)
    if ours.suffix in {".css", ".js"} and ours.is_file() and ours.read_bytes() == body:
        body = squeezed(body.decode()).encode()
    if path in BRANDED:
        body = branded(body.decode(), settings.brand, settings.brand_dark).encode()
    if path == SHEET and len(settings.languages) > 1:
        body += TONGUES.read_bytes()
    return body
