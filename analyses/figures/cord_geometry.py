"""Where everything of the cord map lies: rows, places across the cord, bars and their marks.

Belongs here: coordinates, the same for matplotlib here and for a script in a browser.
Does not belong here: colours and ink (`analyses.figures.cord_map`), which lesions are shown and
to whom (`analyses.shown.cord_maps`).
Down is one row per vertebral level, row 0 beside the first. Across is one unit per lane of bars,
or per width of the cord where one lesion is drawn alone.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from schemas.errors import IntegrityError
from schemas.vocabularies import AXIAL_LOCATION, LEVEL

LEVELS = LEVEL.coded
ALWAYS = LEVELS[: LEVELS.index("L2") + 1]  # rows below are shown only when used
NOT_KNOWN = "not_known"
#: Places across the cord, in the order of their zones.
PLACES = (*AXIAL_LOCATION.coded, NOT_KNOWN)
#: Left and right edge of a bar inside a cord one unit wide; the canal is at a half.
ACROSS = {
    "central": (0.33, 0.67),
    "eccentric": (0.42, 0.78),  # crosses the midline
    "unilateral": (0.56, 0.84),
    "whole_section": (0.15, 0.85),
    NOT_KNOWN: (0.33, 0.67),
}
INSET = 0.06  # of a row, at either end of a bar: neighbours in a lane do not touch
LANE = (0.12, 0.88)  # edges of a bar inside its lane
CLEAR = 0.12  # of a row, between what lies one below the other in a lane
GAP = 0.7  # of a lane, between zones
#: How far a mark reaches beyond the bar at both poles, in rows, and how wide it is, in widths of
#: the bar. Neither the pole nor the extent in levels is recorded, so neither is drawn.
REACH = {"oedema": 0.75, "syrinx": 0.95, "polar_cyst": 0.5, "cap_sign": 0.0}
BREADTH = {"oedema": 1.2, "syrinx": 0.4, "polar_cyst": 0.8, "cap_sign": 1.0}
CAP = 0.32  # rows of the bar that a cap sign darkens, of a short bar a fifth
LEAST_LANES = 2  # of a zone: a picture of its place stands above
SIGNS = tuple(REACH)
#: States of a sign that leave a mark, and whether it was seen.
MARKED = {"present": True, "indeterminate": False, "not_assessable": False}
_DIGITS = 4


@dataclass(frozen=True)
class Lesion:
    """One tumour: its group, levels (both included), place across the cord, and signs.

    `signs` holds the code of each of `SIGNS`; `is_mirrored` where most of it lies on the patient's
    right, which is drawn on the left as on an image.
    """

    key: str
    group: str
    upper: str
    lower: str
    place: str
    signs: tuple[tuple[str, str], ...]
    is_mirrored: bool = False
    lengths: tuple[tuple[str, float], ...] = ()  # in mm, of `tumour` and of signs; not drawn

    @property
    def rows(self) -> tuple[int, int]:
        """Row of the upper level and the one behind the lower level."""
        return LEVELS.index(self.upper), LEVELS.index(self.lower) + 1


@dataclass(frozen=True)
class Box:
    """A rectangle: rows down, units across."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Mark:
    """A sign of a bar; `is_seen` is False where it could not be judged."""

    sign: str
    is_seen: bool
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Bar:
    """One lesion as it is drawn."""

    key: str
    group: str
    place: str
    box: Box
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Zone:
    """The lanes of one place across the cord."""

    place: str
    left: float
    right: float


