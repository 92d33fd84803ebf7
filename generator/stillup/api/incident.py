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
    address = f"{page.url}/{document.place}"
    body = _STUB.format(
        language=page.language,
        direction=page.direction,
        title=document.title,
        canonical=_CANONICAL.format(address=address) if page.url else "",
        to=f"../{document.id}/",
    ).encode()
    for place in paths(document):
        if place.endswith(".html"):
            yield Artifact(path=place, body=body, media_type="text/html")


def paths(document: IncidentDocument) -> tuple[str, ...]:
    """Return every path that `incident` and `stubs` publish for a record: they stand while its page stands."""
    names = dict.fromkeys([document.code, *document.formerly])
    return (f"incidents/{document.code}.json", *(f"incidents/{name}/index.html" for name in names))
