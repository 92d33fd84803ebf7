"""Judging: rules to remarks, remarks to findings with a place, overrides taken into account."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from stillup.errors import Level, Problem
from stillup.lint.book import RULES
from stillup.lint.case import Case
from stillup.lint.rule import Remark, Rule
from stillup.records.document import Document, Loc
from stillup.records.finding import Told

IGNORED = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the texts of a record stand."""

    main: Document
    updates: Mapping[str, Told]
    lines: Mapping[str, list[str]]
    """By file: its lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overruled:
    """A remark that the update overrules, with the reason it gives."""

    finding: Problem
    reason: str


@dataclass(slots=True)
class Judged:
    """What came of it."""

    findings: list[Problem]
    overruled: list[Overruled]


def judge(cases: Iterable[tuple[Case, Source]], levels: Mapping[str, str]) -> Judged:
    """Return the findings about `cases` by file and place. `levels` are the settings': by rule, a level or `ignore`.

    The newest update of a record among `cases` must come last: with it the record as a whole is judged.
    """
    judged = Judged([], [])
    seen: set[Problem] = set()
    for case, source in cases:
        for rule in RULES:
            if levels.get(rule.id) == IGNORED or (rule.english and case.page.language != "en"):
                continue
            if rule.whole and not case.newest:
                continue
            for remark in rule.judge(case):
                finding = _finding(rule, remark, case, source, levels)
                if finding in seen:
                    continue
                seen.add(finding)
                reason = case.update.lint.get(rule.id)
                if reason:
                    judged.overruled.append(Overruled(finding=finding, reason=reason))
                else:
                    judged.findings.append(finding)
    judged.findings.sort()
    judged.overruled.sort(key=lambda each: each.finding)
    return judged


def _finding(rule: Rule, remark: Remark, case: Case, source: Source, levels: Mapping[str, str]) -> Problem:
    told = source.updates[case.update.id]
    field = remark.text.field if remark.text else remark.field
    of_record = remark.text.of_record if remark.text else rule.whole or remark.of_record
    document, start = (source.main, ()) if of_record else (told.document, told.loc)
    if of_record and not field:
        document, start = told.document, told.loc
    loc: Loc = (*start, *(field.split(".") if field else ()))
    found = document.problem(
        loc,
        remark.message,
        remark.fix,
        code=rule.id,
        level=Level(levels[rule.id]) if rule.id in levels else remark.level or rule.level,
    )
    line, column = _place(source.lines.get(found.file, []), found.line, found.column, remark.at)
    return replace(found, line=line, column=column)


def _place(lines: list[str], line: int, column: int, at: str) -> tuple[int, int]:
    """Return where the words `at` stand, looked for from the value's own place on: a text runs over many lines."""
    for words in _shorter(at):
        for number in range(line - 1, len(lines)):
            found = lines[number].find(words, column - 1 if number == line - 1 else 0)
            if found >= 0:
                return number + 1, found + 1
    return line, column


def _shorter(at: str) -> Iterator[str]:
    """Yield `at`, then its beginnings: where a text is wrapped, only those stand in one line."""
    words = at.split()
    for count in range(len(words), 0, -1):
        yield " ".join(words[:count])
