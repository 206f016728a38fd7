"""Rules of `imaging_reads`: levels, enhancement, cavities, and several reads of one study.

Belongs here: the numbered rules whose row is a read, and those made from its columns.
Does not belong here: how the latter are made (`schemas.rules.assessability`), where the tumour
lies by its levels (`schemas.rules.regions`).
"""

from schemas import vocabularies as v
from schemas.checks import PredicateCheck, rule_at
from schemas.columns import Code
from schemas.expressions import (
    Col,
    Compare,
    Exists,
    Iff,
    IfThen,
    IsIn,
    Not,
    Outer,
    Predicate,
    Span,
    all_of,
    any_of,
    is_in,
)
from schemas.rules.assessability import FINDINGS, acquired
from schemas.rules.regions import REGION_FOLLOWS_LEVELS
from schemas.sequences import SUSCEPTIBILITY
from schemas.tables import BY_NAME

_ENHANCES = ("mild", "marked", "present_unspecified")
_SPAN = Span(Col("level_upper"), Col("level_lower"), v.LEVEL.coded)
_OTHER_READ = Compare(Col("read_id"), "!=", Outer("read_id"))
_SIGNS = tuple(
    column.name
    for column in BY_NAME["imaging_reads"].columns
    if isinstance(column.type, Code) and column.type.vocabulary is v.SIGN
)


def _opposite(sign: str) -> Predicate:
    """One of the two reads has the sign, the other has not."""
    return any_of(
        all_of(is_in(sign, "present"), IsIn(Outer(sign), ("absent",))),
        all_of(is_in(sign, "absent"), IsIn(Outer(sign), ("present",))),
    )


_ENHANCEMENT = (
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
        "R023",
        "imaging_reads.enhancing_proportion",
        holds=IfThen(
            is_in("enhancement_degree", "none"),
            is_in("enhancing_proportion", "none", "not_applicable", "not_reported"),
        ),
        remedy="Where nothing enhances, the enhancing proportion is 'none' or 'not_applicable'.",
    ),
    rule_at(
        "R024",
        "imaging_reads.enhancement_degree",
        holds=IfThen(
            is_in("t2_high_at_enhancing_part", "present", "absent", "indeterminate"),
            is_in("enhancement_degree", *_ENHANCES),
        ),
        sentence="the T2 signal of the enhancing part is judged only where the tumour enhances",
        remedy="There is no enhancing part to judge: use 'not_assessable', or correct the degree.",
    ),
)

_DARK_RIM = (
    rule_at(
        "R026",
        "imaging_reads.cap_sign",
        severity="warning",
        holds=IfThen(is_in("cap_sign", "absent"), acquired(*SUSCEPTIBILITY)),
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
)

_LEVELS = (
    rule_at(
        "R033",
        "imaging_reads.level_lower",
        holds=Compare(_SPAN, ">=", 1),
        sentence="`level_upper` is not below `level_lower`",
        remedy="The levels are reversed: swap them.",
    ),
    rule_at(
        "R034",
        "imaging_reads.n_segments",
        holds=IfThen(Compare(_SPAN, ">=", 1), Compare(Col("n_segments"), "=", _SPAN)),
        sentence="`n_segments` counts the levels from upper to lower, both included",
        remedy="Count again, both ends included, or correct a level.",
    ),
)

#: That there is a definition at all (R037) follows from the column.
_CAVITIES = (
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
    rule_at(
        "R038",
        "imaging_reads.syrinx",
        holds=IfThen(
            all_of(is_in("syrinx_definition", "any_cavity"), is_in("polar_cyst", "present")),
            # a report that is silent on the syrinx contradicts nothing
            Not(is_in("syrinx", "absent", "indeterminate")),
        ),
        sentence="where any cavity counts as a syrinx, a polar cyst that is present makes the "
        "syrinx present",
        remedy="The cavity fields contradict the definition: correct a sign, or the definition.",
    ),
)

_SEVERAL_READS = (
    rule_at(
        "R039",
        "imaging_reads.read_round",
        holds=Not(Exists("imaging_reads", ("study_id", "reader_id", "read_round"), _OTHER_READ)),
        sentence="a reader reads a study once in each round",
        remedy="Read twice: give the later read its own round, or deliver one of them.",
    ),
    rule_at(
        "R039",
        "imaging_reads.is_consensus",
        holds=IfThen(
            is_in("is_consensus", "yes"),
            Not(
                Exists(
                    "imaging_reads", "study_id", all_of(is_in("is_consensus", "yes"), _OTHER_READ)
                )
            ),
        ),
        sentence="a study has one consensus read",
        remedy="Two consensus reads of one study: deliver the one that was agreed last.",
    ),
    rule_at(
        "R040",
        "imaging_reads.is_consensus",
        severity="warning",
        holds=IfThen(
            all_of(
                is_in("is_consensus", "no"),
                Exists(
                    "imaging_reads",
                    "study_id",
                    all_of(
                        is_in("is_consensus", "no"),
                        _OTHER_READ,
                        any_of(*(_opposite(sign) for sign in _SIGNS)),
                    ),
                ),
            ),
            Exists("imaging_reads", "study_id", is_in("is_consensus", "yes")),
        ),
        sentence="reads of a study that contradict each other in a sign have a consensus read",
        remedy="Conflicting reads without consensus: each is kept. Agree on a third read if the "
        "readers can.",
    ),
)

IMAGING_READS: tuple[PredicateCheck, ...] = (
    *FINDINGS,
    *_ENHANCEMENT,
    *_DARK_RIM,
    *_LEVELS,
    REGION_FOLLOWS_LEVELS,
    *_CAVITIES,
    *_SEVERAL_READS,
)
