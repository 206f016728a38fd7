"""Table `functional_status`: grades and scores over time.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), the scales
(`schemas.scales`), other vocabularies (`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer, Number
from schemas.expressions import is_in
from schemas.scales import VERSIONED
from schemas.table import table

_BY_TIME = Availability.BY_TIMEPOINT


@table(grain="one score of one case at one timepoint", key=("status_id",))
class FunctionalStatus:
    """Neurological and general function, each value with its scale and the version of the scale.

    Limits: McCormick original and modified have no lossless map; authors' words without a
    scale stay out.
    """

    status_id = Column(
        Identifier(), "Name of the assessment.", Availability.KEY, label="assessment"
    )
    case_id = Column(Identifier(), "The case.", Availability.KEY, label="case", parent="cases")
    timepoint = Column(
        Code(v.TIMEPOINT),
        "Planned time of the assessment; its window in days after the first surgery "
        "(without one, after day 0) is in the vocabulary.",
        _BY_TIME,
    )
    assessment_day = Column(
        Integer(-365, 7300, "days"), "Day of the assessment from day 0.", _BY_TIME
    )
    scale = Column(Code(v.SCALE), "Scale on which the score is given; one row per scale.", _BY_TIME)
    scale_version = Column(
        Code(v.SCALE_VERSION),
        "Version of the scale; the others than McCormick have one or none.",
        _BY_TIME,
        required=False,
        required_when=is_in("scale", "mccormick"),
        required_rule="R073",
        applies_when=is_in("scale", *VERSIONED),
    )
    score = Column(
        Number(0, 100),
        "Grade or score; its range is that of the scale and version (R073).",
        _BY_TIME,
        assessed_by="what `assessor` says",
    )
    assessor = Column(
        Code(v.ASSESSOR),
        "Who judged, or that the score was taken from the chart.",
        Availability.ADMIN,
    )
