"""Rule R080: nothing happens after death.

Belongs here: the one rule that holds for every table with a dated event.
Does not belong here: the day of death itself (`schemas.rules.follow_up`).
"""

from schemas.checks import PredicateCheck, rule_at
from schemas.expressions import Col, Compare, IfThen, Predicate, Related, is_in

#: Column of the event's day, by table. An autopsy's specimen may be later: pathology has none.
_DAYS = {
    "imaging_studies": "study_day",
    "surgeries": "surgery_day",
    "treatments": "start_day",
    "functional_status": "assessment_day",
    "follow_up": "contact_day",
}


def _not_after_death(table: str, day: str) -> PredicateCheck:
    """The check of one table; the contact that reports a death may be later than it."""
    holds: Predicate = Compare(Col(day), "<=", Related("follow_up", "death_day", "case_id", "max"))
    sentence = f"`{day}` is not after the day of death"
    if table == "follow_up":
        holds = IfThen(is_in("vital_status", "alive"), holds)
        sentence = "a contact with a living patient is not after the day of death"
    return rule_at(
        "R080",
        f"{table}.{day}",
        holds=holds,
        sentence=sentence,
        remedy="An event after death: correct its day, or the day of death.",
    )


#: A warning: a registry that looks back takes in patients who have died.
_ENTERED_LATE = rule_at(
    "R080",
    "cases.entry_day",
    severity="warning",
    holds=Compare(Col("entry_day"), "<=", Related("follow_up", "death_day", "case_id", "max")),
    sentence="`entry_day` is not after the day of death",
    remedy="Entered after death: confirm the day. Where late entry is allowed for, the case counts "
    "for nothing.",
)

AFTER_DEATH: tuple[PredicateCheck, ...] = (
    *(_not_after_death(table, day) for table, day in _DAYS.items()),
    _ENTERED_LATE,
)
