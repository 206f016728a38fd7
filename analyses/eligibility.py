"""Eligibility: for whom an endpoint is predicted, and why a case is left out.

Belongs here: the exclusions of each endpoint, in the order in which they are asked.
Does not belong here: the value of an endpoint (`analyses.endpoints`), choosing rows
(`analyses.selection`).
"""

from collections.abc import Callable

import polars as pl

from schemas.histology import codes_of_group
from schemas.vocabularies import TIMEPOINT_DAYS

Conditions = list[tuple[pl.Expr, str]]

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
_OTHER_GROUP = "neither ependymoma nor astrocytic tumour"
_NO_GLIAL_GROUP = "neither ependymoma, astrocytic nor glioneuronal tumour"
_NO_WHO_GRADE = "WHO grade not known, or none assigned to this type"
DIED_BEFORE_MONTH_12 = "died before the grade of month 12"
_ORIGINAL = "graded at month 12 on the original version of the scale only"
_NO_STATUS = "no contact after surgery says whether the tumour grew"
_UNDATED = "death or progression without a day"
_NO_IMAGING = "no imaging after surgery, and no event"
_NO_VITAL_STATUS = "no contact says whether the patient lives"
_EVENT_BEFORE = "event before day 90 after surgery"
_NOT_FOLLOWED = "not followed beyond day 90 after surgery"
_DATED_LATER = "specimen or extent of resection dated after day 90 after surgery"

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
    _OTHER_GROUP,
    _NO_GLIAL_GROUP,
    _NO_WHO_GRADE,
    DIED_BEFORE_MONTH_12,
    _ORIGINAL,
    _NO_STATUS,
    _NO_VITAL_STATUS,
    _UNDATED,
    _NO_IMAGING,
    _EVENT_BEFORE,
    _NOT_FOLLOWED,
    _DATED_LATER,
)
#: Day after surgery on which the postoperative versions of endpoints begin.
LANDMARK_DAY = 90
#: Reasons that nobody can know before surgery: they rest on what the tissue turned out to be.
OF_FINAL_HISTOLOGY = (_OUTSIDE, _OTHER_GROUP, _NO_GLIAL_GROUP, _NO_WHO_GRADE)
_HIGHEST_GRADE = {"original_1_4": 4, "modified_1_5": 5}
#: High grade by itself (convention A): the edition of 2021 gives this type no number.
MYCN_TYPE = "spinal_ependymoma_mycn"
#: The groups of which `high_grade` says anything.
GRADED_GROUPS = ("ependymoma", "astrocytic", "glioneuronal")
#: An unknown type is an outcome that is missing, not one that is left out.
_KNOWN = pl.col("histology") != "unknown"


def exclusions_of(endpoint: str) -> tuple[str, ...]:
    """Reasons why a case is not eligible for the endpoint, in the order in which they are asked.

    Examples
    --------
    >>> exclusions_of("gross_total_resection")[-1]
    'surgery not meant to resect'
    """
    return tuple(reason for _, reason in conditions(endpoint))


def conditions(endpoint: str) -> Conditions:
    """What excludes a case from the endpoint, first to last, each with its reason."""
    return [*common_conditions(), *_OWN_CONDITIONS[endpoint]()]


def _histology_conditions() -> Conditions:
    """Before any tissue, of a tumour not treated before, that was then looked at."""
    histology = pl.col("histology")
    return [
        (pl.col("case_kind") == "recurrent", _RECURRENT),
        (histology.is_null() | (histology == "no_tissue"), _NO_TISSUE),
        (pl.col("study_day") > pl.col("first_tissue_day"), _IMAGED_LATER),
    ]


def _two_groups_conditions() -> Conditions:
    """As for histology, and one of the two commonest groups."""
    return [
        *_histology_conditions(),
        (~in_groups("ependymoma", "astrocytic") & _KNOWN, _OTHER_GROUP),
    ]


def _high_grade_conditions() -> Conditions:
    """As for histology, of a group that is graded, with a grade."""
    graded = pl.col("who_grade").is_in(("1", "2", "3", "4")).fill_null(False)
    return [
        *_histology_conditions(),
        (~in_groups(*GRADED_GROUPS) & _KNOWN, _NO_GLIAL_GROUP),
        (~graded & (pl.col("histology") != MYCN_TYPE) & _KNOWN, _NO_WHO_GRADE),
    ]


def _month_12_conditions() -> Conditions:
    """A surgery, and at month 12 alive or graded, on the modified version."""
    after = pl.col("mccormick_month_12")
    lived = pl.col("death_day") - pl.col("surgery_day")
    return [
        (pl.col("surgery_day").is_null(), _NO_SURGERY),
        (after.is_null() & (lived <= TIMEPOINT_DAYS["month_12"][1]), DIED_BEFORE_MONTH_12),
        (after.is_null() & (pl.col("mccormick_month_12_original") == "yes"), _ORIGINAL),
    ]


