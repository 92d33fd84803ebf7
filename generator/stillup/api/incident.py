"""One record by itself: its whole document at any age, and the addresses that lead to its page."""

from collections.abc import Iterator

from markupsafe import Markup

from stillup.api.artifact import artifact
from stillup.api.statuspage import Printer
from stillup.artifact import Artifact
from stillup.views.document import IncidentDocument, PageDocument, Roster
from stillup.vocabulary import Kind

_STUB = Markup(
    '<!doctype html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
    "<title>{title}</title>\n{canonical}"
    '<meta name="robots" content="noindex">\n<meta http-equiv="refresh" content="0; url={to}">\n</head>\n'
    '<body>\n<p><a href="{to}">{title}</a></p>\n</body>\n</html>\n'
)
_CANONICAL = Markup('<link rel="canonical" href="{address}">\n')


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
    address = f"{page.url}/{document.place}"
    return _STUB.format(
        language=page.language,
        direction=page.direction,
        title=document.title,
        canonical=_CANONICAL.format(address=address) if page.url else "",
        to=f"../{document.id}/",
    )
