"""Table `cases`: the unit of analysis.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer, Number
from schemas.table import table
from schemas.tables.sites import SITE_ID

_CLINICAL = Availability.PREOPERATIVE_CLINICAL


@table(grain="one tumour at its index event", key=("case_id",))
class Cases:
    """One tumour of one patient. Day 0: the first surgery, or else the first diagnostic imaging.

    Limits: a patient with several tumours (VHL, NF2) has several cases; `patient_id` groups them.
    """

    case_id = Column(Identifier(), "Name of the case.", Availability.KEY)
    patient_id = Column(Identifier(), "Whose tumour.", Availability.KEY, parent="patients")
    site_id = Column(SITE_ID, "Delivering site.", Availability.KEY, parent="sites")
    case_number = Column(Integer(1, 50), "Order of the patient's tumours.", Availability.ADMIN)
    index_event = Column(Code(v.INDEX_EVENT), "What happened on day 0.", _CLINICAL)
    index_period = Column(
        Code(v.INDEX_PERIOD), "Period of day 0, the only calendar information kept.", _CLINICAL
    )
    age_years = Column(
        Number(0, 90, "years"),
        "Age at day 0; 90 stands for 90 and above.",
        _CLINICAL,
        may_be_explained=True,
    )
    case_kind = Column(Code(v.CASE_KIND), "Primary or treated before elsewhere.", _CLINICAL)
    is_incidental = Column(Code(v.YN), "Found without symptoms.", _CLINICAL)
    symptom_duration_months = Column(
        Number(0, 600, "months"),
        "Time from the first symptom to day 0.",
        _CLINICAL,
        required=False,
        may_be_explained=True,
    )
    symptom_pain = Column(
        Code(v.YN), "Pain at presentation.", _CLINICAL, label="pain at presentation"
    )
    symptom_sensory = Column(
        Code(v.YN), "Sensory symptoms at presentation.", _CLINICAL, label="sensory symptoms"
    )
    symptom_motor = Column(
        Code(v.YN), "Weakness at presentation.", _CLINICAL, label="weakness at presentation"
    )
    symptom_gait = Column(
        Code(v.YN), "Gait disturbance at presentation.", _CLINICAL, label="gait disturbance"
    )
    symptom_sphincter = Column(
        Code(v.YN),
        "Bladder or bowel symptoms at presentation.",
        _CLINICAL,
        label="bladder or bowel symptoms",
    )
    prior_surgery = Column(Code(v.YN), "Operated for this tumour before day 0.", _CLINICAL)
    prior_radiotherapy = Column(Code(v.YN), "Irradiated for this tumour before day 0.", _CLINICAL)
    is_tissue_confirmed = Column(Code(v.YN), "Diagnosis rests on tissue.", Availability.PATHOLOGY)
    consent_scope = Column(Code(v.CONSENT_SCOPE), "What the consent covers.", Availability.ADMIN)
