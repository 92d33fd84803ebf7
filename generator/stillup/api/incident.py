"""One record by itself: its whole document at any age, and the addresses that lead to its page."""

from collections.abc import Iterator

from markupsafe import escape

from stillup.api.artifact import artifact
from stillup.api.statuspage import Printer
from stillup.artifact import Artifact
from stillup.views.document import IncidentDocument, PageDocument, Roster
from stillup.vocabulary import Kind


def incident(document: IncidentDocument, roster: Roster) -> Artifact:
    """Return `incidents/<code>.json`.

    Of an open record it shows the components as they are in `roster`; of one that is over as the record left them, so
    that the file never changes again.
    """
    printer = Printer(roster, left=None if document.open else document.resolved or document.updated)
    told = printer.maintenance(document) if document.kind == Kind.MAINTENANCE else printer.incident(document)
    return artifact(f"incidents/{document.code}.json", {**told, **printer.postmortem(document)})


def stubs(document: IncidentDocument, page: PageDocument) -> Iterator[Artifact]:
    """Return the pages that lead from the record's code and from its former ids to its page, without a script."""
    body = stub(document, page).encode()
    for name in dict.fromkeys([document.code, *document.formerly]):
        yield Artifact(path=f"incidents/{name}/index.html", body=body, media_type="text/html")


def stub(document: IncidentDocument, page: PageDocument) -> str:
    """Return such a page: each of them is the same."""
    title, address = escape(document.title), escape(f"{page.url}/{document.place}")
    canonical = f'<link rel="canonical" href="{address}">\n' if page.url else ""
    return (
        f'<!doctype html>\n<html lang="{escape(page.language)}" dir="{escape(page.direction)}">\n<head>\n'
        f'<meta charset="utf-8">\n<title>{title}</title>\n{canonical}<meta name="robots" content="noindex">\n'
        f'<meta http-equiv="refresh" content="0; url=../{document.id}/">\n</head>\n'
        f'<body>\n<p><a href="../{document.id}/">{title}</a></p>\n</body>\n</html>\n'
    )
