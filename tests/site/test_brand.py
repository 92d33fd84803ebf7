"""A brand colour that nobody can read is refused, with one that can be read."""

from hypothesis import given
from hypothesis import strategies as st

from stillup.site.brand import ENOUGH, PAPER, _read, brand_problems, contrast, nearest
from stillup.site.page import TEMPLATES

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_our_own_colours_pass() -> None:
    with open(f"{TEMPLATES}/assets/stillup.css", encoding="utf-8") as sheet:
        css = sheet.read()

    assert "--brand: #" in css
    assert brand_problems(css, "stillup.css") == ()
    for colour in PAPER.values():
        assert f"light-dark({PAPER['--brand']}, {PAPER['--brand-dark']})" in css, colour


def test_a_pale_brand_is_an_error_with_its_place_and_the_nearest_that_passes() -> None:
    [problem] = brand_problems("/* ours */\n:root {\n  --brand: #7fb3ff;\n}", "site_overrides/brand.css")

    assert str(problem) == (
        "site_overrides/brand.css:3:3: --brand: #7fb3ff on #fbfaf7 has a contrast of 2.1, and links need 4.5. "
        "The nearest that can be read is #5375a7."
    )


def test_each_scheme_has_its_own_paper() -> None:
    assert brand_problems(":root{--brand-dark:#fff}", "x.css") == ()
    assert [problem.field for problem in brand_problems(":root{--brand-dark:#111;--brand:#eee}", "x.css")] == [
        "--brand-dark",
        "--brand",
    ]


def test_what_cannot_be_checked_is_said() -> None:
    [problem] = brand_problems(":root { --brand: rebeccapurple }", "x.css")

    assert "not a colour that can be checked" in problem.message


def test_a_comment_sets_nothing() -> None:
    assert brand_problems("/* --brand: #fff; */", "x.css") == ()


def test_contrast_of_black_and_white_is_that_of_the_standard() -> None:
    assert round(contrast((0, 0, 0), (255, 255, 255)), 1) == 21.0
    assert contrast((9, 9, 9), (9, 9, 9)) == 1.0


@given(COLOURS, st.sampled_from(list(PAPER.values())))
def test_the_offered_colour_always_passes(colour: str, paper: str) -> None:
    assert contrast(_read(nearest(colour, paper)), _read(paper)) >= ENOUGH
