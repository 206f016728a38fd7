"""Table `imaging_reads`: one reader's signs.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer
from schemas.table import table

_IMAGING = Availability.BY_STUDY_DAY
_ADMIN = Availability.ADMIN


def _sign(description: str, *, required: bool = True) -> Column:
    """Build the column of a radiological sign with its five states."""
    return Column(Code(v.SIGN), description, _IMAGING, required=required)


@table(grain="one reader's signs for one study and round", key=("read_id",))
class ImagingReads:
    """What one reader saw in one study.

    Limits: readers differ; two reads are never merged here. A sign is about this study's
    sequences only:
    "absent" was looked for and not there, "not_assessable" could not be looked for.
    """

    read_id = Column(Identifier(), "Name of the read.", Availability.KEY)
    study_id = Column(Identifier(), "The study read.", Availability.KEY, parent="imaging_studies")
    reader_id = Column(Identifier(), "Pseudonym of the reader.", Availability.KEY)
    read_round = Column(Integer(1, 9), "First, second ... reading by this reader.", _ADMIN)
    is_consensus = Column(Code(v.YN), "The agreed read of several readers.", _ADMIN)
    cord_region = Column(Code(v.CORD_REGION), "Region of the cord.", _IMAGING)
    level_upper = Column(
        Code(v.LEVEL), "Upper vertebral level beside the tumour, not the cord segment.", _IMAGING
    )
    level_lower = Column(
        Code(v.LEVEL), "Lower vertebral level beside the tumour, not the cord segment.", _IMAGING
    )
    n_segments = Column(
        Integer(1, 30, "levels"),
        "Vertebral levels spanned, both ends counted.",
        _IMAGING,
        label="length",
        may_be_explained=True,
    )
    axial_location = Column(
        Code(v.AXIAL_LOCATION), "Place of the tumour in the axial plane.", _IMAGING
    )
    exophytic_component = _sign("Part of the tumour lies outside the cord's contour.")
    t1_signal = Column(Code(v.SIGNAL), "T1 signal of the solid part against cord.", _IMAGING)
    t2_signal = Column(Code(v.SIGNAL), "T2 signal of the solid part against cord.", _IMAGING)
    composition = Column(Code(v.COMPOSITION), "Solid, cystic or both.", _IMAGING, required=False)
    enhancement_degree = Column(
        Code(v.ENHANCEMENT_DEGREE), "How strongly the tumour takes up contrast.", _IMAGING
    )
    enhancement_pattern = Column(
        Code(v.ENHANCEMENT_PATTERN),
        "How the enhancement is distributed in the solid part.",
        _IMAGING,
    )
    enhancement_extent = Column(
        Code(v.ENHANCEMENT_EXTENT), "How much of the tumour enhances.", _IMAGING, required=False
    )
    t2_high_at_enhancing_part = _sign("High T2 signal where the tumour enhances.", required=False)
    margin = Column(Code(v.MARGIN), "Edge of the tumour.", _IMAGING)
    cord_expansion = _sign("The cord is wider at the tumour.")
    cap_sign = _sign(
        "Markedly dark rim (haemosiderin) at the upper or lower pole on T2, T2*/GRE or SWI."
    )
    haemorrhage = _sign("Blood or its remains in or beside the tumour.")
    calcification = _sign("Calcium in the tumour.")
    oedema = _sign("High T2 signal of the cord beyond the tumour.")
    flow_voids = _sign("Dark vessels on or beside the tumour.")
    diffusion_restriction = _sign("Restricted diffusion of the solid part.")
    leptomeningeal_spread = _sign("Tumour on the leptomeninges.")
    bone_erosion = _sign("Scalloping or erosion of the spinal canal.")
    scoliosis = _sign("Scoliosis.")
    polar_cyst = _sign("Cavity touching a pole of the tumour, wall not tumour.")
    intratumoural_cyst = _sign("Cavity inside the tumour, wall tumour.")
    syrinx = _sign("Syrinx, under the definition in `syrinx_definition`.")
    syrinx_definition = Column(
        Code(v.SYRINX_DEFINITION), "What this read calls a syrinx.", _IMAGING, required=False
    )
