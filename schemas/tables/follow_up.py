"""Table `follow_up`: contacts after day 0.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer, Number
from schemas.expressions import is_in
from schemas.table import table

_LATER = Availability.FOLLOW_UP
_PROGRESSED = is_in("progression_status", "progression", "recurrence")


@table(grain="one contact with one case", key=("follow_up_id",))
class FollowUp:
    """What was known at a contact.

    Limits: progression is known from the first image that shows it, so it is interval-censored.
    """

    follow_up_id = Column(Identifier(), "Name of the contact.", Availability.KEY, label="contact")
    case_id = Column(Identifier(), "The case.", Availability.KEY, label="case", parent="cases")
    contact_day = Column(
        Integer(0, 14_600, "days"), "Day of the contact.", _LATER, may_be_explained=True
    )
    contact_kind = Column(
        Code(v.CONTACT_KIND), "How the news came: visit, imaging, telephone, or a registry.", _LATER
    )
    vital_status = Column(Code(v.VITAL_STATUS), "Alive or dead at the contact.", _LATER)
    death_day = Column(
        Integer(0, 14_600, "days"),
        "Day of death from day 0.",
        _LATER,
        required=False,
        required_when=is_in("vital_status", "dead"),
        required_rule="R079",
        may_be_explained=True,
        label="day of death",
    )
    cause_of_death = Column(
        Code(v.CAUSE_OF_DEATH),
        "What led to death: the tumour, its treatment, or something else.",
        _LATER,
        required=False,
        required_when=is_in("vital_status", "dead"),
        optional_before="2",
    )
    last_imaging_day = Column(
        Integer(0, 14_600, "days"),
        "Day of the last imaging; progression-free survival is censored here.",
        _LATER,
        may_be_explained=True,
    )
    progression_status = Column(
        Code(v.PROGRESSION_STATUS),
        "Growth or return of the tumour by this contact: progression of what was left, "
        "recurrence after total resection.",
        _LATER,
        assessed_by="what `progression_basis` says",
    )
    progression_day = Column(
        Integer(0, 14_600, "days"),
        "Day of the first image or visit that shows it.",
        _LATER,
        required=False,
        required_when=_PROGRESSED,
        may_be_explained=True,
        label="day of progression",
        optional_before="2",
    )
    progression_kind = Column(
        Code(v.PROGRESSION_KIND),
        "Where the progression is: at the site of the tumour, elsewhere in the nervous "
        "system, or on the leptomeninges.",
        _LATER,
        required=False,
        required_when=_PROGRESSED,
        since="2",
    )
    progression_basis = Column(
        Code(v.PROGRESSION_BASIS),
        "On what the progression rests.",
        _LATER,
        required=False,
        required_when=_PROGRESSED,
        since="2",
    )
    is_reoperated = Column(
        Code(v.YN),
        "Operated again for this tumour since day 0.",
        _LATER,
        label="operated again",
        since="2",
    )
    returned_to_work = Column(
        Code(v.YN), "Back at work or school.", _LATER, required=False, since="2"
    )
    pain_nrs = Column(
        Integer(0, 10),
        "Pain on the numeric rating scale, 0 none to 10 worst.",
        _LATER,
        required=False,
        label="pain, 0 to 10",
        since="2",
    )
    has_neuropathic_pain = Column(
        Code(v.YN),
        "Burning, shooting or touch-evoked pain below or at the level of the tumour.",
        _LATER,
        required=False,
        label="neuropathic pain",
        since="2",
    )
    eq5d_index = Column(
        Number(-1, 1),
        "EQ-5D index value, 1 full health, below 0 worse than death.",
        _LATER,
        required=False,
        label="EQ-5D index",
        source="EuroQol",
        since="2",
    )
    is_lost_to_follow_up = Column(
        Code(v.YN), "No further contact is expected.", _LATER, label="lost to follow-up"
    )
