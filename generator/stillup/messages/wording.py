"""How a letter is put into words: templates, each of which a file of the same name in `messages/` replaces.

A template sees the names in `VARIABLES` and nothing else; one for responders, executives, board or investors sees
those in `INTERNAL` too. A name it does not know is a mistake that is told with its line. A line that prints an absent
fact is left out whole.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from traceback import walk_tb

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined, nodes
from jinja2.exceptions import TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from stillup.catalogue import UnknownWords, words
from stillup.errors import Problem, RecordError
from stillup.frozen import dataclass
from stillup.messages.block import blocks
from stillup.messages.event import AUDIENCES, KINDS
from stillup.messages.letter import Letter
from stillup.messages.repetition import repeated
from stillup.messages.template import FORMS, is_asked_for, known_to, stems
from stillup.views.tongue import titled
from stillup.vocabulary import TEXTS

_SHAPES = {"ok": "✓", "degraded": "▲", "partial": "◆", "major": "✕", "maint": "■", "none": "○"}
_MARK = "\0"
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_HEADING = re.compile("(</?h)([3-6])")
_MUCH_SPACE = re.compile(r"\n{3,}")


class _Absent:
    """A fact that was not given: false, and takes the line on which it is printed with it."""

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return _MARK

    __html__ = __str__


ABSENT = _Absent()


def _raised(tag: re.Match[str]) -> str:
    """Return a heading one level up: on a page a text stands below two headings, in a mail below one."""
    return f"{tag[1]}{int(tag[2]) - 1}"


def clean(text: str) -> str:
    """Return `text` without control characters and lone surrogates, which no mail, page or JSON can carry."""
    return type(text)(_CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def one_line(text: str) -> str:
    """Return `text` in one line, so that it can never begin a second header."""
    return clean(" ".join(text.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text from a template."""

    stem: str
    """Which template it was, e.g. `incident_opened.support`."""

    subject: str
    text: str


def variables(
    letter: Letter, audience: str = "customers", *, html: bool, manage: str = "", unsubscribe: str = ""
) -> dict[str, object]:
    """Return what a template sees, in the form in which it prints it.

    Those who follow each update read what it says; the others, and whoever hears of it for the first time in the middle
    of it, get what is known by then.
    """
    update, incident, masthead = letter.update, letter.incident, letter.masthead

    def long(markup: Markup, text: str) -> object:
        return clean(markup if html else text) or ABSENT

    def short(text: str) -> object:
        return one_line(text) or ABSENT

    opened = letter.opened if audience in _ONE_BY_ONE else None
    follows = audience in _FOLLOWERS and letter.kind not in _SUMMARIES and opened is None
    told = update.facts if follows else letter.known
    if opened is not None and audience in _FOLLOWERS:
        told = tuple(fact for fact in told if fact.key not in _PASSING or fact in update.facts)
    body = long(Markup(_HEADING.sub(_raised, update.body.html)), update.body.text.strip())
    facts = {fact.key: long(fact.html, _named(letter, fact.text.strip(), fact.language)) for fact in told}
    before: object = ABSENT
    if opened is not None and "impact_text" not in facts:
        before = long(Markup(_HEADING.sub(_raised, opened.html)), opened.text.strip())
    told_before = opened is not None and not before and letter.fact("impact_text") is None
    return {
        **dict.fromkeys(TEXTS, ABSENT),
        **{key: fact for key, fact in facts.items() if key in TEXTS},
        "say": letter.words.say,
        "kind": letter.kind,
        "stage": letter.stage,
        "audience": audience,
        "state": letter.state.key,
        "shape": _SHAPES.get(letter.state.key, _SHAPES["none"]),
        "band": short(letter.state.word),
        "status": short(letter.status),
        "subject": ABSENT,
        "preheader": short(letter.preheader),
        "language": letter.words.language,
        "direction": letter.words.direction,
        "organisation": short(masthead.organisation),
        "team": short(masthead.team),
        "support_url": short(masthead.support_url),
        "support_email": short(masthead.support_email),
        "zone": masthead.zone,
        "title": short(_named(letter, incident.title, incident.language)),
        "reference": short(incident.reference),
        "services": short(letter.services),
        "affected": short(letter.affected),
        "started": short(letter.started),
        "back": short(letter.back),
        "time": short(letter.time),
        "duration": short(letter.duration),
        "windows": short(letter.windows),
        "body": body,
        "also": ABSENT if repeated(letter, (fact.text for fact in told)) else body,
        "news": body if told_before else ABSENT,
        "before": before,
        "promise": short(letter.promise),
        "page": letter.page or ABSENT,
        "follow": letter.words.say(follow(letter.kind)),
        "manage": manage or ABSENT,
        "unsubscribe": unsubscribe or ABSENT,
        "correction": short(letter.correction),
        "written": short(letter.written),
        "line": ABSENT,
        "event_seq": letter.logged.seq if letter.logged else ABSENT,
        "event_head": letter.logged.hash if letter.logged else ABSENT,
        "all_operational": letter.all_operational,
    }


