"""The languages of a page, and where the tree of each begins."""

from collections.abc import Sequence
from dataclasses import replace

from stillup import catalogue
from stillup.records.settings import Settings
from stillup.site.frame import Tongue
from stillup.views.edition import Edition


def edition_in(edition: Edition, language: str) -> Edition:
    """Return the edition for readers of `language`: its words, and the addresses of its tree where the page has one.

    Raises:
        UnknownWords: there are no words in it.
    """
    main, *others = edition.settings.languages
    if edition.main or not language or catalogue.spoken(language) == edition.words.language:
        return edition
    words = catalogue.words(language)
    tag = next((each for each in (language, words.language) if each in others), "") or next(
        (each for each in others if catalogue.spoken(each) == words.language), ""
    )
    settings, root = edition.settings, ""
    if tag and settings.site_url:
        root = settings.site_url
        settings = replace(settings, site_url=f"{root}{tag}/")
    return replace(edition, settings=settings, words=words, tag=tag or language, main=main, root=root)


def tongues(languages: Sequence[str]) -> tuple[Tongue, ...]:
    """Return the languages by their tags, the main one first; nothing where there is but one to choose."""
    if len(languages) < 2:
        return ()
    bases = [catalogue.spoken(tag) for tag in languages]
    return tuple(
        [
            Tongue(
                tag=tag,
                name=_name(tag, base, alone=bases.count(base) == 1),
                direction=catalogue.words(base).direction,
                at=f"{tag}/" if number else "",
            )
            for number, (tag, base) in enumerate(zip(languages, bases, strict=True))
            if base
        ]
    )


def is_reviewed(settings: Settings, tag: str) -> bool:
    """Return whether somebody has reviewed the words of a language of the page, as we or the settings say."""
    return tag in settings.reviewed or not catalogue.words(tag).unreviewed


def _name(tag: str, base: str, *, alone: bool) -> str:
    """Return what a language is called; with its region where there are two of it."""
    return catalogue.NAMES[base] if alone else f"{catalogue.NAMES[base]} ({tag})"
