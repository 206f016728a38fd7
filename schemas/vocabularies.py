"""The vocabularies of the data dictionary.

Belongs here: every closed list that a column outside imaging uses, with the meaning of each code
(domain specification, part b), and the list of all vocabularies.
Does not belong here: imaging (`schemas.imaging_vocabularies`), tumour types and grades
(`schemas.histology`), scales of function (`schemas.scales`), mappings to other code systems, rules.
`unknown` closes a list unless the specification calls the list complete without it.
"""

from schemas.histology import HISTOLOGY, HISTOLOGY_EDITION, WHO_GRADE
from schemas.imaging_vocabularies import (
    ACQUISITION,
    ADC_UNIT,
    AXIAL_LOCATION,
    AXIAL_SECTOR,
    COMPOSITION,
    CORD_REGION,
    COVERAGE,
    DTI_FIBRE_TYPE,
    ENHANCEMENT_DEGREE,
    ENHANCEMENT_EXTENT,
    ENHANCEMENT_PATTERN,
    ENHANCING_PROPORTION,
    EXTRACTOR,
    FIRST_DIAGNOSIS,
    IMAGE_KIND,
    IMAGE_QUALITY,
    LEVEL,
    MARGIN,
    METHOD,
    MODALITY,
    READER_ROLE,
    READING_MODE,
    SIGN,
    SIGNAL,
    STRUCTURE,
    STUDY_PURPOSE,
    SYRINX_DEFINITION,
    VENDOR,
)
from schemas.measures import MEASURE, UNIT
from schemas.scales import MCCORMICK_VERSION, SCALE, SCALE_VERSION
from schemas.vocabulary import UNKNOWN, Vocabulary, vocabulary

YN = vocabulary("yn", "yes", "no", UNKNOWN)
MARKER = vocabulary(
    "marker",
    ("altered", "tested, the alteration is there"),
    ("not_altered", "tested, the alteration is not there"),
    ("inconclusive", "tested, no clear result"),
    ("not_tested", "never tested; this is not 'not altered'"),
    UNKNOWN,
)
MISSING_REASON = vocabulary(
    "missing_reason",
    ("not_done", "never measured"),
    ("not_assessable", "done, cannot be judged"),
    ("not_recorded", "unknown to the site"),
    ("not_applicable", "the question does not arise for this case"),
    ("withheld", "kept back for privacy"),
    ("pending", "expected later"),
)

SEX = vocabulary("sex", "female", "male", "other", UNKNOWN)
SYNDROME = vocabulary(
    "syndrome",
    ("none", "looked for or asked for, none known"),
    ("nf1", "neurofibromatosis type 1"),
    ("nf2", "NF2-related schwannomatosis"),
    ("vhl", "von Hippel-Lindau disease"),
    ("li_fraumeni", "Li-Fraumeni syndrome"),
    ("familial_ccm", "familial cerebral cavernous malformation"),
    "other",
    UNKNOWN,
)
SYNDROME_BASIS = vocabulary(
    "syndrome_basis",
    ("genetic", "a pathogenic variant was found"),
    ("clinical", "diagnostic criteria are met"),
    ("family", "a relative is affected"),
    UNKNOWN,
)
INDEX_EVENT = vocabulary(
    "index_event",
    ("surgery", "first surgery for this tumour at the site, biopsy included"),
    ("diagnostic_imaging", "first diagnostic imaging; no surgery on or before day 0"),
)
INDEX_PERIOD = vocabulary(
    "index_period",
    ("before_1995", "up to 1994"),
    ("1995_2004", "1995 to 2004"),
    ("2005_2014", "2005 to 2014"),
    ("2015_2020", "2015 to 2020"),
    ("2021_on", "2021 and later"),
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
    ("research_registry", "may be used in this registry"),
    ("site_only", "may be used at the site only; no analysis takes it"),
    ("withdrawn", "leaves every later snapshot"),
    UNKNOWN,
)

