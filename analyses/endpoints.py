"""Endpoints: what is predicted, for whom, known when.

Belongs here: one function per endpoint of the clinical specification (part d), with its exclusions
in order.
Does not belong here: predictors (`analyses.cohort`), models.
Each endpoint adds two columns: its value, and `<endpoint>_exclusion`, the first reason why a case
is not eligible (missing where it is).
"""

from collections.abc import Callable

import polars as pl

from analyses.cohort import yes_no
from schemas.histology import HISTOLOGY_GROUP
from schemas.vocabularies import TIMEPOINT_DAYS

#: Not tumours of the cord in the sense of the platform, as in Endo 2022
#: (doi:10.14245/ns.2244156.078).
OUTSIDE_ELIGIBILITY = ("non_neoplastic", "lipoma", "myxopapillary_ependymoma")

_NO_CONSENT = "no consent for the research registry"
_OUTSIDE = "lipoma, myxopapillary ependymoma or no tumour"
_LATER_TUMOUR = "later tumour of a patient who is counted"
_RECURRENT = "treated before elsewhere: its type is known"
_NO_TISSUE = "no tissue was taken"
_IMAGED_LATER = "imaged only after tissue was first taken"
_NO_SURGERY = "no surgery recorded"
_NOT_TO_RESECT = "surgery not meant to resect"
_NO_GRADE = "no McCormick grade before surgery on a named version of the scale"
_GRADE_AT_END = "highest McCormick grade already before surgery"
_OTHER_VERSION = "graded after surgery on another version of the scale"
_OTHER_DEATH = "died before month 6 of another or an unknown cause"

#: Why a case is not eligible, in the order in which it is asked; the first reason counts.
EXCLUSIONS = (
    _NO_CONSENT,
    _OUTSIDE,
    _LATER_TUMOUR,
    _RECURRENT,
    _NO_TISSUE,
    _IMAGED_LATER,
    _NO_SURGERY,
    _NOT_TO_RESECT,
    _NO_GRADE,
    _GRADE_AT_END,
    _OTHER_VERSION,
    _OTHER_DEATH,
)
#: Each endpoint, and when it becomes known.
ENDPOINTS = {
    "histology_group": "pathology",
    "gross_total_resection": "postoperative",
    "functional_decline": "follow_up",
}
#: Histology groups that stand for themselves; all others are `other`.
HISTOLOGY_GROUPS = ("ependymoma", "astrocytic", "haemangioblastoma")
_HIGHEST_GRADE = {"original_1_4": 4, "modified_1_5": 5}


def add_endpoints(cohort: pl.DataFrame) -> pl.DataFrame:
    """Add every endpoint to the cohort (`analyses.cohort.build_cohort`)."""
    return add_functional_decline(add_gross_total_resection(add_histology_group(cohort)))


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


#: What may be left open in an eligible case: the column, the code and the sentence of the warning.
_LEFT_OPEN = {
    "gross_total_resection": (
        "intent",
        "intent_unknown",
        "the source does not say what the surgery was meant to achieve. They are kept; a biopsy "
        "among them counts as not gross total, whatever was planned.",
    ),
    "histology_group": (
        "case_kind",
        "earlier_treatment_unknown",
        "the source does not say whether the tumour had been treated before. They are kept; the "
        "type of a tumour treated before was known, so that predicting it would be no feat.",
    ),
}


def exclusions_of(endpoint: str) -> tuple[str, ...]:
    """Reasons why a case is not eligible for the endpoint, in the order in which they are asked.

    Examples
    --------
    >>> exclusions_of("gross_total_resection")[-1]
    'surgery not meant to resect'
    """
    return tuple(reason for _, reason in _conditions(endpoint))


def columns_behind(endpoint: str) -> tuple[str, ...]:
    """Columns of the cohort that decide an endpoint's value or who is eligible for it, sorted.

    Read off the expressions themselves, so that nothing is forgotten.

    Examples
    --------
    >>> "extent_of_resection" in columns_behind("gross_total_resection")
    True
    """
    used = [_VALUES[endpoint](), *(holds for holds, _ in _conditions(endpoint))]
    return tuple(sorted({column for expression in used for column in expression.meta.root_names()}))