_LEADS_TO = {
    "incident_resolved": "mail.follow_over",
    "maintenance_completed": "mail.follow_over",
    "maintenance_cancelled": "mail.follow_over",
    "postmortem_published": "mail.follow_postmortem",
}


def follow(kind: str) -> str:
    """Return the key of what the button of a message of `kind` says: nobody follows what is over."""
    return _LEADS_TO.get(kind) or ("mail.follow_maintenance" if kind.startswith("maintenance") else "mail.follow")


def _named(letter: Letter, text: str, language: str) -> str:
    """Return a text with the `language` it is in where that is not the reader's."""
    return titled(text, letter.words, language) if language and text else text


_FOLLOWERS = ("customers", "enterprise", "partners", "support")
_PASSING = ("progress", "next_steps", "eta")
"""What is true of the moment at which it was said: who hears of an incident late is not told it of an earlier one."""

_ONE_BY_ONE = (*_FOLLOWERS, "responders")
_SUMMARIES = ("breach_notice", "incident_extended")


class Wording:
    """The templates in force: those of `folder`, and for the rest our own."""

    def __init__(self, folder: Path | None = None) -> None:
        """Look first in `folder`; there, `stillup/<name>` is our own template of that name, to extend."""
        self._folder = folder
        self._listed: frozenset[str] | None = None
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

    def text(self, kind: str, audience: str, seen: Mapping[str, object], *, disaster: bool = False) -> Said:
        """Return subject and text of a mail from `<kind>.<audience>.email.txt.j2` or else `<kind>.email.txt.j2`.

        Its first line is `Subject: ...`.
        """
        return self._headed(stems(kind, audience, disaster=disaster), ("email",), seen)

    def chat(
        self, kind: str, audience: str, channel: str, seen: Mapping[str, object], *, disaster: bool = False
    ) -> Said:
        """Return what a chat channel says: of `<kind>.<channel>.txt.j2`, `<kind>.chat.txt.j2`, else the mail's text."""
        return self._headed(stems(kind, audience, disaster=disaster), (channel, "chat", "email"), seen)

    def short(self, kind: str, audience: str, form: str, seen: Mapping[str, object]) -> tuple[str, str]:
        """Return head and text of `<kind>.<form>.txt.j2`: its first line is never cut, the others are where needed."""
        names = [f"{stem}.{form}.txt.j2" for stem in (*stems(kind, audience), "message")]
        head, _, rest = _dropped(self._rendered(names, seen)[1]).strip().partition("\n")
        return one_line(head), one_line(rest)

    def html(self, said: Said, seen: Mapping[str, object]) -> str:
        """Return the HTML of a mail, its styles not yet inlined.

        Of the template beside the text's; of the text itself where there is none, or where the text is one's own and
        has none beside it: then one file says it in every form.
        """
        name = f"{said.stem}.email.html.j2"
        alone = self._is_own(f"{said.stem}.email.txt.j2") and not self._is_own(name)
        if name in self._names() and not alone:
            return _dropped(self._render(name, seen))
        parts = blocks(unsigned(said.text, seen))
        leads = bool(parts) and not parts[0].label and "\n" not in parts[0].text
        told = {"blocks": parts[leads:], "lead": parts[0].text if leads else said.subject}
        return _dropped(self._render("message.email.html.j2", {**seen, **told}))

    def _is_own(self, name: str) -> bool:
        return self._folder is not None and (self._folder / name).is_file()

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
            known = known_to(path.name)
            found += [
                self._problem(
                    path.name, line, "unknown-variable", f"'{name}' is not known to messages.", _names_fix(known)
                )
                for name, line in _unknown_names(tree, known)
            ]
            found += [
                self._problem(path.name, line, "unknown-words", f"There are no words under '{key}'.", _WORDS_FIX)
                for key, line in _unknown_words(tree)
            ]
        found += self._unused()
        return tuple(sorted(found))

    def _unused(self) -> Iterator[Problem]:
        """Yield the files whose name no message asks for and no other file takes: probably a slip of the pen."""
        assert self._folder is not None
        paths = sorted(self._folder.glob("*.j2"))
        texts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in paths}
        for path in paths:
            if is_asked_for(path.name):
                continue
            if not any(f'"{path.name}"' in text or f"'{path.name}'" in text for text in texts.values()):
                message = "No message asks for a template of this name, and no other takes it in."
                yield self._problem(path.name, 1, "unknown-template", message, _TEMPLATE_FIX)

    def _headed(self, stems: list[str], forms: tuple[str, ...], seen: Mapping[str, object]) -> Said:
        names = [f"{stem}.{form}.txt.j2" for stem in stems for form in forms]
        name, text = self._rendered(names, seen)
        head, _, rest = _dropped(text).partition("\n")
        if not head.startswith("Subject: "):
            raise RecordError(
                [self._problem(name, 1, "no-subject", "The first line is not the subject.", _SUBJECT_FIX)]
            )
        return Said(
            stem=name.removesuffix(".txt.j2").rpartition(".")[0],
            subject=one_line(head.removeprefix("Subject: ")),
            text=rest.strip("\n") + "\n",
        )

    def _rendered(self, names: list[str], seen: Mapping[str, object]) -> tuple[str, str]:
        """Return the first of `names` that there is, and what it says."""
        there = self._names()
        name = next((name for name in names if name in there), names[-1])
        return name, self._render(name, seen)

    def _names(self) -> frozenset[str]:
        if self._listed is None:
            self._listed = frozenset(self._environment.list_templates())
        return self._listed

    def _render(self, name: str, seen: Mapping[str, object]) -> str:
        try:
            return self._environment.get_template(name).render(seen)
        except TemplateSyntaxError as error:
            problem = self._problem(error.name or name, error.lineno, "template", _sentence(error), "")
        except UndefinedError as error:
            problem = self._problem(
                *_where(error, name), "unknown-variable", _sentence(error), _names_fix(known_to(name))
            )
        except (TemplateError, UnknownWords) as error:
            problem = self._problem(*_where(error, name), "template", _sentence(error), "")
        raise RecordError([problem])

    def _problem(self, name: str, line: int, code: str, message: str, fix: str) -> Problem:
        folder = self._folder.name if self._folder and self._is_own(name) else "stillup/messages/templates"
        return Problem(file=f"{folder}/{name}", line=line, code=code, message=message, fix=fix)