SPECIMEN_KIND = vocabulary(
    "specimen_kind",
    ("biopsy", "tissue taken for diagnosis only"),
    ("resection", "tissue of a resection"),
    ("earlier_specimen", "tissue taken before day 0, often elsewhere"),
    ("csf", "cerebrospinal fluid"),
    ("autopsy", "tissue taken after death"),
    UNKNOWN,
)
DIAGNOSIS_LEVEL = vocabulary(
    "diagnosis_level",
    ("integrated", "histology and molecular findings together"),
    ("nos", "not otherwise specified: molecular tests were not done or failed"),
    ("nec", "not elsewhere classified: tests were done and fit no type"),
    ("histological_only", "an edition without molecular criteria"),
    UNKNOWN,
)
METHYLATION_CLASS = vocabulary(
    "methylation_class",
    ("sp_epn", "spinal ependymoma"),
    ("sp_epn_mycn", "spinal ependymoma, MYCN-amplified"),
    ("sp_mpe", "myxopapillary ependymoma"),
    ("sp_se", "spinal subependymoma"),
    ("dmg_k27", "diffuse midline glioma, H3 K27-altered"),
    ("pilocytic", "pilocytic astrocytoma"),
    ("hgap", "high-grade astrocytoma with piloid features"),
    ("gbm", "glioblastoma, IDH wild type"),
    ("pedhgg", "diffuse paediatric-type high-grade glioma"),
    ("idh", "IDH-mutant glioma"),
    ("hemangioblastoma", "haemangioblastoma"),
    ("other", "another class of the classifier"),
    ("no_match", "no class reaches the classifier's threshold"),
)

INTENT = vocabulary(
    "intent",
    ("resection", "to remove tumour"),
    ("biopsy", "to take tissue only"),
    ("decompression", "to give the cord room"),
    ("cyst_drainage", "to empty a cyst or syrinx"),
    UNKNOWN,
)
APPROACH = vocabulary(
    "approach",
    ("laminectomy", "arches removed"),
    ("laminoplasty", "arches put back"),
    ("hemilaminectomy", "arches opened on one side"),
    ("anterior", "through the vertebral body"),
    ("percutaneous", "through a needle"),
    "other",
    UNKNOWN,
)
SURGEON_EXPERIENCE = vocabulary(
    "surgeon_experience",
    ("under_10", "fewer than 10 intramedullary operations"),
    ("10_to_50", "10 to 50"),
    ("over_50", "more than 50"),
    UNKNOWN,
    is_ordered=True,
)
IONM_ALARM = vocabulary(
    "ionm_alarm",
    ("none", "monitored, no alarm"),
    ("transient", "an alarm that recovered before the end"),
    ("persistent", "an alarm that did not recover"),
    ("not_monitored", "no modality was monitored"),
    UNKNOWN,
)
GROWTH_TYPE = vocabulary(
    "growth_type",
    ("displacing", "type A: pushes the cord aside"),
    ("infiltrating", "type B: grows into the cord"),
    ("nonproliferating", "type C: does not proliferate, such as a cavernoma or lipoma"),
    "not_assessed",
    UNKNOWN,
    source="klekamp2013",
)
CLEAVAGE_PLANE = vocabulary(
    "cleavage_plane",
    ("good", "plane all round"),
    ("partial", "plane on part of the surface"),
    ("none", "no plane"),
    "not_assessed",
    UNKNOWN,
)
EXTENT_OF_RESECTION = vocabulary(
    "extent_of_resection",
    ("gtr", "gross total: no residual tumour by the stated basis"),
    ("near_total", "at least 95 %, less than 100 %"),
    ("subtotal", "80 to less than 95 %"),
    ("partial", "10 to less than 80 %"),
    ("biopsy", "tissue only, less than 10 %"),
    ("none", "no tumour was removed"),
    UNKNOWN,
    is_ordered=True,
)
EOR_BASIS = vocabulary(
    "eor_basis",
    ("postoperative_mri", "an MR study after surgery"),
    ("surgeon", "the surgeon's impression"),
    ("both", "both; where they differ the MR study decides"),
    UNKNOWN,
)

