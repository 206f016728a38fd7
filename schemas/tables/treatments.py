"""Table `treatments`: everything but surgery.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer
from schemas.table import table

_AFTER = Availability.POSTOPERATIVE


@table(grain="one course of treatment of one case", key=("treatment_id",))
class Treatments:
    """Radiotherapy, drugs and watching.

    Limits: published cases often say that a treatment was given and not when: `start_day` may
    be explained.
    """

    treatment_id = Column(Identifier(), "Name of the treatment.", Availability.KEY)
    case_id = Column(Identifier(), "The case.", Availability.KEY, parent="cases")
    start_day = Column(
        Integer(-3650, 7300, "days"), "First day from day 0.", _AFTER, may_be_explained=True
    )
    treatment_kind = Column(Code(v.TREATMENT_KIND), "Kind of treatment.", _AFTER)
    treatment_intent = Column(Code(v.TREATMENT_INTENT), "Why it was given.", _AFTER)
