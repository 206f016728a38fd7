"""The vocabularies of the data dictionary.

Belongs here: every closed list that a column uses, with the meaning of each code (domain
specification, part b).
Does not belong here: mappings to other code systems, ranges of numbers, rules.
`unknown` closes a list unless the specification calls the list complete without it.
"""

from schemas.vocabulary import UNKNOWN, Vocabulary, vocabulary

_NOT_CODED: tuple[tuple[str, str], ...] = (
    ("not_applicable", "the question does not arise for this case"),
    ("not_assessable", "sequence or quality does not allow a judgement"),
    ("not_reported", "the report says nothing"),
    (UNKNOWN, "not known to the site"),
)

YN = vocabulary("yn", "yes", "no", UNKNOWN)
SIGN = vocabulary(
    "sign",
    "present",
    ("absent", "looked for on a suitable sequence, not there"),
    ("indeterminate", "looked for, the reader is unsure"),
    ("not_assessable", "sequence or quality does not allow a judgement"),
    ("not_reported", "the report says nothing"),
)
ACQUISITION = vocabulary(
    "acq",
    "acquired",
    ("acquired_not_diagnostic", "acquired, but of no diagnostic quality"),
    "not_acquired",
    UNKNOWN,
)
MARKER = vocabulary("marker", "altered", "not_altered", "inconclusive", "not_tested", UNKNOWN)
MISSING_REASON = vocabulary(
    "missing_reason",
    ("not_done", "never measured"),
    ("not_assessable", "done, cannot be judged"),
    ("not_recorded", "unknown to the site"),
    "not_applicable",
    ("withheld", "kept back for privacy"),
    "pending",
)

SEX = vocabulary("sex", "female", "male", "other", UNKNOWN)
SYNDROME = vocabulary(
    "syndrome",
    "none",
    ("nf1", "neurofibromatosis type 1"),
    ("nf2", "NF2-related schwannomatosis"),
    ("vhl", "von Hippel-Lindau disease"),
    ("li_fraumeni", "Li-Fraumeni syndrome"),
    ("familial_ccm", "familial cerebral cavernous malformation"),
    "other",
    UNKNOWN,
)
INDEX_EVENT = vocabulary("index_event", "surgery", "diagnostic_imaging")
INDEX_PERIOD = vocabulary(
    "index_period",
    "before_1995",
    "1995_2004",
    "2005_2014",
    "2015_2020",
    "2021_on",
    UNKNOWN,
    is_ordered=True,
)
CASE_KIND = vocabulary(
    "case_kind",
    ("primary", "not treated before"),
    ("recurrent", "treated before elsewhere"),
    UNKNOWN,
)
CONSENT_SCOPE = vocabulary(
    "consent_scope",
    "research_registry",
    "site_only",
    ("withdrawn", "leaves every later snapshot"),
    UNKNOWN,
)

