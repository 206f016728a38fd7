"""Table `imaging_measurements`: numbers taken from images, one per row.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), the measures
(`schemas.measures`), vocabularies (`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Number, TextCode
from schemas.expressions import is_in
from schemas.measures import MEASURE, UNIT
from schemas.table import table

_IMAGING = Availability.BY_STUDY_DAY
_ADMIN = Availability.ADMIN
_BY_SOFTWARE = is_in("method", "semi_automatic", "automatic")
#: A program or its version, never free text; `unknown` where the site does not know.
VERSION = TextCode(r"[A-Za-z0-9.+*_-]{1,64}", "a name or version of 1 to 64 characters")


@table(grain="one measure of one structure in one study", key=("measurement_id",))
class ImagingMeasurements:
    """One number per row, in the measure's own unit; the range depends on the measure (rule R006).

    Limits: methods and software differ; `method` says how the number was obtained.
    """

    measurement_id = Column(
        Identifier(), "Name of the measurement.", Availability.KEY, label="measurement"
    )
    study_id = Column(
        Identifier(),
        "The study measured.",
        Availability.KEY,
        label="study",
        parent="imaging_studies",
    )
    read_id = Column(
        Identifier(),
        "The read it belongs to.",
        Availability.KEY,
        required=False,
        label="read",
        parent="imaging_reads",
    )
    structure = Column(Code(v.STRUCTURE), "The structure that was outlined or spanned.", _IMAGING)
    measure = Column(
        Code(MEASURE),
        "Which quantity; each has its unit, range and sequences.",
        _IMAGING,
        assessed_by="the sequences of the measure (R029, R030, R031)",
    )
    value = Column(
        Number(-1e300, 1e300),
        "The number, in `unit`; its range is the measure's (R006).",
        _IMAGING,
        may_be_explained=True,
    )
    unit = Column(Code(UNIT), "Unit of the number; must be the measure's own.", _IMAGING)
    method = Column(
        Code(v.METHOD), "Whether a person, a program, or both drew what was measured.", _ADMIN
    )
    software = Column(
        VERSION,
        "Program that measured; 'unknown' where the site does not know.",
        _ADMIN,
        required=False,
        required_when=_BY_SOFTWARE,
        since="2",
    )
    software_version = Column(
        VERSION,
        "Its version; 'unknown' where the site does not know.",
        _ADMIN,
        required=False,
        required_when=_BY_SOFTWARE,
        since="2",
    )
