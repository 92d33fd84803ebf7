"""Pages drawn from the sample views, alone and in their shells."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from stillup.site.frame import Frame
from stillup.site.page import Page, Pages
from tests.site import views_sample as views
from tests.site.sample_site import build_site
from tests.site.words_sample import ENGLISH

OFFERS = frozenset({"search", "calendar"})


def frame_of(**changes: object) -> Frame:
    """Return the sample's frame, its masthead with `changes`."""
    return Frame(words=ENGLISH, masthead=replace(views.MASTHEAD, **changes), offers=OFFERS)  # type: ignore[arg-type]


def draw(pages: Pages) -> list[Page]:
    """Return every sample page."""
    return [
        pages.home(views.HOME),
        pages.incident(views.OUTAGE),
        pages.incident(views.DECLINED),
        pages.component(views.STRIPE),
        pages.month(views.NOVEMBER),
        pages.year(views.YEAR),
        pages.archive(views.YEAR),
        pages.maintenance(views.MAINTENANCE),
        pages.uptime(views.UPTIME),
        pages.subscribe(views.SUBSCRIBE),
    ]


@pytest.fixture(scope="session")
def drawn() -> list[Page]:
    """Every sample page without its shell."""
    return draw(Pages(frame_of()))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, drawn: list[Page]) -> Path:
    """The sample's site."""
    return build_site(tmp_path_factory.mktemp("sample"), frame_of(), drawn)


@pytest.fixture(scope="session")
def site_url(site: Path, serve: Callable[..., str]) -> str:
    """Its address, below a path."""
    return serve(site, below="/sub/")
