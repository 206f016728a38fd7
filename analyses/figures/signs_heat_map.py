"""Signs heat map: cases against signs on MR and molecular findings, grouped by histology.

Belongs here: one cell per case and finding.
Does not belong here: which cases (`analyses.shown.case_rows`); only who may see cases gets it.
Cases are ordered by group, number of findings and key: a clustering would break ties at random.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analyses.figures.case_looks import LOOKS, letter
from analyses.figures.style import GREY, INK, RULE, WIDTH, Table, blank, house_style
from analyses.numbers import share

LEFT = 0.3
GAP = 0.1  # inches between groups
LETTER = 0.085  # inches of a letter of the names of the findings, written upwards
PALE = "#dfe4e9"
#: State of a cell -> label and hatch.
STATES = {
    "present": ("present", ""),
    "absent": ("absent", ""),
    "not_judged": ("not judged or not tested", "////"),
    "not_said": ("nothing said", ""),
}


@dataclass(frozen=True)
class CaseRow:
    """One case: its key (for the order only), group, and a state of `STATES` per finding."""

    key: str
    group: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class HeatMap:
    """What the figure shows: names of the findings, and the cases."""

    provenance: str
    findings: tuple[str, ...]
    cases: tuple[CaseRow, ...]

    @property
    def ordered(self) -> list[list[CaseRow]]:
        """The cases of each group that occurs, most findings first."""
        found = []
        for group in LOOKS:
            here = [c for c in self.cases if c.group == group]
            found.append(sorted(here, key=lambda c: (-c.states.count("present"), c.key)))
        return [group for group in found if group]


def draw(shown: HeatMap) -> Figure:
    """A grid: findings across, cases down, a block per histology group.

    Parameters
    ----------
    shown
        At least one case and one finding.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    groups = shown.ordered
    row = min(0.2, max(0.1, 6.0 / len(shown.cases)))
    cell = min(0.3, (WIDTH - LEFT - 0.04) / len(shown.findings))
    head = 0.06
    top = head + 0.5 + LETTER * max(map(len, shown.findings)) + 0.1
    deep = row * len(shown.cases) + sum(max(0.0, 0.2 - row * len(g)) + GAP for g in groups)
    with house_style():
        figure, axes = blank(top + deep + 0.25 * ((len(groups) + 1) // 2) + 0.1)
        _key(axes, top=head)
        for place, name in enumerate(shown.findings):
            x = LEFT + cell * (place + 0.5)
            axes.text(x, top - 0.06, name, rotation=90, ha="center", va="bottom", fontsize=9.5)
        for cases in groups:
            letter(axes, (0.14, top + max(0.1, row / 2)), LOOKS[cases[0].group])
            for number, case in enumerate(cases):
                _row(axes, case, top=top + row * number, size=(cell, row))
            top += max(0.2, row * len(cases)) + GAP
        _groups(axes, groups, top=top)
    return figure


def _row(axes: Axes, case: CaseRow, *, top: float, size: tuple[float, float]) -> None:
    """One case."""
    width, height = size
    for place, state in enumerate(case.states):
        corner = (LEFT + width * place, top)
        axes.add_patch(_cell(corner, size, state, colour=LOOKS[case.group].colour))
    edge = LEFT + width * len(case.states)
    axes.plot([LEFT, edge], [top + height] * 2, color=RULE, lw=0.6)  # a row where nothing is said


def _cell(
    corner: tuple[float, float], size: tuple[float, float], state: str, *, colour: str
) -> Rectangle:
    """The colour of its group where present, pale where absent, hatched where not judged."""
    face = {"present": colour, "absent": PALE}.get(state, "white")
    cell = Rectangle(corner, *size, facecolor=face, hatch=STATES[state][1])
    cell.set(edgecolor=GREY if state == "not_judged" else "white", linewidth=0.6)
    return cell


def _key(axes: Axes, *, top: float) -> None:
    """The four states."""
    for place, (state, (label, _)) in enumerate(STATES.items()):
        x, y = 0.05 + (0.0, 1.0, 2.0, 0.0)[place], top + (0.0, 0.0, 0.0, 0.24)[place]
        sample = _cell((x, y), (0.18, 0.16), state, colour=INK)
        sample.set_edgecolor(GREY)
        axes.add_patch(sample)
        axes.text(x + 0.25, y + 0.08, label, va="center_baseline", fontsize=9.5)


def _groups(axes: Axes, groups: Sequence[Sequence[CaseRow]], *, top: float) -> None:
    """Letter, name and number of cases of each group, two to a row."""
    for place, cases in enumerate(groups):
        look = LOOKS[cases[0].group]
        x, y = 0.14 + 2.2 * (place % 2), top + 0.1 + 0.25 * (place // 2)
        letter(axes, (x, y), look)
        axes.text(x + 0.17, y, f"{look.label} {len(cases)}", va="center_baseline")


def alt_text(shown: HeatMap) -> str:
    """How many cases and findings, and the finding seen most often.

    Parameters
    ----------
    shown
        At least one case and one finding.

    Returns
    -------
    str
        Two sentences.

    Examples
    --------
    >>> alt_text(HeatMap("published", ("Syrinx",), (CaseRow("1", "other", ("present",)),)))
    '1 case by 1 finding. Most often present: Syrinx (1 of 1, 100%).'
    """
    n, columns = len(shown.cases), len(shown.findings)
    cases, findings = "case" if n == 1 else "cases", "finding" if columns == 1 else "findings"
    counts = [sum(c.states[i] == "present" for c in shown.cases) for i in range(columns)]
    most = counts.index(max(counts))
    mark = ", simulated data" if shown.provenance == "simulated" else ""
    return (
        f"{n} {cases} by {columns} {findings}{mark}. Most often present: {shown.findings[most]} "
        f"({counts[most]} of {n}, {share(counts[most], n)})."
    )


def as_table(shown: HeatMap) -> Table:
    """The cells in words, without the names of the cases.

    Parameters
    ----------
    shown
        At least one case and one finding.

    Returns
    -------
    Table
        Columns: histology, one per finding; rows in the order of the figure.
    """
    rows = tuple(
        (LOOKS[case.group].label, *(STATES[state][0] for state in case.states))
        for cases in shown.ordered
        for case in cases
    )
    return Table(("Histology", *shown.findings), rows)