def in_groups(*groups: str) -> pl.Expr:
    """Whether the histology is of one of the groups."""
    return pl.col("histology").is_in(codes_of_group(*groups)).fill_null(False)


def _resection_conditions() -> Conditions:
    """A surgery that was meant to resect."""
    return [
        (pl.col("surgery_day").is_null(), _NO_SURGERY),
        (pl.col("intent").is_in(("biopsy", "decompression", "cyst_drainage")), _NOT_TO_RESECT),
    ]


def _decline_conditions() -> Conditions:
    """A surgery, a grade before it that can still get worse, and one version of the scale."""
    before = pl.col("mccormick_preoperative")
    died, of_it = died_before_month_6()
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


def died_before_month_6() -> tuple[pl.Expr, pl.Expr]:
    """Whether the patient died before a grade of month 6 was given, and of tumour or treatment."""
    after = pl.col("mccormick_month_6")
    days_lived = pl.col("death_day") - pl.col("surgery_day")
    died = (after.is_null() & (days_lived <= TIMEPOINT_DAYS["month_6"][1])).fill_null(False)
    of_it = pl.col("cause_of_death").is_in(("tumour", "treatment")).fill_null(False)
    return died, of_it


def _progression_conditions() -> Conditions:
    """A surgery, and afterwards an event with its day, or an image that shows none."""
    is_dead, has_death_day = pl.col("vital_status") == "dead", pl.col("death_day").is_not_null()
    grew = pl.col("progression_day").is_not_null()
    imaged = pl.col("last_imaging_day") > pl.col("surgery_day")
    return [
        (pl.col("surgery_day").is_null(), _NO_SURGERY),
        (pl.col("is_progression_known").fill_null("no") != "yes", _NO_STATUS),
        (
            (pl.col("is_progression_undated") == "yes") | (is_dead & ~has_death_day & ~grew),
            _UNDATED,
        ),
        (~imaged.fill_null(value=False) & ~grew & ~has_death_day, _NO_IMAGING),
    ]


def _survival_conditions() -> Conditions:
    """A known vital status, and a death with its day."""
    return [
        (pl.col("vital_status").is_null(), _NO_VITAL_STATUS),
        ((pl.col("vital_status") == "dead") & pl.col("death_day").is_null(), _UNDATED),
    ]


def _landmark_conditions(*events: str, last: str) -> Conditions:
    """A surgery; no event up to the landmark, followed beyond it; what is used dated by then."""
    landmark = pl.col("surgery_day") + LANDMARK_DAY
    first = pl.min_horizontal(*events)
    extent = pl.col("eor_assessment_day") > LANDMARK_DAY
    return [
        (pl.col("surgery_day").is_null(), _NO_SURGERY),
        (first <= landmark, _EVENT_BEFORE),
        (first.is_null() & ~(pl.col(last) > landmark).fill_null(value=False), _NOT_FOLLOWED),
        (((pl.col("diagnosis_day") > landmark) | extent).fill_null(value=False), _DATED_LATER),
    ]


def _progression_later_conditions() -> Conditions:
    """As for progression, from the landmark on."""
    own = _landmark_conditions("progression_day", "death_day", last="last_imaging_day")
    return [*_progression_conditions(), *own[1:]]


def _survival_later_conditions() -> Conditions:
    """As for survival, operated, from the landmark on."""
    operated, *own = _landmark_conditions("death_day", last="last_alive_day")
    return [operated, *_survival_conditions(), *own]


def _month_12_later_conditions() -> Conditions:
    """As for month 12; who is graded then was followed beyond the landmark."""
    return [*_month_12_conditions(), _landmark_conditions("death_day", last="last_alive_day")[-1]]


_OWN_CONDITIONS: dict[str, Callable[[], Conditions]] = {
    "histology_group": _histology_conditions,
    "gross_total_resection": _resection_conditions,
    "functional_decline": _decline_conditions,
    "ependymoma_vs_astrocytoma": _two_groups_conditions,
    "high_grade": _high_grade_conditions,
    "mccormick_12m": _month_12_conditions,
    "pfs": _progression_conditions,
    "os": _survival_conditions,
    "recurrence": _progression_conditions,
    "pfs_postoperative": _progression_later_conditions,
    "os_postoperative": _survival_later_conditions,
    "mccormick_12m_postoperative": _month_12_later_conditions,
}


def common_conditions() -> Conditions:
    """What excludes a case from every endpoint, and from the claims."""
    first = pl.col("case_number") == pl.col("case_number").min().over("patient_id")
    return [
        (pl.col("consent_scope") != "research_registry", _NO_CONSENT),
        (pl.col("histology").is_in(OUTSIDE_ELIGIBILITY), _OUTSIDE),
        (~first, _LATER_TUMOUR),
    ]
