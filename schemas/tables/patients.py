"""Table `patients`.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier
from schemas.table import table
from schemas.tables.sites import SITE_ID

_CLINICAL = Availability.PREOPERATIVE_CLINICAL


@table(grain="one row per patient", key=("patient_id",))
class Patients:
    """Who has the tumour, under a pseudonym made at the site.

    Limits: one person treated at two sites is two patients here.
    """

    patient_id = Column(Identifier(), "Pseudonym of the patient.", Availability.KEY)
    site_id = Column(SITE_ID, "Delivering site.", Availability.KEY, parent="sites")
    sex = Column(Code(v.SEX), "Sex at birth.", _CLINICAL)
    syndrome = Column(Code(v.SYNDROME), "Tumour predisposition syndrome.", _CLINICAL)
