"""Table `sites`: how each site reads and records.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer, TextCode
from schemas.table import table

_ADMIN = Availability.ADMIN
SITE_ID = Identifier("[A-Z][A-Z0-9_]{1,15}", "2 to 16 capitals, digits or '_', a letter first")


@table(
    grain="one row per site and version of its definitions", key=("site_id", "definition_version")
)
class Sites:
    """How a site reads and records; no hospital names. Definitions differ and change with time.

    Limits: the site's habit is not a fact about a case; a row of another table may say otherwise.
    """

    site_id = Column(SITE_ID, "Pseudonym of the site.", Availability.KEY, label="site")
    definition_version = Column(
        Integer(1, 999), "Version of the site's definitions.", Availability.KEY
    )
    country = Column(
        TextCode("[A-Z]{2}", "a country code of two capitals"),
        "Country of the site.",
        _ADMIN,
        required=False,
        source="ISO 3166-1 alpha-2",
        since="2",
    )
    syrinx_definition = Column(Code(v.SYRINX_DEFINITION), "What the site calls a syrinx.", _ADMIN)
    mccormick_version = Column(
        Code(v.MCCORMICK_VERSION),
        "Which McCormick scale the site uses.",
        _ADMIN,
        label="McCormick version",
    )
    eor_basis = Column(
        Code(v.EOR_BASIS),
        "On what the site rests extent of resection.",
        _ADMIN,
        label="basis of extent of resection",
    )
    adc_unit_delivered = Column(
        Code(v.ADC_UNIT),
        "Unit in which the site exports ADC, if it does; converted when a delivery is "
        "read, never guessed.",
        _ADMIN,
        label="ADC unit delivered",
    )
    reading_mode = Column(
        Code(v.READING_MODE),
        "Who reads the studies: one reader, two apart, two together, or nobody beyond "
        "the routine report, from which the signs are then taken.",
        _ADMIN,
    )
    setting = Column(Code(v.SETTING), "Whether the site treats adults, children or both.", _ADMIN)
