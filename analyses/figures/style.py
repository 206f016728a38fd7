"""The look all figures share, and the one way from a figure to SVG text.

Belongs here: colours, sizes, fonts, the settings that make two drawings byte for byte the same.
Does not belong here: what a figure shows (the module of its name).
Figures are narrow on purpose: on a phone 4.2 inches shrink to 340 pixels and 10 points stay
legible.
"""

import io
import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito, Color Universal Design, 2008: those with at least 3:1 on white; grey is ours
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
INK, GREY, RULE = "#1b1f24", "#5a6169", "#c9ced4"

WIDTH = 4.2  # inches
TEXT = 10.0  # points
SETTINGS: dict[str, Any] = {
    "svg.hashsalt": "imsct",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    # matplotlib carries DejaVu Sans itself; Verdana has its widths where a reader lacks it
    "font.sans-serif": ["DejaVu Sans", "Verdana"],
    "font.size": TEXT,
    "text.color": INK,
    "text.parse_math": False,  # a label may hold a dollar sign
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.labelsize": TEXT,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": True,
    "hatch.linewidth": 0.8,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "lines.linewidth": 1.6,
    "path.simplify": False,
}


@dataclass(frozen=True)
class Table:
    """The data behind a figure as text: one header, rows of the same width."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib's own defaults with the settings of this module, whatever the machine has set."""
    with mpl.rc_context():
        mpl.rcdefaults()
        for name, value in SETTINGS.items():
            mpl.rcParams[name] = value  # type: ignore[index]  # the stubs want literal names
        yield


def blank(height: float) -> tuple[Figure, Axes]:
    """Empty drawing of the house width, in inches from the top left corner, without axes."""
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    return figure, axes


def wrap(text: str, width: int, *, lines: int = 4) -> str:
    """Text broken into at most `lines` lines of `width` characters, with an ellipsis if cut."""
    plain = " ".join(text.split()) or "(no name)"
    return "\n".join(
        textwrap.wrap(plain, width, max_lines=lines, placeholder=" …", break_on_hyphens=False)
    )


def to_svg(figure: Figure, *, name: str) -> str:
    """SVG element of a figure, ready to stand inside an HTML page.

    Parameters
    ----------
    figure
        Drawn under `house_style`.
    name
        Put before every id, so that several figures can share a page.

    Returns
    -------
    str
        One `<svg>` element without XML declaration, metadata, date or rules for the whole page.
    """
    buffer = io.StringIO()
    with house_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace('<style type="text/css">*{', f'<style type="text/css">#{name} *{{')
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(url\(|href=")#', rf"\g<1>#{name}-", svg)
    svg = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    return svg.replace("<svg ", f'<svg id="{name}" aria-hidden="true" focusable="false" ', 1)
