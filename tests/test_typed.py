"""What the manual shows can be written and typed: each block of YAML is read, each command line is understood.

Nothing is run here: tests/test_manual.py, tests/test_tutorial.py and tests/test_runbooks.py do that with whole pages.
"""

import re
import shlex
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime

import click
import pytest

from stillup import pipeline
from stillup.cli import main
from stillup.records.scenario import taken
from tests.tools import ROOT

AT = datetime(2026, 11, 25, 10, tzinfo=UTC)
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "manual" / "docs").glob("*.md"))}
PAGES["README"] = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

COMPONENTS = ("payments-stripe", "webhooks", "checkout", "email", "payments")
"""Those that blocks name."""

CUSTOMER = "- {id: corner-shop, name: A chain of corner shops}\n"
RECORD = "title: It fails\nupdates:\n  - at: 2026-11-20T10:12:00Z\n    status: investigating\n    body: It fails.\n"
WORK = (
    "title: Work\nkind: maintenance\nscheduled: {start: 2026-11-23T02:00:00Z, end: 2026-11-23T03:30:00Z}\n"
    "updates:\n  - at: 2026-11-17T09:00:00Z\n    status: scheduled\n    body: Work.\n"
)
PLUGIN = "site_name: Status\nplugins:\n  - stillup:\n"
OF_UPDATE = ("withdrawn", "edited_at", "redacted", "lint")
OF_PLUGIN = ("approval", "product", "subscribers")
FOREIGN = {"receivers": "Alertmanager", "alerting": "Gatus", "- uses": "GitHub", "# yaml-language-server": "editors"}
"""Blocks in the words of others, by how they begin."""


def blocks() -> list[tuple[str, str]]:
    """Return each block of YAML that is ours, with the page and line at which it stands."""
    return [
        (f"{page}.md:{text.count(chr(10), 0, found.start()) + 1}", textwrap.dedent(found[3]))
        for page, text in PAGES.items()
        for found in BLOCK.finditer(text)
        if found[2] == "yaml" and first(found[3]) not in FOREIGN
    ]


def first(block: str) -> str:
    """Return the first key of a block."""
    return block.partition(":")[0].strip()


def placed(block: str) -> tuple[str, str]:
    """Return the file in which somebody writes the block, and the whole of it."""
    key = first(block)
    resolved = RECORD.replace("investigating", "resolved")
    match key:
        case "site_name":
            return "mkdocs.yml", block
        case "plugins":
            return "mkdocs.yml", f"site_name: Status\n{block}"
        case "title" if "scenario:" in block:
            return "private/drills/_scenarios/shown.yml", block
        case "title":
            return "incidents/shown.yml", block
        case "name":
            return "components/shown.yml", block
        case "states" | "vendor":
            return "components/shown.yml", f"name: Part\n{block}"
        case "- id" if "customer:" in block:
            return "private/contracts.yml", block
        case "- id" if "contacts:" in block:
            return "private/customers.yml", block
        case "- id":
            return "components/_groups.yml", block
        case "contacts":
            return "private/roster.yml", block
        case "type":
            return "private/drills/shown.yml", block
        case "- {channel":
            return "private/subscribers.yml", block
        case "detected_at":
            return "private/incidents/open.yml", block
        case "postmortem":
            return "incidents/shown.yml", resolved + block
        case "scheduled":
            return "incidents/shown.yml", re.sub("^scheduled.*\n", block, WORK, flags=re.MULTILINE)
        case "updates":
            return "incidents/shown.yml", WORK + block.partition("\n")[2]
        case _ if key in OF_UPDATE:
            return "incidents/shown.yml", RECORD + textwrap.indent(block, "    ")
        case _ if key in OF_PLUGIN:
            return "mkdocs.yml", PLUGIN + textwrap.indent(block, "      ")
    raise AssertionError(f"where is a block written that begins with {key}?")


@pytest.mark.parametrize(("place", "block"), blocks(), ids=[place for place, _ in blocks()])
def test_a_block_that_is_shown_is_read(place, block, tmp_path):
    """What cannot be read raises, and says which field is wrong."""
    name, text = placed(block)
    files = {f"components/{id}.yml": "name: Part\ngroup: api-endpoints\n" for id in COMPONENTS}
    files |= {"incidents/open.yml": RECORD, "mkdocs.yml": "site_name: Status\n", "private/customers.yml": CUSTOMER}
    for path, body in {**files, name: text}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(body)

    if "/_scenarios/" in name:
        taken(text.encode(), name)
    else:
        pipeline.check(tmp_path, at=AT)


def lines() -> Iterator[tuple[str, str, bool]]:
    """Yield each command line of ours, its page, and whether it is shown alone: in prose it may be a mere name."""
    for page, text in PAGES.items():
        for block in BLOCK.finditer(text):
            for found in re.finditer(r"^ *(?:\$ |[A-Z_]+=\S+ )*stillup (.*)$", block[3], re.MULTILINE):
                yield page, found[1], True
        for found in re.finditer(r"`stillup ([^`\n]+)`", BLOCK.sub("", text)):
            yield page, found[1], False


def command(words: list[str]) -> tuple[click.Context, click.Command]:
    """Take the names of commands off `words`; return the last one, and the context in which it is called."""
    found: click.Command = main
    context = click.Context(main, info_name="stillup")
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        names = words.pop(0).split("|")
        listed = [each for each in (found.get_command(context, name) for name in names) if each is not None]
        if len(listed) < len(names):
            raise LookupError(f"there is no command {'|'.join(names)}")
        context, found = click.Context(listed[0], info_name=names[0], parent=context), listed[0]
    return context, found


def wrong(line: str, alone: bool = True) -> str:
    """Return what is wrong with a command line; nothing where it is understood, or leaves out what prose may."""
    words = shlex.split(re.sub(r"\.\.\.|[\[\]]", " ", line), comments=True)
    words = words[: next((n for n, word in enumerate(words) if word in ("|", ">", "&&")), None)]
    try:
        context, found = command(words)
    except LookupError as error:
        return str(error)
    known = {name for part in found.params for name in (*part.opts, *part.secondary_opts)} | {"--help", "--version"}
    unknown = set(re.findall(r"(?<!\S)--?[a-z][\w-]*", " ".join(words))) - known
    if unknown or isinstance(found, click.Group):
        return f"{', '.join(sorted(unknown))}: no option" if unknown else ""
    if any(mark in line for mark in "[|") or re.search(r"(?<![\w-])[A-Z]{1,9}(?![\w-])", " ".join(words)):
        return ""  # how it is called: what stands in capitals, or divided, is a place to fill in
    try:
        found.make_context(found.name, words, parent=context.parent)
    except click.UsageError as error:
        told = error.format_message()
        missing = isinstance(error, click.MissingParameter) or "requires an argument" in told
        return "" if "does not exist" in told or (missing and not alone) else told
    except click.exceptions.Exit:
        pass
    return ""


def test_every_command_line_is_understood():
    found = list(lines())
    told = [f"{page}: stillup {line}: {said}" for page, line, alone in found if (said := wrong(line, alone))]

    assert len(found) > 300
    assert told == []


def test_a_line_with_a_slip_is_told():
    assert wrong("incident opne") == "there is no command opne"
    assert wrong("check --bse main") == "--bse: no option"
    assert wrong("drill plan --type jest publisher-killed").startswith("Invalid value for '--type'")
    assert wrong("import statuspage") == "Missing argument 'SOURCE'."
    assert wrong("import statuspage", alone=False) == ""
