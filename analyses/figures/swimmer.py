"""Swimmer: one bar per case from day 0 to the last contact, with what happened on the way.

Belongs here: bars, marks of surgery, treatment, progression and death.
Does not belong here: which cases (`analyses.shown.case_rows`); only who may see cases gets it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from analyses.figures.case_looks import LOOKS, letter
from analyses.figures.style import INK, RULE, WIDTH, Table, blank, house_style
from analyses.numbers import NONE
from schemas.showing import counted

YEAR = 365.25
LEFT = 0.3
GAP = 0.1  # inches between groups
#: Mark -> label, marker of matplotlib, size in points.
MARKS = {
    "surgery": ("surgery", "|", 9.0),
    "progression": ("progression", "D", 4.5),
    "death": ("death", "X", 6.5),
    "alive": ("alive at last contact", ">", 5.0),
}
TREATED = {"radiation": ("radiotherapy", "//////"), "drug": ("drug treatment", "xxxxxx")}


@dataclass(frozen=True)
class Course:
    """One case, in days from day 0; `treatments` are kind of `TREATED`, first and last day."""

    key: str
    group: str
    last: int
    is_dead: bool
    surgeries: tuple[int, ...]
    treatments: tuple[tuple[str, int, int], ...]
    progressions: tuple[int, ...]


@dataclass(frozen=True)
class Courses:
    """What the figure shows.

    `n_without` cases have no contact; `n_undrawn` marks have no day or lie off the bar.
    """

    provenance: str
    cases: tuple[Course, ...]
    n_without: int = 0
    n_undrawn: int = 0

    @property
    def ordered(self) -> list[list[Course]]:
        """The cases of each group that occurs, longest first."""
        found = [
            sorted((c for c in self.cases if c.group == g), key=lambda c: (-c.last, c.key))
            for g in LOOKS
        ]
        return [group for group in found if group]


def draw(shown: Courses) -> Figure:
    """One bar per case, a block per histology group, years along the foot.

    Parameters
    ----------
    shown
        At least one case.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    groups = shown.ordered
    row = min(0.22, max(0.11, 6.0 / len(shown.cases)))
    head = 0.06
    top = head + 0.72
    deep = sum(max(0.22, row * len(group)) + GAP for group in groups)
    notes = _notes(shown)
    names = 0.25 * ((len(groups) + 1) // 2)
    with house_style():
        height = top + deep + 0.6 + names + 0.24 * len(notes)
        figure, axes = blank(height)
        _key(axes, top=head)
        years = max(c.last for c in shown.cases) / YEAR
        inner = figure.add_axes(
            (LEFT / WIDTH, 1 - (top + deep) / height, (WIDTH - LEFT - 0.14) / WIDTH, deep / height)
        )
        _axis(inner, deep, years=years)
        y = 0.0
        for cases in groups:
            letter(axes, (0.14, top + y + 0.11), LOOKS[cases[0].group])
            for number, case in enumerate(cases):
                _course(inner, case, top=y + row * number, height=row)
            y += max(0.22, row * len(cases)) + GAP
        foot = top + deep + 0.5
        for place, cases in enumerate(groups):
            look = LOOKS[cases[0].group]
            x, low = 0.14 + 2.2 * (place % 2), foot + 0.12 + 0.25 * (place // 2)
            letter(axes, (x, low), look)
            axes.text(x + 0.17, low, f"{look.label} {len(cases)}", va="center_baseline")
        for line, note in enumerate(notes):
            axes.text(0.04, foot + names + 0.14 + 0.24 * line, note, va="center_baseline")
    return figure


def _axis(axes: Axes, deep: float, *, years: float) -> None:
    """Years from day 0 along the foot, faint lines upwards."""
    axes.set_ylim(deep, 0)
    axes.set_xlim(0, 1.06 * max(years, 0.1))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axes.grid(axis="x", color=RULE, lw=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("Years from day 0")


def _course(axes: Axes, case: Course, *, top: float, height: float) -> None:
    """One bar with its marks."""
    look = LOOKS[case.group]
    bar, middle = 0.62 * height, top + height / 2
    body = Rectangle((0, middle - bar / 2), case.last / YEAR, bar, facecolor=look.colour)
    body.set(linewidth=0)
    axes.add_patch(body)
    for kind, first, last in case.treatments:
        wide = max(last - first, 0.012 * YEAR * axes.get_xlim()[1]) / YEAR
        part = Rectangle((first / YEAR, middle - bar / 2), wide, bar, facecolor="white")
        part.set(edgecolor=INK, linewidth=0.6, hatch=TREATED[kind][1])
        axes.add_patch(part)
    for day in case.surgeries:
        _mark(axes, "surgery", (day / YEAR, middle), scale=height / 0.22)
    for day in case.progressions:
        _mark(axes, "progression", (day / YEAR, middle), scale=max(0.7, height / 0.22))
    _mark(
        axes,
        "death" if case.is_dead else "alive",
        (case.last / YEAR + 0.016 * axes.get_xlim()[1], middle),  # beside it, on no other mark
        scale=max(0.7, height / 0.22),
    )


def _mark(axes: Axes, kind: str, spot: tuple[float, float], *, scale: float) -> None:
    """One mark, with a white edge where it stands on a bar."""
    _, marker, size = MARKS[kind]
    axes.plot(
        *[[at] for at in spot],
        marker=marker,
        ms=size * scale,
        color=INK,
        mec=INK if kind == "surgery" else "white",
        mew=1.6 if kind == "surgery" else 0.5,
        ls="",
        clip_on=False,
        zorder=4,
    )


def _key(axes: Axes, *, top: float) -> None:
    """What each mark means, two to a row."""
    y = top + 0.08
    for place, (kind, (label, _, _)) in enumerate(MARKS.items()):
        x = (0.12, 1.25, 2.72, 0.12)[place]
        line = y + 0.24 * (place // 3)
        _mark(axes, kind, (x, line), scale=1.0)
        axes.text(x + 0.14, line, label, va="center_baseline", fontsize=9.5)
    for place, (label, hatch) in enumerate(TREATED.values()):
        x, line = (2.72, 0.04)[place], y + 0.24 * (1 + place)
        sample = Rectangle((x - 0.06 + 0.06 * place, line - 0.07), 0.18, 0.14, facecolor="white")
        sample.set(edgecolor=INK, linewidth=0.6, hatch=hatch)
        axes.add_patch(sample)
        axes.text(x + 0.22, line, label, va="center_baseline", fontsize=9.5)


def _notes(shown: Courses) -> list[str]:
    """What is beside the figure."""
    notes = []
    if shown.n_without:
        notes.append(f"Without a contact, not drawn: {counted(shown.n_without, 'case')}.")
    if shown.n_undrawn:
        notes.append(
            f"Without a day, or off the bar, not drawn: {counted(shown.n_undrawn, 'mark')}."
        )
    return notes


def alt_text(shown: Courses) -> str:
    """How many cases, deaths and progressions, and the longest course.

    Parameters
    ----------
    shown
        At least one case.

    Returns
    -------
    str
        Two sentences, and one for each thing not drawn.

    Examples
    --------
    >>> alt_text(Courses("published", (Course("1", "other", 731, True, (0,), (), (400,)),)))
    'Course of 1 case from day 0. Deaths: 1; with progression: 1; longest: 2.0 years.'
    """
    deaths = sum(c.is_dead for c in shown.cases)
    progressed = sum(bool(c.progressions) for c in shown.cases)
    longest = max(c.last for c in shown.cases) / YEAR
    mark = ", simulated data" if shown.provenance == "simulated" else ""
    said = (
        f"Course of {counted(len(shown.cases), 'case')} from day 0{mark}. Deaths: {deaths}; with "
        f"progression: {progressed}; longest: {longest:.1f} years."
    )
    return " ".join([said, *_notes(shown)])


def as_table(shown: Courses) -> Table:
    """Every course in days, without the names of the cases.

    Parameters
    ----------
    shown
        At least one case.

    Returns
    -------
    Table
        Columns: histology, last day, state, days of surgery, treatment and progression.
    """
    header = ("Histology", "Last day", "State", "Surgery", "Treatment", "Progression")
    rows = tuple(
        (
            LOOKS[c.group].label,
            str(c.last),
            "dead" if c.is_dead else "alive",
            _days(c.surgeries),
            "; ".join(f"{TREATED[k][0]} {a} to {b}" for k, a, b in c.treatments) or NONE,
            _days(c.progressions),
        )
        for cases in shown.ordered
        for c in cases
    )
    return Table(header, rows)


def _days(days: Sequence[int]) -> str:
    """Days in words."""
    return ", ".join(str(day) for day in days) or NONE
