"""Table `imaging_studies`.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer, Number
from schemas.expressions import is_in
from schemas.table import table

_IMAGING = Availability.BY_STUDY_DAY
_ON_MR = is_in("modality", "mr")


def _sequence(what: str) -> Column:
    """Say whether a sequence was acquired; required of an MR study."""
    return Column(
        Code(v.ACQUISITION),
        f"{what} series acquired.",
        _IMAGING,
        required=False,
        required_when=_ON_MR,
    )


@table(grain="one imaging study of one case", key=("study_id",))
class ImagingStudies:
    """What was acquired, and when. "Not acquired" is a fact about the study, not the tumour.

    Limits: a study that shows two tumours is delivered once per case.
    """

    study_id = Column(Identifier(), "Name of the study.", Availability.KEY)
    case_id = Column(Identifier(), "The case it shows.", Availability.KEY, parent="cases")
    modality = Column(Code(v.MODALITY), "Modality.", _IMAGING)
    study_day = Column(
        Integer(-3650, 7300, "days"),
        "Day of the study from day 0.",
        _IMAGING,
        may_be_explained=True,
    )
    study_purpose = Column(Code(v.STUDY_PURPOSE), "Why the study was made.", _IMAGING)
    seq_t1 = _sequence("T1-weighted")
    seq_t2 = _sequence("T2-weighted")
    seq_stir = _sequence("STIR")
    seq_t2star_gre = _sequence("T2*-weighted gradient echo")
    seq_swi = _sequence("Susceptibility-weighted")
    seq_t1_post_contrast = _sequence("T1-weighted after contrast")
    seq_dwi = _sequence("Diffusion-weighted")
    seq_dti = _sequence("Diffusion tensor")
    seq_mrs = _sequence("MR spectroscopy")
    seq_perfusion = _sequence("Perfusion")
    seq_3d_t2 = _sequence("Heavily T2-weighted 3D")
    contrast_given = Column(Code(v.YN), "Contrast medium given into a vein.", _IMAGING)
    field_strength_t = Column(
        Number(0.2, 7, "T"), "Field strength.", _IMAGING, required=False, may_be_explained=True
    )
    image_quality = Column(Code(v.IMAGE_QUALITY), "Quality for diagnosis.", _IMAGING)
    is_mri_contraindicated = Column(
        Code(v.YN),
        "MRI cannot be done; the reason for CT or myelography.",
        Availability.PREOPERATIVE_CLINICAL,
        required=False,
    )