@dataclass(frozen=True)
class Geometry:
    """All of a drawing: rows from the head down, zones across, bars."""

    rows: tuple[str, ...]
    zones: tuple[Zone, ...]
    bars: tuple[Bar, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values for a drawing in a browser, without the names of cases.

        Returns
        -------
        dict
            `rows`, `zones` and `bars`.
        """
        whole = asdict(self)
        for bar in whole["bars"]:
            del bar["key"]
        return whole


def rows_used(lowest: int = 0) -> tuple[str, ...]:
    """Levels that have a row, from the head down to at least L2.

    Parameters
    ----------
    lowest
        Row behind the lowest level that is used.

    Returns
    -------
    tuple of str
        Codes of the vocabulary of levels.

    Examples
    --------
    >>> rows_used()[0], rows_used()[-1], rows_used(lowest=23)[-1]
    ('CMJ', 'L2', 'L3')
    """
    return LEVELS[: max(lowest, len(ALWAYS))]


def alone(lesion: Lesion) -> Geometry:
    """One lesion inside a cord one unit wide.

    Parameters
    ----------
    lesion
        With known levels.

    Returns
    -------
    Geometry
        One zone and one bar.

    Examples
    --------
    >>> made = alone(Lesion("C1", "ependymoma", "C3", "C5", "central", ()))
    >>> made.bars[0].box
    Box(left=0.33, top=3.06, right=0.67, bottom=5.94)
    """
    _check(lesion)
    left, right = ACROSS[lesion.place]
    if lesion.is_mirrored:
        left, right = 1 - right, 1 - left
    zone = Zone(lesion.place, 0.0, 1.0)
    return Geometry(rows_used(lesion.rows[1]), (zone,), (_bar(lesion, left=left, right=right),))


def packed(lesions: Sequence[Lesion]) -> Geometry:
    """Lesions in lanes, a zone for each place across the cord; no two in a lane overlap.

    Parameters
    ----------
    lesions
        With known levels, in any order, no key twice.

    Returns
    -------
    Geometry
        Bars by place, then upper level, length and key; each in the first lane with room for it.

    Raises
    ------
    IntegrityError
        If the levels of a lesion are reversed.

    Examples
    --------
    >>> three = [
    ...     Lesion("1", "ependymoma", "C3", "C5", "central", ()),
    ...     Lesion("2", "ependymoma", "C4", "C5", "central", ()),
    ...     Lesion("3", "ependymoma", "T1", "T2", "central", ()),
    ... ]
    >>> [bar.box.left for bar in packed(three).bars]
    [0.12, 1.12, 0.12]
    """
    for lesion in lesions:
        _check(lesion)
    zones: list[Zone] = []
    bars: list[Bar] = []
    start = 0.0
    for place in PLACES:
        here = sorted((x for x in lesions if x.place == place), key=_order)
        if not here:
            continue
        lanes = _lanes(here)
        n_lanes = max(lanes) + 1
        width = max(n_lanes, LEAST_LANES)
        shift = (width - n_lanes) / 2
        zones.append(Zone(place, round(start, _DIGITS), round(start + width, _DIGITS)))
        bars += [
            _bar(lesion, left=start + shift + lane + LANE[0], right=start + shift + lane + LANE[1])
            for lesion, lane in zip(here, lanes, strict=True)
        ]
        start += width + GAP
    lowest = max((x.rows[1] for x in lesions), default=0)
    return Geometry(rows_used(lowest), tuple(zones), tuple(bars))


def _lanes(lesions: Sequence[Lesion]) -> list[int]:
    """The first lane with room for each lesion, in their order."""
    ends: list[float] = []
    lanes = []
    for lesion in lesions:
        top, bottom = _extent(lesion)
        lane = next((i for i, end in enumerate(ends) if end <= top), len(ends))
        ends[lane : lane + 1] = [bottom + CLEAR]
        lanes.append(lane)
    return lanes


def _check(lesion: Lesion) -> None:
    """Refuse levels in the wrong order; the rules let none through."""
    if lesion.rows[0] >= lesion.rows[1]:
        raise IntegrityError(
            f"A lesion has its upper level {lesion.upper} below its lower level {lesion.lower}; "
            "it cannot be placed."
        )


def _order(lesion: Lesion) -> tuple[int, int, str]:
    """Upper level, length, key."""
    top, bottom = lesion.rows
    return top, bottom - top, lesion.key


def _extent(lesion: Lesion) -> tuple[float, float]:
    """First and last place in the rows that a lesion takes with its marks."""
    top, bottom = lesion.rows
    reach = max((REACH[sign] for sign, _ in _drawn(lesion)), default=0.0)
    return top - reach, bottom + reach


def _drawn(lesion: Lesion) -> list[tuple[str, bool]]:
    """Signs that leave a mark, and whether they were seen.

    Absent leaves none, and neither does a report that says nothing: of most published cases the
    map would be nothing but question marks.
    """
    return [(sign, MARKED[code]) for sign, code in lesion.signs if code in MARKED]


def _bar(lesion: Lesion, *, left: float, right: float) -> Bar:
    """A bar between two edges with its marks."""
    top, bottom = lesion.rows
    box = _box(left, top + INSET, right, bottom - INSET)
    marks = tuple(Mark(sign, seen, _boxes(sign, box)) for sign, seen in _drawn(lesion))
    return Bar(lesion.key, lesion.group, lesion.place, box, marks)


def _boxes(sign: str, bar: Box) -> tuple[Box, ...]:
    """Where a sign is drawn: round the bar, or at both poles."""
    middle, half = (bar.left + bar.right) / 2, BREADTH[sign] * (bar.right - bar.left) / 2
    left, right, reach = middle - half, middle + half, REACH[sign]
    if sign == "oedema":
        return (_box(left, bar.top - reach, right, bar.bottom + reach),)
    inside = min(CAP, 0.2 * (bar.bottom - bar.top)) if sign == "cap_sign" else 0.0
    return (
        _box(left, bar.top - reach, right, bar.top + inside),
        _box(left, bar.bottom - inside, right, bar.bottom + reach),
    )


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    """A box with rounded coordinates."""
    return Box(*(round(x, _DIGITS) for x in (left, top, right, bottom)))
