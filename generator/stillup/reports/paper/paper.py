"""A document as it is handed over: Markdown, the numbers in it, and what the records did not say."""

import re
from collections.abc import Mapping
from dataclasses import field
from html import escape, unescape

from stillup.frozen import dataclass
from stillup.views.markdown import body

_HEAD = re.compile(r"<(/?)h([3-6])>")
_WHOLE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d(?: UTC)?"  # an instant
    r"|\b\d[\d,]*(?:\.\d\d)? [A-Z]{3}\b"  # an amount
    r"|\+\d{1,3}(?: \d+)+"  # a number to call
)
"""What stays on one line; with the spaces in it it stands in no address."""

_REFERENCE = re.compile(r"&(?=#?\w+;)")
"""What Markdown would read as the beginning of a character's name."""

_TASK = re.compile(r"<li>(?:<p>)?\[( |x)\] ")

STYLE = """\
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--paper:#fff;--mark:#9a3412;--tint:#f6f8fa}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b1;--line:#3d444d;--paper:#0d1117;--mark:#fdba74;\
--tint:#161b22}}
body{margin:0 auto;padding:1.5rem 1rem 3rem;max-width:46rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);\
background:var(--paper);overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:.3rem 0 1rem}h2{font-size:1.2rem;margin:1.8rem 0 .4rem;\
border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:1.2rem 0 .3rem}
.t{white-space:nowrap}.task{list-style:none;margin-left:-1.2rem}
a{color:inherit}ul,ol{padding-left:1.3rem;margin:.4rem 0}p{margin:.5rem 0}
.internal{color:var(--mark);font-weight:700;letter-spacing:.04em;font-size:.85rem}
div.table{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.6rem 0;font-size:.93rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid var(--line);overflow-wrap:normal}
em{color:var(--mark);font-style:normal}blockquote{margin:.6rem 0;padding:.2rem .9rem;border-left:4px solid var(--line);\
background:var(--tint)}pre{background:var(--tint);padding:.7rem;overflow-x:auto;white-space:pre-wrap}
footer{margin-top:2.5rem;padding-top:.6rem;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem}
@media print{@page{size:A4;margin:16mm}:root{--ink:#000;--soft:#333;--paper:#fff;--mark:#000;--tint:#fff;--line:#888}\
body{max-width:none;padding:0;font-size:9.5pt;line-height:1.4}h1{font-size:17pt;margin-bottom:.6rem}\
h2{font-size:12pt;margin-top:.9rem}h3{margin-top:.8rem}h2,h3{break-after:avoid}tr,li,blockquote,pre{break-inside:avoid}\
footer{margin-top:1rem;font-size:8.5pt}.internal{font-size:8.5pt}div.table{overflow:visible}\
td a{overflow-wrap:anywhere}td a[href^=mailto]{overflow-wrap:normal}\
td,th{overflow-wrap:break-word;padding:.2rem .5rem .2rem 0}ul,ol{margin:.25rem 0}p{margin:.35rem 0}\
table{font-size:8.5pt}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something a complete document says and no record does."""

    field: str
    """The field to write, as a person would: `root_cause.root`."""

    what: str
    """What is missing, in a few words."""

    place: str = ""
    """Where it is to be written: `public` is the public record, empty the private one.

    Else a file that is made with the document, or one of the private folder; with that as its field, all of the file.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document."""

    kind: str
    """Its name, and that of its files: `postmortem`."""

    subject: str
    """The id of the incident or exercise it is about."""

    title: str
    text: str
    """Markdown, without the title."""

    foot: str
    """When and from what it was made, and how its numbers are to be read; Markdown."""

    numbers: Mapping[str, object] = field(default_factory=dict)
    """The facts in it for scripts."""

    gaps: tuple[Gap, ...] = ()
    """What the records do not say."""

    beside: Mapping[str, bytes] = field(default_factory=dict)
    """Other files that go with it, by name."""

    language: str = "en"

    @property
    def markdown(self) -> str:
        """Return the whole document as Markdown."""
        return f"**INTERNAL. Not for the public.**\n\n# {self.title}\n\n{self.text.strip()}\n\n---\n\n{self.foot}\n"

    @property
    def html(self) -> str:
        """Return it as a page that needs nothing else, with rules for paper."""
        title = escape(_plain(self.title))
        return (
            f'<!doctype html>\n<html lang="{self.language}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="robots" content="noindex, nofollow">\n'
            f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
            f'<main>\n<p class="internal">INTERNAL. Not for the public.</p>\n<h1>{title}</h1>\n{_html(self.text)}\n'
            "</main>\n"
            f"<footer>\n{_html(self.foot)}\n</footer>\n</body>\n</html>\n"
        )


def plain(text: str) -> str:
    """Return one line of `text` so that Markdown shows it as it is."""
    line = _REFERENCE.sub("&amp;", " ".join(text.split()))
    # What is a tag elsewhere is text to our own reader, to whom `\<` is a backslash before it.
    return re.sub(r"([\\`*_\[\]>|#~])", r"\\\1", line).replace("<", "&lt;")


def _plain(text: str) -> str:
    return unescape(re.sub(r"\\([\\`*_\[\]>|#~])", r"\1", text))


def _html(text: str) -> str:
    """Return safe HTML with headings from h2 on; tables scroll, tasks are boxes."""
    html = str(body(text).html)
    html = _HEAD.sub(lambda found: f"<{found[1]}h{int(found[2]) - 1}>", html)
    html = _TASK.sub(lambda found: f'<li class="task">{"☑" if found[1] == "x" else "☐"} ', html)
    html = _WHOLE.sub(lambda found: f'<span class="t">{found[0]}</span>', html)
    # A table that is wider than the window is moved by keys as well.
    return html.replace("<table>", '<div class="table" tabindex="0"><table>').replace("</table>", "</table></div>")
