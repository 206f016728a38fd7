"""Table `imaging_measurements`: numbers taken from images, one per row.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Number
from schemas.measures import MEASURE, UNIT
from schemas.table import table

_IMAGING = Availability.BY_STUDY_DAY


@table(grain="one measure of one structure in one study", key=("measurement_id",))
class ImagingMeasurements:
    """One number per row, in the measure's own unit; the range depends on the measure (rule R006).

    Limits: methods and software differ; `method` says how the number was obtained.
    """

    measurement_id = Column(Identifier(), "Name of the measurement.", Availability.KEY)
    study_id = Column(
        Identifier(), "The study measured.", Availability.KEY, parent="imaging_studies"
    )
    read_id = Column(
        Identifier(),
        "The read it belongs to.",
        Availability.KEY,
        required=False,
        parent="imaging_reads",
    )
    structure = Column(Code(v.STRUCTURE), "What was measured.", _IMAGING)
    measure = Column(Code(MEASURE), "Which quantity.", _IMAGING)
    value = Column(Number(-1e300, 1e300), "The number, in `unit`.", _IMAGING, may_be_explained=True)
    unit = Column(Code(UNIT), "Unit of the number; must be the measure's own.", _IMAGING)
    method = Column(Code(v.METHOD), "How it was measured.", Availability.ADMIN)
