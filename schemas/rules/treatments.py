"""Rules of `treatments`: order of days, dose.

Belongs here: the numbered rules whose row is a treatment.
Does not belong here: what must be filled for which kind (`required_when` of the columns: R004).
"""

from schemas.checks import PredicateCheck, rule_at
from schemas.expressions import Col, Compare, IfThen, Linear, Predicate, all_of, is_in
from schemas.wording import NOT_CONVERTED

_DOSE, _FRACTIONS = Col("rt_dose_gy"), Col("rt_fractions")
#: Lowest and highest dose per fraction in Gy: 8 Gy once is given for metastases.
_PER_FRACTION = {"radiotherapy": (1, 10), "radiosurgery": (1, 25)}


def _dose_per_fraction(kind: str, low: float, high: float) -> Predicate:
    """The dose divided by the fractions lies within the limits."""
    return IfThen(
        is_in("treatment_kind", kind),
        all_of(
            Compare(_DOSE, ">=", Linear(_FRACTIONS, low)),
            Compare(_DOSE, "<=", Linear(_FRACTIONS, high)),
        ),
    )


TREATMENTS: tuple[PredicateCheck, ...] = (
    rule_at(
        "R071",
        "treatments.end_day",
        holds=Compare(Col("end_day"), ">=", Col("start_day")),
        remedy="The treatment ends before it starts: correct one of the days.",
    ),
    rule_at(
        "R072",
        "treatments.rt_dose_gy",
        holds=all_of(
            *(_dose_per_fraction(kind, low, high) for kind, (low, high) in _PER_FRACTION.items())
        ),
        sentence="the dose per fraction is 1 to 10 Gy, in radiosurgery 1 to 25 Gy",
        remedy="Is the dose in cGy? Then divided by 100 it is in Gy. Or are the fractions wrong? "
        f"Confirm, and correct it at the site. {NOT_CONVERTED}",
    ),
)
