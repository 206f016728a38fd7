"""Values in a model's formula that hang on few cases: what fills a gap, the invented patient.

Belongs here: taking them away where the counts behind them are not told.
Does not belong here: the rule (`analyses.disclosure`), the formula (`analyses.written_out`).
"""

from typing import Any


def withhold_typical(page: dict[str, Any], model: dict[str, Any]) -> None:
    """Take away medians, most frequent values and ranges of columns whose counts are not told.

    The invented patient has a value of every column, so that it goes with the first of them.
    """
    found = model.get("specification")
    if not found or found["reason"] is not None:
        return
    told = {row["column"] for row in page["cohort"]["missingness"] if _is_told(row)}
    for column in found["columns"]:
        name = column["column"]
        frequent = (found["example"] or {}).get("values", {}).get(name)
        if name not in told or not _is_frequent(page, name, frequent):
            column.update(fill=None, range=None)
            found["example"] = None


def _is_told(row: dict[str, Any]) -> bool:
    """Whether the number of recorded values is told, and is not none."""
    return isinstance(row["recorded"], int) and row["recorded"] > 0


def _is_frequent(page: dict[str, Any], name: str, value: Any) -> bool:
    """Whether the count of a most frequent text is told; a median needs none of its own."""
    if not isinstance(value, str):
        return True
    row = next(r for r in page["cohort"]["missingness"] if r["column"] == name)
    return any(s["state"] == value and isinstance(s["n"], int) for s in row["states"])
