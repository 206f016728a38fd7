"""Table `pathology`.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer
from schemas.table import table

_PATHOLOGY = Availability.PATHOLOGY


def _marker(what: str) -> Column:
    """Build the column of a molecular marker; "not tested" is not "not altered"."""
    return Column(Code(v.MARKER), what, _PATHOLOGY)


@table(grain="one diagnosis of one specimen", key=("pathology_id",))
class Pathology:
    """What the tissue was called, under which edition of the WHO classification.

    Limits: grades of different editions are not the same quantity; the edition is kept with
    every value.
    """

    pathology_id = Column(Identifier(), "Name of the diagnosis.", Availability.KEY)
    case_id = Column(Identifier(), "The case.", Availability.KEY, parent="cases")
    surgery_id = Column(
        Identifier(),
        "The surgery that gave the specimen.",
        Availability.KEY,
        required=False,
        parent="surgeries",
    )
    specimen_day = Column(
        Integer(-20_000, 7300, "days"), "Day of the specimen from day 0.", _PATHOLOGY
    )
    specimen_kind = Column(Code(v.SPECIMEN_KIND), "Kind of specimen.", _PATHOLOGY)
    histology = Column(Code(v.HISTOLOGY), "Tumour type.", _PATHOLOGY)
    histology_edition = Column(
        Code(v.HISTOLOGY_EDITION), "Edition of the WHO classification used.", _PATHOLOGY
    )
    who_grade = Column(Code(v.WHO_GRADE), "WHO grade under that edition.", _PATHOLOGY)
    diagnosis_level = Column(Code(v.DIAGNOSIS_LEVEL), "What the diagnosis rests on.", _PATHOLOGY)
    h3_k27m = _marker("H3 K27M mutation.")
    idh_mutation = _marker("IDH mutation.")
    mycn_amplification = _marker("MYCN amplification.")
    braf_v600e = _marker("BRAF V600E mutation.")
