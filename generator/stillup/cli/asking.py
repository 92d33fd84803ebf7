"""Questions to a person at a terminal, each with an answer that is probably right. Scripts are never asked."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from stillup.cli.state import SHORT
from stillup.vocabulary import ComponentStatus, Severity

if TYPE_CHECKING:
    from stillup.records.inventory import Components

SEVERITIES: Mapping[Severity, str] = {
    Severity.P0: "everything is down, data exposed, an active attack",
    Severity.P1: "a core function is broken, more than 5 % of requests fail, a critical supplier is down",
    Severity.P2: "part of a function fails, noticeably slow, one channel or supplier is affected",
    Severity.P3: "cosmetic, documentation, nothing urgent; nobody is notified",
}
"""The plan's classes in a line each."""

STATES = {"1": "degraded_performance", "2": "partial_outage", "3": "major_outage"}


def terminal() -> bool:
    """Whether somebody can answer: questions go to stderr, answers come from stdin."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def missing(names: Sequence[str]) -> click.UsageError:
    """Return the error of a script that left out what a person would be asked."""
    return click.UsageError(f"Missing: {', '.join(names)}. Nobody is asked where there is no terminal.")


def ask(question: str, default: str = "") -> str:
    """Return one line; Enter takes the default, and where there is none an answer is waited for."""
    while not (said := str(click.prompt(question, default=default, show_default=bool(default), err=True)).strip()):
        click.echo("  This needs an answer. Ctrl-C ends, and nothing is written.", err=True)
    return said


def ask_or_later(question: str, example: str, check: Callable[[str], object]) -> str:
    """Return a line that `check` takes, empty where it is not known yet: nothing made up gets into the settings."""
    while True:
        said = click.prompt(f"{question}, as {example} (Enter: later)", default="", show_default=False, err=True)
        if not (line := str(said).strip()) or _is_taken(line, check):
            return line


def agreed(question: str) -> bool:
    """Return whether the person agrees; Enter does."""
    return click.confirm(question, default=True, err=True)


def chosen(question: str, known: Mapping[str, str], default: str = "") -> str:
    """Return one of the keys of `known`, shown with what each means; its number or first letters will do."""
    names = list(known)
    for number, name in enumerate(names, start=1):
        click.echo(f"  {number}  {name:<{max(14, *map(len, names))}} {known[name]}".rstrip(), err=True)
    while True:
        said = ask(question, default).lower()
        if said.isascii() and said.isdigit() and 0 < int(said) <= len(names):
            return names[int(said) - 1]
        exact = [name for name in names if name.lower() == said]
        fits = exact or [name for name in names if name.lower().startswith(said)]
        if len(fits) == 1:
            return fits[0]
        click.echo(f"  {said}: write a number from 1 to {len(names)}.", err=True)


def severity(suggested: Severity | None) -> str:
    """Return the severity; Enter takes the one that the rules of the plan suggest."""
    return chosen("How bad", {str(key): text for key, text in SEVERITIES.items()}, suggested or Severity.P2)


def components(known: "Components", *, states: bool = True) -> dict[str, str]:
    """Return components by id with their states, picked by number or part of a name.

    `payments=partial` says the state at once, as `--component` does.
    """
    parts = known.components
    for number, part in enumerate(parts, start=1):
        click.echo(f"  {number:>2}  {part.name}{f'  ({part.group})' if part.group else ''}", err=True)
    while True:
        picked = [_pick(word, [(part.id, part.name) for part in parts]) for word in _words(ask("What is affected"))]
        if picked and None not in picked:
            break
        click.echo("  Write numbers or parts of names, with commas between.", err=True)
    found = dict(each for each in picked if each is not None)
    if not states:
        return dict.fromkeys(found, str(ComponentStatus.UNDER_MAINTENANCE))
    choices = dict(zip(STATES.values(), ("slow", "part fails", "all fails"), strict=True))
    state = STATES["2"]
    for id, said in found.items():
        state = said or chosen(f"How is {id}", choices, state)
        found[id] = state
    return found


def _pick(word: str, parts: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the component that `word` means, and its state where it says one; None where it means none."""
    name, equals, said = (each.strip() for each in word.partition("="))
    id, state = _part(name, parts), SHORT.get(said, said)
    if id is None or (equals and state not in list(ComponentStatus)):
        return None
    return id, state


def _words(said: str) -> list[str]:
    return [word.strip() for word in said.split(",") if word.strip()]


def _part(word: str, parts: Sequence[tuple[str, str]]) -> str | None:
    """Return the id of the component that `word` means; None where it is none, or several."""
    if word.isascii() and word.isdigit():
        return parts[int(word) - 1][0] if 0 < int(word) <= len(parts) else None
    exact = [id for id, name in parts if word.lower() in (id, name.lower())]
    fits = exact or [id for id, name in parts if word.lower() in f"{id} {name.lower()}"]
    return fits[0] if len(fits) == 1 else None


def text(question: str, default: str) -> str:
    """Return some words: Enter takes the default, `e` opens an editor with it."""
    click.echo(f"  {default.strip()}", err=True)
    said = str(click.prompt(f"{question} (Enter: as above, e: editor)", default="", show_default=False, err=True))
    if said.strip().lower() == "e":
        return (click.edit(default, extension=".md") or default).strip()
    return said.strip() or default


def valid(question: str, default: str, check: Callable[[str], object]) -> str:
    """Return a line that `check` takes; what it refuses is said, and asked again."""
    while not _is_taken(said := ask(question, default), check):
        pass
    return said


def _is_taken(said: str, check: Callable[[str], object]) -> bool:
    from stillup.records.refusal import Unusable

    try:
        check(said)
    except Unusable as error:
        click.echo(f"  {error.message} {error.fix}", err=True)
        return False
    return True


def last_facts(update: dict[str, Any]) -> dict[str, str]:
    """Return what customers want to know in the end, asked where it is not said."""
    asked = {
        "resolution": ("What made it work again", ""),
        "data_loss": ("What was lost (none, or what)", "none"),
        "monitoring": ("What customers may still notice, what is watched", "We keep watching it for 24 hours."),
    }
    return {name: ask(*question) for name, question in asked.items() if not update.get(name)}
