"""A preview as one Markdown comment that a code host takes: what does not fit is left out, and that is said."""

import re
from collections.abc import Iterable, Iterator, Sequence

from stillup.errors import Level, Problem
from stillup.frozen import dataclass
from stillup.pipeline.preview.shape import Edit, Line, Notice, Page, Preview

LIMIT = 65_000
"""GitHub takes 65,536 characters. Bytes are counted here, which are never fewer."""

MARK = "<!-- stillup preview -->"
"""The first line, by which the comment is found again."""

_LINES = 60
_TEXT = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A piece of the comment."""

    text: str
    rank: int = 0
    """0 always stays; of the others the highest goes first."""

    name: str = ""
    """What it is, in the plural, where it can be left out."""


def comment(preview: Preview, page: str = "") -> str:
    """Return the comment; `page` is how the whole page can be found, in words."""
    parts = list(_parts(preview))
    for cut in (parts, *_shorter(parts)):
        text = _joined(cut, parts, page)
        if len(text.encode()) <= LIMIT:
            return text
    raise AssertionError("what always stays is bounded")


def _shorter(parts: Sequence[_Part]) -> Iterator[list[_Part]]:
    """Yield fewer and fewer of `parts`: those of the highest rank go first, the last of them before the others."""
    order = sorted((number for number, part in enumerate(parts) if part.rank), key=lambda n: (parts[n].rank, n))
    while order:
        order.pop()
        kept = set(order)
        yield [part for number, part in enumerate(parts) if not part.rank or number in kept]


def _joined(kept: Sequence[_Part], parts: Sequence[_Part], page: str) -> str:
    gone: dict[str, int] = {}
    there = {id(part) for part in kept}
    for part in parts:
        if id(part) not in there:
            gone[part.name] = gone.get(part.name, 0) + 1
    lines = [part.text for part in kept]
    where = f" {plain(page)} has everything." if page else ""
    if gone:
        lines.append(f"**Left out for length:** {', '.join(f'{n} {name}' for name, n in gone.items())}.{where}")
    elif page:
        lines.append(f"{plain(page)} shows pages and messages as they will look.")
    return "\n\n".join(lines) + "\n"


def _parts(preview: Preview) -> Iterator[_Part]:
    yield _Part(text=f"{MARK}\n## Preview: {plain(_cut(preview.organisation, 100)) or 'status page'}")
    yield _Part(text=_summary(preview))
    yield from _problems("What check says", preview.problems)
    yield from _problems("What lint says", preview.findings)
    if preview.overruled:
        yield _Part(text=f"{_count(preview.overruled, 'finding')} of lint overruled, each with a reason in its update.")
    yield from _edits(preview.edits)
    yield from _notices(preview.notices)
    yield from _pages(preview)
    for note in preview.notes[:10]:
        yield _Part(text=f"_{plain(_cut(note, 300))}_")


def _summary(preview: Preview) -> str:
    told = [notice for notice in preview.notices if not notice.silent]
    messages = sum(len(notice.proofs) for notice in told)
    people = sum(notice.people for notice in told if not notice.late)
    counted = any(notice.reaches is not None for notice in told)
    pages = len(preview.pages) + preview.unshown
    lines = [
        f"Against `{_code(_cut(preview.base, 100))}` ({preview.base_commit[:10]}), "
        f"as of {preview.at:%Y-%m-%d %H:%M} UTC.",
        "",
        f"- {_count(pages, 'page')} and {_count(sum(preview.others.values()), 'other file')} change.",
        f"- {_count(len(told), 'event')} told, {_count(messages, 'different message')} shown"
        + (f", {_count(people, 'recipient')} reached." if counted else "; recipients were not counted."),
    ]
    errors = sum(p.level is Level.ERROR for p in (*preview.problems, *preview.findings))
    warnings = sum(p.level is Level.WARNING for p in (*preview.problems, *preview.findings))
    lines.append(f"- {_count(errors, 'error')} and {_count(warnings, 'warning')} of check and lint.")
    undecided = sum(not edit.choice for edit in preview.edits)
    if undecided:
        lines.append(f"- **{_count(undecided, 'edited text')} still to be decided: silent or correction.**")
    return "\n".join(lines)


def _problems(heading: str, problems: Sequence[Problem]) -> Iterator[_Part]:
    if not problems:
        return
    yield _Part(text=f"### {heading}: {_count(len(problems), 'finding')}")
    for problem in sorted(problems, key=lambda each: list(Level).index(each.level)):
        yield _Part(
            text=f"- **{problem.level}** `{_code(f'{problem.file}:{problem.line}:{problem.column}')}` "
            f"{plain(_cut(f'{problem.message} {problem.fix}'.strip(), 600))} ({plain(problem.code)})",
            rank=2,
            name="findings",
        )


def _edits(edits: Sequence[Edit]) -> Iterator[_Part]:
    for number, edit in enumerate(edits):
        if not number:
            yield _Part(text="### Published texts that change")
        name = "edits"
        yield _Part(
            text=f"**{plain(_cut(edit.title, 200))}**, `{_code(edit.key)}` in `{_code(edit.place)}`", rank=1, name=name
        )
        yield _Part(text=choice(edit), rank=1, name="choices of edits")
        yield _Part(text=_fenced(_diff(edit.lines), "diff"), rank=3, name="differences of edits")
        if edit.received:
            yield _Part(
                text=_details("What subscribers received", _fenced(edit.received)), rank=6, name="received messages"
            )


def choice(edit: Edit, tick: str = "`") -> str:
    """Return what an edit decides, or what must be written to decide; `tick` stands around what is written."""
    silent = f"{tick}edited_at: {edit.edited_at}{tick}"
    again = f'{tick}correction: "What was wrong, and what is right."{tick}'
    match edit.choice:
        case "correction":
            return "Decided: correction. Everybody who was told is told again."
        case "silent":
            said = "Decided: silent. The page shows when it was edited, and nobody is told."
            return f"{said} To tell everybody who was told, write {again} too."
        case "withdrawn":
            return "Decided: withdrawn. The page keeps its place, and those who were told hear of it."
    who = "" if not edit.silence else f" Nobody was told of this update ({edit.silence})."
    return f"Not decided.{who} Silent: write {silent}. Correction: write that and {again}."


def _notices(notices: Sequence[Notice]) -> Iterator[_Part]:
    for number, notice in enumerate(notices):
        if not number:
            yield _Part(text="### Messages")
        yield _Part(text=_head(notice), rank=2, name="events")
        for place, proof in enumerate(notice.proofs):
            if proof.inside:
                continue
            message = proof.sheet.message
            size = f", {proof.sheet.size}" if proof.sheet.size else ""
            title = (
                f"{proof.sheet.form} · {message.audience} · {proof.language}{size}: {_cut(proof.sheet.heading, 120)}"
            )
            rank = 4 if not place else 5 if message.audience == "customers" and message.channel == "sms" else 7
            text = _details(title, _fenced(_cut(proof.sheet.text, _TEXT)))
            yield _Part(text=text, rank=rank, name="message texts")


def _head(notice: Notice) -> str:
    event = notice.event
    said = [
        f"**{plain(event.kind.replace('_', ' '))}**: {plain(_cut(event.title, 200))}, {event.at:%Y-%m-%d %H:%M} UTC"
    ]
    if notice.silent:
        said.append(f"nobody is told ({plain(notice.silent)})")
    elif notice.late:
        said.append("too late to be sent")
    elif notice.later:
        said.append("still to come")
    lines = [f"{', '.join(said)} `{_code(event.key)}`"]
    if notice.reaches:
        lines += ["", "| channel | audience | language | recipients |", "| --- | --- | --- | ---: |"]
        shown = notice.reaches[:12]
        lines += [
            f"| {plain(r.channel)} | {plain(r.audience)} | {plain(r.language) or 'own'} | {r.people:,} |" for r in shown
        ]
        if len(notice.reaches) > len(shown):
            rest = notice.reaches[len(shown) :]
            lines.append(f"| {len(rest)} more | | | {sum(r.people for r in rest):,} |")
    elif notice.reaches is not None and not notice.silent:
        lines.append("No recipient.")
    if notice.skipped and not notice.silent:
        reasons = ", ".join(f"{plain(why)} {count:,}" for why, count in list(notice.skipped.items())[:12])
        lines += ["", f"Not told: {reasons}."]
    return "\n".join(lines)


def _pages(preview: Preview) -> Iterator[_Part]:
    if not preview.pages and not preview.others:
        return
    yield _Part(text="### Pages")
    for number, page in enumerate(preview.pages):
        first = number < 4
        yield _Part(text=_page(page), rank=3 if first else 6, name="page differences")
    said = [f"{count} {plain(kind)}" for kind, count in preview.others.items()]
    if preview.unshown:
        said.append(f"{preview.unshown} more pages")
    if said:
        yield _Part(text=f"Also: {', '.join(said)}.")


def _page(page: Page) -> str:
    heading = f"{page.change} {page.address} {_cut(page.title, 120)}"
    if not page.lines:
        return f"{plain(heading)}: its text is the same, its markup is not."
    shown = page.lines[:_LINES]
    text = _diff(shown)
    if len(page.lines) > len(shown):
        text += f"\n  ... {len(page.lines) - len(shown)} more lines"
    return _details(heading, _fenced(text, "diff"))


def _diff(lines: Iterable[Line]) -> str:
    return "\n".join(f"{line.sign}{'@ ' if line.sign == '@' else ''}{_cut(line.text, 1000)}" for line in lines)


def _details(summary: str, body: str) -> str:
    return f"<details><summary>{plain(' '.join(summary.split()))}</summary>\n\n{body}\n\n</details>"


def _fenced(text: str, language: str = "") -> str:
    """Return `text` as a block of code that nothing in it can end."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", text)
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


_SPECIAL = re.compile(r"[&<>`*_\[\]()#|@~\\!$\"'{}]")


def plain(text: str) -> str:
    """Return `text` so that Markdown, HTML, mentions, references and links in it do nothing."""
    flat = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())
    safe = _SPECIAL.sub(lambda found: f"&#{ord(found.group())};", flat)
    return re.sub(r"\b(www)\.", r"\1&#46;", safe.replace("://", "&#58;//"))


def _code(text: str) -> str:
    """Return `text` for a span of code, in which nothing ends it."""
    return re.sub(r"[`\x00-\x1f\x7f]", " ", text)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()} ..."


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
