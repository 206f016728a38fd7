"""Before surgery: the population as it is met then, when nobody knows the final histology.

Belongs here: which exclusions rest on the final histology, and an endpoint without them.
Does not belong here: the endpoints themselves (`analyses.endpoints`), fitting
(`analyses.sensitivity`).
"""

import polars as pl

from analyses.eligibility import OF_FINAL_HISTOLOGY, conditions, in_groups
from analyses.endpoints import ENDPOINTS, columns_behind, value_of, with_endpoint


def as_seen_before_surgery(cohort: pl.DataFrame, endpoint: str) -> pl.DataFrame | None:
    """The cohort with an endpoint that leaves nobody out for what the tissue turned out to be.

    A tumour of another group is then no ependymoma, and one of another group with a WHO grade has
    that grade; without any the outcome is not recorded.

    Parameters
    ----------
    cohort
        One row per case, with the columns behind the endpoint.
    endpoint
        Name of the outcome.

    Returns
    -------
    pl.DataFrame or None
        The cohort with other values in `<endpoint>` and `<endpoint>_exclusion`. None where the
        outcome is no endpoint of the platform, or what it rests on is not in the table.
    """
    if endpoint not in ENDPOINTS or set(columns_behind(endpoint)) - set(cohort.columns):
        return None
    against = [pair for pair in conditions(endpoint) if pair[1] not in OF_FINAL_HISTOLOGY]
    value = _WIDER[endpoint] if endpoint in _WIDER else value_of(endpoint)
    return with_endpoint(cohort, endpoint, value=value, against=against)


_TYPED = pl.col("histology").is_not_null() & ~pl.col("histology").is_in(("no_tissue", "unknown"))
#: Endpoints that have a value for two or three groups only, and what it is for the others.
_WIDER = {
    "ependymoma_vs_astrocytoma": pl.when(_TYPED).then(
        pl.when(in_groups("ependymoma")).then(pl.lit("yes")).otherwise(pl.lit("no"))
    ),
    "high_grade": pl.coalesce(
        value_of("high_grade"),
        pl.when(_TYPED & pl.col("who_grade").is_in(("1", "2", "3", "4"))).then(
            pl.when(pl.col("who_grade").is_in(("3", "4")))
            .then(pl.lit("yes"))
            .otherwise(pl.lit("no"))
        ),
    ),
}
