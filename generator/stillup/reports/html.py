"""A document as one HTML file: nothing else is needed to read or to print it."""

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from stillup.reports.document import Document


def html(document: Document) -> str:
    """Return the whole document."""
    sections = [
        (section.title, [(type(part).__name__.lower(), part) for part in section.parts])
        for section in document.sections
    ]
    return _template().render(document=document, sections=sections, style=Markup(_read("report.css")), svg=Markup)


_MOMENT = re.compile(r"(?<![\w-])(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?)(?![\w-])")
"""A day or an instant, which stays on one line: a dash in it is no place to break. Not the beginning of an id."""


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["whole"] = _whole
    return environment.from_string(_read("report.html"))


def _whole(text: str) -> Markup:
    """Return `text` as HTML in which no day or instant breaks."""
    return Markup(_MOMENT.sub(r'<span class="t">\1</span>', str(escape(text))))


def _read(name: str) -> str:
    return files("stillup.reports").joinpath("templates", name).read_text(encoding="utf-8")
