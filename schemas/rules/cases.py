"""Rules of `cases`: one patient's tumours, day 0, and what was before it.

Belongs here: the numbered rules whose row is a case.
Does not belong here: rules of other tables (their own modules).
"""

from schemas.checks import PredicateCheck, rule_at
from schemas.expressions import (
    Col,
    Compare,
    Exists,
    Iff,
    IfThen,
    IsFilled,
    Linear,
    Not,
    Outer,
    Related,
    all_of,
    any_of,
    is_in,
)
from schemas.sequences import CT
from schemas.tables import BY_NAME

_SYMPTOMS = tuple(name for name in BY_NAME["cases"].names if name.startswith("symptom_"))
_COMPLAINTS = tuple(name for name in _SYMPTOMS if not BY_NAME["cases"][name].is_numeric)
#: A day that the site could not give may be any day.
_ANY_DAY = Not(IsFilled(Col("study_day")))

CASES: tuple[PredicateCheck, ...] = (
    rule_at(
        "R010",
        "cases.site_id",
        holds=Compare(Col("site_id"), "=", Related("patients", "site_id", "patient_id")),
        sentence="a case has the site of its patient",
        remedy="One patient belongs to one site: correct one of the two.",
    ),
    rule_at(
        "R010",
        "cases.case_number",
        holds=Not(
            Exists(
                "cases",
                ("patient_id", "case_number"),
                Compare(Col("case_id"), "!=", Outer("case_id")),
            )
        ),
        sentence="no other case of the patient has the same `case_number`",
        remedy="Number the tumours of a patient 1, 2, 3 in the order of their first findings.",
    ),
    rule_at(
        "R012",
        "cases.symptom_duration_months",
        holds=Compare(Col("symptom_duration_months"), "<=", Linear(Col("age_years"), 12, 12)),
        remedy="Longer than the patient's life: correct the duration (in months) or the age.",
    ),
    rule_at(
        "R013",
        "cases.is_incidental",
        severity="warning",
        holds=IfThen(
            is_in("is_incidental", "yes"),
            Not(any_of(*(is_in(name, "yes") for name in _COMPLAINTS))),
        ),
        sentence="a tumour that was found incidentally has no symptom that is 'yes'",
        remedy="Incidental but symptomatic: confirm which of the two is right.",
    ),
    rule_at(
        "R014",
        "cases.index_event",
        holds=Iff(
            is_in("index_event", "surgery"),
            Exists("surgeries", "case_id", Compare(Col("surgery_day"), "=", 0)),
        ),
        remedy="Day 0 is the first surgery, if any; correct the index event or the days.",
    ),
    rule_at(
        "R015",
        "cases.index_event",
        holds=IfThen(
            all_of(
                is_in("index_event", "diagnostic_imaging"),
                # a source may give no study at all: nothing contradicts it then (R019 says so)
                Exists("imaging_studies", "case_id", IsFilled(Col("study_id"))),
            ),
            Exists(
                "imaging_studies",
                "case_id",
                all_of(
                    is_in("modality", "mr", *CT),
                    any_of(_ANY_DAY, Compare(Col("study_day"), "=", 0)),
                ),
            ),
        ),
        sentence="a case that begins with diagnostic imaging has an MR study at day 0, or CT or CT "
        "myelography, if any study of it is delivered",
        remedy="Day 0 is the first diagnostic study: correct the days, or deliver that study.",
    ),
    rule_at(
        "R016",
        "cases.case_kind",
        severity="warning",
        holds=IfThen(
            is_in("case_kind", "recurrent"),
            any_of(is_in("prior_surgery", "yes"), is_in("prior_radiotherapy", "yes")),
        ),
        remedy="Recurrent without earlier treatment: confirm both.",
    ),
    rule_at(
        "R019",
        "cases.case_id",
        severity="warning",
        holds=Exists(
            "imaging_studies",
            "case_id",
            all_of(
                is_in("modality", "mr"),
                any_of(
                    _ANY_DAY,
                    all_of(
                        Compare(Col("study_day"), ">=", -180), Compare(Col("study_day"), "<=", 0)
                    ),
                ),
            ),
        ),
        sentence="an MR study was made within 180 days before day 0",
        remedy="No recent preoperative MR: the case is left out of imaging models. Deliver the "
        "study if there is one.",
    ),
)
