"""A preview as one HTML page that needs no other file, no script and no network."""

from base64 import b64encode
from functools import lru_cache
from json import dumps, loads

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from stillup.errors import Level
from stillup.pipeline.preview.comment import choice
from stillup.pipeline.preview.shape import Edit, Preview


def sheet(preview: Preview) -> str:
    """Return the page."""
    found = (*preview.problems, *preview.findings)
    return _template().render(
        preview=preview,
        told=[notice for notice in preview.notices if not notice.silent],
        quiet=[notice for notice in preview.notices if notice.silent],
        errors=sum(problem.level is Level.ERROR for problem in found),
        warnings=sum(problem.level is Level.WARNING for problem in found),
        inside=any(proof.inside for notice in preview.notices for proof in notice.proofs),
    )


def _png(picture: bytes) -> str:
    return f"data:image/png;base64,{b64encode(picture).decode()}"


def _pretty(document: str) -> str:
    return dumps(loads(document), ensure_ascii=False, indent=2)


def _choice(edit: Edit) -> str:
    return choice(edit, "")


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("stillup.pipeline.preview", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"png": _png, "pretty": _pretty, "choice": _choice}
    return environment.get_template("preview.html.j2")
