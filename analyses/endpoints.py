"""Endpoints: what is predicted, for whom, known when.

Belongs here: one function per endpoint of the clinical specification (part d), what may be used
to predict it.
Does not belong here: endpoints of time (`analyses.time_endpoints`), exclusions
(`analyses.eligibility`), predictors (`analyses.cohort`), models.
Each endpoint adds two columns: its value, and `<endpoint>_exclusion`, the first reason why a case
is not eligible (missing where it is). One of time adds its times.
"""

from collections.abc import Callable

import polars as pl

from analyses.contacts import yes_no
from analyses.eligibility import (
    GRADED_GROUPS,
    MYCN_TYPE,
    Conditions,
    conditions,
    died_before_month_6,
    in_groups,
)
from analyses.time_endpoints import TIME_ENDPOINTS, times_of
from schemas.histology import HISTOLOGY_GROUP

#: Each endpoint, and when it becomes known.
ENDPOINTS = {
    "histology_group": "pathology",
    "gross_total_resection": "postoperative",
    "functional_decline": "follow_up",
    "ependymoma_vs_astrocytoma": "pathology",
    "high_grade": "pathology",
    "mccormick_12m": "follow_up",
    "mccormick_12m_postoperative": "follow_up",
    **dict.fromkeys(TIME_ENDPOINTS, "follow_up"),
}
#: What is known the day before surgery.
KNOWN_BEFORE_SURGERY = ("preoperative_clinical", "preoperative_imaging")
#: What is known 90 days after it; cases with a later specimen or extent are not eligible.
KNOWN_AFTER_SURGERY = (*KNOWN_BEFORE_SURGERY, "intraoperative", "pathology", "postoperative")
#: Endpoints that are predicted after surgery; every other outcome is predicted before it.
PREDICTED_AFTER_SURGERY = (
    "mccormick_12m_postoperative",
    "pfs_postoperative",
    "os_postoperative",
)
#: Histology groups that stand for themselves; all others are `other`.
HISTOLOGY_GROUPS = ("ependymoma", "astrocytic", "haemangioblastoma")


def add_endpoints(cohort: pl.DataFrame) -> pl.DataFrame:
    """Add every endpoint to the cohort (`analyses.cohort.build_cohort`)."""
    for endpoint in ENDPOINTS:
        cohort = _with(cohort, endpoint)
    return cohort


def known_at_prediction(outcome: str) -> tuple[str, ...]:
    """Availability times of the columns from which an outcome may be predicted.

    Examples
    --------
    >>> ["pathology" in known_at_prediction(outcome) for outcome in ("os", "os_postoperative")]
    [False, True]
    """
    is_later = outcome in PREDICTED_AFTER_SURGERY
    return KNOWN_AFTER_SURGERY if is_later else KNOWN_BEFORE_SURGERY


def availability_of_endpoints() -> dict[str, str]:
    """When each column of the endpoints becomes known, by column."""
    known: dict[str, str] = {}
    for endpoint, when in ENDPOINTS.items():
        known |= {endpoint: when, f"{endpoint}_exclusion": "admin"}
        known |= dict.fromkeys(times_of(endpoint), when)
    return known


def add_histology_group(cohort: pl.DataFrame) -> pl.DataFrame:
    """Histology group, predicted before any tissue was taken.

    One of ependymoma, astrocytic, haemangioblastoma, other. Caveat: where it was not recorded
    whether the tumour had been treated before (most published cases) the case is kept.

    Parameters
    ----------
    cohort
        One row per case, with `consent_scope`, `histology`, `patient_id`, `case_number`,
        `case_kind`, `study_day`, `first_tissue_day`.

    Returns
    -------
    pl.DataFrame
        The cohort with `histology_group` and `histology_group_exclusion`.

    Notes
    -----
    Source: clinical specification, parts (b1) and (d).

    Examples
    --------
    >>> cases = pl.DataFrame(
    ...     {
    ...         "patient_id": ["P1", "P2", "P3"],
    ...         "case_number": [1, 1, 1],
    ...         "consent_scope": ["research_registry"] * 3,
    ...         "histology": ["spinal_ependymoma", "lymphoma", "no_tissue"],
    ...         "case_kind": ["primary", "unknown", "primary"],
    ...         "study_day": [-3, -3, -3],
    ...         "first_tissue_day": [0, 0, None],
    ...     }
    ... )
    >>> add_histology_group(cases)["histology_group"].to_list()
    ['ependymoma', 'other', None]
    """
    return _with(cohort, "histology_group")


