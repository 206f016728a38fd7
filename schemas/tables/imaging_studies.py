"""Table `imaging_studies`: which images exist, and what was acquired.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`), short names of sequences (`schemas.sequences`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer, Number
from schemas.expressions import is_in
from schemas.sequences import SHORT_NAMES
from schemas.table import table

_IMAGING = Availability.BY_STUDY_DAY
_ADMIN = Availability.ADMIN
_ON_MR = is_in("modality", "mr")


def _acquired(name: str, what: str, *, since: str = "1") -> Column:
    """Say whether a sequence or plane was acquired; required of an MR study."""
    return Column(
        Code(v.ACQUISITION),
        f"{what} series acquired.",
        _IMAGING,
        required=False,
        required_when=_ON_MR,
        label=f"{SHORT_NAMES[name]} acquired",
        since=since,
    )


@table(grain="one imaging study of one case", key=("study_id",))
class ImagingStudies:
    """What was acquired, and when. "Not acquired" is a fact about the study, not the tumour.

    Limits: a study that shows two tumours is delivered once per case.
    """

    study_id = Column(Identifier(), "Name of the study.", Availability.KEY, label="study")
    case_id = Column(
        Identifier(), "The case it shows.", Availability.KEY, label="case", parent="cases"
    )
    modality = Column(Code(v.MODALITY), "Kind of imaging.", _IMAGING)
    study_day = Column(
        Integer(-3650, 7300, "days"),
        "Day of the study from day 0.",
        _IMAGING,
        label="day of the study",
        may_be_explained=True,
    )
    study_purpose = Column(
        Code(v.STUDY_PURPOSE),
        "Why the study was made; only diagnostic and preoperative studies feed "
        "predictions before surgery.",
        _IMAGING,
        label="purpose of the study",
    )
    seq_t1 = _acquired("seq_t1", "T1-weighted")
    seq_t2 = _acquired("seq_t2", "T2-weighted")
    seq_stir = _acquired("seq_stir", "STIR")
    seq_t2star_gre = _acquired("seq_t2star_gre", "T2*-weighted gradient echo")
    seq_swi = _acquired("seq_swi", "Susceptibility-weighted")
    seq_t1_post_contrast = _acquired("seq_t1_post_contrast", "T1-weighted after contrast")
    seq_dwi = _acquired("seq_dwi", "Diffusion-weighted")
    seq_dti = _acquired("seq_dti", "Diffusion tensor")
    seq_mrs = _acquired("seq_mrs", "MR spectroscopy")
    seq_perfusion = _acquired("seq_perfusion", "Perfusion")
    seq_3d_t2 = _acquired("seq_3d_t2", "Heavily T2-weighted 3D")
    has_axial_t2 = _acquired("has_axial_t2", "Axial T2-weighted", since="2")
    has_axial_t1_post_contrast = _acquired(
        "has_axial_t1_post_contrast", "Axial T1-weighted after contrast", since="2"
    )
    contrast_given = Column(
        Code(v.YN),
        "Contrast given into a vein: gadolinium for MR, iodine for CT. Intrathecal contrast is no.",
        _IMAGING,
        label="contrast given",
    )
    field_strength_t = Column(
        Number(0.2, 7, "T"),
        "Strength of the magnetic field of the MR scanner.",
        _IMAGING,
        required=False,
        required_when=_ON_MR,
        may_be_explained=True,
        label="field strength",
        optional_before="2",
    )
    vendor = Column(Code(v.VENDOR), "Maker of the scanner.", _ADMIN, required=False, since="2")
    scanner_id = Column(
        Identifier(),
        "Pseudonym of the scanner; the batch for harmonisation.",
        _ADMIN,
        required=False,
        label="scanner",
        since="2",
    )
    coverage = Column(
        Code(v.COVERAGE), "Part of the spine that the study shows.", _IMAGING, since="2"
    )
    slice_thickness_sagittal_mm = Column(
        Number(0.3, 8, "mm"),
        "Slice thickness of the sagittal T2-weighted series.",
        _ADMIN,
        required=False,
        may_be_explained=True,
        label="sagittal slice thickness",
        since="2",
    )
    dwi_b_max_s_mm2 = Column(
        Number(50, 2000, "s/mm2"),
        "Largest b-value of the diffusion-weighted series.",
        _ADMIN,
        required=False,
        may_be_explained=True,
        label="largest b-value",
        since="2",
    )
    image_quality = Column(
        Code(v.IMAGE_QUALITY), "Whether the study as a whole is good enough to be read.", _IMAGING
    )
    is_mri_contraindicated = Column(
        Code(v.YN),
        "MRI cannot be done; the reason for CT or myelography.",
        Availability.PREOPERATIVE_CLINICAL,
        required=False,
        label="MRI contraindicated",
    )
