"""A problem that a command made, with its way out in the words of that command: options, not fields of a file."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import click

from stillup.errors import Problem
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
    "at": ("--at",),
}
"""By field, the options that give it, the first that a command has."""

_EDIT = ("title", "severity", "impact", "started_at", "ended_at", "status", "components", "body")
"""Fields of an incident that one command can change whatever another one cannot."""

_MAKING = ("open", "schedule", "accept")
"""Commands whose record is not there yet, so that no other one can change it."""

_PHRASES = (
    ("Write next_update_in or next_update_at", "Give --next-update 30m, or an instant", "--next-update"),
    ("Write the fields in parentheses", "Give -t NAME=TEXT for each in parentheses", "--text"),
    (", or write cause_confirmed: true", ', or give --anyway "REASON"', "--anyway"),
    ("Write the resolved update", "End it by stillup incident resolve", ""),
    ("Write the completed update", "End it by stillup maintenance complete", ""),
    ("Edit that update", "Use stillup incident edit for that update", ""),
    ("Edit the resolving update", "Use stillup incident edit for the resolving update", ""),
    ("say in another state why it goes on", "say by stillup incident update --status why it goes on", ""),
    ("Move it up: the newest change stands last", "Write a later --at", "--at"),
    ("the update's real time", "the update's real time as --at", "--at"),
)
"""What is said of files where a command has another way, each with the option that it needs."""

_OPTION = re.compile(r"(?:^|[\s(])--?[a-z]|\bstillup ")
_CONTROL = re.compile(r"U\+([0-9A-F]{4,6}) is a control character")
_LINK = re.compile(r"A link leads to (\S+), and")


def at_hand(problem: Problem, command: click.Command, given: Mapping[str, Any], private: str) -> Problem:
    """Return `problem` with the option of `command` in its fix; `given` is what the command was given.

    `private` is the folder of private records, of which a field is given as `-i NAME=TEXT`.
    """
    known = {each for param in command.params for each in (*param.opts, (param.name or "").upper())}
    fix = problem.fix
    for said, instead, needed in _PHRASES:
        if not needed or needed in known:
            fix = fix.replace(said, instead)
    for name in (*_OPTIONS, *TEXTS):
        option = _option(name, known)
        if option:
            fix = _named(fix, name, option)
    if _OPTION.search(fix):
        return replace(problem, fix=fix)
    inside = problem.file.startswith(f"{private.rstrip('/')}/")
    option = _internal(problem.field, known) if inside else _of(problem, known, given, command.name or "")
    if option:
        fix = f"{fix} Here it is {option}.".lstrip()
    return replace(problem, fix=fix)


def _option(name: str, known: Collection[str]) -> str:
    """Return how `name` is given to a command that has the options `known`; empty where it cannot be."""
    if name in TEXTS:
        return f"-t {name}=TEXT" if "--text" in known else ""
    return next((each for each in _OPTIONS.get(name, ()) if each in known), "")


def _named(fix: str, name: str, option: str) -> str:
    """Return `fix` with the option in place of the field, where it speaks of a field and not of a word like it."""
    fix = re.sub(rf"\bLeave {name} out\b", f"Leave {option.removesuffix('=TEXT')} out", fix)
    fix = re.sub(rf"\bor leave {name} out\b", f"or leave {option.removesuffix('=TEXT')} out", fix)
    colon = " " if not option.startswith("-t") else ": "
    fix = re.sub(rf"\bWrite {name}: (?!and )", f"Give {option}{colon}", fix)
    fix = re.sub(rf"\bWrite {name}: and ", f"Give {option} and ", fix)
    return re.sub(rf"(?<![-\w]){name}(?![\w=]):?", option, fix) if "_" in name else fix


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
