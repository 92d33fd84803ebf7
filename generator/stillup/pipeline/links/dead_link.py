"""Where a dead link stands in the file that somebody wrote, and what was probably meant."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from stillup.errors import Level, Problem
from stillup.pipeline.links.link import Link
from stillup.pipeline.links.place import Places, page_of
from stillup.pipeline.reading.target import target_of, targets
from stillup.pipeline.tree.tree import files
from stillup.records.document import Document, Loc
from stillup.records.folder import contents, record_file, record_files
from stillup.records.index import Index
from stillup.records.reading import read
from stillup.records.store import GROUPS
from stillup.views import markdown
from stillup.vocabulary import TEXTS

_WRITTEN = re.compile(
    r"""\]\(\s*<?([^\s<>)]+)|^ {0,3}\[[^\]\n]+\]:\s*<?([^\s<>]+)|<?(https?://[^\s<>)"']+)""", re.MULTILINE
)
_CODE = re.compile(r"^( {0,3})(`{3,}|~{3,}).*?(?:^ {0,3}\2|\Z)|(`+)(?!`).*?(?<!`)\3(?!`)", re.MULTILINE | re.DOTALL)
_TEXTS = frozenset({"body", "reason", "description", *TEXTS})


def problem(root: Path, link: Link, index: Index, site_url: str, places: Places) -> Problem:
    """Return the problem of a dead `link`."""
    if link.kind == "incident":
        path = index.path(link.id)
        file = record_file(root, path)
        paths = [path, *file.updates] if file is not None else [path]
        return _dead(root, paths, link.target, site_url, f"incidents/{link.id}/", places)
    if link.kind == "group":
        return _dead(root, [GROUPS], link.target, site_url, "", places)
    paths = [file.path for file in record_files(root, "components")[0] if file.id == link.id]
    return _dead(root, paths, link.target, site_url, "", places)


def in_docs(root: Path, site_url: str, places: Places) -> Iterator[Problem]:
    """Yield a problem for each dead link of a Markdown page to a status page, which MkDocs itself does not see."""
    docs = root / "docs"
    for source in sorted(path for path in files(docs) if path.endswith(".md")):
        text = (docs / source).read_text(encoding="utf-8", errors="replace")
        if "](" not in text and "]:" not in text:
            continue
        prose = _CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
        for found in _WRITTEN.finditer(prose):
            href = found[1] or found[2]
            if not href or "{" in href or href.split("#")[0].endswith(".md") or _is_beside(docs, source, href):
                continue
            target = None if href.startswith("#") else target_of(href, site_url, page_of(source))
            if target is not None and not places.has(target) and not places.may_have(target):
                start = found.start(found.lastindex or 0)
                line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
                at = Problem(file=f"docs/{source}", line=line, column=column, message="")
                yield _problem(at, href, target, places)


def _is_beside(docs: Path, source: str, href: str) -> bool:
    """Whether `href` names a file below docs/ from its source on, as MkDocs reads it."""
    try:
        return (docs / source).parent.joinpath(unquote(href.split("#")[0].split("?")[0])).is_file()
    except ValueError:
        return False


def _dead(root: Path, paths: Iterable[str], target: str, site_url: str, place: str, places: Places) -> Problem:
    """Return the problem of a link to `target` in one of the files `paths`."""
    last = Problem(file="", message="")
    for path in paths:
        data, problem = contents(root, path)
        document = None if problem else read(data, path)[0]
        last = Problem(file=path, message="") if not last.file else last
        found = document and _found(document, data.decode("utf-8-sig", "replace"), target, site_url, place)
        if found:
            return _problem(found[0], found[1], target, places)
    return _problem(last, f"/{target}", target, places)


def _found(document: Document, text: str, target: str, site_url: str, place: str) -> tuple[Problem, str] | None:
    """Return where `document` links to `target`, as a problem without words, and how the link is spelled."""
    for loc in document.values:
        value = document.at(loc)
        if not isinstance(value, str) or not _TEXTS & set(loc):
            continue
        if target not in targets(markdown.body(value, site_url, place).html, site_url, place):
            continue
        at = document.problem(loc, "", level=Level.WARNING if _is_imported(document, loc) else Level.ERROR)
        for found in _WRITTEN.finditer(value):
            href = next(filter(None, found.groups()))
            html = markdown.body(f"[x]({href})", site_url, place).html
            if target in targets(html, site_url, place):
                return _placed(at, text, href), href
        return at, f"/{target}"
    return None


def _is_imported(document: Document, loc: Loc) -> bool:
    """Whether an import brought the text: its links may lead to pages that the former host alone had."""
    return document.at((*(loc[:2] if loc[0] == "updates" else ()), "source", "imported")) is not None


def _placed(at: Problem, text: str, href: str) -> Problem:
    """Return `at` moved to where `href` stands in `text`, from the start of its value on."""
    lines = text.splitlines()
    for number in range(at.line - 1, len(lines)):
        column = lines[number].find(href, at.column - 1 if number == at.line - 1 else 0)
        if column >= 0:
            return replace(at, line=number + 1, column=column + 1)
    return at


def _problem(at: Problem, href: str, target: str, places: Places) -> Problem:
    path, _, anchor = target.partition("#")
    if anchor and places.has(path):
        message = f"The link to {href} leads to a page without the anchor {anchor}."
    else:
        message = f"The link to {href} leads to no page or file of this site."
    near = places.near(target)
    fix = f"Did you mean /{near}?" if near else "Correct the address, or leave the link out."
    return replace(at, code="dead-link", message=message, fix=fix)
