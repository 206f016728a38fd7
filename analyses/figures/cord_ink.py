"""The ink of the cord map: a bar with its marks, the cord behind it, pictures of places, the key.

Belongs here: colours, edges and hatches of what the map is made of.
Does not belong here: coordinates of bars (`analyses.figures.cord_geometry`), the arrangement of
the figure (`analyses.figures.cord_map`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Ellipse, FancyBboxPatch, Polygon, Rectangle

from analyses.figures.case_looks import LOOKS
from analyses.figures.cord_geometry import NOT_KNOWN, SIGNS, Bar, Box
from analyses.figures.style import GREY, INK, RULE

PLACE_WORDS = {
    "central": "central",
    "eccentric": "off centre",
    "unilateral": "on one side",
    "whole_section": "whole section",
    NOT_KNOWN: "place not known",
}
SIGN_WORDS = {
    "oedema": "oedema",
    "syrinx": "syrinx",
    "polar_cyst": "polar cyst",
    "cap_sign": "cap sign",
}
DOTTED = (0, (1, 1.4))
HATCH = "///////"
LEAST_LETTER = 3.5  # points: smaller ones are specks
KEY_HEIGHT = 1.2
_SECTION = 0.085  # inches: radius of the picture of a place


@dataclass(frozen=True)
class Place:
    """Where a geometry stands on the drawing: inches of its origin, of a unit and of a row."""

    left: float
    unit: float
    top: float
    row: float

    def inches(self, box: Box) -> tuple[float, float, float, float]:
        """Left, top, width and height of a box on the drawing."""
        return (
            self.left + self.unit * box.left,
            self.top + self.row * box.top,
            self.unit * (box.right - box.left),
            self.row * (box.bottom - box.top),
        )


def bar(axes: Axes, drawn: Bar, place: Place, *, letter: float, is_hollow: bool = False) -> None:
    """One lesion with its marks and, `letter` points high if that can be read, its letter.

    `is_hollow` where its place in the drawing says nothing.
    """
    look = LOOKS[drawn.group]
    left, top, width, height = place.inches(drawn.box)
    round_ = min(width, height) * 0.32
    ink = "black" if is_hollow else look.ink
    whole = (left, top, width, height)
    face = "white" if is_hollow else look.colour
    axes.add_patch(_rounded(whole, round_, face=face, edge=look.colour, zorder=3, dotted=is_hollow))
    for mark in drawn.marks:
        boxes = [place.inches(box) for box in mark.boxes]
        for pole, box in enumerate(boxes):
            cap = ink if mark.sign == "cap_sign" else look.colour
            _mark(axes, mark.sign, box, is_seen=mark.is_seen, colour=cap, is_upper=pole == 0)
    if letter < LEAST_LETTER:
        return
    axes.text(
        left + width / 2,
        top + height / 2,
        look.letter,
        ha="center",
        va="center_baseline",
        color=ink,
        fontsize=letter,
        weight="bold",
        zorder=6,
    )


def _rounded(
    box: tuple[float, float, float, float],
    radius: float,
    *,
    face: str = "none",
    edge: str = GREY,
    zorder: float = 2,
    dotted: bool = False,
) -> FancyBboxPatch:
    """A box with round corners."""
    left, top, width, height = box
    return FancyBboxPatch(
        (left, top),
        width,
        height,
        boxstyle=f"round,pad=0,rounding_size={radius}",
        facecolor=face,
        edgecolor=edge,
        linewidth=0.9,
        linestyle=DOTTED if dotted else "solid",
        zorder=zorder,
    )


def _mark(
    axes: Axes,
    sign: str,
    box: tuple[float, float, float, float],
    *,
    is_seen: bool,
    colour: str,
    is_upper: bool,
) -> None:
    """One mark: outline, hatched strip, hollow cap or dark end; dotted where not known."""
    left, top, width, height = box
    line = "solid" if is_seen else DOTTED
    if sign == "oedema":
        axes.add_patch(_rounded(box, min(width, height) * 0.4, zorder=1, dotted=not is_seen))
    elif sign == "syrinx":
        strip = Rectangle((left, top), width, height, facecolor="white", zorder=1.5)
        strip.set(edgecolor=INK, linewidth=0.7, linestyle=line, hatch=HATCH if is_seen else None)
        axes.add_patch(strip)
    elif sign == "polar_cyst":
        middle = top + height if is_upper else top
        cap = Ellipse((left + width / 2, middle), width, 2 * height, facecolor="white", zorder=2)
        cap.set(edgecolor=colour, linewidth=1.1, linestyle=line)
        axes.add_patch(cap)
    else:
        face, edge = (INK, INK) if is_seen else ("none", colour)
        end = _rounded(box, min(width, height) * 0.32, face=face, edge=edge, dotted=not is_seen)
        end.set_zorder(4)
        axes.add_patch(end)


def sample(axes: Axes, sign: str, spot: tuple[float, float], *, is_seen: bool, colour: str) -> None:
    """A small picture of a mark at the upper end of a bar; `spot` is its left middle."""
    x, y = spot
    low, width = y + 0.1, 0.17
    left = x + 0.08
    axes.add_patch(_rounded((left, y, width, low - y), 0.02, face=colour, edge=colour, zorder=3))
    boxes = {
        "oedema": (left - 0.045, y - 0.09, width + 0.09, 0.22),
        "syrinx": (left + 0.045, y - 0.12, width - 0.09, 0.14),
        "polar_cyst": (left + 0.02, y - 0.1, width - 0.04, 0.1),
        "cap_sign": (left, y - 0.02, width, 0.06),
    }
    _mark(axes, sign, boxes[sign], is_seen=is_seen, colour=colour, is_upper=True)


def section(axes: Axes, place: str, spot: tuple[float, float]) -> None:
    """A picture of the cord cut across, with the tumour at its place."""
    x, y = spot
    is_known = place != NOT_KNOWN
    ring = Circle(spot, _SECTION, facecolor="white", edgecolor=GREY, linewidth=0.9)
    ring.set_linestyle("solid" if is_known else DOTTED)
    axes.add_patch(ring)
    if place == "central":
        axes.add_patch(Circle(spot, 0.038, facecolor=INK, linewidth=0))
    elif place == "eccentric":
        axes.add_patch(Circle((x + 0.026, y), 0.042, facecolor=INK, linewidth=0))
    elif place == "unilateral":
        axes.add_patch(Circle((x + 0.047, y), 0.031, facecolor=INK, linewidth=0))
    elif place == "whole_section":
        axes.add_patch(Circle(spot, 0.068, facecolor=INK, linewidth=0))
    else:
        axes.text(x, y, "?", ha="center", va="center_baseline", fontsize=9.5)


def key(axes: Axes, *, top: float) -> None:
    """What the pictures of places and the marks mean."""
    for number, place in enumerate(PLACE_WORDS):
        x, y = 0.15 + 1.4 * (number % 3), top + 0.12 + 0.26 * (number // 3)
        section(axes, place, (x, y))
        axes.text(x + 0.17, y, PLACE_WORDS[place], va="center_baseline", fontsize=9.5)
    top += 0.58
    for number, sign in enumerate(SIGNS):
        x, y = 1.05 * number, top + 0.1
        sample(axes, sign, (x, y), is_seen=True, colour=GREY)
        axes.text(x + 0.34, y, SIGN_WORDS[sign], va="center_baseline", fontsize=9.5)
    y = top + 0.38
    axes.add_patch(_rounded((0.05, y - 0.08, 0.24, 0.16), 0.05, dotted=True))
    axes.text(0.38, y, "could not be judged", va="center_baseline", fontsize=9.5)
    axes.text(2.1, y, "no mark: absent, or not said", va="center_baseline", fontsize=9.5)


def cord(
    axes: Axes,
    widths: Sequence[tuple[str, float]],
    levels: Sequence[str],
    *,
    sides: tuple[float, float],
    top: float,
    row: float,
) -> None:
    """The healthy cord behind: as wide as its norm, with dashed edges where there is none."""
    middle, half = (sides[0] + sides[1]) / 2, (sides[1] - sides[0]) / 2
    known = dict(widths)
    widest = max(known.values(), default=1.0)
    given = [i for i, level in enumerate(levels) if level in known]
    at = np.arange(len(levels)) + 0.5
    if given:
        wide = np.interp(at, [i + 0.5 for i in given], [known[levels[i]] / widest for i in given])
    else:
        wide = np.full(len(levels), 0.9)
    down = np.r_[0, at, len(levels)] * row + top
    out = half * np.r_[wide[0], wide, wide[-1]]
    outline = np.c_[np.r_[middle - out, (middle + out)[::-1]], np.r_[down, down[::-1]]]
    axes.add_patch(Polygon(outline, closed=True, facecolor="#e3e7eb", linewidth=0, zorder=0.5))
    is_norm = [0 < i <= len(levels) and levels[i - 1] in known for i in range(len(down))]
    for edge in (middle - out, middle + out):
        axes.plot(edge, down, color="#9aa3ad", lw=0.7, dashes=(3, 3), zorder=0.6)
        solid = np.where(is_norm, edge, np.nan)
        axes.plot(solid, down, color="#7c858f", lw=1.0, zorder=0.7)
    axes.plot([middle, middle], [down[0], down[-1]], color=RULE, lw=0.6, zorder=0.7)
