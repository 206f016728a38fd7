"""Features by histology: how often a sign was seen in each group, how large a measure is.

Belongs here: 100% bars for signs, quartile boxes for measures, the number of cases in each label.
Does not belong here: counting and what may be shown (`analyses.shown.features_by_group`).
What could not be judged is hatched, not left out: absent and not looked for are different facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from analyses.disclosure import Shown
from analyses.figures.case_looks import LOOKS, Look, letter
from analyses.figures.style import GREY, INK, RULE, WIDTH, Table, blank, house_style, wrap
from analyses.numbers import NONE, share, typical

ROW = 0.27  # inches: one group
BAR = 0.17
LEFT, RIGHT = 0.86, 2.66  # edges of the bars
PALE = "#dfe4e9"
#: State -> label, hatch; in the order of the bar.
STATES = {
    "present": ("present", ""),
    "absent": ("absent", ""),
    "not_judged": ("could not be judged", "//////"),
    "not_said": ("nothing said", ""),
}


@dataclass(frozen=True)
class SignRow:
    """One group of cases: how many there are, and how many in each state of `STATES`."""

    group: str
    n: Shown
    states: tuple[Shown, ...]

    @property
    def drawable(self) -> bool:
        """Whether every number of the bar may be shown."""
        return isinstance(self.n, int) and all(isinstance(n, int) for n in self.states)


@dataclass(frozen=True)
class MeasureRow:
    """One group of cases with a value: how many, and lower quartile, median, upper quartile."""

    group: str
    n: Shown
    quartiles: tuple[float, float, float] | None


@dataclass(frozen=True)
class Features:
    """What the figure shows: rows of each sign and of each measure, by its label.

    `is_merged` is true where "nothing said" is counted with "could not be judged".
    """

    provenance: str
    signs: tuple[tuple[str, tuple[SignRow, ...]], ...]
    measures: tuple[tuple[str, tuple[MeasureRow, ...]], ...]
    is_merged: bool = False


def draw(features: Features) -> Figure:
    """One block per feature, one row per histology group.

    Parameters
    ----------
    features
        At least one sign or measure.

    Returns
    -------
    Figure
        4.2 inches wide, as high as the features need.
    """
    groups = [[r.group for r in rows] for _, rows in features.signs]
    groups += [[r.group for r in rows] for _, rows in features.measures]
    shown = [name for name in LOOKS if any(name in block for block in groups)]
    head = 0.06
    top = head + 0.25 * ((len(shown) + 1) // 2) + (0.56 if features.signs else 0.08)
    below = sum(0.4 + ROW * len(block) for block in groups) + 0.36 * len(features.measures)
    with house_style():
        figure, axes = blank(top + below + 0.05)
        _key(axes, shown, top=head, states=_states(features))
        for label, signs in features.signs:
            _title(axes, label, "present, of those judged", top=top)
            for place, row in enumerate(signs):
                _bar(axes, row, top=top + 0.32 + ROW * place)
            top += 0.4 + ROW * len(signs)
        for label, measures in features.measures:
            _title(axes, label, "median (quartiles)", top=top)
            _boxes(figure, axes, measures, top=top + 0.32)
            top += 0.76 + ROW * len(measures)
    return figure


def _key(
    axes: Axes, groups: Sequence[str], *, top: float, states: Sequence[tuple[str, str]]
) -> None:
    """Letters of the groups, and the states of a sign."""
    for place, name in enumerate(groups):
        x, y = 0.14 + 2.2 * (place % 2), top + 0.1 + 0.25 * (place // 2)
        letter(axes, (x, y), LOOKS[name])
        axes.text(x + 0.17, y, LOOKS[name].label, va="center_baseline")
    top += 0.25 * ((len(groups) + 1) // 2)
    for place, (state, label) in enumerate(states):
        x, y = 0.05 + (0.0, 1.0, 0.0, 2.0)[place], top + 0.02 + 0.24 * (place // 2)
        axes.add_patch(_piece((x, y), 0.18, state, colour=INK))
        axes.text(x + 0.25, y + BAR / 2, label, va="center_baseline", fontsize=9.5)


def _states(features: Features) -> list[tuple[str, str]]:
    """States that the figure tells apart, with their labels."""
    if not features.signs:
        return []
    labels = {state: label for state, (label, _) in STATES.items()}
    if features.is_merged:
        del labels["not_said"]
        labels["not_judged"] += ", or nothing said"
    return list(labels.items())


def _title(axes: Axes, label: str, said: str, *, top: float) -> None:
    """Name of a feature, and what the numbers at the right are."""
    axes.text(0.04, top + 0.2, wrap(label, 25, lines=1), weight="bold", va="baseline")
    axes.text(WIDTH - 0.04, top + 0.2, said, ha="right", va="baseline", fontsize=9.5, color=GREY)


def _piece(corner: tuple[float, float], width: float, state: str, *, colour: str) -> Rectangle:
    """A piece of a bar: the colour of its group where present, pale where absent."""
    face = {"present": colour, "absent": PALE}.get(state, "white")
    piece = Rectangle(corner, width, BAR, facecolor=face, hatch=STATES[state][1])
    piece.set(edgecolor=GREY, linewidth=0.7)
    return piece


def _label(axes: Axes, look: Look, n: Shown, *, top: float) -> None:
    """Letter and number of cases of a row."""
    letter(axes, (0.14, top + BAR / 2), look)
    said = f"n {n}" if isinstance(n, int) else str(n)
    axes.text(LEFT - 0.08, top + BAR / 2, said, ha="right", va="center_baseline", fontsize=9.5)


def _number(axes: Axes, said: str, *, top: float) -> None:
    """What a row says, at its right end."""
    y = top + BAR / 2
    axes.text(WIDTH - 0.04, y, said, ha="right", va="center_baseline", fontsize=9.5)


def _bar(axes: Axes, row: SignRow, *, top: float) -> None:
    """One group of a sign."""
    look = LOOKS[row.group]
    _label(axes, look, row.n, top=top)
    if row.drawable and row.n:
        left = LEFT
        for state, n in zip(STATES, row.states, strict=True):
            width = (RIGHT - LEFT) * int(str(n)) / int(str(row.n))
            if width:
                axes.add_patch(_piece((left, top), width, state, colour=look.colour))
            left += width
    _number(axes, told(row), top=top)


def told(row: SignRow) -> str:
    """How often a sign was present, of the cases in which it was judged.

    Parameters
    ----------
    row
        One group.

    Returns
    -------
    str
        Only what is told of the present ones where another count is not.

    Examples
    --------
    >>> told(SignRow("other", 20, (6, 9, 3, 2))), told(SignRow("other", 2, (0, 0, 2, 0)))
    ('6 of 15 (40%)', 'not judged')
    """
    if not row.drawable:
        return f"present {row.states[0]}"
    present, absent = (int(str(n)) for n in row.states[:2])
    if present + absent == 0:
        return "not judged"
    return f"{present} of {present + absent} ({share(present, present + absent)})"


def _boxes(figure: Figure, axes: Axes, rows: Sequence[MeasureRow], *, top: float) -> None:
    """Quartiles of each group on one axis, which ends behind the largest upper quartile shown."""
    height = figure.get_figheight()
    deep = ROW * len(rows)
    place = (LEFT / WIDTH, 1 - (top + deep) / height, (RIGHT - LEFT) / WIDTH, deep / height)
    inner = figure.add_axes(place)
    inner.set_ylim(deep, 0)
    inner.set_yticks([])
    inner.spines["left"].set_visible(False)
    ends = [row.quartiles[2] for row in rows if row.quartiles]
    inner.set_xlim(0, 1.08 * max(ends, default=1.0))
    inner.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    if not ends:
        inner.set_xticks([])
    for number, row in enumerate(rows):
        y = ROW * number
        look = LOOKS[row.group]
        _label(axes, look, row.n, top=top + y)
        if row.quartiles:
            low, middle, high = row.quartiles
            inner.add_patch(
                Rectangle((low, y + 0.02), high - low, BAR - 0.04, facecolor=PALE, edgecolor=GREY)
            )
            inner.plot([middle, middle], [y - 0.01, y + BAR + 0.01], color=look.colour, lw=3)
        _number(axes, middle_of(row), top=top + y)
    axes.plot([LEFT, LEFT], [top - 0.04, top + deep], color=RULE, lw=0.8)


def middle_of(row: MeasureRow) -> str:
    """Median and quartiles as text.

    Parameters
    ----------
    row
        One group.

    Returns
    -------
    str
        "too few to show" where there are none.

    Examples
    --------
    >>> middle_of(MeasureRow("other", 30, (20.0, 41.6, 55.0)))
    '41.6 (20 to 55)'
    """
    if row.quartiles is None:
        return "too few to show"
    low, middle, high = (typical(value) for value in row.quartiles)
    return f"{middle} ({low} to {high})"


def alt_text(features: Features) -> str:
    """The first feature in every group, and how many there are.

    Parameters
    ----------
    features
        At least one sign or measure.

    Returns
    -------
    str
        Two sentences.

    Examples
    --------
    >>> row = SignRow("ependymoma", 20, (6, 9, 3, 2))
    >>> alt_text(Features("published", (("Syrinx", (row,)),), ()))
    '1 feature by histology group. Syrinx: ependymoma 6 of 15 (40%).'
    """
    n = len(features.signs) + len(features.measures)
    start = f"{n} {'feature' if n == 1 else 'features'} by histology group"
    if features.provenance == "simulated":
        start += ", simulated data"
    if features.signs:
        label, signs = features.signs[0]
        said = "; ".join(f"{LOOKS[row.group].label} {told(row)}" for row in signs)
    else:
        label, measures = features.measures[0]
        said = "; ".join(f"{LOOKS[row.group].label} {middle_of(row)}" for row in measures)
    return f"{start}. {label}: {said}."


def as_table(features: Features) -> Table:
    """Every row of every feature, as shown.

    Parameters
    ----------
    features
        At least one sign or measure.

    Returns
    -------
    Table
        Columns: feature, group, cases, one per state, median with quartiles.
    """
    rows = [
        (label, LOOKS[row.group].label, str(row.n), *(str(n) for n in row.states), NONE)
        for label, signs in features.signs
        for row in signs
    ]
    rows += [
        (label, LOOKS[row.group].label, str(row.n), *[NONE] * len(STATES), middle_of(row))
        for label, measures in features.measures
        for row in measures
    ]
    states = (label.capitalize() for label, _ in STATES.values())
    return Table(("Feature", "Histology", "Cases", *states, "Median (quartiles)"), tuple(rows))
