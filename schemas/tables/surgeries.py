"""Table `surgeries`: operations.

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


def _complication(what: str, *, label: str) -> Column:
    """Build the column of a complication within 30 days of the operation."""
    return Column(Code(v.YN), f"{what} within 30 days.", _AFTER, label=label, since="2")


def _monitored(what: str, label: str) -> Column:
    """Build the column of a neuromonitoring modality."""
    return Column(Code(v.YN), f"{what} monitored.", _DURING, label=label)


@table(grain="one operation of one case", key=("surgery_id",))
class Surgeries:
    """What was planned, done and achieved.

    Limits: `growth_type` and `cleavage_plane` are judged by the surgeon who also judges the extent;
    `intent` filled in afterwards knows the result, so it defines populations and is never a
    predictor.
    """

    surgery_id = Column(Identifier(), "Name of the surgery.", Availability.KEY, label="surgery")
    case_id = Column(Identifier(), "The case.", Availability.KEY, label="case", parent="cases")
    surgery_day = Column(
        Integer(0, 7300, "days"), "Day of the surgery from day 0.", Availability.ADMIN
    )
    surgery_number = Column(
        Integer(1, 20),
        "Place in the order of the case's surgeries, 1 the first.",
        Availability.ADMIN,
    )
    intent = Column(
        Code(v.INTENT),
        "The plan as written beforehand; filled in afterwards it knows the result, so "
        "it is never a predictor.",
        _DURING,
    )
    approach = Column(Code(v.APPROACH), "How the spinal canal was opened.", _DURING, since="2")
    n_levels_opened = Column(
        Integer(0, 25, "levels"),
        "Number of vertebral levels that were opened.",
        _DURING,
        required=False,
        label="levels opened",
        since="2",
    )
    surgeon_experience = Column(
        Code(v.SURGEON_EXPERIENCE),
        "Earlier intramedullary operations of the planned surgeon.",
        Availability.PREOPERATIVE_CLINICAL,
    )
    ionm_ssep = _monitored("Somatosensory evoked potentials", "SSEP monitored")
    ionm_mep = _monitored("Motor evoked potentials", "MEP monitored")
    ionm_dwave = _monitored("D-waves (epidural corticospinal response)", "D-wave monitored")
    ionm_alarm = Column(
        Code(v.IONM_ALARM),
        "Worst alarm of the neuromonitoring: none, transient (back before closure), "
        "persistent, or not monitored at all.",
        _DURING,
        label="monitoring alarm",
        assessed_by="SSEP, MEP or D-wave",
        since="2",
    )
    is_stopped_for_ionm = Column(
        Code(v.YN),
        "The resection was ended because of an alarm.",
        _DURING,
        label="stopped for an alarm",
        since="2",
    )
    growth_type = Column(
        Code(v.GROWTH_TYPE),
        "Growth as the surgeon saw it: displacing the cord (type A), infiltrating it "
        "(B) or not proliferating (C).",
        _DURING,
        required=False,
        assessed_by="the surgeon, at open surgery",
        source="klekamp2013",
    )
    cleavage_plane = Column(
        Code(v.CLEAVAGE_PLANE),
        "Plane between tumour and cord as the surgeon found it: all round, in part, or none.",
        _DURING,
        assessed_by="the surgeon, at open surgery",
    )
    extent_of_resection = Column(
        Code(v.EXTENT_OF_RESECTION),
        "How much was removed; an outcome, never a predictor before surgery.",
        _AFTER,
        assessed_by="what `eor_basis` says",
    )
    eor_basis = Column(
        Code(v.EOR_BASIS),
        "On what the extent rests; MRI outranks the surgeon where the two differ.",
        _AFTER,
        required=False,
        required_when=all_of(
            IsFilled(Col("extent_of_resection")), Not(is_in("extent_of_resection", "none"))
        ),
        label="basis of extent of resection",
    )
    eor_assessment_day = Column(
        Integer(0, 180, "days"),
        "Days from this surgery to the MR study on which the extent rests.",
        _AFTER,
        required=False,
        required_when=is_in("eor_basis", "postoperative_mri", "both"),
        may_be_explained=True,
        label="days to the assessment of extent",
        since="2",
    )
    residual_volume_mm3 = Column(
        Number(0, 200_000, "mm3"),
        "Volume of the tumour left, measured on postoperative imaging.",
        _AFTER,
        required=False,
        may_be_explained=True,
        label="residual volume",
        assessed_by="postoperative MR",
    )
    resection_percent = Column(
        Number(0, 100, "percent"),
        "Share of the tumour volume that was removed.",
        _AFTER,
        required=False,
        may_be_explained=True,
        label="share resected",
        assessed_by="MR before and after",
        since="2",
    )
    blood_loss_ml = Column(
        Number(0, 15_000, "ml"),
        "Estimated blood loss during the operation.",
        _DURING,
        required=False,
        may_be_explained=True,
        label="blood loss",
        since="2",
    )
    duration_min = Column(
        Number(10, 1500, "min"),
        "Time from incision to closure.",
        _DURING,
        required=False,
        may_be_explained=True,
        label="duration",
        since="2",
    )
    csf_leak = _complication("Leak of cerebrospinal fluid", label="CSF leak")
    wound_infection = _complication("Infection of the wound or meningitis", label="wound infection")
    haematoma = _complication("Haematoma that was operated or gave a deficit", label="haematoma")
    respiratory_failure = _complication("Ventilation needed again", label="respiratory failure")
    thromboembolism = _complication(
        "Deep vein thrombosis or pulmonary embolism", label="thromboembolism"
    )
    death_30_days = _complication("Death", label="death within 30 days")
    is_embolised = Column(
        Code(v.YN),
        "Feeding vessels were embolised before the operation.",
        Availability.PREOPERATIVE_CLINICAL,
        required=False,
        label="embolised",
        since="2",
    )
    has_duraplasty = Column(
        Code(v.YN),
        "The dura was closed with a graft.",
        _DURING,
        required=False,
        label="duraplasty",
        since="2",
    )
    length_of_stay_days = Column(
        Integer(0, 400, "days"),
        "Days from the operation to discharge.",
        _AFTER,
        required=False,
        may_be_explained=True,
        label="length of stay",
        since="2",
    )
