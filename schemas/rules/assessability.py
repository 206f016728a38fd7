"""Rules made from the columns: a finding or a measure needs a sequence that can show it.

Belongs here: how `Column.assessable_on` and `Measure.needs` become rules with their sentences.
Does not belong here: which sequences a finding needs (`schemas.tables.imaging_reads`,
`schemas.measures`), other rules of imaging.
"""

from schemas.checks import PredicateCheck, rule_at
from schemas.columns import Assessable, Code, Column
from schemas.expressions import (
    Col,
    IfThen,
    IsFilled,
    IsIn,
    Not,
    Predicate,
    Related,
    all_of,
    any_of,
    is_in,
)
from schemas.measures import MEASURES, Measure
from schemas.sequences import SHORT_NAMES, WITHOUT_SEQUENCES
from schemas.tables import BY_NAME
from schemas.wording import listed


def acquired(*sequences: str) -> Predicate:
    """At least one of the sequences was acquired in the study; CT and myelography have none.

    Their cells may be empty, which would else be a missing operand and break no rule at all.
    """
    return all_of(
        Not(IsIn(_of_study("modality"), WITHOUT_SEQUENCES)),
        any_of(*(IsIn(_of_study(sequence), ("acquired",)) for sequence in sequences)),
    )


def _of_study(column: str) -> Related:
    """Value of the study that was read or measured."""
    return Related("imaging_studies", column, on="study_id")


def _finding(column: Column, on: Assessable) -> PredicateCheck:
    """The check of one column of a read."""
    assert isinstance(column.type, Code)
    shown_by = acquired(*on.columns)
    if on.modalities:
        other: Predicate = IsIn(_of_study("modality"), on.modalities)
        if on.with_contrast:
            other = all_of(other, IsIn(_of_study("contrast_given"), ("yes",)))
        shown_by = any_of(shown_by, other)
    return rule_at(
        on.rule,
        f"imaging_reads.{column.name}",
        severity="warning" if on.is_warning else "error",
        holds=IfThen(is_in(column.name, *(on.codes or column.type.vocabulary.coded)), shown_by),
        sentence=f"`{column.name}` is judged only where the study has {on.phrase}",
        remedy=f"Without {on.phrase} it cannot be judged: use 'not_assessable', or correct the "
        "sequences of the study.",
    )


def _measures(rule: str) -> PredicateCheck:
    """The check of all measures that one rule is about."""
    by_needs: dict[tuple[str, ...], list[Measure]] = {}
    for measure in MEASURES:
        if measure.rule == rule:
            by_needs.setdefault(measure.needs, []).append(measure)
    parts, said = [], []
    for needs, measures in by_needs.items():
        names = [m.name for m in measures]
        # a reason why there is no number needs no sequence
        given = all_of(is_in("measure", *names), IsFilled(Col("value")))
        parts.append(IfThen(given, acquired(*needs)))
        said.append(
            f"{listed([f'`{name}`' for name in names], 'and')} from a study with "
            f"{listed([SHORT_NAMES[sequence] for sequence in needs])}"
        )
    return rule_at(
        rule,
        "imaging_measurements.measure",
        holds=all_of(*parts),
        sentence="a value comes from a sequence that gives it: " + "; ".join(said),
        remedy="Correct the sequences of the study, or the study that was measured.",
    )


FINDINGS: tuple[PredicateCheck, ...] = tuple(
    _finding(column, column.assessable_on)
    for column in BY_NAME["imaging_reads"].columns
    if column.assessable_on is not None
)
NEEDED_BY_MEASURES: tuple[PredicateCheck, ...] = tuple(
    _measures(rule) for rule in dict.fromkeys(m.rule for m in MEASURES if m.rule)
)
