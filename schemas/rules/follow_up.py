"""Rules of `follow_up`: vital status, progression and their days.

Belongs here: the numbered rules whose row is a contact.
Does not belong here: events after death (`schemas.rules.deaths`).
"""

from schemas.checks import PredicateCheck, rule_at
from schemas.expressions import (
    Col,
    Compare,
    Exists,
    IfThen,
    IsFilled,
    Not,
    Outer,
    all_of,
    any_of,
    is_in,
)

#: That a death has a day, or the reason why not (R079), follows from the column.
FOLLOW_UP: tuple[PredicateCheck, ...] = (
    rule_at(
        "R079",
        "follow_up.vital_status",
        holds=IfThen(
            any_of(IsFilled(Col("death_day")), IsFilled(Col("death_day_missing_reason"))),
            is_in("vital_status", "dead"),
        ),
        sentence="who has a day of death, or a reason why it is missing, is dead",
        remedy="Correct the vital status or the day of death.",
    ),
    rule_at(
        "R079",
        "follow_up.contact_day",
        holds=IfThen(
            is_in("vital_status", "alive"),
            Not(
                Exists(
                    "follow_up",
                    "case_id",
                    all_of(
                        is_in("vital_status", "dead"),
                        # where the day of death is known, R080 judges by it
                        Not(IsFilled(Col("death_day"))),
                        Compare(Col("contact_day"), "<", Outer("contact_day")),
                    ),
                )
            ),
        ),
        sentence="a patient is not alive after a contact that reported the death",
        remedy="Alive after dead: correct the vital status or the day of one of the contacts.",
    ),
    rule_at(
        "R081",
        "follow_up.progression_day",
        holds=all_of(
            Compare(Col("progression_day"), ">", 0),
            Compare(Col("progression_day"), "<=", Col("death_day")),
            Compare(Col("progression_day"), "<=", Col("contact_day")),
        ),
        sentence="progression comes after day 0, and not after death or the contact that reports "
        "it",
        remedy="Progression after death or after the contact: correct one of the days.",
    ),
    rule_at(
        "R082",
        "follow_up.last_imaging_day",
        holds=Compare(Col("last_imaging_day"), "<=", Col("contact_day")),
        remedy="Imaging after the contact that reports it: correct one of the days.",
    ),
)