MODALITY = vocabulary("modality", "mr", "ct", "ct_myelography", "myelography", "angiography", "pet")
STUDY_PURPOSE = vocabulary(
    "study_purpose",
    "diagnostic",
    "preoperative",
    "intraoperative",
    "early_postoperative",
    "surveillance",
    UNKNOWN,
)
IMAGE_QUALITY = vocabulary("image_quality", "good", "limited", "non_diagnostic", UNKNOWN)
CORD_REGION = vocabulary(
    "cord_region",
    "craniocervical",
    "cervical",
    "cervicothoracic",
    "thoracic",
    "thoracolumbar",
    "conus",
    "filum",
    "holocord",
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
SIGNAL = vocabulary("signal", "hypointense", "isointense", "hyperintense", "mixed", *_NOT_CODED)
COMPOSITION = vocabulary(
    "composition", "solid", "mixed_cystic_solid", "cystic", "not_reported", UNKNOWN
)
ENHANCEMENT_DEGREE = vocabulary(
    "enhancement_degree",
    "none",
    ("mild", "less than the epidural veins"),
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
ENHANCEMENT_EXTENT = vocabulary("enhancement_extent", "diffuse", "focal", *_NOT_CODED)
MARGIN = vocabulary(
    "margin",
    ("well_defined", "the edge can be drawn on at least three quarters of the circumference"),
    "ill_defined",
    "indeterminate",
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

STRUCTURE = vocabulary(
    "structure",
    "tumour",
    "enhancing_tumour",
    "oedema",
    "polar_cyst",
    "intratumoural_cyst",
    "syrinx",
    "cord",
    "reference_cord",
)
METHOD = vocabulary("method", "manual", "semi_automatic", "automatic", UNKNOWN)
IMAGE_KIND = vocabulary("image_kind", "t1", "t2", "t1_post_contrast", "adc", UNKNOWN)

SPECIMEN_KIND = vocabulary(
    "specimen_kind",
    "biopsy",
    "resection",
    ("earlier_specimen", "tissue taken before day 0, often elsewhere"),
    ("csf", "cerebrospinal fluid"),
    "autopsy",
    UNKNOWN,
)
HISTOLOGY_EDITION = vocabulary(
    "histology_edition", "who_2000", "who_2007", "who_2016", "cns5_2021", UNKNOWN
)
WHO_GRADE = vocabulary("who_grade", "1", "2", "3", "4", "not_assigned", UNKNOWN)
DIAGNOSIS_LEVEL = vocabulary(
    "diagnosis_level",
    "integrated",
    ("nos", "not otherwise specified"),
    ("nec", "not elsewhere classified"),
    "histological_only",
    UNKNOWN,
)

INTENT = vocabulary("intent", "resection", "biopsy", "decompression", "cyst_drainage", UNKNOWN)
SURGEON_EXPERIENCE = vocabulary(
    "surgeon_experience", "under_10", "10_to_50", "over_50", UNKNOWN, is_ordered=True
)
GROWTH_TYPE = vocabulary(
    "growth_type",
    ("displacing", "type A"),
    ("infiltrating", "type B"),
    ("nonproliferating", "type C"),
    "not_assessed",
    UNKNOWN,
)
CLEAVAGE_PLANE = vocabulary(
    "cleavage_plane", ("good", "plane all round"), "partial", "none", "not_assessed", UNKNOWN
)
EXTENT_OF_RESECTION = vocabulary(
    "extent_of_resection",
    ("gtr", "no residual tumour by the stated basis"),
    ("near_total", "at least 95 %, less than 100 %"),
    ("subtotal", "80 to less than 95 %"),
    ("partial", "10 to less than 80 %"),
    ("biopsy", "tissue only, less than 10 %"),
    "none",
    UNKNOWN,
    is_ordered=True,
)
EOR_BASIS = vocabulary("eor_basis", "postoperative_mri", "surgeon", "both", UNKNOWN)

TREATMENT_KIND = vocabulary(
    "treatment_kind",
    "radiotherapy",
    "radiosurgery",
    "chemotherapy",
    "targeted",
    "observation",
    UNKNOWN,
)
TREATMENT_INTENT = vocabulary(
    "treatment_intent",
    ("primary", "without resection"),
    "neoadjuvant",
    "adjuvant",
    "salvage",
    "palliative",
    "not_applicable",
    UNKNOWN,
)

#: First and last day of each timepoint after the first surgery; the others have none.
TIMEPOINT_DAYS = {
    "discharge": (0, 60),
    "month_3": (61, 135),
    "month_6": (136, 270),
    "month_12": (271, 540),
    "month_24": (541, 900),
}
TIMEPOINT = vocabulary(
    "timepoint",
    ("preoperative", "not after the first surgery"),
    *(
        (name, f"days {first} to {last} after surgery")
        for name, (first, last) in TIMEPOINT_DAYS.items()
    ),
    ("last", "any day"),
)
SCALE = vocabulary(
    "scale",
    ("mccormick", "McCormick grade, a higher grade is worse"),
    ("mjoa", "modified Japanese Orthopaedic Association score, higher is better"),
    ("asia", "ASIA impairment scale, A = 1 to E = 5"),
    ("kps", "Karnofsky performance status"),
    ("ecog", "ECOG performance status"),
)
SCALE_VERSION = vocabulary(
    "scale_version",
    ("original_1_4", "McCormick 1990, four grades"),
    ("modified_1_5", "modified McCormick, five grades; no lossless map to the original"),
    ("mjoa_18", "0 to 18"),
    ("ais_a_e", "A = 1 to E = 5"),
    UNKNOWN,
)
ASSESSOR = vocabulary(
    "assessor", "surgeon", "neurologist", "therapist", "patient", "chart_review", UNKNOWN
)

CONTACT_KIND = vocabulary(
    "contact_kind", "clinic", "imaging", "telephone", "registry_linkage", UNKNOWN
)
VITAL_STATUS = vocabulary("vital_status", "alive", "dead", UNKNOWN)
CAUSE_OF_DEATH = vocabulary("cause_of_death", "tumour", "treatment", "other", UNKNOWN)
PROGRESSION_STATUS = vocabulary("progression_status", "none", "progression", "recurrence", UNKNOWN)
READING_MODE = vocabulary(
    "reading_mode",
    "single",
    "double_independent",
    "consensus",
    ("report_text", "signs taken from routine reports"),
    UNKNOWN,
)
SETTING = vocabulary("setting", "adult", "paediatric", "mixed", UNKNOWN)
ADC_UNIT = vocabulary("adc_unit_delivered", "1e-6_mm2_s", "1e-3_mm2_s", "none", UNKNOWN)
MCCORMICK_VERSION = vocabulary("mccormick_version", "original_1_4", "modified_1_5", UNKNOWN)
PROVENANCE = vocabulary(
    "provenance",
    ("registry", "delivered by a site"),
    ("published", "transcribed from a publication"),
    ("simulated", "drawn by a program; nobody is behind the row"),
)
EXTRACTOR = vocabulary("extractor", "pyradiomics", "mirp", "other", UNKNOWN)

_GROUPS: dict[str, tuple[tuple[str, str], ...]] = {
    "ependymoma": (
        ("spinal_ependymoma", "ependymoma of the cord without MYCN amplification"),
        ("spinal_ependymoma_mycn", "MYCN-amplified spinal ependymoma; no grade assigned"),
        ("anaplastic_ependymoma", "legacy name, dropped in CNS5"),
    ),
    "myxopapillary": (("myxopapillary_ependymoma", "conus, filum; mostly extramedullary"),),
    "subependymoma": (("subependymoma", "eccentric, indolent"),),
    "astrocytic": (
        ("pilocytic_astrocytoma", "circumscribed"),
        ("pilomyxoid_astrocytoma", "subtype of pilocytic in CNS5"),
        ("astrocytoma_idh_mutant", "rare in the cord"),
        ("diffuse_astrocytoma_nos", "diffuse, IDH unknown or wild type; legacy or NOS"),
        ("anaplastic_astrocytoma_nos", "legacy; in CNS5 high-grade astrocytoma NOS or NEC"),
        ("glioblastoma_idh_wildtype", "adult type; glioblastoma before 2016"),
        ("dmg_h3_k27_altered", "diffuse midline glioma; grade 4 whatever it looks like"),
        ("paediatric_hgg_h3_wildtype", "diffuse paediatric-type high-grade, H3 and IDH wild type"),
        ("hgap", "high-grade astrocytoma with piloid features"),
        ("pleomorphic_xanthoastrocytoma", ""),
    ),
    "glioneuronal": (
        ("ganglioglioma", ""),
        ("dlgnt", "diffuse leptomeningeal glioneuronal tumour"),
    ),
    "other_glial": (("oligodendroglioma", ""), ("glioma_nos", "")),
    "haemangioblastoma": (("haemangioblastoma", ""),),
    "vascular": (("cavernous_malformation", "not graded"),),
    "other": (
        ("metastasis", ""),
        ("lymphoma", ""),
        ("schwannoma_intramedullary", ""),
        ("lipoma", "outside the default eligibility"),
        ("other_neoplasm", ""),
    ),
    "none": (
        ("non_neoplastic", "demyelination, infection, infarct"),
        ("no_tissue", "no specimen"),
    ),
}
HISTOLOGY = vocabulary("histology", *(value for values in _GROUPS.values() for value in values))
#: Histology code to its group.
HISTOLOGY_GROUP: dict[str, str] = {
    code: group for group, values in _GROUPS.items() for code, _ in values
}


def all_vocabularies() -> dict[str, Vocabulary]:
    """Every vocabulary of this module by name, in order of name."""
    found = [value for value in globals().values() if isinstance(value, Vocabulary)]
    return {each.name: each for each in sorted(found, key=lambda v: v.name)}