_SUBJECT_FIX = "Begin it with `Subject: ` and leave the second line empty."
_WORDS_FIX = "Write the words themselves, or use a key of our own templates."
_TEMPLATE_FIX = (
    f"Name it <kind>.<form>.j2 or <kind>.<audience>.<form>.j2: a kind of {', '.join(KINDS)}, "
    f"disaster_opened, disaster_updated or disaster_resolved; an audience of {', '.join(AUDIENCES)}; "
    f"a form of {', '.join(FORMS)}."
)
_GIVEN = {"blocks", "lead", "row", "super", "self", "loop", "caller", "range", "dict", "namespace", "joiner", "cycler"}
"""Names that Jinja or our layout gives."""


def unsigned(text: str, seen: Mapping[str, object]) -> str:
    """Return `text` without the lines of the page's address and of who signs: a button and a frame say them."""
    sign = words(str(seen["language"])).say("mail.sign", team=seen["team"])
    page = str(seen["page"] or _MARK)
    return "\n".join(line for line in text.split("\n") if line != sign and not line.endswith(f": {page}"))


def _names_fix(known: frozenset[str]) -> str:
    return f"Use one of {', '.join(sorted(known))}."


def _unknown_words(tree: nodes.Template) -> list[tuple[str, int]]:
    """Return phrases that are asked for by a whole key and do not exist, with their lines."""
    english = words("en")
    found = []
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "say" and call.args:
            key = call.args[0]
            if isinstance(key, nodes.Const) and not english.has(str(key.value)):
                found.append((str(key.value), call.lineno))
    return found


def _sentence(error: Exception) -> str:
    return f"{str(error).rstrip('.')}."


def _where(error: Exception, name: str) -> tuple[str, int]:
    """Return the innermost template on the way to `error`, and its line."""
    frames = [(Path(frame.f_code.co_filename).name, line) for frame, line in walk_tb(error.__traceback__)]
    return next((each for each in reversed(frames) if each[0].endswith(".j2")), (name, 1))


def _unknown_names(tree: nodes.Template, known_names: frozenset[str]) -> list[tuple[str, int]]:
    """Return names that are read, but are neither ours nor set in the template, with their lines."""
    names = list(tree.find_all(nodes.Name))
    imported = {
        alias[1] if isinstance(alias, tuple) else alias
        for each in tree.find_all(nodes.FromImport)
        for alias in each.names
    }
    known = known_names | imported | {name.name for name in names if name.ctx in ("store", "param")}
    known |= {each.name for each in tree.find_all(nodes.Macro)} | {each.target for each in tree.find_all(nodes.Import)}
    return [(each.name, each.lineno) for each in names if each.ctx == "load" and each.name not in known | _GIVEN]


def _dropped(text: str) -> str:
    """Return `text` without the lines of absent facts and without the gaps they leave."""
    kept = "\n".join(line for line in text.split("\n") if _MARK not in line)
    return _MUCH_SPACE.sub("\n\n", kept)
