"""Whether links and buttons can be read in the page's own brand colours."""

import re
from typing import Final

from stillup.errors import Problem

PAPER: Final = {"--brand": "#fbfaf7", "--brand-dark": "#11151b"}
"""The paper of `stillup.css` on which each of the two colours stands."""

ENOUGH: Final = 4.5
"""WCAG 2.2, success criterion 1.4.3: contrast of text with its ground."""

_SETTING: Final = re.compile(r"(?P<name>--brand(?:-dark)?)\s*:\s*(?P<value>[^;}]+)")
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.S)
_HEX: Final = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.I)
_Colour = tuple[int, int, int]


def brand_problems(css: str, file: str) -> tuple[Problem, ...]:
    """Return what is wrong with the brand colours that the style sheet `css` sets."""
    css = _COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), css)
    found = (_problem(setting, css, file) for setting in _SETTING.finditer(css))
    return tuple(problem for problem in found if problem)


def _problem(setting: re.Match[str], css: str, file: str) -> Problem | None:
    name, value = setting["name"], setting["value"].strip()
    line = css.count("\n", 0, setting.start()) + 1
    column = setting.start() - css.rfind("\n", 0, setting.start())
    if not _HEX.fullmatch(value):
        message, fix = f"{value!r} is not a colour that can be checked.", "Write it as #rrggbb."
    else:
        ratio, better = contrast(_read(value), _read(PAPER[name])), nearest(value, PAPER[name])
        if ratio >= ENOUGH:
            return None
        message = f"{value} on {PAPER[name]} has a contrast of {ratio:.1f}, and links need {ENOUGH}."
        fix = f"The nearest that can be read is {better}."
    return Problem(file=file, line=line, column=column, field=name, code="contrast", message=message, fix=fix)


def contrast(one: _Colour, other: _Colour) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def nearest(colour: str, paper: str) -> str:
    """Return the colour of the same hue nearest to `colour` that can be read on `paper`."""
    start, ground = _read(colour), _read(paper)
    end = (0, 0, 0) if _luminance(ground) > 0.18 else (255, 255, 255)
    for step in range(256):
        mixed = (
            start[0] + (end[0] - start[0]) * step // 255,
            start[1] + (end[1] - start[1]) * step // 255,
            start[2] + (end[2] - start[2]) * step // 255,
        )
        if contrast(mixed, ground) >= ENOUGH:
            return "#{:02x}{:02x}{:02x}".format(*mixed)
    return "#{:02x}{:02x}{:02x}".format(*end)


def _read(colour: str) -> _Colour:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _luminance(colour: _Colour) -> float:
    shares = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
