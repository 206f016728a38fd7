"""The look of cases: colour and letter of each histology group, and the mark of simulated rows.

Belongs here: what every figure of cases shows in the same way, so that a group keeps its colour.
Does not belong here: sizes and fonts (`analyses.figures.style`), what a figure shows.
"""

from dataclasses import dataclass

from matplotlib.figure import Figure

from analyses.figures.style import BLUE, GREEN, GREY, INK, PURPLE, VERMILION, WIDTH

SIMULATED = "Simulated data: nobody is behind these cases"


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


def mark_simulated(figure: Figure, provenance: str) -> None:
    """Write across the top that the rows are simulated, where they are.

    The figure leaves `MARK` inches for it (`room_for_mark`).
    """
    if provenance == "simulated":
        height = figure.get_figheight()
        figure.text(0.04 / WIDTH, 1 - 0.19 / height, SIMULATED, weight="bold", color=INK)


def room_for_mark(provenance: str) -> float:
    """Inches that `mark_simulated` needs at the top of a figure."""
    return 0.3 if provenance == "simulated" else 0.0
