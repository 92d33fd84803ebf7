"""Rules about duties to authorities, as far as public words are concerned."""

from collections.abc import Iterator

from stillup.errors import Level
from stillup.lint.case import Case
from stillup.lint.pattern import any_word, each_match
from stillup.lint.rule import Remark, Rule

_NONE = any_word(
    r"no (?:customer |personal |user )*data (?:was|were|is|are|has been|have been)"
    r" (?:affected|lost|accessed|exposed|leaked|stolen)",
    r"(?:your|customer|personal|user) data (?:is|are|was|were) (?:safe|not affected)",
)


def _too_soon(case: Case) -> Iterator[Remark]:
    if not case.assessing:
        return
    for text in case.texts:
        for found, _ in each_match(_NONE, text.prose):
            yield Remark(
                text=text,
                at=found[0],
                message="This says that no data is concerned, and that is still being assessed.",
                fix="Say that it is being looked into, or write the decision into the private record.",
            )


def _alone(case: Case) -> Iterator[Remark]:
    if not case.unapproved:
        return
    yield Remark(
        message=case.unapproved,
        fix=f"Let one of them run stillup incident approve {case.record.id}/{case.update.id}.",
        level=Level.ERROR if case.committed else Level.WARNING,
    )


RULES = (
    Rule("C40", Level.ERROR, "Nothing is said of personal data before it is known.", _too_soon, english=True),
    Rule("C41", Level.ERROR, "Where the settings want it, a second person has approved.", _alone),
)
