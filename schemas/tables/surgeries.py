"""Table `surgeries`.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer, Number
from schemas.expressions import Col, IsFilled, Not, all_of, is_in
from schemas.table import table

_DURING = Availability.INTRAOPERATIVE
_AFTER = Availability.POSTOPERATIVE


@table(grain="one operation of one case", key=("surgery_id",))
class Surgeries:
    """What was planned, done and achieved.

    Limits: `growth_type` and `cleavage_plane` are judged by the surgeon who also judges the extent;
    `intent` filled in afterwards knows the result, so it defines populations and is never a
    predictor.
    """

    surgery_id = Column(Identifier(), "Name of the surgery.", Availability.KEY)
    case_id = Column(Identifier(), "The case.", Availability.KEY, parent="cases")
    surgery_day = Column(
        Integer(0, 7300, "days"), "Day of the surgery from day 0.", Availability.ADMIN
    )
    surgery_number = Column(Integer(1, 20), "Order of the case's surgeries.", Availability.ADMIN)
    intent = Column(Code(v.INTENT), "The plan as written beforehand.", _DURING)
    surgeon_experience = Column(
        Code(v.SURGEON_EXPERIENCE),
        "Earlier intramedullary operations of the planned surgeon.",
        Availability.PREOPERATIVE_CLINICAL,
    )
    ionm_ssep = Column(Code(v.YN), "Somatosensory evoked potentials monitored.", _DURING)
    ionm_mep = Column(Code(v.YN), "Motor evoked potentials monitored.", _DURING)
    ionm_dwave = Column(Code(v.YN), "D-wave monitored.", _DURING)
    growth_type = Column(
        Code(v.GROWTH_TYPE), "Growth as the surgeon saw it.", _DURING, required=False
    )
    cleavage_plane = Column(Code(v.CLEAVAGE_PLANE), "Plane between tumour and cord.", _DURING)
    extent_of_resection = Column(Code(v.EXTENT_OF_RESECTION), "How much was removed.", _AFTER)
    eor_basis = Column(
        Code(v.EOR_BASIS),
        "On what the extent rests.",
        _AFTER,
        required=False,
        required_when=all_of(
            IsFilled(Col("extent_of_resection")), Not(is_in("extent_of_resection", "none"))
        ),
    )
    residual_volume_mm3 = Column(
        Number(0, 200_000, "mm3"),
        "Tumour left, measured.",
        _AFTER,
        required=False,
        may_be_explained=True,
    )
