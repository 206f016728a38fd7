"""Table `patients`: who has the tumour.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier
from schemas.expressions import is_in
from schemas.table import table
from schemas.tables.sites import SITE_ID

_CLINICAL = Availability.PREOPERATIVE_CLINICAL
_NAMED = ("nf1", "nf2", "vhl", "li_fraumeni", "familial_ccm", "other")


@table(grain="one row per patient", key=("patient_id",))
class Patients:
    """Who has the tumour, under a pseudonym made at the site.

    Limits: one person treated at two sites is two patients here.
    """

    patient_id = Column(
        Identifier(), "Pseudonym of the patient.", Availability.KEY, label="patient"
    )
    site_id = Column(SITE_ID, "Delivering site.", Availability.KEY, label="site", parent="sites")
    sex = Column(Code(v.SEX), "Sex at birth.", _CLINICAL)
    syndrome = Column(
        Code(v.SYNDROME),
        "Inherited syndrome that predisposes to tumours of the cord; 'nf2' is "
        "NF2-related schwannomatosis.",
        _CLINICAL,
        assessed_by="history, examination or genetic test; see `syndrome_basis`",
    )
    syndrome_basis = Column(
        Code(v.SYNDROME_BASIS),
        "On what the diagnosis of the syndrome rests.",
        _CLINICAL,
        required=False,
        required_when=is_in("syndrome", *_NAMED),
        since="2",
    )
