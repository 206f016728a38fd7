"""Table `follow_up`: contacts after day 0.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer
from schemas.table import table

_LATER = Availability.FOLLOW_UP


@table(grain="one contact with one case", key=("follow_up_id",))
class FollowUp:
    """What was known at a contact.

    Limits: progression is known from the first image that shows it, so it is interval-censored.
    """

    follow_up_id = Column(Identifier(), "Name of the contact.", Availability.KEY)
    case_id = Column(Identifier(), "The case.", Availability.KEY, parent="cases")
    contact_day = Column(
        Integer(0, 14_600, "days"), "Day of the contact.", _LATER, may_be_explained=True
    )
    contact_kind = Column(Code(v.CONTACT_KIND), "Kind of contact.", _LATER)
    vital_status = Column(Code(v.VITAL_STATUS), "Alive or dead at the contact.", _LATER)
    death_day = Column(
        Integer(0, 14_600, "days"), "Day of death.", _LATER, required=False, may_be_explained=True
    )
    cause_of_death = Column(Code(v.CAUSE_OF_DEATH), "What led to death.", _LATER, required=False)
    last_imaging_day = Column(
        Integer(0, 14_600, "days"), "Day of the last imaging.", _LATER, may_be_explained=True
    )
    progression_status = Column(
        Code(v.PROGRESSION_STATUS), "Progression or recurrence so far.", _LATER
    )
    progression_day = Column(
        Integer(0, 14_600, "days"),
        "Day of the first image or visit that shows it.",
        _LATER,
        required=False,
        may_be_explained=True,
    )
    is_lost_to_follow_up = Column(Code(v.YN), "No further contact is expected.", _LATER)
