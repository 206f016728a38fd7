"""The look of cases: colour and letter of each histology group.

Belongs here: what every figure of cases shows in the same way, so that a group keeps its colour.
Does not belong here: sizes and fonts (`analyses.figures.style`), what a figure shows.
"""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from analyses.figures.style import BLUE, GREEN, GREY, PURPLE, VERMILION


@dataclass(frozen=True)
class Look:
    """A histology group as it is drawn; the letter repeats what the colour says."""

    label: str
    letter: str
    colour: str
    ink: str  # of the letter on the colour: at least 4.5:1


#: Groups as of the endpoint `histology_group`; cases without a known type come last.
LOOKS = {
    "ependymoma": Look("ependymoma", "E", BLUE, "white"),
    "astrocytic": Look("astrocytic", "A", VERMILION, "black"),
    "haemangioblastoma": Look("haemangioblastoma", "H", GREEN, "black"),
    "other": Look("other type", "O", PURPLE, "black"),
    "not_known": Look("type not known", "?", GREY, "white"),
}


def letter(axes: Axes, spot: tuple[float, float], look: Look) -> None:
    """Draw the letter of a group on its colour, centred on a spot in inches."""
    x, y = spot
    box = FancyBboxPatch((x - 0.09, y - 0.09), 0.18, 0.18, zorder=2)
    box.set_boxstyle("round", pad=0, rounding_size=0.04)
    box.set(facecolor=look.colour, edgecolor=look.colour, linewidth=0.9)
    axes.add_patch(box)
    axes.text(
        x,
        y,
        look.letter,
        ha="center",
        va="center_baseline",
        color=look.ink,
        fontsize=9.5,
        weight="bold",
        zorder=6,
    )
