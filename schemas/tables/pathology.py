"""Table `pathology`: what tissue was called.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), tumour types and
grades (`schemas.histology`), other vocabularies (`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer, Number, TextCode
from schemas.expressions import Col, IsFilled
from schemas.table import table

_PATHOLOGY = Availability.PATHOLOGY


def _marker(what: str, label: str, *, since: str = "2") -> Column:
    """Build the column of a molecular marker; "not tested" is not "not altered"."""
    return Column(
        Code(v.MARKER),
        what,
        _PATHOLOGY,
        label=label,
        assessed_by="molecular test or immunohistochemistry of the specimen",
        since=since,
    )


def _microscopic(what: str) -> Column:
    """Build the column of a microscopic sign."""
    return Column(
        Code(v.SIGN),
        what,
        _PATHOLOGY,
        required=False,
        assessed_by="histology of the specimen",
        since="2",
    )


def _count(low: float, high: float, unit: str, what: str, label: str) -> Column:
    """Build the column of a number taken under the microscope."""
    return Column(
        Number(low, high, unit),
        what,
        _PATHOLOGY,
        required=False,
        may_be_explained=True,
        label=label,
        assessed_by="histology of the specimen",
        since="2",
    )


@table(grain="one diagnosis of one specimen", key=("pathology_id",))
class Pathology:
    """What the tissue was called, under which edition of the WHO classification.

    Limits: grades of different editions are not the same quantity; the edition is kept with
    every value.
    """

    pathology_id = Column(
        Identifier(), "Name of the diagnosis.", Availability.KEY, label="diagnosis"
    )
    case_id = Column(Identifier(), "The case.", Availability.KEY, label="case", parent="cases")
    surgery_id = Column(
        Identifier(),
        "The surgery that gave the specimen; of a biopsy or resection only.",
        Availability.KEY,
        required=False,
        label="surgery",
        parent="surgeries",
    )
    specimen_day = Column(
        Integer(-20_000, 7300, "days"), "Day of the specimen from day 0.", _PATHOLOGY
    )
    specimen_kind = Column(
        Code(v.SPECIMEN_KIND),
        "How and when the tissue was obtained; 'earlier_specimen' was taken before day "
        "0, often elsewhere.",
        _PATHOLOGY,
    )
    histology = Column(
        Code(v.HISTOLOGY),
        "Tumour type, under the name of the edition.",
        _PATHOLOGY,
        assessed_by="the specimen",
    )
    histology_edition = Column(
        Code(v.HISTOLOGY_EDITION),
        "Edition of the WHO classification used.",
        _PATHOLOGY,
        label="edition of the WHO classification",
    )
    who_grade = Column(
        Code(v.WHO_GRADE),
        "WHO grade under that edition; pooled over types or editions only by `high_grade`.",
        _PATHOLOGY,
        label="WHO grade",
        assessed_by="the specimen",
    )
    icdo3_morphology = Column(
        TextCode("[0-9]{4}/[0-9]", "an ICD-O-3 code such as 9391/3"),
        "Morphology code as the site's register has it.",
        _PATHOLOGY,
        required=False,
        label="ICD-O-3 morphology",
        source="ICD-O-3",
        since="2",
    )
    diagnosis_level = Column(
        Code(v.DIAGNOSIS_LEVEL),
        "Whether histology and molecular findings are integrated, or a type is given as"
        " NOS (not tested) or NEC (tested, fits no type), or by histology alone.",
        _PATHOLOGY,
    )
    is_centrally_reviewed = Column(
        Code(v.YN),
        "A second institution confirmed or made the diagnosis.",
        _PATHOLOGY,
        label="centrally reviewed",
        since="2",
    )
    ki67_percent = _count(0, 100, "percent", "Share of nuclei that stain for Ki-67.", "Ki-67 index")
    mitoses_per_10_hpf = _count(
        0, 300, "per 10 fields", "Mitoses in ten high-power fields.", "mitoses"
    )
    necrosis = _microscopic("Necrosis seen in the specimen.")
    microvascular_proliferation = _microscopic("Microvascular proliferation in the specimen.")
    h3_k27m = _marker(
        "Mutation H3 p.K27M (K28M), by sequencing or mutation-specific stain.", "H3 K27M", since="1"
    )
    h3_k27me3_loss = _marker(
        "Loss of nuclear H3 K27 trimethylation in the stain.", "H3 K27me3 loss"
    )
    idh_mutation = _marker(
        "Mutation of IDH1 or IDH2, by sequencing or stain.", "IDH mutation", since="1"
    )
    tert_promoter = _marker("Mutation of the TERT promoter, by sequencing.", "TERT promoter")
    mycn_amplification = _marker("Amplification of the gene MYCN.", "MYCN amplification", since="1")
    nf2_alteration = _marker("NF2 alteration in the tumour.", "NF2 alteration")
    braf_fusion = _marker("Fusion of the gene BRAF, such as KIAA1549::BRAF.", "BRAF fusion")
    braf_v600e = _marker("Mutation BRAF p.V600E, by sequencing or stain.", "BRAF V600E", since="1")
    cdkn2ab_deletion = _marker("Homozygous CDKN2A or CDKN2B deletion.", "CDKN2A/B deletion")
    atrx_loss = _marker(
        "Loss of nuclear ATRX in the stain, or a mutation of the gene.", "ATRX loss"
    )
    tp53_mutation = _marker("Mutation of TP53, by sequencing.", "TP53 mutation")
    mgmt_methylation = _marker("Methylation of the MGMT promoter.", "MGMT methylation")
    egfr_alteration = _marker("EGFR amplification or mutation.", "EGFR alteration")
    methylation_class = Column(
        Code(v.METHYLATION_CLASS),
        "Class that the DNA methylation classifier gives.",
        _PATHOLOGY,
        required=False,
        assessed_by="DNA methylation array",
        since="2",
    )
    methylation_score = Column(
        Number(0, 1),
        "Calibrated score of that class, 1 the surest.",
        _PATHOLOGY,
        required=False,
        assessed_by="DNA methylation array",
        since="2",
    )
    methylation_classifier = Column(
        TextCode(r"[A-Za-z0-9.+*_-]{1,40}", "a name and version of 1 to 40 characters"),
        "Name and version of the methylation classifier.",
        _PATHOLOGY,
        required=False,
        required_when=IsFilled(Col("methylation_class")),
        since="2",
    )
