"""Clinical rules of imaging: a sign needs a sequence that can show it, a measure its unit.

Belongs here: the numbered rules of studies, reads and measurements, as predicates that write their
own sentence.
Does not belong here: rules of other tables (`schemas.clinical_rules`), rules that follow from one
column's declaration (`schemas.catalogue`).
"""

from schemas import vocabularies as v
from schemas.checks import PredicateCheck, rule_at
from schemas.expressions import (
    Col,
    Compare,
    Iff,
    IfThen,
    IsFilled,
    IsIn,
    Not,
    Predicate,
    Related,
    Span,
    all_of,
    any_of,
    is_in,
)
from schemas.measures import MEASURES

_SEQUENCES = ("t1", "t2", "stir", "t2star_gre", "swi", "t1_post_contrast", "dwi", "dti", "mrs")
_ALL_SEQUENCES = (*_SEQUENCES, "perfusion", "3d_t2")
_DONE = ("acquired", "acquired_not_diagnostic")
_ADC = ("adc_mean_1e6_mm2_s", "adc_min_1e6_mm2_s")
_WITHOUT_SEQUENCES = ("ct", "ct_myelography", "myelography")


def _of_study(column: str) -> Related:
    """Value of the study that was read or measured."""
    return Related("imaging_studies", column, on="study_id")


def _acquired(*sequences: str) -> Predicate:
    """At least one of the sequences was acquired in the study; CT and myelography have none.

    Their cells may be empty, which would else be a missing operand and break no rule at all.
    """
    return all_of(
        Not(IsIn(_of_study("modality"), _WITHOUT_SEQUENCES)),
        any_of(*(IsIn(_of_study(f"seq_{s}"), ("acquired",)) for s in sequences)),
    )


def _coded(column: str, codes: tuple[str, ...]) -> IsIn:
    """The column holds a finding, not a reason why there is none."""
    return IsIn(Col(column), codes)


def _within(low: float, high: float) -> Predicate:
    """The measured value lies within the limits."""
    value = Col("value")
    return all_of(Compare(value, ">=", low), Compare(value, "<=", high))


def _measured(*measures: str) -> Predicate:
    """A number is given for one of the measures; a reason for its absence is none."""
    return all_of(is_in("measure", *measures), IsFilled(Col("value")))


