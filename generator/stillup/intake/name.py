"""Names that an import makes: file stems out of titles, and codes out of ids of another kind."""

import re
from collections.abc import Callable
from unicodedata import normalize

from stillup.records.field import CODE
from stillup.records.folder import RESERVED
from stillup.views import code as codes

_MOST = 80


def slug(title: str, otherwise: str) -> str:
    """Return small letters, digits and dashes that remind of `title`; `otherwise` where nothing of it can be kept."""
    letters = normalize("NFKD", title.casefold().replace("ß", "ss")).encode("ascii", "ignore").decode()
    found = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", letters)).strip("-")
    if len(found) > _MOST:
        found = found[: _MOST + 1].rpartition("-")[0][:_MOST].strip("-") or found[:_MOST]
    found = found or otherwise
    return f"{found}-{otherwise}"[:100] if found in RESERVED or CODE(found) else found


def free(wanted: str, taken: Callable[[str], bool]) -> str:
    """Return `wanted`, or that with `-2`, `-3` ... where it is taken."""
    found, number = wanted, 1
    while taken(found):
        number += 1
        found = f"{wanted}-{number}"
    return found


def code(kind: str, original: object) -> str:
    """Return an id of the public API: the original where it is one, else always the same of the same original."""
    if isinstance(original, str) and CODE(original):
        return original
    return codes.code("import", f"{kind}:{original}")


def organisation(page: str) -> str:
    """Return whose page it is that is called `page`: `Example` of `Example Status`."""
    return re.sub(r"\s+status(\s+page)?$", "", page, flags=re.IGNORECASE) or page


def page(organisation: str) -> str:
    """Return what the page of `organisation` is called: `Example Status`, also of what ends so already."""
    whole = organisation.split()
    return organisation if "status" in [word.lower() for word in whole[-2:]] else " ".join([*whole, "Status"])
