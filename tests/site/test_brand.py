"""A brand colour that nobody can read is refused, with one that can be read."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from stillup.cli import main
from stillup.site.brand import BRANDED, ENOUGH, OURS, PAPER, brand_problems, branded, contrast, nearest
from stillup.site.page import TEMPLATES

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_our_own_colours_pass_on_the_paper_of_our_sheet() -> None:
    css = (Path(TEMPLATES) / "assets" / "stillup.css").read_text(encoding="utf-8")

    assert f"--paper: light-dark({PAPER[0]}, {PAPER[1]})" in css
    assert brand_problems(*OURS, "mkdocs.yml") == ()


@pytest.mark.parametrize("name", sorted(BRANDED))
def test_the_pages_colours_replace_ours(name: str) -> None:
    ours = (Path(TEMPLATES) / name).read_text(encoding="utf-8")
    theirs = branded(ours, "#123456", "#fedcba")

    assert all(colour in ours for colour in OURS)
    assert not any(colour in theirs for colour in OURS)
    assert "#123456" in theirs
    assert "#fedcba" in theirs


SETTINGS = "site_name: Status\ntheme: {{name: material{theme}}}\nplugins:\n  - stillup:\n      logo: assets/logo.svg\n"


@pytest.mark.parametrize(
    ("theme", "fix"),
    [
        (", custom_dir: ours", "Make ours/assets/logo.svg, or leave logo out."),
        ("", "Name such a folder, theme: {custom_dir: site_overrides}, and put it there; or leave logo out."),
    ],
)
def test_a_logo_that_is_not_there_is_said_with_its_place(tmp_path: Path, theme: str, fix: str) -> None:
    (tmp_path / "mkdocs.yml").write_text(SETTINGS.format(theme=theme))

    done = CliRunner().invoke(main, ["check", "--root", str(tmp_path)], catch_exceptions=False)

    said = f"warning: logo: There is no assets/logo.svg in the theme's folder of overrides. {fix}"
    assert f"mkdocs.yml:5:13: {said}" in done.stderr.splitlines()


@pytest.mark.parametrize("folder", ["ours", "docs"])
def test_a_logo_that_is_there_is_no_matter(tmp_path: Path, folder: str) -> None:
    (tmp_path / "mkdocs.yml").write_text(SETTINGS.format(theme=", custom_dir: ours"))
    (tmp_path / folder / "assets").mkdir(parents=True)
    (tmp_path / folder / "assets" / "logo.svg").write_text("<svg/>")

    done = CliRunner().invoke(main, ["check", "--root", str(tmp_path)], catch_exceptions=False)

    assert "logo" not in done.stderr


def test_a_pale_brand_is_an_error_with_the_nearest_that_passes() -> None:
    [problem] = brand_problems("#7fb3ff", "#fff", "mkdocs.yml")

    assert str(problem) == (
        "mkdocs.yml:1:1: brand: #7fb3ff on #fbfaf7 has a contrast of 2.1, and links need 4.5. "
        "The nearest that can be read is #5375a7."
    )


def test_each_scheme_has_its_own_paper() -> None:
    assert [problem.field for problem in brand_problems("#eee", "#111", "x")] == ["brand", "brand_dark"]
    assert brand_problems("#111", "#eee", "x") == ()


def test_contrast_of_black_and_white_is_that_of_the_standard() -> None:
    assert round(contrast("#000", "#ffffff"), 1) == 21.0
    assert contrast("#999999", "#999") == 1.0


@given(COLOURS, st.sampled_from(PAPER))
def test_the_offered_colour_always_passes(colour: str, paper: str) -> None:
    assert contrast(nearest(colour, paper), paper) >= ENOUGH
