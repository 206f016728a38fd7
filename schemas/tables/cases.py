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


def _symptom(what: str, label: str, *, since: str = "1") -> Column:
    """Build the column of a symptom at presentation."""
    return Column(
        Code(v.YN),
        f"{what} at presentation.",
        _CLINICAL,
        label=label,
        assessed_by="history",
        since=since,
    )


@table(grain="one tumour at its index event", key=("case_id",))
class Cases:
    """One tumour of one patient. Day 0: the first surgery, or else the first diagnostic imaging.

    Day 0 never moves once delivered: a case watched first and operated later keeps its imaging
    day 0.
    Limits: a patient with several tumours (VHL, NF2) has several cases; `patient_id` groups them.
    """

    case_id = Column(Identifier(), "Name of the case.", Availability.KEY, label="case")
    patient_id = Column(
        Identifier(), "Whose tumour.", Availability.KEY, label="patient", parent="patients"
    )
    site_id = Column(SITE_ID, "Delivering site.", Availability.KEY, label="site", parent="sites")
    case_number = Column(
        Integer(1, 50),
        "Order of the patient's tumours; days cannot tell it, each case has its own day 0.",
        Availability.ADMIN,
    )
    index_event = Column(
        Code(v.INDEX_EVENT),
        "What happened on day 0: the first surgery for this tumour at the site, or, "
        "without surgery, the first diagnostic imaging.",
        _CLINICAL,
    )
    index_period = Column(
        Code(v.INDEX_PERIOD), "Period of day 0, the only calendar information kept.", _CLINICAL
    )
    age_years = Column(
        Number(0, 90, "years"),
        "Age at day 0; 90 stands for 90 and above.",
        _CLINICAL,
        label="age",
        may_be_explained=True,
    )
    case_kind = Column(
        Code(v.CASE_KIND),
        "Recurrent is a tumour that was treated before, elsewhere; else primary.",
        _CLINICAL,
    )
    is_incidental = Column(
        Code(v.YN),
        "The tumour was found by chance or by screening, without any symptom of it.",
        _CLINICAL,
        label="incidental finding",
    )
    symptom_duration_months = Column(
        Number(0, 600, "months"),
        "Time from the first symptom to day 0.",
        _CLINICAL,
        required=False,
        may_be_explained=True,
        label="duration of symptoms",
        assessed_by="history",
    )
    symptom_pain = _symptom("Neck, back or radicular pain", "pain at presentation")
    symptom_sensory = _symptom("Numbness or loss of sensation", "sensory symptoms")
    symptom_motor = _symptom("Weakness of a limb", "weakness at presentation")
    symptom_gait = _symptom("Unsteady or impaired walking", "gait disturbance")
    symptom_sphincter = _symptom("Bladder or bowel symptoms", "bladder or bowel symptoms")
    symptom_dysaesthesia = _symptom("Unpleasant abnormal sensation", "dysaesthesia", since="2")
    symptom_deformity = _symptom(
        "Scoliosis, kyphosis or torticollis", "spinal deformity", since="2"
    )
    prior_surgery = Column(
        Code(v.YN), "Operated for this tumour before day 0.", _CLINICAL, assessed_by="history"
    )
    prior_radiotherapy = Column(
        Code(v.YN), "Irradiated for this tumour before day 0.", _CLINICAL, assessed_by="history"
    )
    asa_grade = Column(
        Integer(1, 5),
        "Physical status before anaesthesia, 1 healthy to 5 moribund.",
        _CLINICAL,
        required=False,
        may_be_explained=True,
        label="ASA grade",
        source="American Society of Anesthesiologists",
        assessed_by="anaesthetist",
        since="2",
    )
    is_tissue_confirmed = Column(
        Code(v.YN),
        "The diagnosis rests on a specimen, not on imaging alone.",
        Availability.PATHOLOGY,
        label="tissue confirmed",
        assessed_by="biopsy, resection, cerebrospinal fluid or autopsy",
    )
    entry_day = Column(
        Integer(-3650, 14_600, "days"),
        "Day on which the case entered the registry. Before it nobody watched: a patient who died "
        "earlier could not enter, so the time from day 0 to entry counts for nothing.",
        Availability.ADMIN,
        required=False,
        label="day of entry into the registry",
        since="3",
    )
    consent_scope = Column(
        Code(v.CONSENT_SCOPE),
        "What the consent covers; a case whose consent is withdrawn leaves every later snapshot.",
        Availability.ADMIN,
    )
