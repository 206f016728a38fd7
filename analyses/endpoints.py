"""Endpoints: what is predicted, for whom, known when.

Belongs here: one function per endpoint of the clinical specification (part d), with its exclusions
in order.
Does not belong here: predictors (`analyses.cohort`), models.
Each endpoint adds two columns: its value, and `<endpoint>_exclusion`, the first reason why a case
is not
eligible (missing where it is).
"""

import polars as pl

#: Not tumours of the cord in the sense of the platform, as in Endo 2022
#: (doi:10.14245/ns.2244156.078).
OUTSIDE_ELIGIBILITY = ("non_neoplastic", "lipoma", "myxopapillary_ependymoma")

#: Why a case is not eligible, in the order in which it is asked; the first reason counts.
EXCLUSIONS = (
    "no consent for the research registry",
    "lipoma, myxopapillary ependymoma or no tumour",
    "later tumour of a patient who is counted",
    "not operated",
    "surgery not meant to resect",
)


def add_endpoints(cohort: pl.DataFrame) -> pl.DataFrame:
    """Add every endpoint to the cohort (`analyses.cohort.build_cohort`)."""
    return add_gross_total_resection(cohort)


def add_gross_total_resection(cohort: pl.DataFrame) -> pl.DataFrame:
    """Gross total resection at the first surgery meant to resect.

    Positive is `gtr`; everything less is negative, a resection that ended as a biopsy included.
    Time
    zero is the day before that surgery. Caveat: where the intent was not recorded (published cases)
    the case is kept, and a biopsy then counts as negative whatever was planned.

    Parameters
    ----------
    cohort
        One row per case, with `consent_scope`, `histology`, `patient_id`, `case_number`,
        `surgery_day`,
        `intent`, `extent_of_resection`.

    Returns
    -------
    pl.DataFrame
        The cohort with `gross_total_resection` (yes, no, missing) and
        `gross_total_resection_exclusion`.

    Notes
    -----
    Source: clinical specification, part (d); extent of resection in the words of part (b).

    Examples
    --------
    >>> cases = pl.DataFrame(
    ...     {
    ...         "patient_id": ["P1", "P2", "P3"],
    ...         "case_number": [1, 1, 1],
    ...         "consent_scope": ["research_registry"] * 3,
    ...         "histology": ["spinal_ependymoma", "lipoma", "spinal_ependymoma"],
    ...         "surgery_day": [0, 0, None],
    ...         "intent": ["resection", "resection", None],
    ...         "extent_of_resection": ["gtr", "subtotal", None],
    ...     }
    ... )
    >>> add_gross_total_resection(cases)["gross_total_resection_exclusion"].to_list()
    [None, 'lipoma, myxopapillary ependymoma or no tumour', 'not operated']
    """
    extent = pl.col("extent_of_resection")
    known = extent.is_not_null() & (extent != "unknown")
    value = pl.when(known).then(
        pl.when(extent == "gtr").then(pl.lit("yes")).otherwise(pl.lit("no"))
    )
    first = pl.col("case_number") == pl.col("case_number").min().over("patient_id")
    conditions = (
        pl.col("consent_scope") != "research_registry",
        pl.col("histology").is_in(OUTSIDE_ELIGIBILITY),
        ~first,
        pl.col("surgery_day").is_null(),
        pl.col("intent").is_in(("biopsy", "decompression", "cyst_drainage")),
    )
    exclusion = pl.lit(None, dtype=pl.String)
    for holds, reason in reversed(tuple(zip(conditions, EXCLUSIONS, strict=True))):
        exclusion = pl.when(holds.fill_null(False)).then(pl.lit(reason)).otherwise(exclusion)
    return cohort.with_columns(
        value.alias("gross_total_resection"), exclusion.alias("gross_total_resection_exclusion")
    )


def intent_warnings(cohort: pl.DataFrame, provenance: str | None) -> list[dict[str, str]]:
    """Say how many eligible cases have no recorded intent of surgery.

    Examples
    --------
    >>> cases = pl.DataFrame(
    ...     {
    ...         "provenance": ["published", "published"],
    ...         "intent": ["unknown", "resection"],
    ...         "gross_total_resection": ["no", "yes"],
    ...         "gross_total_resection_exclusion": [None, None],
    ...     },
    ...     schema_overrides={"gross_total_resection_exclusion": pl.String},
    ... )
    >>> intent_warnings(cases, "published")[0]["code"]
    'intent_unknown'
    """
    used = cohort.filter(
        (pl.col("provenance") == provenance)
        & pl.col("gross_total_resection_exclusion").is_null()
        & pl.col("gross_total_resection").is_not_null()
    )
    unknown = used.filter(pl.col("intent").is_null() | (pl.col("intent") == "unknown")).height
    if not unknown:
        return []
    message = (
        f"In {unknown} of {used.height} cases the source does not say what the surgery was meant "
        "to achieve. They are kept; a biopsy among them counts as not gross total, whatever was "
        "planned."
    )
    return [{"code": "intent_unknown", "message": message}]


ENDPOINTS = ("gross_total_resection",)
