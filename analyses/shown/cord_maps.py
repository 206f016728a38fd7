"""Cord maps: which lesions a map shows, and how many reach each level, as an audience may see it.

Belongs here: from the cases of a cohort to what the cord map draws, small counts kept back.
Does not belong here: coordinates (`analyses.figures.cord_geometry`), drawing
(`analyses.figures.cord_map`), who may see cases (`dashboard`).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from analyses.disclosure import Audience, Shown, disclose
from analyses.figures.case_looks import LOOKS
from analyses.figures.cord_geometry import LEVELS, NOT_KNOWN, PLACES, SIGNS, Lesion, rows_used
from analyses.figures.cord_map import CordMap, Group
from analyses.shown.grouped import MOST_CASES, histology_group, merge_small, provenance_of

Ints = npt.NDArray[np.int64]

MEASURED = ("tumour", "oedema", "syrinx", "polar_cyst")
#: Columns of `analysis.cases` without which there is no map.
NEEDED = ("case_id", "provenance", "consent_scope", "histology", "level_upper", "level_lower")
#: Those that bars need too.
COLUMNS = (
    *NEEDED,
    "axial_location",
    "axial_sector",
    *SIGNS,
    *(f"{what}_length_mm" for what in MEASURED),
)


def lesion_frame(cases: pl.DataFrame) -> pl.DataFrame:
    """The frame of the cord map: one row per lesion, from the cases of a snapshot.

    Parameters
    ----------
    cases
        One row per case, as `analyses.cohort.build_cohort` gives them, with the columns of
        `COLUMNS`; those of `NEEDED` are enough for a map without bars.

    Returns
    -------
    pl.DataFrame
        Cases with consent for the registry, sorted by `case_id`, with `group` (as of `LOOKS`) and
        `place` (as of `PLACES`); levels are both given or both missing.
    """
    absent = [c for c in COLUMNS if c not in cases.columns and c not in NEEDED]
    place = pl.when(pl.col("axial_location").is_in(PLACES)).then(pl.col("axial_location"))
    both = pl.all_horizontal(pl.col("level_upper", "level_lower").is_in(LEVELS))
    return (
        cases.filter(pl.col("consent_scope") == "research_registry")
        .with_columns(pl.lit(None).alias(column) for column in absent)
        .select(*COLUMNS, histology_group(), place=place.fill_null(pl.lit(NOT_KNOWN)))
        .with_columns(
            pl.when(both).then(pl.col(end)).alias(end) for end in ("level_upper", "level_lower")
        )
        .sort("case_id")
    )


def lesions_of(frame: pl.DataFrame) -> list[Lesion]:
    """The lesions of a frame that have levels.

    Parameters
    ----------
    frame
        As `lesion_frame` gives it.

    Returns
    -------
    list of Lesion
        In the order of the frame.
    """
    return [
        Lesion(
            key=row["case_id"],
            group=row["group"],
            upper=row["level_upper"],
            lower=row["level_lower"],
            place=row["place"],
            signs=tuple((sign, row[sign] or "not_reported") for sign in SIGNS),
            is_mirrored=str(row["axial_sector"]).endswith("right"),
            lengths=tuple(
                (what, row[f"{what}_length_mm"])
                for what in MEASURED
                if row[f"{what}_length_mm"] is not None
            ),
        )
        for row in frame.iter_rows(named=True)
        if row["level_upper"] is not None
    ]


def map_of_cohort(
    frame: pl.DataFrame,
    *,
    audience: Audience,
    may_see_cases: bool,
    norms: pl.DataFrame | None = None,
) -> CordMap:
    """What the map of a cohort shows.

    Parameters
    ----------
    frame
        As `lesion_frame` gives it, rows of one provenance.
    audience
        Whose small counts are kept back (`analyses.disclosure`).
    may_see_cases
        Whether the reader may see rows of cases; a viewer may not, and a file that leaves the
        house never holds them. Without it, and beyond 60 lesions, there are no bars.
    norms
        Table `reference.cord_norms`; without it the cord is drawn straight.

    Returns
    -------
    CordMap
        Bars where they may be shown, and shares per level and group.

    Raises
    ------
    UsageError
        If rows of several provenances are mixed.
    """
    provenance = provenance_of(frame)
    placed = frame.filter(pl.col("level_upper").is_not_null())
    counted = placed.with_columns(merge_small(placed["group"], audience).alias("group"))
    levels = rows_used(int(_rows(placed, "level_lower").max(initial=-1)) + 1)
    sizes = {g: counted.filter(group=g).height for g in LOOKS}
    names = [g for g, n in sizes.items() if n]
    unplaced = frame.height - placed.height
    totals = disclose(
        {"all": frame.height, "unplaced": unplaced} | {g: sizes[g] for g in names},
        sums=[("all", ["unplaced", *names])],
        audience=audience,
        provenance=provenance,
        keep=["all"],
    )
    groups = [
        Group(g, totals[g], _released(counted.filter(group=g), levels, audience, provenance))
        if isinstance(totals[g], int)
        else Group(g, totals[g], ())
        for g in names
    ]
    may_draw = may_see_cases and placed.height <= MOST_CASES
    return CordMap(
        provenance=provenance,
        lesions=tuple(lesions_of(placed)) if may_draw else (),
        n=totals["all"],
        unplaced=totals["unplaced"],
        levels=levels,
        groups=tuple(groups),
        widths=widths(norms),
        is_merged=not counted["group"].equals(placed["group"]),
    )


def _rows(frame: pl.DataFrame, column: str) -> Ints:
    """Rows of the levels of a column."""
    rows = frame[column].replace_strict(LEVELS, range(len(LEVELS)), return_dtype=pl.Int64)
    return rows.to_numpy()


def _released(
    lesions: pl.DataFrame, levels: Sequence[str], audience: Audience, provenance: str
) -> tuple[Shown, ...]:
    """How many lesions of one group are at each level."""
    begun = np.bincount(_rows(lesions, "level_upper"), minlength=len(LEVELS) + 1)
    ended = np.bincount(_rows(lesions, "level_lower") + 1, minlength=len(LEVELS) + 1)
    counts = [int(n) for n in np.cumsum(begun - ended)[: len(levels)]]
    shown = {
        n: release_part(n, lesions.height, audience=audience, provenance=provenance)
        for n in set(counts)
    }
    return tuple(shown[n] for n in counts)


def release_part(part: int, whole: int, *, audience: Audience, provenance: str) -> Shown:
    """A part of a whole that is shown, released by itself.

    Levels of a group are tied by the number of its lesions only, and a shown one (5 or more) never
    has to be hidden for the sake of a part; so they need not be released together.

    Parameters
    ----------
    part, whole
        Lesions at a level, and in all.
    audience, provenance
        As for `analyses.disclosure.disclose`.

    Returns
    -------
    Shown
        The part as it may be seen.

    Examples
    --------
    >>> str(release_part(3, 20, audience="internal", provenance="registry"))
    '<5'
    """
    shown = disclose(
        {"whole": whole, "part": part, "rest": whole - part},
        sums=[("whole", ["part", "rest"])],
        audience=audience,
        provenance=provenance,
        keep=["whole"],
    )
    assert shown["whole"] == whole
    return shown["part"]


def widths(norms: pl.DataFrame | None) -> tuple[tuple[str, float], ...]:
    """Right-left diameter of the healthy cord in mm, by level, where a norm is known.

    Parameters
    ----------
    norms
        Table `reference.cord_norms`.

    Returns
    -------
    tuple
        Level and diameter, from the head down.
    """
    if norms is None:
        return ()
    rows = norms.filter(sex="all", measure="diameter_rl_mm").sort("vert_level")
    return tuple(rows.select("level_name", "mean").iter_rows())


def map_of_case(
    frame: pl.DataFrame, case_id: str, *, norms: pl.DataFrame | None = None
) -> CordMap | None:
    """The map of one case, for a reader who may see its row.

    Parameters
    ----------
    frame
        As `lesion_frame` gives it.
    case_id
        The case.
    norms
        Table `reference.cord_norms`; without it the cord is drawn straight.

    Returns
    -------
    CordMap or None
        None where the frame has no such case or its levels are not recorded.
    """
    found = lesions_of(frame.filter(case_id=case_id))
    if not found:
        return None
    return CordMap(
        provenance=provenance_of(frame.filter(case_id=case_id)),
        lesions=tuple(found),
        n=1,
        unplaced=0,
        levels=rows_used(found[0].rows[1]),
        groups=(),
        widths=widths(norms),
    )
