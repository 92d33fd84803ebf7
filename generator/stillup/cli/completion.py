"""`stillup completion`: what a shell needs to finish words, ids of this page among them."""

import heapq
import os
from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

SHELLS = ("bash", "zsh", "fish")

_MOST = 40
"""Ids that are offered at once, the newest first: a list that scrolls away helps nobody."""


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what makes SHELL finish commands, options and ids of records.

    bash: eval "$(stillup completion bash)"    fish: stillup completion fish | source
    """
    from stillup.cli.main import main

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(main, {}, "stillup", "_STILLUP_COMPLETE").source())


def records(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return ids of incidents and maintenances that begin like this, the newest names first."""
    ids = (id for id, folder in _stems(_root(context) / "incidents", begun) if folder != "updates")
    return [CompletionItem(id) for id in heapq.nlargest(_MOST, ids)]


def drafts(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return ids of drafts that begin like this."""
    return [CompletionItem(id) for id in sorted(id for id, _ in _stems(_root(context) / "incidents/_drafts", begun))]


def components(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return ids of components that begin like this."""
    return [CompletionItem(id) for id in sorted(id for id, _ in _stems(_root(context) / "components", begun))]


def _root(context: click.Context) -> Path:
    return Path(context.params.get("root") or ".")


def _stems(folder: Path, begun: str) -> Iterator[tuple[str, str]]:
    """Yield id and folder of each record's file, by name alone: nothing is read while somebody types."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(("_", "."))]
        for name in names:
            if name.startswith(begun) and name.endswith((".yml", ".yaml")) and not name.startswith(("_", ".")):
                yield Path(name).stem, Path(place).name