Conditions = list[tuple[pl.Expr, str]]


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
    died, of_it = _died_before_month_6()
    return (
        pl.when(died & of_it)
        .then(pl.lit("yes"))
        .when(before.is_not_null() & after.is_not_null())
        .then(yes_no(after > before))
    )


_VALUES: dict[str, Callable[[], pl.Expr]] = {
    "histology_group": _histology_group,
    "gross_total_resection": _gross_total_resection,
    "functional_decline": _functional_decline,
}


def _conditions(endpoint: str) -> Conditions:
    """What excludes a case from the endpoint, first to last."""
    return [*_common(), *_OWN_CONDITIONS[endpoint]()]


def _histology_conditions() -> Conditions:
    """Before any tissue, of a tumour not treated before, that was then looked at."""
    histology = pl.col("histology")
    return [
        (pl.col("case_kind") == "recurrent", _RECURRENT),
        (histology.is_null() | (histology == "no_tissue"), _NO_TISSUE),
        (pl.col("study_day") > pl.col("first_tissue_day"), _IMAGED_LATER),
    ]


def _resection_conditions() -> Conditions:
    """A surgery that was meant to resect."""
    return [
        (pl.col("surgery_day").is_null(), _NO_SURGERY),
        (pl.col("intent").is_in(("biopsy", "decompression", "cyst_drainage")), _NOT_TO_RESECT),
    ]


def _decline_conditions() -> Conditions:
    """A surgery, a grade before it that can still get worse, and one version of the scale."""
    before = pl.col("mccormick_preoperative")
    died, of_it = _died_before_month_6()
    highest = pl.col("mccormick_version").replace_strict(
        _HIGHEST_GRADE, default=None, return_dtype=pl.Int64
    )
    return [
        (pl.col("surgery_day").is_null(), _NO_SURGERY),
        (before.is_null(), _NO_GRADE),
        (before >= highest, _GRADE_AT_END),
        (pl.col("mccormick_other_version") == "yes", _OTHER_VERSION),
        (died & ~of_it, _OTHER_DEATH),
    ]


def _died_before_month_6() -> tuple[pl.Expr, pl.Expr]:
    """Whether the patient died before a grade of month 6 was given, and of tumour or treatment."""
    after = pl.col("mccormick_month_6")
    days_lived = pl.col("death_day") - pl.col("surgery_day")
    died = (after.is_null() & (days_lived <= TIMEPOINT_DAYS["month_6"][1])).fill_null(False)
    of_it = pl.col("cause_of_death").is_in(("tumour", "treatment")).fill_null(False)
    return died, of_it


_OWN_CONDITIONS: dict[str, Callable[[], Conditions]] = {
    "histology_group": _histology_conditions,
    "gross_total_resection": _resection_conditions,
    "functional_decline": _decline_conditions,
}


def _common() -> Conditions:
    """The exclusions of every endpoint."""
    first = pl.col("case_number") == pl.col("case_number").min().over("patient_id")
    return [
        (pl.col("consent_scope") != "research_registry", _NO_CONSENT),
        (pl.col("histology").is_in(OUTSIDE_ELIGIBILITY), _OUTSIDE),
        (~first, _LATER_TUMOUR),
    ]


def _with(cohort: pl.DataFrame, endpoint: str) -> pl.DataFrame:
    """The cohort with one endpoint and the first reason against each case."""
    exclusion = pl.lit(None, dtype=pl.String)
    for holds, reason in reversed(_conditions(endpoint)):
        exclusion = pl.when(holds.fill_null(False)).then(pl.lit(reason)).otherwise(exclusion)
    value = _VALUES[endpoint]()
    return cohort.with_columns(value.alias(endpoint), exclusion.alias(f"{endpoint}_exclusion"))