def add_gross_total_resection(cohort: pl.DataFrame) -> pl.DataFrame:
    """Gross total resection at the first surgery meant to resect.

    Positive is `gtr`; everything less is negative, a resection that ended as a biopsy included.
    Time zero is the day before that surgery. Caveat: where the intent was not recorded (published
    cases) the case is kept, and a biopsy then counts as negative whatever was planned.

    Parameters
    ----------
    cohort
        One row per case, with `consent_scope`, `histology`, `patient_id`, `case_number`,
        `surgery_day`, `intent`, `extent_of_resection`.

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
    [None, 'lipoma, myxopapillary ependymoma or no tumour', 'no surgery recorded']
    """
    return _with(cohort, "gross_total_resection")


def add_functional_decline(cohort: pl.DataFrame) -> pl.DataFrame:
    """McCormick grade at month 6 higher than before surgery, on the same version of the scale.

    Death before month 6 from the tumour or its treatment is a decline; from another or an unknown
    cause the case is left out and counted. Time zero is the first surgery. Caveats: a missing
    grade at month 6 is never filled in, and who comes back to be graded is not a random sample.

    Parameters
    ----------
    cohort
        One row per case, with `consent_scope`, `histology`, `patient_id`, `case_number`,
        `surgery_day`, the McCormick columns, `death_day` and `cause_of_death`.

    Returns
    -------
    pl.DataFrame
        The cohort with `functional_decline` (yes, no, missing) and
        `functional_decline_exclusion`.

    Notes
    -----
    Source: clinical specification, part (d). A death counts as before month 6 if no grade was
    given then and it fell into the time until the end of that window (day 270 after surgery).

    Examples
    --------
    >>> cases = pl.DataFrame(
    ...     {
    ...         "patient_id": ["P1", "P2", "P3"],
    ...         "case_number": [1, 1, 1],
    ...         "consent_scope": ["research_registry"] * 3,
    ...         "histology": ["spinal_ependymoma"] * 3,
    ...         "surgery_day": [0, 0, 0],
    ...         "mccormick_preoperative": [2.0, 2.0, None],
    ...         "mccormick_version": ["modified_1_5", "modified_1_5", None],
    ...         "mccormick_month_6": [3.0, None, None],
    ...         "mccormick_other_version": ["no", None, None],
    ...         "death_day": [None, 90, None],
    ...         "cause_of_death": [None, "tumour", None],
    ...     }
    ... )
    >>> add_functional_decline(cases)["functional_decline"].to_list()
    ['yes', 'yes', None]
    """
    return _with(cohort, "functional_decline")


def add_ependymoma_vs_astrocytoma(cohort: pl.DataFrame) -> pl.DataFrame:
    """Ependymoma (positive) against astrocytic tumour, predicted before any tissue was taken.

    Caveat: as for the histology group.

    Parameters
    ----------
    cohort
        One row per case, as for the histology group.

    Returns
    -------
    pl.DataFrame
        The cohort with `ependymoma_vs_astrocytoma` (yes, no, missing) and
        `ependymoma_vs_astrocytoma_exclusion`.

    Notes
    -----
    Source: clinical specification, part (d).
    """
    return _with(cohort, "ependymoma_vs_astrocytoma")


def add_high_grade(cohort: pl.DataFrame) -> pl.DataFrame:
    """WHO grade 3 or 4 under the edition delivered, predicted before any tissue was taken.

    Of ependymomas, astrocytic and glioneuronal tumours; the type with MYCN amplification counts as
    high grade, which is a convention. Caveat: editions graded differently, so that the grade of a
    case also says when it was diagnosed.

    Parameters
    ----------
    cohort
        One row per case, as for the histology group, with `who_grade`.

    Returns
    -------
    pl.DataFrame
        The cohort with `high_grade` (yes, no, missing) and `high_grade_exclusion`.

    Notes
    -----
    Source: clinical specification, part (d).
    """
    return _with(cohort, "high_grade")


def add_mccormick_12m(cohort: pl.DataFrame) -> pl.DataFrame:
    """McCormick grade, modified version, nearest to a year after the first surgery.

    Ordinal, 1 to 5; grades on the original version are not mapped. Time zero is the first surgery.
    Caveats: a patient who died before has no grade and is counted apart, and who comes back to be
    graded is not a random sample.

    Parameters
    ----------
    cohort
        One row per case, with `consent_scope`, `histology`, `patient_id`, `case_number`,
        `surgery_day`, `mccormick_month_12`, `mccormick_month_12_original` and `death_day`.

    Returns
    -------
    pl.DataFrame
        The cohort with `mccormick_12m` (1 to 5, missing) and `mccormick_12m_exclusion`.

    Notes
    -----
    Source: clinical specification, part (d). The window is that of the time point: day 271 to 540.
    """
    return _with(cohort, "mccormick_12m")


