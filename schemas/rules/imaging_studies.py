"""Rules of `imaging_studies`: day and purpose, modality and sequences.

Belongs here: the numbered rules whose row is a study.
Does not belong here: what a finding needs of a study (`schemas.rules.assessability`).
"""

from schemas.checks import PredicateCheck, rule_at
from schemas.expressions import Col, Compare, IfThen, Not, Related, all_of, any_of, is_in
from schemas.sequences import SEQUENCES, WITHOUT_SEQUENCES

_DONE = ("acquired", "acquired_not_diagnostic")
_HAS_SEQUENCE = any_of(*(is_in(sequence, *_DONE) for sequence in SEQUENCES))


IMAGING_STUDIES: tuple[PredicateCheck, ...] = (
    rule_at(
        "R018",
        "imaging_studies.study_purpose",
        holds=all_of(
            IfThen(
                is_in("study_purpose", "diagnostic"),
                Compare(
                    Col("study_day"), "<=", Related("surgeries", "surgery_day", "case_id", "min")
                ),
            ),
            IfThen(
                is_in("study_purpose", "preoperative"),
                Compare(
                    Col("study_day"), "<=", Related("surgeries", "surgery_day", "case_id", "max")
                ),
            ),
        ),
        sentence="diagnostic imaging is not after the first surgery, preoperative not after "
        "the last",
        remedy="Imaging made after surgery cannot be preoperative: correct the day or the purpose.",
    ),
    rule_at(
        "R020",
        "imaging_studies.modality",
        holds=all_of(
            IfThen(is_in("modality", "mr"), _HAS_SEQUENCE),
            IfThen(is_in("modality", *WITHOUT_SEQUENCES), Not(_HAS_SEQUENCE)),
        ),
        sentence="an MR study has at least one sequence acquired, a CT or myelography none",
        remedy="The sequences do not fit the modality; where they are not known, write 'unknown'.",
    ),
    rule_at(
        "R021",
        "imaging_studies.seq_t1_post_contrast",
        holds=IfThen(is_in("contrast_given", "no"), Not(is_in("seq_t1_post_contrast", *_DONE))),
        remedy="A post-contrast series without contrast: correct one of the two.",
    ),
)
