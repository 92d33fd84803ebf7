"""The page's own brand colours: whether links in them can be read, and where they are put."""

from typing import Final

from stillup.errors import Problem

OURS: Final = ("#1d4f8c", "#9cc4f6")
"""The colours of links and buttons on light and on dark paper, as they stand in our style sheet and mark."""

PAPER: Final = ("#fbfaf7", "#11151b")
"""The light and the dark paper of our style sheet."""

BRANDED: Final = frozenset({"assets/stillup.css", "assets/lite.css", "assets/mark.svg"})
"""The files in which `branded` puts the page's own colours."""

ENOUGH: Final = 4.5
"""WCAG 2.2, success criterion 1.4.3: contrast of text with its ground."""

_Colour = tuple[int, int, int]


def branded(text: str, brand: str, brand_dark: str) -> str:
    """Return one of our files with the page's colours in place of ours."""
    return text.replace(OURS[0], brand).replace(OURS[1], brand_dark)


def brand_problems(brand: str, brand_dark: str, file: str) -> tuple[Problem, ...]:
    """Return what is wrong with the two settings that `file` has, both written as `#rgb` or `#rrggbb`."""
    settings = zip(("brand", "brand_dark"), (brand, brand_dark), PAPER, strict=True)
    found = (_problem(field, colour, paper, file) for field, colour, paper in settings)
    return tuple(problem for problem in found if problem)


def _problem(field: str, colour: str, paper: str, file: str) -> Problem | None:
    ratio = contrast(colour, paper)
    if ratio >= ENOUGH:
        return None
    return Problem(
        file=file,
        field=field,
        code="contrast",
        message=f"{colour} on {paper} has a contrast of {ratio:.1f}, and links need {ENOUGH}.",
        fix=f"The nearest that can be read is {nearest(colour, paper)}.",
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted((_luminance(_read(one)), _luminance(_read(other))))
    return (light + 0.05) / (dark + 0.05)


def nearest(colour: str, paper: str) -> str:
    """Return the colour of the same hue nearest to `colour` that can be read on `paper`."""
    start = _read(colour)
    end = 0 if _luminance(_read(paper)) > 0.18 else 255
    steps = ("#" + "".join(f"{part + (end - part) * step // 255:02x}" for part in start) for step in range(256))
    return next(step for step in steps if contrast(step, paper) >= ENOUGH)


def _read(colour: str) -> _Colour:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _luminance(colour: _Colour) -> float:
    shares = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