def add_mccormick_12m_postoperative(cohort: pl.DataFrame) -> pl.DataFrame:
    """McCormick grade a year after surgery, predicted on day 90 after it.

    The same grade of the same cases as above, if alive on that day; what surgery and pathology
    found may be used as predictors.

    Notes
    -----
    Source: clinical specification, part (d).
    """
    return _with(cohort, "mccormick_12m_postoperative")


def columns_behind(endpoint: str) -> tuple[str, ...]:
    """Columns of the cohort that decide an endpoint's value or who is eligible for it, sorted.

    Read off the expressions themselves, so that nothing is forgotten.

    Examples
    --------
    >>> "extent_of_resection" in columns_behind("gross_total_resection")
    True
    """
    used = [value_of(endpoint), *(holds for holds, _ in conditions(endpoint))]
    return tuple(sorted({column for expression in used for column in expression.meta.root_names()}))


def _histology_group() -> pl.Expr:
    """The group of a known histology."""
    histology = pl.col("histology")
    groups = {code: g if g in HISTOLOGY_GROUPS else "other" for code, g in HISTOLOGY_GROUP.items()}
    known = histology.is_not_null() & ~histology.is_in(("no_tissue", "unknown"))
    return pl.when(known).then(
        histology.replace_strict(groups, default="other", return_dtype=pl.String)
    )


def _gross_total_resection() -> pl.Expr:
    """Whether a known extent of resection is gross total."""
    extent = pl.col("extent_of_resection")
    known = extent.is_not_null() & (extent != "unknown")
    return pl.when(known).then(yes_no(extent == "gtr"))


def _functional_decline() -> pl.Expr:
    """Whether the grade rose, or the patient died of the tumour before it was given."""
    before, after = pl.col("mccormick_preoperative"), pl.col("mccormick_month_6")
    died, of_it = died_before_month_6()
    return (
        pl.when(died & of_it)
        .then(pl.lit("yes"))
        .when(before.is_not_null() & after.is_not_null())
        .then(yes_no(after > before))
    )


def _ependymoma_vs_astrocytoma() -> pl.Expr:
    """Whether a tumour of the two groups is an ependymoma."""
    return pl.when(in_groups("ependymoma", "astrocytic")).then(yes_no(in_groups("ependymoma")))


def _high_grade() -> pl.Expr:
    """Whether the grade is 3 or 4, or the type is high grade by convention."""
    of_type = pl.col("histology") == MYCN_TYPE
    graded = pl.col("who_grade").is_in(("1", "2", "3", "4")) | of_type
    high = pl.col("who_grade").is_in(("3", "4")) | of_type
    known = in_groups(*GRADED_GROUPS) & graded.fill_null(False)
    return pl.when(known).then(yes_no(high.fill_null(False)))


def _mccormick_12m() -> pl.Expr:
    """The grade as a whole number."""
    return pl.col("mccormick_month_12").cast(pl.Int64)


_VALUES: dict[str, Callable[[], pl.Expr]] = {
    "histology_group": _histology_group,
    "gross_total_resection": _gross_total_resection,
    "functional_decline": _functional_decline,
    "ependymoma_vs_astrocytoma": _ependymoma_vs_astrocytoma,
    "high_grade": _high_grade,
    "mccormick_12m": _mccormick_12m,
    "mccormick_12m_postoperative": _mccormick_12m,
}


def value_of(endpoint: str) -> pl.Expr:
    """The value of an endpoint, missing where it is not known."""
    if endpoint in TIME_ENDPOINTS:
        return TIME_ENDPOINTS[endpoint]().value
    return _VALUES[endpoint]()


def with_endpoint(
    cohort: pl.DataFrame, endpoint: str, *, value: pl.Expr, against: Conditions
) -> pl.DataFrame:
    """The cohort with one endpoint and the first reason against each case."""
    exclusion = pl.lit(None, dtype=pl.String)
    for holds, reason in reversed(against):
        exclusion = pl.when(holds.fill_null(False)).then(pl.lit(reason)).otherwise(exclusion)
    return cohort.with_columns(
        value.alias(endpoint), exclusion.alias(f"{endpoint}_exclusion"), **times_of(endpoint)
    )


def _with(cohort: pl.DataFrame, endpoint: str) -> pl.DataFrame:
    """The cohort with one endpoint as it is defined."""
    return with_endpoint(cohort, endpoint, value=value_of(endpoint), against=conditions(endpoint))
