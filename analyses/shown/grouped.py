"""Cases by histology group, as figures of cases show them.

Belongs here: the group of each case, groups too small to be told merged, rows of one provenance.
Does not belong here: the endpoint `histology_group` (`analyses.endpoints`), what else a figure
shows, colours (`analyses.figures.case_looks`).
"""

import polars as pl

from analyses.disclosure import SMALLEST_SHOWN, Audience
from analyses.endpoints import HISTOLOGY_GROUPS, value_of
from schemas.errors import UsageError

NOT_KNOWN = "not_known"
#: Most cases of a figure that shows each of them.
MOST_CASES = 60


def histology_group() -> pl.Expr:
    """The group of a case whatever the reason for an analysis: `not_known` where there is none.

    Examples
    --------
    >>> cases = pl.DataFrame({"histology": ["spinal_ependymoma", "lymphoma", "no_tissue", None]})
    >>> cases.select(histology_group())["group"].to_list()
    ['ependymoma', 'other', 'not_known', 'not_known']
    """
    return value_of("histology_group").fill_null(NOT_KNOWN).alias("group")


def merge_small(groups: pl.Series, audience: Audience) -> pl.Series:
    """Groups of cases with those of fewer than 5 counted as other type.

    Merging comes before hiding: else one small group takes a large one with it (design, faults.md
    section 6).

    Parameters
    ----------
    groups
        One per case.
    audience
        `open` leaves every group as it is.

    Returns
    -------
    pl.Series
        One per case.

    Examples
    --------
    >>> merge_small(pl.Series(["ependymoma"] * 5 + ["astrocytic"]), "internal").to_list()[4:]
    ['ependymoma', 'other']
    """
    sizes = dict(groups.value_counts().iter_rows())
    small = [g for g in HISTOLOGY_GROUPS if sizes.get(g, 0) < SMALLEST_SHOWN]
    return groups if audience == "open" else groups.replace(small, ["other"] * len(small))


def provenance_of(frame: pl.DataFrame) -> str:
    """The one provenance of the rows; an empty frame counts as registry.

    Parameters
    ----------
    frame
        With `provenance`.

    Returns
    -------
    str
        A code of the vocabulary.

    Raises
    ------
    UsageError
        If there are several.

    Examples
    --------
    >>> provenance_of(pl.DataFrame({"provenance": ["published", "published"]}))
    'published'
    """
    found = frame["provenance"].unique().sort().to_list()
    if len(found) > 1:
        raise UsageError(
            f"A figure was asked for rows of several provenances ({', '.join(found)}); simulated, "
            "published and registry rows are never mixed. Choose one."
        )
    return str(found[0]) if found else "registry"
