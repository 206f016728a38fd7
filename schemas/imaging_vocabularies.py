"""Vocabularies of imaging: studies, the descriptions of a read, structures, feature sets.

Belongs here: every closed list that a column of the imaging tables uses, with the meaning of each
code (domain specification, part b).
Does not belong here: lists used elsewhere too (`schemas.vocabularies`), measures
(`schemas.measures`).
"""

from schemas.histology import GROUPS
from schemas.vocabulary import UNKNOWN, vocabulary

_NOT_CODED: tuple[tuple[str, str], ...] = (
    ("not_applicable", "the question does not arise for this case"),
    ("not_assessable", "sequence or quality does not allow a judgement"),
    ("not_reported", "the report says nothing"),
    (UNKNOWN, "not known to the site"),
)

SIGN = vocabulary(
    "sign",
    ("present", "seen"),
    ("absent", "looked for on a suitable sequence, not there"),
    ("indeterminate", "looked for, the reader is unsure"),
    ("not_assessable", "sequence or quality does not allow a judgement"),
    ("not_reported", "the report says nothing"),
)
ACQUISITION = vocabulary(
    "acq",
    ("acquired", "acquired, of diagnostic quality"),
    ("acquired_not_diagnostic", "acquired, but of no diagnostic quality"),
    ("not_acquired", "not part of the study"),
    UNKNOWN,
)
MODALITY = vocabulary(
    "modality",
    ("mr", "magnetic resonance imaging"),
    ("ct", "computed tomography"),
    ("ct_myelography", "computed tomography after intrathecal contrast"),
    ("myelography", "projection images after intrathecal contrast"),
    ("angiography", "catheter angiography"),
    ("pet", "positron emission tomography"),
)
STUDY_PURPOSE = vocabulary(
    "study_purpose",
    ("diagnostic", "made the diagnosis"),
    ("preoperative", "plans an operation"),
    ("intraoperative", "during an operation"),
    ("early_postoperative", "documents the result of an operation"),
    ("surveillance", "looks for progression or recurrence"),
    UNKNOWN,
)
IMAGE_QUALITY = vocabulary("image_quality", "good", "limited", "non_diagnostic", UNKNOWN)
VENDOR = vocabulary("vendor", "ge", "philips", "siemens", "canon", "other", UNKNOWN)
COVERAGE = vocabulary(
    "coverage",
    "cervical",
    "thoracic",
    "cervicothoracic",
    "thoracolumbar",
    "lumbosacral",
    "whole_spine",
    ("neuraxis", "head and whole spine"),
    UNKNOWN,
)
READER_ROLE = vocabulary(
    "reader_role", "neuroradiologist", "radiologist", "neurosurgeon", "trainee", "software", UNKNOWN
)
CORD_REGION = vocabulary(
    "cord_region",
    ("craniocervical", "reaches the cervicomedullary junction"),
    ("cervical", "beside C1 to C7"),
    ("cervicothoracic", "beside cervical and thoracic vertebrae"),
    ("thoracic", "beside T1 to T12"),
    ("thoracolumbar", "beside thoracic and lumbar vertebrae"),
    ("conus", "in the conus medullaris"),
    ("filum", "in the filum terminale"),
    ("holocord", "from the cervical to the lowest thoracic cord"),
    UNKNOWN,
)
LEVEL = vocabulary(
    "cord_level",
    ("CMJ", "cervicomedullary junction"),
    *(f"C{n}" for n in range(1, 8)),
    *(f"T{n}" for n in range(1, 13)),
    *(f"L{n}" for n in range(1, 6)),
    *(f"S{n}" for n in range(1, 6)),
    UNKNOWN,
    is_ordered=True,
)
AXIAL_LOCATION = vocabulary(
    "axial_location",
    ("central", "symmetrical about the central canal"),
    ("eccentric", "crosses the midline, off centre"),
    ("unilateral", "on one side only"),
    ("whole_section", "fills the section"),
    *_NOT_CODED,
)
AXIAL_SECTOR = vocabulary(
    "axial_sector",
    "anterior",
    "posterior",
    "left",
    "right",
    "anterior_left",
    "anterior_right",
    "posterior_left",
    "posterior_right",
    "centre",
    *_NOT_CODED,
    source="RDES297 (spine MS on MR)",
)
SIGNAL = vocabulary(
    "signal",
    ("hypointense", "darker than normal cord"),
    ("isointense", "as normal cord"),
    ("hyperintense", "brighter than normal cord"),
    ("mixed", "no single signal prevails"),
    *_NOT_CODED,
)
COMPOSITION = vocabulary(
    "composition", "solid", "mixed_cystic_solid", "cystic", "not_reported", UNKNOWN
)
ENHANCEMENT_DEGREE = vocabulary(
    "enhancement_degree",
    ("none", "looked for after contrast, no enhancement"),
    ("mild", "less than the epidural veins; fat is no yardstick, it may be suppressed"),
    ("marked", "as bright as the epidural veins or brighter"),
    ("present_unspecified", "stated, degree not given"),
    *_NOT_CODED,
)
ENHANCEMENT_PATTERN = vocabulary(
    "enhancement_pattern",
    ("homogeneous", "one intensity over the solid part"),
    ("heterogeneous", "mixed over most of the solid part"),
    ("rim", "edge only"),
    ("nodular", "one or more foci in a larger lesion"),
    ("patchy", "ill-defined islands"),
    *_NOT_CODED,
)
ENHANCEMENT_EXTENT = vocabulary(
    "enhancement_extent",
    ("diffuse", "the whole solid part enhances"),
    ("focal", "part of the solid part enhances"),
    *_NOT_CODED,
)
ENHANCING_PROPORTION = vocabulary(
    "enhancing_proportion",
    "none",
    ("under_6", "less than 6 percent of the tumour"),
    ("6_to_33", "6 to 33 percent"),
    ("34_to_67", "34 to 67 percent"),
    ("over_67", "more than 67 percent"),
    *_NOT_CODED,
    is_ordered=True,
    source="VASARI (RDES221)",
)
MARGIN = vocabulary(
    "margin",
    ("well_defined", "the edge can be drawn on at least three quarters of the circumference"),
    ("ill_defined", "it cannot"),
    ("indeterminate", "looked for, the reader is unsure"),
    *_NOT_CODED,
)
SYRINX_DEFINITION = vocabulary(
    "syrinx_definition",
    ("strict", "fluid cavity away from the tumour poles; polar cysts, canal widening excluded"),
    ("with_hydromyelia", "strict, or a widened central canal"),
    ("any_cavity", "any non-tumoural cavity, polar cysts included"),
    ("unspecified", "the source does not say; never pooled with the others"),
    UNKNOWN,
)
DTI_FIBRE_TYPE = vocabulary(
    "dti_fibre_type",
    ("1", "no fibres cross the tumour"),
    ("2", "some fibres cross the tumour"),
    ("3", "fibres are encased by the tumour"),
    ("not_assessable", "sequence or quality does not allow a judgement"),
    ("not_reported", "the report says nothing"),
    is_ordered=True,
    source="Setzer 2010",
)
FIRST_DIAGNOSIS = vocabulary(
    "first_radiological_diagnosis",
    *((group, f"a tumour of the histology group '{group}'") for group in GROUPS[:-1]),
    ("none", "no tumour is suspected"),
    *_NOT_CODED,
)