_STUDIES = (
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
            IfThen(
                is_in("modality", "mr"),
                any_of(*(is_in(f"seq_{s}", *_DONE) for s in _ALL_SEQUENCES)),
            ),
            IfThen(
                is_in("modality", *_WITHOUT_SEQUENCES),
                Not(any_of(*(is_in(f"seq_{s}", *_DONE) for s in _ALL_SEQUENCES))),
            ),
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

_READS = (
    rule_at(
        "R022",
        "imaging_reads.enhancement_degree",
        holds=IfThen(
            _coded("enhancement_degree", v.ENHANCEMENT_DEGREE.coded),
            any_of(
                _acquired("t1_post_contrast"),
                all_of(
                    IsIn(_of_study("modality"), ("ct", "ct_myelography")),
                    IsIn(_of_study("contrast_given"), ("yes",)),
                ),
            ),
        ),
        sentence="enhancement is judged only on post-contrast T1, or on CT with contrast",
        remedy="Enhancement read without contrast: use 'not_assessable'.",
    ),
    rule_at(
        "R023",
        "imaging_reads.enhancement_pattern",
        holds=Iff(
            is_in("enhancement_degree", "none"), is_in("enhancement_pattern", "not_applicable")
        ),
        remedy="Degree 'none' goes with pattern 'not_applicable', and with no other.",
    ),
    rule_at(
        "R023",
        "imaging_reads.enhancement_extent",
        holds=IfThen(
            is_in("enhancement_degree", "none"),
            # a source without a word on the extent says 'not_reported' and contradicts nothing
            is_in("enhancement_extent", "not_applicable", "not_reported"),
        ),
        remedy="Where nothing enhances, the extent is 'not_applicable'.",
    ),
    rule_at(
        "R025",
        "imaging_reads.cap_sign",
        holds=IfThen(
            is_in("cap_sign", "present", "absent"), _acquired("t2", "t2star_gre", "swi", "3d_t2")
        ),
        sentence="a cap sign is judged only where T2, T2*/GRE, SWI or 3D T2 was acquired",
        remedy="The cap sign cannot be judged without T2, T2* or SWI: use 'not_assessable'.",
    ),
    rule_at(
        "R026",
        "imaging_reads.cap_sign",
        severity="warning",
        holds=IfThen(is_in("cap_sign", "absent"), _acquired("t2star_gre", "swi")),
        sentence="an absent cap sign was read on T2*/GRE or SWI",
        remedy="Absent on T2 alone: the sensitivity is lower. Nothing to correct.",
    ),
    rule_at(
        "R027",
        "imaging_reads.cap_sign",
        severity="warning",
        holds=IfThen(is_in("cap_sign", "present"), Not(is_in("haemorrhage", "absent"))),
        remedy="A haemosiderin cap but no haemorrhage: check the site's definition.",
    ),
    rule_at(
        "R028",
        "imaging_reads.t1_signal",
        holds=IfThen(_coded("t1_signal", v.SIGNAL.coded), _acquired("t1")),
        sentence="T1 signal is judged only where T1 was acquired",
        remedy="The signal of a sequence that was not acquired: use 'not_assessable'.",
    ),
    rule_at(
        "R028",
        "imaging_reads.t2_signal",
        holds=IfThen(_coded("t2_signal", v.SIGNAL.coded), _acquired("t2", "stir", "3d_t2")),
        sentence="T2 signal is judged only where T2, STIR or 3D T2 was acquired",
        remedy="The signal of a sequence that was not acquired: use 'not_assessable'.",
    ),
    rule_at(
        "R029",
        "imaging_reads.diffusion_restriction",
        holds=IfThen(_coded("diffusion_restriction", v.SIGN.coded), _acquired("dwi", "dti")),
        sentence="diffusion is judged only where diffusion-weighted or tensor imaging was acquired",
        remedy="Diffusion cannot be judged without DWI or DTI: use 'not_assessable'.",
    ),
    rule_at(
        "R032",
        "imaging_reads.calcification",
        holds=IfThen(
            is_in("calcification", "present", "absent"),
            any_of(
                IsIn(_of_study("modality"), ("ct", "ct_myelography")),
                _acquired("t2star_gre", "swi"),
            ),
        ),
        sentence="calcification is judged only on CT, T2*/GRE or SWI of that study",
        remedy="Calcification cannot be judged on this study: use 'not_assessable'.",
    ),
    rule_at(
        "R033",
        "imaging_reads.level_lower",
        holds=Compare(Span(Col("level_upper"), Col("level_lower"), v.LEVEL.coded), ">=", 1),
        sentence="`level_upper` is not below `level_lower`",
        remedy="The levels are reversed: swap them.",
    ),
    rule_at(
        "R034",
        "imaging_reads.n_segments",
        holds=IfThen(
            Compare(Span(Col("level_upper"), Col("level_lower"), v.LEVEL.coded), ">=", 1),
            Compare(
                Col("n_segments"), "=", Span(Col("level_upper"), Col("level_lower"), v.LEVEL.coded)
            ),
        ),
        sentence="`n_segments` counts the levels from upper to lower, both included",
        remedy="Count again, both ends included, or correct a level.",
    ),
    rule_at(
        "R037",
        "imaging_reads.syrinx_definition",
        holds=IfThen(is_in("syrinx", "present", "absent"), IsFilled(Col("syrinx_definition"))),
        remedy="Say what is called a syrinx; 'unspecified' is allowed and bars pooling.",
    ),
    rule_at(
        "R037",
        "imaging_reads.syrinx",
        severity="warning",
        holds=IfThen(
            is_in("syrinx", "present", "absent"), Not(is_in("syrinx_definition", "unspecified"))
        ),
        sentence="a syrinx that is present or absent has a definition that is not 'unspecified'",
        remedy="It cannot be pooled with others: name the definition if the site knows it.",
    ),
)

_MEASUREMENTS = (
    rule_at(
        "R006",
        "imaging_measurements.value",
        holds=all_of(
            *(
                IfThen(
                    is_in("measure", m.name),
                    any_of(_within(m.low, m.high), _within(m.low / 1000, m.high / 1000))
                    # a thousandth of an ADC is R042's finding, which names the likely cause
                    if m.name in _ADC
                    else _within(m.low, m.high),
                )
                for m in MEASURES
            )
        ),
        sentence="`value` lies within the range of its measure",
        remedy="Correct it at the site and deliver again. Is the unit right?",
    ),
    rule_at(
        "R029",
        "imaging_measurements.measure",
        holds=IfThen(_measured(*_ADC), _acquired("dwi", "dti")),
        sentence="an ADC comes from a study with diffusion-weighted or tensor imaging",
        remedy="A diffusion value without DWI: correct the sequences or the study.",
    ),
    rule_at(
        "R030",
        "imaging_measurements.measure",
        holds=IfThen(_measured("choline_naa_ratio"), _acquired("mrs")),
        sentence="a choline ratio comes from a study with MR spectroscopy",
        remedy="A choline ratio without spectroscopy: correct the sequences or the study.",
    ),
    rule_at(
        "R041",
        "imaging_measurements.unit",
        holds=all_of(*(IfThen(is_in("measure", m.name), is_in("unit", m.unit)) for m in MEASURES)),
        sentence="`unit` is the measure's own unit",
        remedy="Confirm the unit with the site and convert there; nothing is converted by guess.",
    ),
    rule_at(
        "R042",
        "imaging_measurements.value",
        holds=IfThen(
            # 0 and less is R006's finding alone: no unit makes it right
            all_of(is_in("measure", *_ADC), Compare(Col("value"), ">", 0)),
            Compare(Col("value"), ">=", 10),
        ),
        sentence="an ADC above 0 is at least 10, in 10^-6 mm2/s",
        remedy="It looks like 10^-3 mm2/s: confirm the unit and multiply by 1000 at the site.",
    ),
)

IMAGING: tuple[PredicateCheck, ...] = (*_STUDIES, *_READS, *_MEASUREMENTS)
