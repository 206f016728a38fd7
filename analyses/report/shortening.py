"""Tables of many predictors, cut to what a person reads; the results keep every row.

Belongs here: how many are shown, and that the rest is said to be left out.
Does not belong here: small counts (`release`), the tables (`sections`).
"""

from collections.abc import Mapping
from typing import Any

#: Predictors in a table or figure: a table of radiomics has thousands.
SHOWN = 60


def shortened(results: Mapping[str, Any]) -> dict[str, Any]:
    """The same results with the first predictors only; `cohort.left_out` counts the others.

    Examples
    --------
    >>> rows = [{"column": str(n)} for n in range(70)]
    >>> cut = shortened({"cohort": {"table_one": [], "missingness": rows}})["cohort"]
    >>> len(cut["missingness"]), cut["left_out"]
    (60, 10)
    """
    cohort = results["cohort"]
    kept = {name: cohort[name][:SHOWN] for name in ("table_one", "missingness")}
    left_out = len(cohort["missingness"]) - len(kept["missingness"])
    kept["table_one_by"] = [
        {**table, "rows": table["rows"][:SHOWN]} for table in cohort.get("table_one_by") or []
    ]
    found = {**results, "cohort": {**cohort, **kept, "left_out": left_out}}
    table = results.get("associations")
    if table:
        found["associations"] = {**table, "rows": table["rows"][:SHOWN]}
    return found
