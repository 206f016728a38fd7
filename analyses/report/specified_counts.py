"""Values in a model's formula that hang on few cases: what fills a gap, the invented patient.

Belongs here: taking them away where few values stand behind them.
Does not belong here: the rule (`analyses.disclosure`), the formula (`analyses.written_out`).
"""

from typing import Any

from analyses.disclosure import Small

#: With fewer recorded values a median may be that of a person (as for quartiles).
LEAST_RECORDED = 20


def withhold_typical(page: dict[str, Any], model: dict[str, Any]) -> None:
    """Take away medians, most frequent values and ranges of columns with few recorded values.

    The invented patient has a value of every column, so that it goes with the first of them.
    """
    found = model.get("specification")
    if not found or found["reason"] is not None:
        return
    told = {row["column"] for row in page["cohort"]["missingness"] if _is_told(row)}
    typical = (found["example"] or {}).get("values", {})
    for column in found["columns"]:
        name = column["column"]
        if name not in told or not _is_frequent(page, name, typical.get(name)):
            column.update(fill=None, range=None)
            found["example"] = None


def _is_told(row: dict[str, Any]) -> bool:
    """Whether so many values are surely recorded that a median is no one's value."""
    recorded, missing = row["recorded"], row["missing"]
    if isinstance(missing, Small) and isinstance(row["n"], int):
        recorded = row["n"] - missing.below + 1
    return isinstance(recorded, int) and recorded >= LEAST_RECORDED


def _is_frequent(page: dict[str, Any], name: str, value: Any) -> bool:
    """Whether a most frequent text is not that of few; a median needs no count of its own."""
    if not isinstance(value, str):
        return True
    row = next(r for r in page["cohort"]["missingness"] if r["column"] == name)
    return any(s["state"] == value and not isinstance(s["n"], Small) for s in row["states"])
