"""Table `imaging_reads`: one reader's signs.

Belongs here: the columns of the table, what each means, and what a study must have for it.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import sequences as q
from schemas import vocabularies as v
from schemas.columns import Assessable, Availability, Code, Column, Identifier, Integer, Number
from schemas.expressions import is_in
from schemas.table import table
from schemas.vocabulary import Vocabulary

_IMAGING = Availability.BY_STUDY_DAY
_ADMIN = Availability.ADMIN


def _sign(
    description: str,
    *,
    on: Assessable | None = None,
    by: str = "",
    required: bool = True,
    source: str = "",
    label: str = "",
) -> Column:
    """Build the column of a radiological sign with its five states."""
    return Column(
        Code(v.SIGN),
        description,
        _IMAGING,
        required=required,
        assessable_on=on,
        assessed_by=by,
        source=source,
        label=label,
    )


def _read(
    vocabulary: Vocabulary,
    description: str,
    *,
    on: Assessable | None = None,
    by: str = "",
    required: bool = True,
    source: str = "",
    label: str = "",
    since: str = "1",
) -> Column:
    """Build the column of a description that is no sign."""
    return Column(
        Code(vocabulary),
        description,
        _IMAGING,
        required=required,
        assessable_on=on,
        assessed_by=by,
        source=source,
        label=label,
        since=since,
    )


_AFTER_CONTRAST = Assessable("R022", ("seq_t1_post_contrast",), modalities=q.CT, with_contrast=True)
_ANY = "any series of diagnostic quality"
_FLUID = "T2, STIR, 3D T2 or CT myelography"
_ENHANCING = "as the degree of enhancement"


@table(grain="one reader's signs for one study and round", key=("read_id",))
class ImagingReads:
    """What one reader saw in one study.

    Limits: readers differ; two reads are never merged here. A sign is about this study's
    sequences only:
    "absent" was looked for and not there, "not_assessable" could not be looked for.
    """

    read_id = Column(Identifier(), "Name of the read.", Availability.KEY, label="read")
    study_id = Column(
        Identifier(),
        "The study read.",
        Availability.KEY,
        label="study",
        parent="imaging_studies",
    )
    reader_id = Column(Identifier(), "Pseudonym of the reader.", Availability.KEY, label="reader")
    read_round = Column(Integer(1, 9), "First, second ... reading by this reader.", _ADMIN)
    is_consensus = Column(
        Code(v.YN), "The agreed read of several readers.", _ADMIN, label="consensus read"
    )
    is_blinded_to_histology = Column(
        Code(v.YN),
        "The reader did not know the histology.",
        _ADMIN,
        label="blinded to histology",
        since="2",
    )
    is_blinded_to_outcome = Column(
        Code(v.YN),
        "The reader did not know the course.",
        _ADMIN,
        label="blinded to outcome",
        since="2",
    )
    reader_role = Column(
        Code(v.READER_ROLE), "Profession of the reader.", _ADMIN, required=False, since="2"
    )
    reader_experience_years = Column(
        Number(0, 60, "years"),
        "Years of reading spinal MR.",
        _ADMIN,
        required=False,
        label="experience of the reader",
        since="2",
    )
    cord_region = _read(
        v.CORD_REGION,
        "Region that follows from the levels: cervical from C to C, cervicothoracic "
        "from C to T, and so on; holocord from C7 or above to T11 or below.",
        by=_ANY,
    )
    level_upper = _read(
        v.LEVEL,
        "Upper vertebral level beside the tumour, not the cord segment.",
        by=_ANY,
        label="upper level",
    )
    level_lower = _read(
        v.LEVEL,
        "Lower vertebral level beside the tumour, not the cord segment.",
        by=_ANY,
        label="lower level",
    )
    n_segments = Column(
        Integer(1, 30, "levels"),
        "Vertebral levels spanned, both ends counted.",
        _IMAGING,
        label="length",
        may_be_explained=True,
        assessed_by=_ANY,
    )
    axial_location = _read(
        v.AXIAL_LOCATION,
        "Place in the axial plane: symmetrical about the central canal, off centre "
        "across the midline, on one side only, or filling the cord.",
        on=Assessable("R036", q.AXIAL, is_warning=True),
    )
    axial_sector = _read(
        v.AXIAL_SECTOR,
        "Sector of the axial plane that holds most of the tumour.",
        required=False,
        by="axial T2, axial post-contrast T1 or 3D T2",
        source="RDES297 (spine MS on MR)",
        since="2",
    )
    n_cord_lesions = Column(
        Integer(1, 99, "lesions"),
        "Separate tumours seen in the cord; this read is about the one of its case.",
        _IMAGING,
        required=False,
        may_be_explained=True,
        label="tumours in the cord",
        assessed_by=_ANY,
        since="2",
    )
    exophytic_component = _sign("Part of the tumour lies outside the cord's contour.", by=_ANY)
    t1_signal = _read(
        v.SIGNAL,
        "T1 signal of the solid part against cord.",
        on=Assessable("R028", ("seq_t1",)),
        label="T1 signal",
    )
    t2_signal = _read(
        v.SIGNAL,
        "T2 signal of the solid part against cord.",
        on=Assessable("R028", q.T2),
        label="T2 signal",
    )
    composition = _read(
        v.COMPOSITION,
        "What the tumour itself is made of, cysts beside it not counted.",
        required=False,
        by=_FLUID,
    )
    enhancement_degree = _read(
        v.ENHANCEMENT_DEGREE,
        "How bright the brightest part becomes after contrast, against the epidural "
        "veins; fat is no yardstick, it may be suppressed.",
        on=_AFTER_CONTRAST,
    )
    enhancement_pattern = _read(
        v.ENHANCEMENT_PATTERN,
        "How the enhancement is distributed in the solid part.",
        by=_ENHANCING,
    )
    enhancement_extent = _read(
        v.ENHANCEMENT_EXTENT,
        "Whether the whole of the solid part enhances or a focus of it.",
        required=False,
        by=_ENHANCING,
    )
    enhancing_proportion = _read(
        v.ENHANCING_PROPORTION,
        "Share of the whole tumour that enhances, in bands of percent.",
        required=False,
        by=_ENHANCING,
        source="VASARI (RDES221)",
        since="2",
    )
    t2_high_at_enhancing_part = _sign(
        "The part that enhances is brighter than cord on T2.",
        required=False,
        on=Assessable("R024", q.T2, codes=("present", "absent", "indeterminate")),
        source="snu2010",
        label="high T2 at the enhancing part",
    )
    margin = _read(
        v.MARGIN,
        "Border against the cord: well defined if it can be drawn on at least three "
        "quarters of the circumference.",
        by=_ANY,
    )
    cord_expansion = _sign("The cord is wider at the tumour than above and below it.", by=_ANY)
    cap_sign = _sign(
        "Markedly dark rim (haemosiderin) at the upper or lower pole on T2, T2*/GRE or SWI.",
        on=Assessable("R025", q.T2_ANY, codes=("present", "absent")),
    )
    haemorrhage = _sign("Blood or its remains in or beside the tumour.", by=_ANY)
    calcification = _sign(
        "Calcium in the tumour, dense on CT or dark on T2*/GRE or SWI.",
        on=Assessable("R032", q.SUSCEPTIBILITY, modalities=q.CT, codes=("present", "absent")),
    )
    oedema = _sign("High T2 signal of the cord beyond the tumour.", by="T2, STIR or 3D T2")
    flow_voids = _sign(
        "Tubular dark signal of fast-flowing vessels on or beside the tumour.", by="T2 or 3D T2"
    )
    diffusion_restriction = _sign(
        "High signal of the solid part on diffusion-weighted images that is dark on the ADC map.",
        on=Assessable("R029", q.DIFFUSION, codes=("present", "absent", "indeterminate")),
    )
    leptomeningeal_spread = _sign(
        "Nodules or a coating of tumour on the surface of cord, roots or brain.",
        by="post-contrast T1",
    )
    bone_erosion = _sign("Scalloping or erosion of the spinal canal.", by=_ANY)
    scoliosis = _sign("Lateral curvature of the spine, as the study shows it.", by=_ANY)
    polar_cyst = _sign(
        "Cavity without enhancement that touches the upper or lower pole of the tumour;"
        " its wall is not tumour.",
        by=_FLUID,
    )
    intratumoural_cyst = _sign("Cavity inside the tumour; its wall is tumour.", by=_FLUID)
    syrinx = _sign("Syrinx, under the definition in `syrinx_definition`.", by=_FLUID)
    syrinx_definition = Column(
        Code(v.SYRINX_DEFINITION),
        "What this read calls a syrinx; 'unspecified' where nobody can say, which bars pooling.",
        _IMAGING,
        required=False,
        required_when=is_in("syrinx", "present", "absent"),
        required_rule="R037",
        assessed_by="the reader, with the sign",
    )
    dti_fibre_type = _read(
        v.DTI_FIBRE_TYPE,
        "Course of the fibre tracts at the tumour: none cross it, some cross it, or "
        "they are encased.",
        required=False,
        on=Assessable("R031", ("seq_dti",), codes=("1", "2", "3")),
        source="Setzer 2010",
        label="DTI fibre type",
        since="2",
    )
    predicted_cleavage_plane = _read(
        v.CLEAVAGE_PLANE,
        "The reader's guess at the plane between tumour and cord; never an outcome.",
        required=False,
        by="the reader",
        since="2",
    )
    first_radiological_diagnosis = _read(
        v.FIRST_DIAGNOSIS,
        "The reader's first guess at the group of the histology; never an outcome.",
        required=False,
        by="the reader",
        since="2",
    )
    reader_confidence = Column(
        Integer(1, 5),
        "Confidence in that guess, 1 none to 5 certain.",
        _ADMIN,
        required=False,
        since="2",
    )
