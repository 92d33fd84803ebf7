"""Problems in the forms that people, scripts and code hosts read."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

import click

from stillup.errors import Level, Problem, RecordError, StillupError, seen

_RULE = re.compile(r"C\d\d").fullmatch
"""Codes of lint; those of unsound records are words."""


def show(error: StillupError, form: str) -> None:
    """Print `error`: a problem a line for people, or one document for machines."""
    if isinstance(error, RecordError):
        show_problems(error.problems, form)
        if form == "text":
            count = sum(problem.level is Level.ERROR for problem in error.problems)
            said = [f"{count} error{'s' if count != 1 else ''}. Nothing was changed.", error.advice]
            click.echo(" ".join(filter(None, said)), err=True)
    elif form == "json":
        click.echo(json.dumps({"error": str(error)}))
    else:
        click.echo(seen(str(error)), err=True)


def show_problems(problems: Sequence[Problem], form: str) -> None:
    """Print `problems` in `form`; text goes to stderr, the others to stdout."""
    if form == "text" and not problems:
        return
    text = FORMATS[form](problems)
    click.echo(text, err=form == "text", nl=bool(text))


def _text(problems: Iterable[Problem]) -> str:
    """A problem a line; a finding of lint ends with its rule, by which it can be overruled."""
    return "\n".join(f"{problem} [{problem.code}]" if _RULE(problem.code) else str(problem) for problem in problems)


def _json(problems: Iterable[Problem]) -> str:
    return json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=2)


def _github(problems: Iterable[Problem]) -> str:
    """Workflow commands: the host shows each beside its line."""
    return "\n".join(
        f"::{'notice' if p.level is Level.NOTE else p.level} "
        f"file={_property(seen(p.file))},line={p.line},col={p.column},title={_property(p.code)}"
        f"::{_data(' '.join(part for part in (f'{p.field}:' if p.field else '', p.message, p.fix) if part))}"
        for p in problems
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(problems: Iterable[Problem]) -> str:
    """SARIF 2.1.0 with one rule a code."""
    from urllib.parse import quote

    problems = tuple(problems)
    return json.dumps(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "stillup",
                            "rules": [{"id": code} for code in sorted({problem.code for problem in problems})],
                        }
                    },
                    "columnKind": "unicodeCodePoints",
                    "results": [
                        {
                            "ruleId": p.code,
                            "level": str(p.level),
                            "message": {"text": f"{p.field + ': ' if p.field else ''}{p.message} {p.fix}".strip()},
                            "locations": [
                                {
                                    "physicalLocation": {
                                        "artifactLocation": {"uri": quote(p.file)},
                                        "region": {"startLine": p.line, "startColumn": p.column},
                                    }
                                }
                            ],
                        }
                        for p in problems
                    ],
                }
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


FORMATS: dict[str, Callable[[Iterable[Problem]], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
}
