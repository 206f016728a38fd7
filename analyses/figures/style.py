"""The look all figures share, and the one way from a figure to SVG text.

Belongs here: colours, sizes, fonts, the settings that make two drawings byte for byte the same, the
mark that says whose cases are drawn.
Does not belong here: what a figure shows (the module of its name).
Figures are narrow on purpose: on a phone 4.2 inches shrink to 340 pixels and 10 points stay
legible.
"""

import html
import io
import re
import textwrap
from collections.abc import Iterator, Sequence
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
#: Provenance -> what stands across the top of every figure of such cases.
MARKS = {
    "simulated": "SIMULATED: nobody is behind these cases",
    "published": "Published case reports, not a cohort",
}
_STRIP = 20.0  # points that the mark takes above the drawing


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


def spread(spots: Sequence[float], room: Sequence[float], low: float, high: float) -> list[float]:
    """Places of labels near their spots: in the same order, none over another, all inside.

    Parameters
    ----------
    spots, room
        Where each label wants its middle, and how much it takes.
    low, high
        The ends.

    Returns
    -------
    list of float
        In the order of `spots`.

    Examples
    --------
    >>> spread([0.0, 0.1, 5.0], [1.0, 1.0, 1.0], 0.0, 10.0)
    [0.5, 1.5, 5.0]
    """
    placed, foot = dict.fromkeys(range(len(spots)), 0.0), low
    order = sorted(range(len(spots)), key=lambda i: (spots[i], i))
    for i in order:
        placed[i] = max(spots[i], foot + room[i] / 2)
        foot = placed[i] + room[i] / 2
    top = high
    for i in reversed(order):
        placed[i] = min(placed[i], top - room[i] / 2)
        top = placed[i] - room[i] / 2
    return [placed[i] for i in range(len(spots))]


def to_svg(figure: Figure, *, name: str, provenance: str | None) -> str:
    """SVG element of a figure, ready to stand inside an HTML page.

    Parameters
    ----------
    figure
        Drawn under `house_style`.
    name
        Put before every id, so that several figures can share a page.
    provenance
        Of the cases drawn: simulated and published ones are marked across the top. None where no
        case is drawn.

    Returns
    -------
    str
        One `<svg>` element without XML declaration, metadata, date or rules for the whole page.
    """
    buffer = io.StringIO()
    with house_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = _NOT_XML.sub("", buffer.getvalue())  # of a label: a reader of XML would stop there
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace('<style type="text/css">*{', f'<style type="text/css">#{name} *{{')
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(url\(|href=")#', rf"\g<1>#{name}-", svg)
    svg = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    svg = svg.replace("<svg ", f'<svg id="{name}" {_IN_A_PAGE} ', 1)
    return _marked(svg, name, MARKS.get(str(provenance)))


_IN_A_PAGE = 'aria-hidden="true" focusable="false"'  # the page says what the figure shows
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_VIEW = re.compile(r'viewBox="0 (-?[\d.]+) ([\d.]+) ([\d.]+)"')


def _marked(svg: str, name: str, mark: str | None) -> str:
    """The drawing with a strip above it that says whose cases these are.

    Done to the text of every drawing, so that no figure can be drawn without it.
    """
    view = _VIEW.search(svg)
    if mark is None or view is None:
        return svg
    width, height = float(view[2]), float(view[3])
    families = ", ".join(f"'{family}'" for family in SETTINGS["font.sans-serif"])
    look = f"font-size: {TEXT:g}px; font-weight: bold; font-family: {families}, sans-serif"
    strip = (
        f' <g id="{name}-mark">\n'
        f'  <path d="M 0 {-_STRIP:g} H {width:g} V 0 H 0 z" style="fill: #ffffff"/>\n'
        f'  <text style="{look}; fill: {INK}" x="3" y="-7">{mark}</text>\n </g>\n'
    )
    wide = f'viewBox="0 {-_STRIP:g} {width:g} {height + _STRIP:g}"'
    return svg.replace(view[0], wide, 1).replace("</svg>", f"{strip}</svg>")


def svg_file(svg: str, *, title: str, description: str) -> bytes:
    """A drawing as a file of its own, for a browser or a drawing program.

    Parameters
    ----------
    svg
        As `to_svg` gives it.
    title, description
        What the figure is, and its alternative text.

    Returns
    -------
    bytes
        UTF-8, with XML declaration, size, title and description.
    """
    view = _VIEW.search(svg)
    assert view is not None  # every drawing of `to_svg` has one
    words = f"<title>{html.escape(title)}</title>\n <desc>{html.escape(description)}</desc>"
    svg = svg.replace(_IN_A_PAGE, f'role="img" width="{view[2]}pt" height="{view[3]}pt"', 1)
    svg = svg.replace(">", f">\n {_NOT_XML.sub('', words)}", 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg}\n'.encode()
