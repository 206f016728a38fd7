"""The twelve tables of `core`, in an order in which every parent comes before its children.

Belongs here: the list of tables. One class per file beside it.
Does not belong here: anything about a single table.
"""

from schemas.table import Table, as_table
from schemas.tables.cases import Cases
from schemas.tables.feature_sets import FeatureSets
from schemas.tables.follow_up import FollowUp
from schemas.tables.functional_status import FunctionalStatus
from schemas.tables.imaging_measurements import ImagingMeasurements
from schemas.tables.imaging_reads import ImagingReads
from schemas.tables.imaging_studies import ImagingStudies
from schemas.tables.pathology import Pathology
from schemas.tables.patients import Patients
from schemas.tables.sites import Sites
from schemas.tables.surgeries import Surgeries
from schemas.tables.treatments import Treatments

#: Version of the whole dictionary; a delivery names the version it was made under. A column or
#: value that a later version adds says so with `since`.
SCHEMA_VERSION = "3"

TABLES: tuple[Table, ...] = tuple(
    as_table(cls)
    for cls in (
        Sites,
        Patients,
        Cases,
        ImagingStudies,
        ImagingReads,
        ImagingMeasurements,
        FeatureSets,
        Surgeries,
        Pathology,
        Treatments,
        FunctionalStatus,
        FollowUp,
    )
)
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