STRUCTURE = vocabulary(
    "structure",
    ("tumour", "the tumour, without polar cysts, syrinx and oedema"),
    ("enhancing_tumour", "the part that takes up contrast"),
    ("oedema", "high T2 signal of the cord beyond the tumour"),
    ("polar_cyst", "cavity touching a pole of the tumour, wall not tumour"),
    ("intratumoural_cyst", "cavity inside the tumour, wall tumour"),
    ("syrinx", "under the definition of the read"),
    ("cord", "the cord at the tumour, tumour included"),
    ("reference_cord", "normal cord away from the tumour"),
)
METHOD = vocabulary(
    "method",
    ("manual", "measured or drawn by a person"),
    ("semi_automatic", "proposed by a program, corrected by a person"),
    ("automatic", "by a program alone"),
    UNKNOWN,
)
IMAGE_KIND = vocabulary("image_kind", "t1", "t2", "t1_post_contrast", "adc", UNKNOWN)
EXTRACTOR = vocabulary("extractor", "pyradiomics", "mirp", "other", UNKNOWN)
ADC_UNIT = vocabulary(
    "adc_unit_delivered",
    ("1e-6_mm2_s", "10^-6 mm2/s, the unit kept"),
    ("1e-3_mm2_s", "10^-3 mm2/s, converted in staging"),
    ("none", "the site delivers no ADC"),
    UNKNOWN,
)
READING_MODE = vocabulary(
    "reading_mode",
    ("single", "one reader"),
    ("double_independent", "two readers, neither knows the other's read"),
    ("consensus", "several readers together"),
    ("report_text", "signs taken from routine reports"),
    UNKNOWN,
)
