"""Drawings as SVG that takes its colours from the document around it. The only place that knows Matplotlib."""

import io
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from stillup.errors import StillupError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TOKENS = {
    "#a9151a": "var(--p0)",
    "#d9590d": "var(--p1)",
    "#bd8200": "var(--p2)",
    "#4a76cf": "var(--p3)",
    "#4a76ce": "var(--bar)",
    "#474f5c": "var(--ink-2)",
    "#c4bfb4": "var(--rule-2)",
    "#e4e1d9": "var(--rule)",
}
"""Colours that are drawn with, and what stands for them in a document, so that dark paper and print are right too."""

_INK, _AXIS, _GRID, _BAR = "#474f5c", "#c4bfb4", "#e4e1d9", "#4a76ce"
SERIES = ("#a9151a", "#d9590d", "#bd8200", "#4a76cf", _INK)
_MARKS = ("o", "s", "^", "D", "v")


def lines(id: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]], unit: str) -> str:
    """Return lines over `labels`; None leaves a gap. Each series has a mark of its own beside its colour."""

    def draw(axes: "Axes") -> None:
        places = list(range(len(labels)))
        for number, (name, values) in enumerate(series):
            known = [(place, value) for place, value in zip(places, values, strict=True) if value is not None]
            if known:
                axes.plot(
                    [place for place, _ in known],
                    [value for _, value in known],
                    color=SERIES[number],
                    marker=_MARKS[number],
                    markersize=5,
                    linewidth=1.6,
                    label=name,
                )
        step = max(1, -(-len(labels) // 7))
        axes.set_xticks(places[::step], list(labels[::step]))
        axes.set_xlim(-0.5, len(labels) - 0.5)
        axes.set_ylim(bottom=0)
        axes.set_ylabel(unit)
        axes.grid(axis="y", color=_GRID)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(frameon=False, ncols=5, loc="lower left", bbox_to_anchor=(-0.01, 1.0), labelcolor=_INK)

    return _svg(id, draw, 3.1)


def bars(id: str, rows: Sequence[tuple[str, float]], unit: str) -> str:
    """Return a bar for each row, the first at the top, with its number at its end."""

    def draw(axes: "Axes") -> None:
        from matplotlib.ticker import MaxNLocator

        places = list(range(len(rows)))
        drawn = axes.barh(places, [value for _, value in rows], color=_BAR, height=0.6)
        axes.bar_label(drawn, labels=[f"{value:g}" for _, value in rows], padding=4, color=_INK, fontsize=9)
        axes.set_yticks(places, [name if len(name) < 28 else name[:26] + "…" for name, _ in rows])
        axes.invert_yaxis()
        axes.set_xlabel(unit)
        axes.margins(x=0.1)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines["left"].set_visible(False)

    return _svg(id, draw, 0.7 + 0.34 * max(1, len(rows)))


def _svg(id: str, draw: Callable[["Axes"], None], height: float) -> str:
    try:
        import matplotlib
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError:
        advice = "Install it with: pip install 'stillup[reports]'"
        raise StillupError(f"Drawings need Matplotlib, which is not installed. {advice}") from None

    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": id,
        "font.size": 9.5,
        "text.color": _INK,
        "axes.edgecolor": _AXIS,
        "axes.labelcolor": _INK,
        "xtick.color": _INK,
        "ytick.color": _INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "text.parse_math": False,
        "axes.axisbelow": True,
    }
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=(7.4, height), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        axes.tick_params(length=0)
        draw(axes)
        out = io.StringIO()
        figure.savefig(
            out, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    return _tokens(id, out.getvalue())


def _tokens(id: str, drawn: str) -> str:
    """Return the drawing for the inside of a page: our colours by name, and ids that no other drawing has."""
    svg = drawn[drawn.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(\bid="|url\(#|xlink:href="#)', rf"\g<1>{id}-", svg)
    svg = re.sub(r'<svg [^>]*?(viewBox="[^"]+")[^>]*>', r'<svg \1 aria-hidden="true">', svg, count=1)
    svg = svg.replace("xlink:href", "href")
    for colour, token in _TOKENS.items():
        svg = svg.replace(colour, token)
    return re.sub(r"\n\s*\n", "\n", svg).strip()
