"""Table `treatments`: everything but surgery.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer, Number
from schemas.expressions import is_in
from schemas.table import table

_AFTER = Availability.POSTOPERATIVE
_RADIATION = is_in("treatment_kind", "radiotherapy", "radiosurgery")
_DRUG = is_in("treatment_kind", "chemotherapy", "targeted")


@table(grain="one course of treatment of one case", key=("treatment_id",))
class Treatments:
    """Radiotherapy, drugs and watching.

    Limits: published cases often say that a treatment was given and not when: `start_day` may
    be explained.
    """

    treatment_id = Column(
        Identifier(), "Name of the treatment.", Availability.KEY, label="treatment"
    )
    case_id = Column(Identifier(), "The case.", Availability.KEY, label="case", parent="cases")
    start_day = Column(
        Integer(-3650, 7300, "days"), "First day from day 0.", _AFTER, may_be_explained=True
    )
    end_day = Column(
        Integer(-3650, 7300, "days"),
        "Last day from day 0.",
        _AFTER,
        required=False,
        may_be_explained=True,
        since="2",
    )
    treatment_kind = Column(
        Code(v.TREATMENT_KIND),
        "Kind of treatment; watching without treatment is 'observation'.",
        _AFTER,
    )
    treatment_intent = Column(
        Code(v.TREATMENT_INTENT),
        "Its place in the plan: in place of resection, before it, after it, at "
        "progression, or to relieve.",
        _AFTER,
    )
    rt_dose_gy = Column(
        Number(1, 80, "Gy"),
        "Total dose of the course, not per fraction.",
        _AFTER,
        required=False,
        required_when=_RADIATION,
        may_be_explained=True,
        label="radiation dose",
        since="2",
    )
    rt_fractions = Column(
        Integer(1, 60, "fractions"),
        "Number of fractions of the course.",
        _AFTER,
        required=False,
        required_when=_RADIATION,
        may_be_explained=True,
        label="radiation fractions",
        since="2",
    )
    rt_field = Column(
        Code(v.RT_FIELD),
        "What was irradiated: the tumour's region, the spinal axis, or brain and spine.",
        _AFTER,
        required=False,
        required_when=_RADIATION,
        label="radiation field",
        since="2",
    )
    agent = Column(
        Code(v.AGENT),
        "Drug; of a combination the one that names it.",
        _AFTER,
        required=False,
        required_when=_DRUG,
        since="2",
    )
    cycles = Column(
        Integer(1, 60, "cycles"),
        "Number of cycles of the drug that were given.",
        _AFTER,
        required=False,
        applies_when=_DRUG,
        may_be_explained=True,
        since="2",
    )
    is_in_trial = Column(
        Code(v.YN),
        "Given within a clinical trial.",
        _AFTER,
        required=False,
        label="in a trial",
        since="2",
    )
    stop_reason = Column(
        Code(v.STOP_REASON), "Why the course ended.", _AFTER, required=False, since="2"
    )
