"""Inputs: what the report on one cohort is made from, and who of it is counted.

Belongs here: the frames, the columns that matter most, cases with consent.
Does not belong here: reading frames (`warehouse`), counting (the other modules of this package).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from analyses.disclosure import Audience, audience_for
from analyses.shown.features_by_group import LEAST_FOR_QUARTILES
from analyses.shown.grouped import histology_group, merge_small

#: Table, column and name of what hardly any analysis can do without.
KEY_COLUMNS = (
    ("cases", "age_years", "Age"),
    ("patients", "sex", "Sex"),
    ("pathology", "histology", "Histology"),
    ("imaging_reads", "level_upper", "Level"),
    ("surgeries", "extent_of_resection", "Extent"),
    ("follow_up", "vital_status", "Vital status"),
)
#: Tables of `core` that the report reads beside the cases.
TABLES = ("surgeries", "treatments", "follow_up", "functional_status")
TOGETHER = "Smaller sites together"
#: Fewest cases of a site that stands by itself where small counts are hidden.
LEAST_OF_A_SITE = LEAST_FOR_QUARTILES["internal"]


@dataclass(frozen=True)
class Inputs:
    """Everything of one provenance.

    `cases` are all rows of `analysis.cases`; `tables` those of `TABLES`; the others are as of
    `warehouse.trends`: `deliveries`, `problems`, `missing`, `first`.
    """

    provenance: str
    cases: pl.DataFrame
    tables: Mapping[str, pl.DataFrame]
    deliveries: pl.DataFrame
    problems: pl.DataFrame
    missing: pl.DataFrame
    first: pl.DataFrame
    norms: pl.DataFrame | None = None

    @property
    def audience(self) -> Audience:
        """Exact counts for simulated and published rows, else small ones are hidden."""
        return audience_for(self.provenance)

    @cached_property
    def counted(self) -> pl.DataFrame:
        """Cases with consent for the registry, with `group` and `column` (its site in tables)."""
        frame = self.cases.filter(pl.col("consent_scope") == "research_registry")
        frame = frame.with_columns(histology_group()).sort("case_id")
        return frame.with_columns(
            merge_small(frame["group"], self.audience).alias("group"),
            column=merge_sites(frame["site_id"], self.audience),
        )


def merge_sites(sites: pl.Series, audience: Audience) -> pl.Series:
    """Sites with those of fewer than 20 cases as one column; if that is too small, one more.

    Counts of such a site are nearly all small, and would take those of others with them.

    Parameters
    ----------
    sites
        One per case.
    audience
        `open` leaves every site as it is.

    Returns
    -------
    pl.Series
        One per case.

    Examples
    --------
    >>> sites = pl.Series(["A"] * 40 + ["B"] * 21 + ["C"])
    >>> merge_sites(sites, "internal").unique().sort().to_list()
    ['A', 'Smaller sites together']
    """
    sizes = sorted((n, site) for site, n in sites.value_counts().iter_rows())
    small = [site for n, site in sizes if n < LEAST_OF_A_SITE]
    if audience == "open" or not small:
        return sites
    if sum(n for n, site in sizes if site in small) < LEAST_OF_A_SITE:
        small = [site for _, site in sizes[: len(small) + 1]]
    return sites.replace(small, [TOGETHER] * len(small))
