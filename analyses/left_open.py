"""Left open: what a source does not say, though an endpoint rests on it.

Belongs here: the columns whose silence a report has to mention, and the sentence for it.
Does not belong here: endpoints (`analyses.endpoints`), exclusions (`analyses.eligibility`).
"""

import polars as pl

_EARLIER_TREATMENT = (
    "case_kind",
    "earlier_treatment_unknown",
    "the source does not say whether the tumour had been treated before. They are kept; the "
    "type of a tumour treated before was known, so that predicting it would be no feat.",
)
#: What may be left open in an eligible case: the column, the code and the sentence of the warning.
_LEFT_OPEN = {
    "gross_total_resection": (
        "intent",
        "intent_unknown",
        "the source does not say what the surgery was meant to achieve. They are kept; a biopsy "
        "among them counts as not gross total, whatever was planned.",
    ),
    "histology_group": _EARLIER_TREATMENT,
    "ependymoma_vs_astrocytoma": _EARLIER_TREATMENT,
    "high_grade": _EARLIER_TREATMENT,
}


def endpoint_warnings(
    cohort: pl.DataFrame, endpoint: str, provenance: str | None
) -> list[dict[str, str]]:
    """Say in how many eligible cases the source leaves open what the endpoint rests on.

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
    >>> endpoint_warnings(cases, "gross_total_resection", "published")[0]["code"]
    'intent_unknown'
    """
    if endpoint not in _LEFT_OPEN:
        return []
    column, code, message = _LEFT_OPEN[endpoint]
    used = cohort.filter(
        (pl.col("provenance") == provenance)
        & pl.col(f"{endpoint}_exclusion").is_null()
        & pl.col(endpoint).is_not_null()
    )
    unknown = used.filter(pl.col(column).is_null() | (pl.col(column) == "unknown")).height
    if not unknown:
        return []
    return [{"code": code, "message": f"In {unknown} of {used.height} cases {message}"}]
