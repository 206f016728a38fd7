"""Cord maps: which lesions a map shows, and how many reach each level, as an audience may see it.

Belongs here: from the cases of a cohort to what the cord map draws, small counts kept back.
Does not belong here: coordinates (`analyses.figures.cord_geometry`), drawing
(`analyses.figures.cord_map`), who may see cases (`dashboard`).
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from analyses.disclosure import Audience, disclose
from analyses.figures.case_looks import LOOKS
from analyses.figures.cord_geometry import LEVELS, NOT_KNOWN, PLACES, SIGNS, Lesion, rows_used
from analyses.figures.cord_map import CordMap, Group
from analyses.grouped import MOST_CASES, histology_group, merge_small, provenance_of

MEASURED = ("tumour", "oedema", "syrinx", "polar_cyst")
#: Columns of `analysis.cases` from which the frame of the map is drawn.
COLUMNS = (
    "case_id",
    "provenance",
    "consent_scope",
    "histology",
    "level_upper",
    "level_lower",
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
        One row per case with the columns of `COLUMNS`, as `analyses.cohort.build_cohort` gives
        them.

    Returns
    -------
    pl.DataFrame
        Cases with consent for the registry, sorted by `case_id`, with `group` (as of `LOOKS`) and
        `place` (as of `PLACES`); levels are both given or both missing.
    """
    place = pl.when(pl.col("axial_location").is_in(PLACES)).then(pl.col("axial_location"))
    both = pl.all_horizontal(pl.col("level_upper", "level_lower").is_in(LEVELS))
    return (
        cases.filter(pl.col("consent_scope") == "research_registry")
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
    lesions = lesions_of(frame)
    levels = rows_used(max((x.rows[1] for x in lesions), default=0))
    counted = _merged(lesions, audience)
    counts = _counts(frame.height, counted, levels)
    groups = [g for g in LOOKS if counts[g, ""]]
    parts = [*((g, "") for g in groups), ("unplaced", "")]
    sums = [(("all", ""), parts)]
    for group in groups:
        sums += [((group, ""), [(group, level), (group, f"not {level}")]) for level in levels]
    shown = disclose(
        counts, sums=sums, audience=audience, provenance=provenance, keep=[("all", ""), *parts]
    )
    return CordMap(
        provenance=provenance,
        lesions=tuple(lesions) if may_see_cases and len(lesions) <= MOST_CASES else (),
        n=shown["all", ""],
        unplaced=shown["unplaced", ""],
        levels=levels,
        groups=tuple(
            Group(g, n, tuple(shown[g, level] for level in levels) if isinstance(n, int) else ())
            for g in groups
            for n in [shown[g, ""]]
        ),
        widths=widths(norms),
        is_merged=counted != lesions,
    )


def _merged(lesions: list[Lesion], audience: Audience) -> list[Lesion]:
    """Lesions with groups too small to be told merged."""
    groups = merge_small(pl.Series([x.group for x in lesions], dtype=pl.String), audience)
    return [replace(x, group=group) for x, group in zip(lesions, groups, strict=True)]


def _counts(n: int, lesions: Sequence[Lesion], levels: Sequence[str]) -> dict[tuple[str, str], int]:
    """Lesions in all, without levels, of each group, and at each level or not."""
    counts = {("all", ""): n, ("unplaced", ""): n - len(lesions)}
    for group in LOOKS:
        spans = [range(*x.rows) for x in lesions if x.group == group]
        counts[group, ""] = len(spans)
        for row, level in enumerate(levels):
            counts[group, level] = sum(row in span for span in spans)
            counts[group, f"not {level}"] = len(spans) - counts[group, level]
    return counts


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
