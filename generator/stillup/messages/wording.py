"""How a letter is put into words: templates, each of which a file of the same name in `messages/` replaces.

A template sees the names in `VARIABLES` and nothing else; a name it does not know is a mistake that is told with its
line. A line that prints an absent fact is left out whole.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from traceback import walk_tb

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined, nodes
from jinja2.exceptions import TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from stillup.catalogue import UnknownWords
from stillup.errors import Problem, RecordError
from stillup.messages.letter import Letter
from stillup.messages.recipient import Recipient
from stillup.vocabulary import TEXTS

VARIABLES = frozenset(
    {
        *TEXTS,
        *("say", "kind", "stage", "state", "shape", "band", "status", "subject", "preheader", "language", "direction"),
        *("organisation", "team", "support_url", "support_email", "zone"),
        *("title", "reference", "services", "affected", "started", "time", "duration", "windows", "body", "promise"),
        *("page", "manage", "unsubscribe", "all_operational"),
    }
)
"""Every name a template may use."""

_SHAPES = {"ok": "✓", "degraded": "▲", "partial": "◆", "major": "✕", "maint": "■", "none": "○"}
_MARK = "\0"
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MUCH_SPACE = re.compile(r"\n{3,}")


class _Absent:
    """A fact that was not given: false, and takes the line on which it is printed with it."""

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return _MARK

    __html__ = __str__


ABSENT = _Absent()


def clean(text: str) -> str:
    """Return `text` without control characters and lone surrogates, which no mail, page or JSON can carry."""
    return type(text)(_CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def one_line(text: str) -> str:
    """Return `text` in one line, so that it can never begin a second header."""
    return clean(" ".join(text.split()))


def variables(letter: Letter, recipient: Recipient, *, html: bool) -> dict[str, object]:
    """Return what a template sees, in the form in which it prints it."""
    update, incident, masthead = letter.update, letter.incident, letter.masthead

    def long(markup: Markup, text: str) -> object:
        return clean(markup if html else text) or ABSENT

    def short(text: str) -> object:
        return one_line(text) or ABSENT

    facts = {fact.key: long(fact.html, fact.text.strip()) for fact in update.facts}
    return {
        **dict.fromkeys(TEXTS, ABSENT),
        **{key: fact for key, fact in facts.items() if key in TEXTS},
        "say": letter.words.say,
        "kind": letter.kind,
        "stage": letter.stage,
        "state": letter.state.key,
        "shape": _SHAPES.get(letter.state.key, _SHAPES["none"]),
        "band": short(letter.state.word),
        "status": short(update.word),
        "subject": ABSENT,
        "preheader": short(letter.preheader),
        "language": letter.words.language,
        "direction": letter.words.direction,
        "organisation": short(masthead.organisation),
        "team": short(masthead.team),
        "support_url": short(masthead.support_url),
        "support_email": short(masthead.support_email),
        "zone": masthead.zone,
        "title": short(incident.title),
        "reference": short(incident.reference),
        "services": short(letter.services),
        "affected": short(letter.affected),
        "started": short(letter.started),
        "time": short(letter.time),
        "duration": short(letter.duration),
        "windows": long(incident.html_windows, one_line(incident.html_windows.striptags())),
        "body": long(update.body.html, update.body.text.strip()),
        "promise": short(letter.promise),
        "page": letter.page or ABSENT,
        "manage": recipient.manage or ABSENT,
        "unsubscribe": recipient.unsubscribe or ABSENT,
        "all_operational": letter.all_operational,
    }


class Wording:
    """The templates in force: those of `folder`, and for the rest our own."""

    def __init__(self, folder: Path | None = None) -> None:
        """Look first in `folder`; there, `stillup/<name>` is our own template of that name, to extend."""
        self._folder = folder
        ours = PackageLoader("stillup.messages", "templates")
        own = [FileSystemLoader(folder)] if folder else []
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([*own, ours, PrefixLoader({"stillup": ours})]),
            undefined=StrictUndefined,
            autoescape=lambda name: name is not None and ".html" in name,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def text(self, kind: str, seen: Mapping[str, object]) -> tuple[str, str]:
        """Return subject and text of a mail from `<kind>.email.txt.j2`, whose first line is `Subject: ...`."""
        name = f"{kind}.email.txt.j2"
        head, _, rest = _dropped(self._render(name, seen)).partition("\n")
        if not head.startswith("Subject: "):
            raise RecordError(
                [self._problem(name, 1, "no-subject", "The first line is not the subject.", _SUBJECT_FIX)]
            )
        return one_line(head.removeprefix("Subject: ")), rest.strip("\n") + "\n"

    def html(self, kind: str, seen: Mapping[str, object]) -> str:
        """Return the HTML of a mail from `<kind>.email.html.j2`, its styles not yet inlined."""
        return _dropped(self._render(f"{kind}.email.html.j2", seen))

    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with the folder's own templates: syntax, and names that do not exist."""
        if self._folder is None:
            return ()
        found = []
        for path in sorted(self._folder.glob("*.j2")):
            try:
                tree = self._environment.parse(path.read_text(encoding="utf-8"), path.name)
            except TemplateSyntaxError as error:
                found.append(self._problem(path.name, error.lineno, "template", _sentence(error), ""))
                continue
            found += [
                self._problem(path.name, line, "unknown-variable", f"'{name}' is not known to messages.", _NAMES_FIX)
                for name, line in _unknown_names(tree)
            ]
        return tuple(sorted(found))

    def _render(self, name: str, seen: Mapping[str, object]) -> str:
        try:
            return self._environment.get_template(name).render(seen)
        except TemplateSyntaxError as error:
            problem = self._problem(error.name or name, error.lineno, "template", _sentence(error), "")
        except UndefinedError as error:
            problem = self._problem(*_where(error, name), "unknown-variable", _sentence(error), _NAMES_FIX)
        except (TemplateError, UnknownWords) as error:
            problem = self._problem(*_where(error, name), "template", _sentence(error), "")
        raise RecordError([problem])

    def _problem(self, name: str, line: int, code: str, message: str, fix: str) -> Problem:
        own = self._folder is not None and (self._folder / name).is_file()
        folder = self._folder.name if self._folder and own else "stillup/messages/templates"
        return Problem(file=f"{folder}/{name}", line=line, code=code, message=message, fix=fix)


