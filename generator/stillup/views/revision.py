"""What an edit changed in a published text, word by word: the old words struck out, the new ones beside them."""

import re
from collections.abc import Iterator
from typing import Final

from markupsafe import Markup, escape

from stillup.records.incident import Update
from stillup.views.edition import Edition
from stillup.views.incident import Revision
from stillup.vocabulary import FIXED, TEXTS

_BREAK: Final = "\n\n"
_ALONE: Final = "\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
"""Letters of scripts without spaces: each stands for itself."""

_WORD: Final = rf"\n\s*\n|[{_ALONE}][^\S\n]*|[^\s{_ALONE}]+(?:[^\S\n]|\n(?!\s*\n))*"
"""Compiled when a text was changed: few runs meet one, and it takes longer than importing this module."""

_ALIKE: Final = 0.3
"""The share of common words below which two texts are shown one after the other."""

_MANY: Final = 2_000
"""Words from which on frequent ones are not compared: it would take the square of them."""

_Run = tuple[str, str]
"""`del`, `ins` or nothing, and the words."""


def revisions(edition: Edition, update: Update) -> tuple[Revision, ...]:
    """Return what was changed in each text of `update`, for readers of the edition; nothing of what was withdrawn."""
    was = update.was
    if was is None or update.withdrawn is not None or update.edited_at is None:
        return ()
    found = []
    for field in ("body", *TEXTS):
        language = edition.foreign(update, field)
        # Words in one language say nothing of a change in another.
        if language or not edition.main:
            before, now = (_worded(edition, field, getattr(text, field)) for text in (was, update))
        else:
            before, now = edition.text(was, field, ""), edition.text(update, field, "")
        html = changed(edition, before, now) if before else Markup()
        if html:
            label = "" if field == "body" else edition.words.say(f"fact.{field}")
            found.append(Revision(label=label, html=html, language=language))
    return tuple(found)


def _worded(edition: Edition, field: str, text: str) -> str:
    """Return `text`; where it is a fixed word for machines, the words that readers see."""
    fixed = FIXED.get((field, text))
    return edition.words.say(fixed) if fixed else text


def changed(edition: Edition, before: str, now: str) -> Markup:
    """Return as HTML the paragraphs in which `before` and `now`, both Markdown, differ; empty where none does."""
    old, new = (re.findall(_WORD, edition.body(text).text) for text in (before, now))
    lines = [run for run in _paragraphs(_runs(old, new)) if any(kind for kind, _ in run)]
    return Markup("\n").join([Markup("<p>{}</p>").format(_line(edition, runs)) for runs in lines])


def _runs(old: list[str], new: list[str]) -> Iterator[_Run]:
    from difflib import SequenceMatcher  # few updates are edited

    before, now = ([word.strip() for word in words] for words in (old, new))
    match = SequenceMatcher(None, before, now, autojunk=max(len(before), len(now)) > _MANY)
    if match.ratio() < _ALIKE:
        yield from (("del", "".join(old)), ("ins", "".join(new)))
        return
    for same, start, end, begin, stop in match.get_opcodes():
        if same == "equal":
            yield "", "".join(new[begin:stop])
            continue
        yield "del", "".join(old[start:end])
        yield "ins", "".join(new[begin:stop])


def _paragraphs(runs: Iterator[_Run]) -> list[list[_Run]]:
    found: list[list[_Run]] = [[]]
    for kind, text in runs:
        for number, part in enumerate(re.split(r"\n\s*\n", text)):
            if number:
                found.append([])
            if part.strip():
                found[-1].append((kind, part))
    return found


def _line(edition: Edition, runs: list[_Run]) -> Markup:
    """Return one paragraph; listeners hear a word before what is struck out or new."""
    words = {"del": edition.words.say("site.struck"), "ins": edition.words.say("site.added")}
    parts = []
    for kind, text in runs:
        said = escape(text.strip())
        if kind:
            said = Markup(f'<{kind}><span class="vh">{{}} </span>{{}}</{kind}>').format(words[kind], said)
        parts.append(Markup("{}{}").format(said, " " if text != text.rstrip() or kind else ""))
    return Markup("").join(parts).strip()
