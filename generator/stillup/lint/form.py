"""Rules of form: lengths, links and translations."""

import re
from collections.abc import Iterator

from stillup.errors import Level
from stillup.internet import parts_of
from stillup.lint.case import Case
from stillup.lint.pattern import CLOCK
from stillup.lint.rule import Remark, Rule
from stillup.vocabulary import FIXED, TEXTS

_TITLE = 200
_BLOCK = 3000
"""What one block of Slack holds."""

_LINK = re.compile(r"\[([^\]\n]+)\]\(\s*<?([^\s)>]+)>?[^)]*\)")
_BARE = re.compile(r"https?://[^\s<>)\]]+")
_SHORT = frozenset(
    "bit.ly t.co tinyurl.com goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly shorturl.at lnkd.in rb.gy t.ly".split()
)
_DOMAIN = re.compile(r"^(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:[/:?#].*)?$", re.IGNORECASE)
_NUMBER = re.compile(rf"{CLOCK}|\d+(?:[.,]\d+|[\u00a0\u202f]\d{{3}}(?!\d))*")
"""With the spaces that many languages write between thousands, where they do not break the line."""

_BETWEEN_THOUSANDS = re.compile(r"[.,\u00a0\u202f](?=\d{3}(?!\d))")


def _budget(case: Case) -> Iterator[Remark]:
    title = case.of_record[0]
    if len(title.raw) > _TITLE:
        yield Remark(
            text=title,
            message=f"The title has {len(title.raw)} characters, and subjects and chats take {_TITLE}.",
            fix="Say the symptom only.",
        )
    for text in case.texts:
        if len(text.raw) > _BLOCK:
            yield Remark(
                text=text,
                message=f"This text has {len(text.raw)} characters, and chats cut it after {_BLOCK}.",
                fix="Keep what customers need now; the rest belongs in the postmortem.",
            )


def _links(case: Case) -> Iterator[Remark]:
    for text in case.everything:
        targets = [(found[2], found[1], found[0]) for found in _LINK.finditer(text.raw)]
        inside = {target for target, _, _ in targets}
        targets += [(bare[0], "", bare[0]) for bare in _BARE.finditer(text.raw) if bare[0] not in inside]
        for target, words, shown in targets:
            parts = parts_of(target)
            host = (parts.hostname or "").lower() if parts is not None else ""
            if target.startswith("http://"):
                yield Remark(
                    text=text, at=shown, message=f"{target} is not encrypted.", fix=f"Write https:{target[5:]}."
                )
            if host.removeprefix("www.") in _SHORT:
                yield Remark(
                    text=text,
                    at=shown,
                    message=f"{host} hides where the link leads, as fraudsters do.",
                    fix="Write the real address.",
                    level=Level.ERROR,
                )
            named = _DOMAIN.match(words.strip())
            if named and host and not _same(named[1].lower(), host):
                yield Remark(
                    text=text,
                    at=shown,
                    message=f"The words say {named[1]}, and the link leads to {host}.",
                    fix="Let them say the same.",
                    level=Level.ERROR,
                )


def _same(said: str, host: str) -> bool:
    return host.removeprefix("www.") == said.removeprefix("www.")


def _translated(case: Case) -> Iterator[Remark]:
    update = case.update
    for language in case.page.settings.languages[1:]:
        texts = update.translations.get(language, {})
        written = {name: text for name in ("body", "correction", *TEXTS) if (text := getattr(update, name))}
        lacking = [name for name, text in written.items() if name not in texts and (name, text) not in FIXED]
        if lacking:
            yield Remark(
                field="translations",
                message=f"{', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not there in '{language}'.",
                fix=f"Write translations: {{{language}: {{{lacking[0]}: ...}}}}.",
            )
    for language, texts in update.translations.items():
        for name, words in texts.items():
            original = getattr(update, name, "")
            ours, theirs = (sorted(_NUMBER.findall(text), key=_plain) for text in (original, words))
            if original and [_plain(n) for n in ours] != [_plain(n) for n in theirs]:
                here, there = ", ".join(theirs) or "none", ", ".join(ours) or "none"
                yield Remark(
                    field=f"translations.{language}.{name}",
                    message=f"It has other numbers ({here}) than {name} ({there}).",
                    fix="Let both tell the same.",
                    level=Level.ERROR,
                )


def _plain(number: str) -> str:
    """Return a number as a language without marks between thousands writes it: `2000` for `2,000`, `2.000`, `2 000`."""
    return _BETWEEN_THOUSANDS.sub("", number).replace(",", ".")


RULES = (
    Rule("C27", Level.ERROR, "Texts fit the channels that carry them.", _budget),
    Rule("C35", Level.WARNING, "Links are encrypted, unshortened and lead where they say.", _links),
    Rule("C36", Level.WARNING, "Every language tells everything, with the same numbers.", _translated),
)
