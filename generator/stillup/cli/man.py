"""`stillup man`: the man page, from the commands themselves."""

from collections.abc import Iterator

import click

import stillup

_STATUS = (
    (0, "All is well. There may be warnings."),
    (1, "There are problems; nothing was changed."),
    (2, "The command was called wrongly."),
    (3, "Something that was planned was not accepted: a message, or a page by one of several places."),
)


@click.command("man")
def man() -> None:
    """Print the man page: stillup man | man -l -"""
    click.echo(page(), nl=False)


def page() -> str:
    """Return the page as roff."""
    from stillup.cli.main import main

    return "\n".join(_lines(main)) + "\n"


def _lines(main: click.Group) -> Iterator[str]:
    yield f'.TH STILLUP 1 "" "stillup {stillup.__version__}" "Stillup manual"'
    yield from (".SH NAME", r"stillup \- a static status page and the messages that go with it")
    yield from (".SH SYNOPSIS", r".B stillup", r".I COMMAND", r"[\fIOPTIONS\fR] [\fIARGUMENTS\fR]")
    yield from (".SH DESCRIPTION", *_prose(main.help or ""))
    yield from (".SH COMMANDS", *_commands(main, click.Context(main, info_name="stillup")))
    yield ".SH EXIT STATUS"
    for number, meaning in _STATUS:
        yield from (".TP", rf"\fB{number}\fR", _plain(meaning))
    yield ".SH FILES"
    yield from (".TP", r"\fImkdocs.yml\fR", "Settings, below plugins: stillup:.")
    yield from (".TP", r"\fIcomponents/\fR, \fIincidents/\fR", "The records, a YAML file each.")
    yield from (
        ".TP",
        r"\fIprivate/\fR",
        "What the public never sees: subscribers, costs, causes. git does not track it.",
    )


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if command.hidden:
            continue
        below = click.Context(command, parent=context, info_name=name)
        if isinstance(command, click.Group):
            yield from _commands(command, below)
            continue
        yield f".SS {_plain(below.command_path)} {' '.join(map(_plain, command.collect_usage_pieces(below)))}"
        yield from _prose(command.help or "")
        for param in command.get_params(below):
            told = param.get_help_record(below) if isinstance(param, click.Option) else None
            if told and param.name != "help":
                yield from (".TP", rf"\fB{_plain(told[0])}\fR", _plain(told[1]) or r"\&")


def _prose(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.replace("\b", "").split("\n\n")):
        if number:
            yield ".PP"
        yield _plain(" ".join(paragraph.split()))


def _plain(text: str) -> str:
    """Escape what roff reads as its own: backslashes, hyphens, and a dot or quote that begins a line."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return rf"\&{text}" if text.startswith((".", "'")) else text