_SUBJECT_FIX = "Begin it with `Subject: ` and leave the second line empty."
_NAMES_FIX = f"Use one of {', '.join(sorted(VARIABLES))}."
_GIVEN = {"row", "super", "self", "loop", "caller", "range", "dict", "namespace", "joiner", "cycler"}
"""Names that Jinja or our layout gives."""


def _sentence(error: Exception) -> str:
    return f"{str(error).rstrip('.')}."


def _where(error: Exception, name: str) -> tuple[str, int]:
    """Return the innermost template on the way to `error`, and its line."""
    frames = [(Path(frame.f_code.co_filename).name, line) for frame, line in walk_tb(error.__traceback__)]
    return next((each for each in reversed(frames) if each[0].endswith(".j2")), (name, 1))


def _unknown_names(tree: nodes.Template) -> list[tuple[str, int]]:
    """Return names that are read, but are neither ours nor set in the template, with their lines."""
    names = list(tree.find_all(nodes.Name))
    imported = {
        alias[1] if isinstance(alias, tuple) else alias
        for each in tree.find_all(nodes.FromImport)
        for alias in each.names
    }
    known = VARIABLES | imported | {name.name for name in names if name.ctx in ("store", "param")}
    known |= {each.name for each in tree.find_all(nodes.Macro)} | {each.target for each in tree.find_all(nodes.Import)}
    return [(each.name, each.lineno) for each in names if each.ctx == "load" and each.name not in known | _GIVEN]


def _dropped(text: str) -> str:
    """Return `text` without the lines of absent facts and without the gaps they leave."""
    kept = "\n".join(line for line in text.split("\n") if _MARK not in line)
    return _MUCH_SPACE.sub("\n\n", kept)
