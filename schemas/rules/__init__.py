"""The clinical rules: what values of a row, of its study, of its case must agree on.

Belongs here: one module per table, the rules made from columns (`assessability`), those that hold
for every dated row (`deaths`), and the list of all.
Does not belong here: rules that follow from one column's declaration (`schemas.catalogue`).
Numbers are those of the specification (part c) and never reused.
"""

from schemas.checks import PredicateCheck
from schemas.rules.cases import CASES
from schemas.rules.deaths import AFTER_DEATH
from schemas.rules.follow_up import FOLLOW_UP
from schemas.rules.functional_status import FUNCTIONAL_STATUS
from schemas.rules.imaging_measurements import IMAGING_MEASUREMENTS
from schemas.rules.imaging_reads import IMAGING_READS
from schemas.rules.imaging_studies import IMAGING_STUDIES
from schemas.rules.markers import MARKERS
from schemas.rules.pathology import PATHOLOGY
from schemas.rules.surgeries import SURGERIES
from schemas.rules.treatments import TREATMENTS

CLINICAL: tuple[PredicateCheck, ...] = (
    *CASES,
    *IMAGING_STUDIES,
    *IMAGING_READS,
    *IMAGING_MEASUREMENTS,
    *SURGERIES,
    *PATHOLOGY,
    *MARKERS,
    *TREATMENTS,
    *FUNCTIONAL_STATUS,
    *FOLLOW_UP,
    *AFTER_DEATH,
)
