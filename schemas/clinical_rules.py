"""Clinical rules: what values of a row, of its study, of its case must agree on.

Belongs here: the numbered rules of the clinical specification, as predicates that write their own
sentence.
Does not belong here: those of imaging (`schemas.imaging_rules`), rules that follow from one
column's declaration (`schemas.catalogue`).
Numbers are those of the specification (part c) and never reused.
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
    Predicate,
    Related,
    all_of,
    any_of,
    is_in,
)
from schemas.imaging_rules import IMAGING

_SYMPTOMS = ("pain", "sensory", "motor", "gait", "sphincter")


def _score_within(scale: Predicate, low: float, high: float) -> Predicate:
    """On that scale the score lies within the limits."""
    score = Col("score")
    return IfThen(scale, all_of(Compare(score, ">=", low), Compare(score, "<=", high)))


_CASES = (
    rule_at(
        "R012",
        "cases.symptom_duration_months",
        holds=Compare(Col("symptom_duration_months"), "<=", Linear(Col("age_years"), 12, 12)),
        remedy="Longer than the patient's life: years entered as months, or a wrong age?",
    ),
    rule_at(
        "R013",
        "cases.is_incidental",
        severity="warning",
        holds=IfThen(
            is_in("is_incidental", "yes"),
            Not(any_of(*(is_in(f"symptom_{s}", "yes") for s in _SYMPTOMS))),
        ),
        remedy="Incidental but symptomatic: confirm.",
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
        "R016",
        "cases.case_kind",
        severity="warning",
        holds=IfThen(
            is_in("case_kind", "recurrent"),
            any_of(is_in("prior_surgery", "yes"), is_in("prior_radiotherapy", "yes")),
        ),
        remedy="Recurrent without earlier treatment: confirm.",
    ),
)

_TREATED = (
    rule_at(
        "R063",
        "surgeries.residual_volume_mm3",
        holds=IfThen(
            is_in("extent_of_resection", "gtr"), Compare(Col("residual_volume_mm3"), "=", 0)
        ),
        remedy="Gross total resection with residual tumour: correct one of the two.",
    ),
    rule_at(
        "R052",
        "pathology.who_grade",
        holds=IfThen(is_in("histology", "dmg_h3_k27_altered"), is_in("who_grade", "4")),
        remedy="Diffuse midline glioma, H3 K27-altered, is grade 4 by definition.",
    ),
    rule_at(
        "R073",
        "functional_status.score",
        holds=all_of(
            IfThen(is_in("scale", "mccormick"), IsFilled(Col("scale_version"))),
            IfThen(
                is_in("scale", "mccormick"), is_in("scale_version", "original_1_4", "modified_1_5")
            ),
            # whatever its version, which the site may not know
            _score_within(is_in("scale", "mccormick"), 1, 5),
            _score_within(is_in("scale_version", "original_1_4"), 1, 4),
            _score_within(is_in("scale_version", "modified_1_5"), 1, 5),
            _score_within(is_in("scale", "mjoa"), 0, 18),
            _score_within(is_in("scale", "asia"), 1, 5),
            _score_within(is_in("scale", "ecog"), 0, 5),
            IfThen(is_in("scale", "kps"), is_in("score", *range(0, 101, 10))),
        ),
        sentence="McCormick names its version, and the score lies within its scale and version",
        remedy="Correct the score, or name the version it belongs to.",
    ),
    rule_at(
        "R074",
        "functional_status.assessment_day",
        holds=IfThen(
            is_in("timepoint", "preoperative"),
            Compare(
                Col("assessment_day"), "<=", Related("surgeries", "surgery_day", "case_id", "min")
            ),
        ),
        remedy="A preoperative value taken after surgery: correct the day or the timepoint.",
    ),
    rule_at(
        "R079",
        "follow_up.vital_status",
        holds=Iff(
            is_in("vital_status", "dead"),
            any_of(IsFilled(Col("death_day")), IsFilled(Col("death_day_missing_reason"))),
        ),
        sentence="`vital_status` is 'dead' exactly when a day of death, or why not, is given",
        remedy="Correct the vital status or the day of death.",
    ),
    rule_at(
        "R082",
        "follow_up.last_imaging_day",
        holds=Compare(Col("last_imaging_day"), "<=", Col("contact_day")),
        remedy="Imaging after the contact that reports it: correct one of the days.",
    ),
)

CLINICAL: tuple[PredicateCheck, ...] = (*_CASES, *IMAGING, *_TREATED)
