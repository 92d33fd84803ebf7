"""The text-only page: one small file without script or picture, for the worst line and the oldest browser."""

from collections.abc import Callable, Iterable
from functools import partial
from os import PathLike
from typing import Final

from jinja2 import BytecodeCache

from stillup.artifact import Artifact
from stillup.site.frame import Frame
from stillup.site.override import OwnEnvironment, templated
from stillup.site.page import TEMPLATES, phrase, timed, titled
from stillup.site.place import relative
from stillup.views.lite import ROOMS, Lite, Room

PLACE: Final = "lite/"
LIMIT: Final = 14_000
"""Bytes, uncompressed: what a server sends before it first waits for its reader (RFC 6928: ten segments)."""


def lite_page(
    frame: Frame,
    view: Callable[[Room], Lite],
    overrides: Iterable[str | PathLike[str]] = (),
    *,
    cache: BytecodeCache | None = None,
) -> Artifact:
    """Return `lite/index.html`, told within the first room in which it takes less than `LIMIT` bytes.

    `pages/lite.html` in `overrides` stands in place of ours.
    """
    environment = templated(OwnEnvironment, TEMPLATES, overrides, cache)
    render = partial(
        environment.get_template("pages/lite.html").render,
        stillup=frame,
        masthead=frame.masthead,
        say=frame.say,
        phrase=partial(phrase, frame),
        timed=timed,
        titled=partial(titled, frame),
        link=partial(relative, page=PLACE),
    )
    body = b""
    for room in ROOMS:
        body = render(v=view(room)).encode()
        if len(body) < LIMIT:
            break
    return Artifact(path=f"{PLACE}index.html", body=body, media_type="text/html")
