"""Rules of the public postmortem."""

import re
from collections.abc import Iterator

from stillup.errors import Level
from stillup.lint.case import Case
from stillup.lint.pattern import CLOCK, any_word, each_match
from stillup.lint.rule import Remark, Rule

_NUMBERS = r"\d+(?:[.,]\d+)?\s*(?:%|percent|customers|users|requests|payments|minutes|min|hours|h\b)"
_PARTS = {
    "a timeline": re.compile(rf"\btimeline\b|(?:{CLOCK}.*){{2}}", re.IGNORECASE | re.DOTALL),
    "how it was noticed": any_word("detect\\w*", "alert\\w*", "notic\\w+", "report\\w*", "monitor\\w*", "saw", "alarm"),
    "numbers of the impact": re.compile(_NUMBERS, re.IGNORECASE),
    "what contributed": any_word(
        "contribut\\w+", "caus\\w+", "because", "led to", "due to", "reason", "made it possible"
    ),
    "what went well": any_word(
        "went well", "worked (?:well|as (?:intended|designed|planned))", "helped", "limited the"
    ),
    "what is done about it": any_word(
        "will", "(?:we|have) (?:added|changed|fixed|replaced)", "action\\w*", "prevent\\w*"
    ),
}
_IF_ONLY = any_word(r"if (?:we|they|it|the \w+) had(?:n't| not)?", "could have", "would have been", "should have")


def _complete(case: Case) -> Iterator[Remark]:
    for text in case.of_record:
        if text.field != "postmortem.body":
            continue
        lacking = [part for part, pattern in _PARTS.items() if not pattern.search(text.prose)]
        if lacking and text.language == "en":
            yield Remark(
                text=text,
                message=f"The postmortem does not tell {', '.join(lacking)}.",
                fix="Add a paragraph for each.",
            )
        for found, _ in each_match(_IF_ONLY, text.prose):
            yield Remark(
                text=text,
                at=found[0],
                message=f"'{' '.join(found[0].split())}' tells what did not happen.",
                fix="Tell what happened, and what will be different.",
            )


RULES = (
    Rule(
        "C39", Level.WARNING, "A postmortem is complete, and tells no 'if only'.", _complete, whole=True, english=True
    ),
)
