"""A problem that a command made, with its way out in the words of that command: options, not fields of a file."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import click

from stillup.errors import Problem
from stillup.fix import Act, Fix, Mention, Piece, Way
from stillup.vocabulary import TEXTS

_OPTIONS = {
    "title": ("--title", "TITLE"),
    "reference": ("--reference",),
    "severity": ("--severity",),
    "impact": ("--impact",),
    "disaster": ("--disaster",),
    "started_at": ("--started",),
    "ended_at": ("--ended",),
    "status": ("--status", "STATE"),
    "components": ("--component",),
    "body": ("--message",),
    "next_update_in": ("--next-update",),
    "next_update_at": ("--next-update",),
    "occurrence": ("--occurrence",),
    "start": ("--start",),
    "end": ("--end",),
    "timezone": ("--timezone",),
    "recurrence": ("--recurrence",),
    "except": ("--except",),
    "reminders": ("--reminder",),
    "auto": ("--manual",),
    "correction": ("--correction",),
    "withdrawn": ("--withdraw",),
    "notify": ("--no-notify",),
    "by": ("--by",),
    "evidence": ("--evidence",),
    "source": ("--source",),
    "cause_confirmed": ("--cause-confirmed",),
    "at": ("--at",),
}
"""By field, the options that give it, the first that a command has."""

_EDIT = ("title", "severity", "impact", "started_at", "ended_at", "status", "components", "body")
"""Fields of an incident that one command can change whatever another one cannot."""

_MAKING = ("open", "schedule", "accept")
"""Commands whose record is not there yet, so that no other one can change it."""

_WAYS = {
    Way.PROMISE: ("--next-update", "Give --next-update 30m, or an instant"),
    Way.PARENTHESES: ("--text", "Give -t NAME=TEXT for each in parentheses"),
    Way.RESOLVE: ("", "End it by stillup incident resolve"),
    Way.COMPLETE: ("", "End it by stillup maintenance complete"),
    Way.EDIT: ("", "Use stillup incident edit for that update"),
    Way.EDIT_END: ("", "Use stillup incident edit for the resolving update"),
    Way.GO_ON: ("", "say by stillup incident update --status why it goes on"),
    Way.LATER_CHANGE: ("--at", "Write a later --at"),
    Way.REAL_TIME: ("--at", "the update's real time as --at"),
}
"""By what is done in a file, the option that a command needs for it, and how that is said there."""

_OPTION = re.compile(r"(?:^|[\s(])--?[a-z]|\bstillup ")
_CONTROL = re.compile(r"U\+([0-9A-F]{4,6}) is a control character")
_LINK = re.compile(r"A link leads to (\S+), and")


def at_hand(problem: Problem, command: click.Command, given: Mapping[str, Any], private: str) -> Problem:
    """Return `problem` with the option of `command` in its fix; `given` is what the command was given.

    `private` is the folder of private records, of which a field is given as `-i NAME=TEXT`.
    """
    switches = {each for param in command.params if getattr(param, "is_flag", False) for each in param.opts}
    known = {each for param in command.params for each in (*param.opts, (param.name or "").upper())}
    pieces = problem.fix.pieces if isinstance(problem.fix, Fix) else (problem.fix,)
    fix = "".join(_said(each, known, switches) for each in pieces)
    if _OPTION.search(fix):
        return replace(problem, fix=fix)
    inside = problem.file.startswith(f"{private.rstrip('/')}/")
    option = _internal(problem.field, known) if inside else _of(problem, known, given, command.name or "")
    if option:
        fix = f"{fix} Here it is {option}.".lstrip()
    return replace(problem, fix=fix)


def _said(piece: Piece, known: Collection[str], switches: Collection[str]) -> str:
    """Return a piece of a fix as it is said to a command that has the options `known`, `switches` among them."""
    if isinstance(piece, Way):
        needed, words = _WAYS[piece]
        return words if not needed or needed in known else str(piece)
    if not isinstance(piece, Mention):
        return piece
    option = _option(piece.field, known)
    if not option:
        return piece.said
    if piece.act is Act.NAME:
        return option
    if piece.act is Act.LEAVE:
        return f"{'Leave' if piece.begins else 'leave'} {option.removesuffix('=TEXT')} out"
    value = "" if option in switches else piece.value
    return (
        f"{'Give' if piece.begins else 'give'} {option}{':' if _is_text(option) else ''}{f' {value}' if value else ''}"
    )


def _option(name: str, known: Collection[str]) -> str:
    """Return how `name` is given to a command that has the options `known`; empty where it cannot be."""
    if name in TEXTS:
        return f"-t {name}=TEXT" if "--text" in known else ""
    return next((each for each in _OPTIONS.get(name, ()) if each in known), "")


def _is_text(option: str) -> bool:
    return option.startswith("-t ")


def _of(problem: Problem, known: Collection[str], given: Mapping[str, Any], command: str) -> str:
    """Return the option that the problem is about, or that of another command; empty where nobody can tell."""
    keys = [part.partition("[")[0] for part in problem.field.split(".")]
    names = [key for key in keys if key in _OPTIONS or key in TEXTS]
    for name in names:
        if option := _option(name, known):
            return option
    if names:
        edits = _OPTIONS.get(names[0], ("",))[0]
        return f"stillup incident edit {edits}" if names[0] in _EDIT and command not in _MAKING else ""
    return _holding(problem, known, given)


def _internal(field: str, known: Collection[str]) -> str:
    name = field.partition(".")[0].partition("[")[0]
    return f"-i {name}=TEXT" if name and "--internal" in known else ""


def _holding(problem: Problem, known: Collection[str], given: Mapping[str, Any]) -> str:
    """Return the option whose value has what a problem without a field speaks of."""
    wanted = _LINK.search(problem.message)
    sign = _CONTROL.search(problem.message)
    needle = wanted[1] if wanted else chr(int(sign[1], 16)) if sign else ""
    values = {name: value for name, value in given.items() if value}
    if needle:
        found = [name for name, value in values.items() if needle in _text(value)]
    elif problem.code == "size":
        found = sorted(values, key=lambda name: len(_text(values[name])))[-1:]
    else:
        found = []
    return next((option for name in found for option in _spelled(name, given[name], needle, known)), "")


def _text(value: object) -> str:
    if isinstance(value, (tuple, list)):
        return "\n".join(map(_text, value))
    return value if isinstance(value, str) else ""


def _spelled(name: str, value: Any, needle: str, known: Collection[str]) -> list[str]:
    """Return how the parameter `name` of a command is typed."""
    if name in ("texts", "internal"):
        letter = "-t" if name == "texts" else "-i"
        return [f"{letter} {key}=TEXT" for key, said in value if needle in said]
    return [each for each in (f"--{name.replace('_', '-')}", name.upper()) if each in known]
