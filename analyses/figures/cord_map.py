"""The cord map: lesions by vertebral level along the cord, by place across it and by histology.

Belongs here: one drawing for one lesion, for the lesions of a cohort, and for shares alone.
Does not belong here: coordinates (`analyses.figures.cord_geometry`), the ink of a single bar
(`analyses.figures.cord_ink`), which lesions and counts may be shown (`analyses.shown.cord_maps`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analyses.disclosure import Hidden, Shown
from analyses.figures import cord_ink
from analyses.figures.case_looks import LOOKS, letter
from analyses.figures.cord_geometry import MARKED, NOT_KNOWN, Geometry, Lesion, alone, packed
from analyses.figures.style import GREY, RULE, WIDTH, Table, blank, house_style
from analyses.numbers import share

ROW = 0.2  # inches: height of a level
LABELS = 0.36  # where the level names end
CORD = (0.41, 0.61)  # edges of the small cord beside bars and shares
BARS = 0.68  # where the bars begin
COLUMN = 0.21  # least width of a column of shares
WIDEST_LANE = 0.26
CASE_CORD = (0.5, 1.5)  # edges of the cord that holds one lesion
STUB = 0.1  # inches: a count that is too small to be told
TOPS = (0.1, 0.25, 0.5, 0.75, 1.0)  # ends of the scale of shares
MERGED = "Groups of fewer than 5 are counted as other type."
_LEVELS = (
    "Levels are those of the vertebrae beside the tumour, not segments of the cord (there is no "
    "vertebral C8)."
)
_CORD = (
    "The grey outline is the width of the healthy adult cord where a norm is known, dashed where "
    "none is."
)
CAPTION = (
    f"{_LEVELS} A bar covers the levels of one tumour, both ends included. Marks beyond a bar say "
    "that something was seen, not how far it reaches; which pole is not recorded, so both are "
    f"marked. {_CORD}"
)
CAPTION_OF_SHARES = f"{_LEVELS} A tumour counts at every level that it reaches. {_CORD}"


@dataclass(frozen=True)
class Group:
    """Lesions of one histology group: all that are placed, and those at each level.

    `at` is empty where the group is too small to be told anything about.
    """

    name: str
    n: Shown
    at: tuple[Shown, ...]


@dataclass(frozen=True)
class CordMap:
    """What the map shows; `lesions` is empty where no case may be shown.

    `n` counts all cases, `unplaced` those whose levels are not recorded. One lesion without groups
    is the map of a case. `widths` are the norms of the cord in mm, by level. `is_merged` is true
    where groups of fewer than 5 are counted as other type.
    """

    provenance: str
    lesions: tuple[Lesion, ...]
    n: Shown
    unplaced: Shown
    levels: tuple[str, ...]
    groups: tuple[Group, ...]
    widths: tuple[tuple[str, float], ...] = ()
    is_merged: bool = False


def draw(shown: CordMap) -> Figure:
    """Bars along the cord where cases may be shown, and the share of each group at each level.

    Parameters
    ----------
    shown
        As `analyses.shown.cord_maps` gives it.

    Returns
    -------
    Figure
        4.2 inches wide; head up, one row per vertebral level.
    """
    with house_style():
        if shown.lesions and not shown.groups:
            return _case(shown)
        return _cohort(shown)


def _case(shown: CordMap) -> Figure:
    """One lesion inside the cord, its length, levels and signs beside it."""
    lesion = shown.lesions[0]
    geometry = alone(lesion)
    top = 0.24
    figure, axes = blank(top + ROW * len(geometry.rows) + 0.3)
    _levels(axes, geometry.rows, top=top, right=CASE_CORD[1] + 0.14)
    left, right = CASE_CORD
    cord_ink.cord(axes, shown.widths, geometry.rows, sides=CASE_CORD, top=top, row=ROW)
    place = cord_ink.Place(left=left, unit=right - left, top=top, row=ROW)
    is_hollow = lesion.place == NOT_KNOWN
    cord_ink.bar(axes, geometry.bars[0], place, letter=11, is_hollow=is_hollow)
    _beside(axes, lesion, top=top)
    return figure


def _beside(axes: Axes, lesion: Lesion, *, top: float) -> None:
    """Words on one lesion, each sign with its mark."""
    x, y = CASE_CORD[1] + 0.32, top + 0.1
    look = LOOKS[lesion.group]
    letter(axes, (x + 0.1, y), look)
    axes.text(x + 0.28, y, look.label, va="center_baseline", weight="bold")
    for said in facts(lesion):
        y += 0.25
        axes.text(x, y, said, va="center_baseline")
    y += 0.12
    for sign, code in lesion.signs:
        y += 0.3
        if code in MARKED:
            cord_ink.sample(axes, sign, (x, y), is_seen=MARKED[code], colour=look.colour)
        axes.text(x + 0.42, y, _sign(lesion, sign, code), va="center_baseline")


def facts(lesion: Lesion) -> list[str]:
    """Levels, length and place of a lesion in words.

    Parameters
    ----------
    lesion
        With known levels.

    Returns
    -------
    list of str
        One line each.

    Examples
    --------
    >>> facts(Lesion("1", "other", "C3", "C6", "central", (), lengths=(("tumour", 41.6),)))
    ['C3 to C6, 4 levels', '42 mm long', 'central']
    """
    first, end = lesion.rows
    if end - first == 1:
        span = f"{lesion.upper}, 1 level"
    else:
        span = f"{lesion.upper} to {lesion.lower}, {end - first} levels"
    length = dict(lesion.lengths).get("tumour")
    long = "length not recorded" if length is None else f"{length:.0f} mm long"
    return [span, long, cord_ink.PLACE_WORDS[lesion.place]]


def _sign(lesion: Lesion, sign: str, code: str) -> str:
    """A sign, its state, and its length where it was measured."""
    length = dict(lesion.lengths).get(sign)
    name = cord_ink.SIGN_WORDS[sign]
    if code == "absent":
        return f"no {name}"
    if code != "present":
        return f"{name}: {code.replace('_', ' ')}"
    return name if length is None else f"{name}, {length:.0f} mm"


def _cohort(shown: CordMap) -> Figure:
    """Bars in lanes, if any, and columns of shares; keys above and below."""
    geometry = packed(shown.lesions)
    head = 0.06
    keys = [(g, f"{LOOKS[g.name].label} {g.n}") for g in shown.groups]
    top = head + 0.25 * ((len(keys) + 1) // 2) + (0.55 if shown.lesions else 0.36)
    foot = top + ROW * len(shown.levels) + (0.18 if shown.lesions else 0.0)
    signs = cord_ink.KEY_HEIGHT if shown.lesions else 0.0
    notes = [_unplaced(shown), *([MERGED] if shown.is_merged else [])]
    figure, axes = blank(foot + 0.3 + signs + 0.24 * len(notes))
    _groups(axes, keys, top=head)
    _levels(axes, shown.levels, top=top, right=WIDTH - 0.04)
    cord_ink.cord(axes, shown.widths, shown.levels, sides=CORD, top=top, row=ROW)
    start = _bars(
        axes, geometry, room=WIDTH - BARS - COLUMN * sum(bool(g.at) for g, _ in keys), top=top
    )
    _shares(axes, shown, left=start, top=top)
    if shown.lesions:
        cord_ink.key(axes, top=foot + 0.36)
    for line, note in enumerate(notes):
        axes.text(0.04, foot + signs + 0.42 + 0.24 * line, note, va="center_baseline")
    return figure


def _groups(axes: Axes, keys: Sequence[tuple[Group, str]], *, top: float) -> None:
    """Letter, name and number of each group, two to a row."""
    for place, (group, said) in enumerate(keys):
        x, y = 0.14 + 2.2 * (place % 2), top + 0.1 + 0.25 * (place // 2)
        letter(axes, (x, y), LOOKS[group.name])
        said = said.removesuffix(f" {Hidden()}")  # runs into the next key, and the table says it
        axes.text(x + 0.17, y, said, va="center_baseline")


def _levels(axes: Axes, levels: Sequence[str], *, top: float, right: float) -> None:
    """Names of the levels, with a band behind every second region."""
    for region in "TS":
        rows = [row for row, level in enumerate(levels) if level.startswith(region)]
        if rows:
            band = Rectangle((0, top + ROW * rows[0]), right, ROW * len(rows), zorder=0)
            band.set(facecolor="#eef1f4", linewidth=0)
            axes.add_patch(band)
    for row, level in enumerate(levels):
        y = top + ROW * (row + 0.5)
        axes.text(LABELS, y, level, ha="right", va="center_baseline", fontsize=9.5)


def _bars(axes: Axes, geometry: Geometry, *, room: float, top: float) -> float:
    """The bars of a cohort with a picture of their place above; where the shares begin."""
    if not geometry.bars:
        return BARS
    unit = min(WIDEST_LANE, (room - 0.12) / geometry.zones[-1].right)
    place = cord_ink.Place(left=BARS, unit=unit, top=top, row=ROW)
    for zone in geometry.zones:
        middle = BARS + unit * (zone.left + zone.right) / 2
        cord_ink.section(axes, zone.place, (middle, top - 0.36))
    for bar in geometry.bars:
        cord_ink.bar(axes, bar, place, letter=min(9.5, 58 * unit))
    return BARS + unit * geometry.zones[-1].right + 0.12


def _shares(axes: Axes, shown: CordMap, *, left: float, top: float) -> None:
    """One column per group: the share of its lesions at each level, in numbers if there is room."""
    is_labelled = not shown.lesions
    groups = [g for g in shown.groups if g.at]
    if not groups:
        if is_labelled:
            axes.text(left + 0.2, top + 4 * ROW, "Too few cases to show their levels")
        return
    width = (WIDTH - 0.04 - left) / len(groups)
    room = width - (0.42 if is_labelled else 0.05)
    found = [_share(n, g.n) for g in groups for n in g.at]
    most = max((s for s in found if s), default=1.0)
    end = most if is_labelled else next(t for t in TOPS if t >= most)
    foot = top + ROW * len(shown.levels)
    for place, group in enumerate(groups):
        x = left + width * place
        letter(axes, (x + 0.09, top - 0.16), LOOKS[group.name])
        axes.plot([x, x], [top, foot], color=GREY, lw=0.8)
        if not is_labelled:
            axes.plot([x + room] * 2, [top, foot], color=RULE, lw=0.6, zorder=0.5)
        for row, n in enumerate(group.at):
            spot = (x, top + ROW * row + 0.03)
            drawn = _length(axes, spot, n, group, scale=room / end)
            if is_labelled and n != 0:
                said = share(n, group.n) or str(n)
                axes.text(
                    x + drawn + 0.04, spot[1] + 0.07, said, va="center_baseline", fontsize=9.5
                )
    words = "share of each group" if is_labelled else f"share of each group, lines: {end:.0%}"
    foot += 0.0 if is_labelled else 0.18  # bars may reach below the last level
    axes.text(WIDTH - 0.04, foot + 0.14, words, ha="right", va="center_baseline", fontsize=9.5)


def _length(
    axes: Axes, corner: tuple[float, float], n: Shown, group: Group, *, scale: float
) -> float:
    """The bar of one share, and its length; a hatched stub where the count is not told."""
    value = _share(n, group.n)
    if value is None:
        stub = Rectangle(corner, STUB, ROW - 0.06, facecolor="white", edgecolor=GREY)
        stub.set(hatch="//////", linewidth=0.6)
        axes.add_patch(stub)
        return STUB
    colour = LOOKS[group.name].colour
    axes.add_patch(Rectangle(corner, scale * value, ROW - 0.06, facecolor=colour, linewidth=0))
    return scale * value


def _share(n: Shown, of: Shown) -> float | None:
    """A share of released counts; None where one of them is not told."""
    return n / of if isinstance(n, int) and isinstance(of, int) else None


def _unplaced(shown: CordMap) -> str:
    """The lesions beside the map."""
    if shown.unplaced == 0:
        return "No case." if shown.n == 0 else f"The levels of all {shown.n} cases are recorded."
    n = "hidden," if isinstance(shown.unplaced, Hidden) else shown.unplaced
    return f"Without levels, not placed: {n} of {shown.n} cases."


def alt_text(shown: CordMap) -> str:
    """How many lesions are placed, and where those of each group are most often.

    Parameters
    ----------
    shown
        As drawn.

    Returns
    -------
    str
        One sentence for a case, else one or two and one for what is not placed.

    Examples
    --------
    >>> group = Group("ependymoma", 8, (0, 6, 5))
    >>> alt_text(CordMap("published", (), 9, 1, ("CMJ", "C1", "C2"), (group,)))
    'Cord map. Most frequent level: ependymoma C1 (75% of 8). Without levels, not placed: 1 of 9 \
cases.'
    """
    start = "Cord map of simulated data" if shown.provenance == "simulated" else "Cord map"
    if shown.lesions and not shown.groups:
        lesion = shown.lesions[0]
        signs = [_sign(lesion, sign, code) for sign, code in lesion.signs]
        said = ", ".join([LOOKS[lesion.group].label, *facts(lesion), *signs])
        return f"{start}, one tumour: {said}."
    peaks = [said for group in shown.groups if (said := _peak(group, shown.levels))]
    most = f" Most frequent level: {'; '.join(peaks)}." if peaks else ""
    merged = f" {MERGED}" if shown.is_merged else ""
    return f"{start}.{most} {_unplaced(shown)}{merged}"


def _peak(group: Group, levels: Sequence[str]) -> str:
    """The level that most lesions of a group reach, the upper one of a tie; empty if not told."""
    told = [(n, -row) for row, n in enumerate(group.at) if isinstance(n, int)]
    if not isinstance(group.n, int) or not told or max(told)[0] == 0:
        return ""
    n, row = max(told)
    return f"{LOOKS[group.name].label} {levels[-row]} ({share(n, group.n)} of {group.n})"


def as_table(shown: CordMap) -> Table:
    """Lesions at each level by group, as shown; of a single lesion what stands beside it.

    Parameters
    ----------
    shown
        As drawn.

    Returns
    -------
    Table
        Columns: level, one per group; the last row holds all lesions of the group.
    """
    if shown.lesions and not shown.groups:
        lesion = shown.lesions[0]
        words = zip(("Levels", "Length", "Place across the cord"), facts(lesion), strict=True)
        signs = [
            (cord_ink.SIGN_WORDS[s].capitalize(), c.replace("_", " ")) for s, c in lesion.signs
        ]
        rows = (("Histology", LOOKS[lesion.group].label), *words, *signs)
        return Table(("What", "Recorded"), rows)
    levels = [
        (level, *(str(g.at[row]) if g.at else "too few" for g in shown.groups))
        for row, level in enumerate(shown.levels)
    ]
    header = ("Level", *(LOOKS[g.name].label.capitalize() for g in shown.groups))
    totals = ("All placed", *(str(g.n) for g in shown.groups))
    return Table(header, (*levels, totals))
