"""Rules of `functional_status`: score and scale, day and timepoint, scores beside each other.

Belongs here: the numbered rules whose row is an assessment.
Does not belong here: the scales and their ranges (`schemas.scales`).
"""

from schemas.checks import PredicateCheck, rule_at
from schemas.expressions import (
    Col,
    Compare,
    Exists,
    IfThen,
    IsFilled,
    Linear,
    Not,
    Outer,
    Predicate,
    Related,
    all_of,
    any_of,
    is_in,
)
from schemas.scales import SCALES, Scale
from schemas.vocabularies import TIMEPOINT_DAYS

_MCCORMICK = is_in("scale", "mccormick")
_VERSIONS = tuple(s.version for s in SCALES if s.code == "mccormick")
_FIRST_SURGERY = Related("surgeries", "surgery_day", "case_id", "min")


def _score_within(scale: Scale) -> Predicate:
    """On that scale and version the score is one of its steps, or within its ends."""
    which = is_in("scale_version", scale.version) if scale.version in _VERSIONS else None
    score = Col("score")
    if scale.step > 1:
        inside: Predicate = is_in("score", *range(scale.low, scale.high + 1, scale.step))
    else:
        inside = all_of(Compare(score, ">=", scale.low), Compare(score, "<=", scale.high))
    return IfThen(which or is_in("scale", scale.code), inside)


def _within_window(timepoint: str, first: int, last: int) -> Predicate:
    """The day lies in the window after the first surgery, or without one after day 0."""
    day = Col("assessment_day")
    return IfThen(
        is_in("timepoint", timepoint),
        all_of(
            Compare(day, ">=", Linear(_FIRST_SURGERY, 1, first)),
            Compare(day, "<=", Linear(_FIRST_SURGERY, 1, last)),
            any_of(
                Exists("surgeries", "case_id", IsFilled(Col("surgery_id"))),
                all_of(Compare(day, ">=", first), Compare(day, "<=", last)),
            ),
        ),
    )


def _beside(scale: str, sign: Predicate) -> Exists:
    """On the same day, the case has such a score on the other scale."""
    return Exists(
        "functional_status", ("case_id", "assessment_day"), all_of(is_in("scale", scale), sign)
    )


def _of_grade(grade: int, *others: Exists) -> Predicate:
    """A modified McCormick grade does not stand beside any of the other scores."""
    return IfThen(
        all_of(is_in("scale_version", "modified_1_5"), is_in("score", grade)), Not(any_of(*others))
    )


#: That McCormick names its version (R073) follows from the column.
FUNCTIONAL_STATUS: tuple[PredicateCheck, ...] = (
    rule_at(
        "R073",
        "functional_status.score",
        holds=all_of(
            IfThen(_MCCORMICK, is_in("scale_version", *_VERSIONS)),
            # whatever its version, which the site may not know
            IfThen(
                _MCCORMICK, all_of(Compare(Col("score"), ">=", 1), Compare(Col("score"), "<=", 5))
            ),
            *(_score_within(scale) for scale in SCALES),
        ),
        sentence="a McCormick version is one of McCormick's own, and the score lies within its "
        "scale and version",
        remedy="Correct the score, or name the version it belongs to.",
    ),
    rule_at(
        "R074",
        "functional_status.assessment_day",
        holds=IfThen(
            is_in("timepoint", "preoperative"),
            Compare(Col("assessment_day"), "<=", _FIRST_SURGERY),
        ),
        remedy="A preoperative value taken after surgery: correct the day or the timepoint.",
    ),
    rule_at(
        "R075",
        "functional_status.timepoint",
        severity="warning",
        holds=all_of(
            *(_within_window(name, first, last) for name, (first, last) in TIMEPOINT_DAYS.items())
        ),
        sentence="`assessment_day` lies in the window of its `timepoint`, counted from the first "
        "surgery, or without one from day 0",
        remedy="Name the timepoint in whose window the day lies, or 'last'.",
    ),
    rule_at(
        "R076",
        "functional_status.scale_version",
        severity="warning",
        holds=IfThen(
            _MCCORMICK,
            Not(
                Exists(
                    "functional_status",
                    ("case_id", "scale"),
                    Compare(Col("scale_version"), "!=", Outer("scale_version")),
                )
            ),
        ),
        sentence="a case has one version of the McCormick grade over time",
        remedy="A change of version hides a change of function: grade again under one version if "
        "the record allows it.",
    ),
    rule_at(
        "R077",
        "functional_status.timepoint",
        holds=IfThen(
            Not(is_in("timepoint", "last")),
            Not(
                Exists(
                    "functional_status",
                    ("case_id", "timepoint", "scale"),
                    all_of(
                        Compare(Col("status_id"), "!=", Outer("status_id")),
                        # every other scale has one version, which may be left out
                        any_of(
                            Not(_MCCORMICK),
                            Compare(Col("scale_version"), "=", Outer("scale_version")),
                        ),
                    ),
                )
            ),
        ),
        sentence="a case has one row per timepoint (but 'last'), scale and version",
        remedy="Two values for one timepoint: decide at the site which one counts.",
    ),
    rule_at(
        "R078",
        "functional_status.score",
        severity="warning",
        holds=all_of(
            _of_grade(
                5,
                _beside("mjoa", Compare(Col("score"), ">", 12)),
                _beside("asia", is_in("score", 5)),
                _beside("ecog", is_in("score", 0)),
            ),
            _of_grade(1, _beside("asia", is_in("score", 1, 2, 3))),
        ),
        sentence="a modified McCormick grade of 5 does not stand beside mJOA above 12, AIS E or "
        "ECOG 0 of the same day, and a grade of 1 not beside AIS A to C",
        remedy="The scales contradict each other: confirm both.",
    ),
)
