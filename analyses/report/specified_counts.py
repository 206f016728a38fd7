"""Values in a model's formula that hang on few cases: what fills a gap, the invented patient.

Belongs here: taking them away where few values stand behind them.
Does not belong here: the rule (`analyses.disclosure`), the formula (`analyses.written_out`).
"""

from collections.abc import Mapping
from typing import Any

from analyses.disclosure import SMALLEST_SHOWN

Path = tuple[str | int, ...]
#: With fewer recorded values a median may be that of a person (as for quartiles).
LEAST_RECORDED = 20


def withhold_typical(page: dict[str, Any], model: dict[str, Any], raw: Mapping[Path, int]) -> None:
    """Take away medians, most frequent values and ranges of columns with few recorded values.

    The invented patient has a value of every column, so that it goes with the first of them. That a
    median is shown tells that twenty values are recorded, and nothing of how many are missing.
    """
    found = model.get("specification")
    if not found or found["reason"] is not None:
        return
    rows = page["cohort"]["missingness"]
    places = {row["column"]: place for place, row in enumerate(rows)}
    typical = (found["example"] or {}).get("values", {})
    for column in found["columns"]:
        name = column["column"]
        here: Path = ("cohort", "missingness", places.get(name, -1))
        is_told = raw.get((*here, "recorded"), 0) >= LEAST_RECORDED
        if isinstance(typical.get(name), str) and is_told:
            states = [row["state"] for row in rows[places[name]]["states"]]
            place = states.index(typical[name]) if typical[name] in states else -1
            is_told = raw.get((*here, "states", place, "n"), 0) >= SMALLEST_SHOWN
        if not is_told:
            column.update(fill=None, range=None)
            found["example"] = None
