"""The rule of uptime against what real status pages showed: outage seconds in, their percentages and colours out."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from stillup.timeline.day import Day
from stillup.timeline.uptime import Palette, colour, group_days, group_uptime, uptime

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "uptime"
PAGES = sorted(CORPUS.glob("page-*.json"))


@pytest.fixture(scope="module")
def pages():
    if not PAGES:
        assert not os.environ.get("REQUIRE_ALL"), f"no uptime corpus in {CORPUS}"
        pytest.skip(f"no uptime corpus in {CORPUS}")
    return [json.loads(page.read_text()) for page in PAGES]


def test_every_percentage_and_every_group_day_is_the_one_the_page_showed(pages):
    percentages = groups = group_bars = outages = 0
    for page in pages:
        lines = {code: days_of(component) for code, component in page["components"].items()}
        for code, component in page["components"].items():
            shown = round(float(component["shown_percent"]) * 100)
            assert uptime(lines[code]) == shown, (page["page"], code)
            percentages += 1
            children = [lines[child] for child in component.get("group", ()) if child in lines]
            if not children:
                continue
            ours = [(day.partial, day.major) for day in group_days(children)]
            theirs = [(day.partial, day.major) for day in lines[code]]
            assert ours == theirs, (page["page"], code)
            assert group_uptime(children) == shown, (page["page"], code)
            groups += 1
            group_bars += len(theirs)
            outages += sum(1 for day in theirs if day != (0, 0))

    assert (len(pages), percentages, groups, group_bars, outages) == (16, 126, 23, 2070, 11)


def test_every_bar_has_the_colour_that_the_page_showed(pages):
    bars = bad = exact = 0
    for page in pages:
        names = ("green", "yellow", "orange", "red", "no_data")
        palette = Palette(**{name: page["colours"][name] for name in names})
        for code, component in page["components"].items():
            for day, shown in zip(days_of(component), component["fills"], strict=True):
                ours = colour(day, palette)
                assert distance(ours, shown) <= 1, (page["page"], code, day.date, ours, shown)
                bars += 1
                bad += day.partial + day.major > 0
                exact += ours == shown and day.partial + day.major > 0

    assert (bars, bad) == (11340, 53)
    assert exact >= 0.9 * bad


def days_of(component) -> tuple[Day, ...]:
    since = component.get("startDate", "")
    return tuple(
        Day(date=date.fromisoformat(day), known=day >= since, seconds=(0, 0, 0, partial, major))
        for day, partial, major in component["days"]
    )


def distance(one: str, other: str) -> int:
    return max(abs(int(one[place : place + 2], 16) - int(other[place : place + 2], 16)) for place in (1, 3, 5))