TREATMENT_KIND = vocabulary(
    "treatment_kind",
    ("radiotherapy", "fractionated"),
    ("radiosurgery", "1 to 5 fractions, stereotactic"),
    "chemotherapy",
    ("targeted", "targeted or antibody treatment"),
    ("observation", "watching without treatment"),
    UNKNOWN,
)
TREATMENT_INTENT = vocabulary(
    "treatment_intent",
    ("primary", "without resection"),
    ("neoadjuvant", "before resection"),
    ("adjuvant", "after resection, without progression"),
    ("salvage", "for progression or recurrence"),
    ("palliative", "for symptoms"),
    "not_applicable",
    UNKNOWN,
)
RT_FIELD = vocabulary(
    "rt_field",
    ("local", "tumour with margin"),
    ("spinal_axis", "whole spine"),
    ("craniospinal", "head and whole spine"),
    UNKNOWN,
)
AGENT = vocabulary(
    "agent",
    "temozolomide",
    "bevacizumab",
    "carboplatin",
    "vincristine",
    "lomustine",
    "belzutifan",
    "braf_mek_inhibitor",
    "dordaviprone",
    "other",
    UNKNOWN,
)
STOP_REASON = vocabulary(
    "stop_reason", "completed", "toxicity", "progression", "death", "other", UNKNOWN
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
ASSESSOR = vocabulary(
    "assessor",
    "surgeon",
    "neurologist",
    "therapist",
    "patient",
    ("chart_review", "taken from the record"),
    UNKNOWN,
)

CONTACT_KIND = vocabulary(
    "contact_kind",
    ("clinic", "seen in person"),
    ("imaging", "imaging without a visit"),
    "telephone",
    ("registry_linkage", "a population or death register"),
    UNKNOWN,
)
VITAL_STATUS = vocabulary("vital_status", "alive", "dead", UNKNOWN)
CAUSE_OF_DEATH = vocabulary(
    "cause_of_death",
    ("tumour", "the tumour or its spread"),
    ("treatment", "a complication of treatment"),
    ("other", "anything else"),
    UNKNOWN,
)
PROGRESSION_STATUS = vocabulary(
    "progression_status",
    ("none", "neither so far"),
    ("progression", "growth of tumour that was left"),
    ("recurrence", "new tumour after gross total resection"),
    UNKNOWN,
)
PROGRESSION_KIND = vocabulary(
    "progression_kind",
    ("local", "at the site of the tumour"),
    ("distant_cns", "elsewhere in brain or cord"),
    ("leptomeningeal", "on the leptomeninges"),
    UNKNOWN,
)
PROGRESSION_BASIS = vocabulary("progression_basis", "imaging", "clinical", "histology", UNKNOWN)
SETTING = vocabulary(
    "setting",
    ("adult", "18 years and older"),
    ("paediatric", "under 18 years"),
    ("mixed", "all ages"),
    UNKNOWN,
)
PROVENANCE = vocabulary(
    "provenance",
    ("registry", "delivered by a site"),
    ("published", "transcribed from a publication"),
    ("simulated", "drawn by a program; nobody is behind the row"),
)

_IMAGING = (
    ACQUISITION,
    ADC_UNIT,
    AXIAL_LOCATION,
    AXIAL_SECTOR,
    COMPOSITION,
    CORD_REGION,
    COVERAGE,
    DTI_FIBRE_TYPE,
    ENHANCEMENT_DEGREE,
    ENHANCEMENT_EXTENT,
    ENHANCEMENT_PATTERN,
    ENHANCING_PROPORTION,
    EXTRACTOR,
    FIRST_DIAGNOSIS,
    IMAGE_KIND,
    IMAGE_QUALITY,
    LEVEL,
    MARGIN,
    METHOD,
    MODALITY,
    READER_ROLE,
    READING_MODE,
    SIGN,
    SIGNAL,
    STRUCTURE,
    STUDY_PURPOSE,
    SYRINX_DEFINITION,
    VENDOR,
)
_ELSEWHERE = (
    HISTOLOGY,
    HISTOLOGY_EDITION,
    MCCORMICK_VERSION,
    MEASURE,
    SCALE,
    SCALE_VERSION,
    UNIT,
    WHO_GRADE,
)


def all_vocabularies() -> dict[str, Vocabulary]:
    """Every vocabulary of the dictionary by name, in order of name."""
    own = [value for value in globals().values() if isinstance(value, Vocabulary)]
    found = {each.name: each for each in (*own, *_IMAGING, *_ELSEWHERE)}
    return dict(sorted(found.items()))
