"""Small text tables: `a | b`, a line of dashes, rows; as in the manual of the rules.

Belongs here: reading such a table, and completing a few of them to a delivery that holds together.
Does not belong here: what a valid row is (`tests.support.rows`), running rules on it.
"""

from collections.abc import Mapping

import polars as pl

from schemas.tables import BY_NAME, TABLES
from tests.support.rows import frame_of, valid_row

Row = Mapping[str, str]


def read_table(text: str) -> list[dict[str, str]]:
    """Rows of a text table; a cell in double quotes keeps its blanks.

    Examples
    --------
    >>> read_table('''
    ...     case_id | age_years
    ...     --------+----------
    ...     C1      | 47
    ...     C2      |
    ... ''')
    [{'case_id': 'C1', 'age_years': '47'}, {'case_id': 'C2', 'age_years': ''}]
    """
    header, dashes, *lines = (line for line in text.splitlines() if line.strip())
    assert set(dashes.strip()) <= {"-", "+"}, f"no line of dashes below {header.strip()!r}"
    names = [cell.strip() for cell in header.split("|")]
    rows = []
    for line in lines:
        cells = [_unquoted(cell.strip()) for cell in line.split("|")]
        assert len(cells) == len(names), f"{len(names)} cells expected: {line.strip()!r}"
        rows.append(dict(zip(names, cells, strict=True)))
    return rows


def key_of(table: str, row: Row) -> str:
    """Key of a row, its values joined by '|'."""
    return "|".join(row[name] for name in BY_NAME[table].key)


def delivery_of(given: Mapping[str, list[dict[str, str]]]) -> dict[str, pl.DataFrame]:
    """A delivery of the given rows: other columns valid, parents that are not given added.

    Day 0 is made to fit: a case is added as operated where a surgery has day 0 or none is given,
    and a surgery of day 0 is added to operated cases where no surgery is given.
    """
    rows = {
        name: [
            valid_row(
                name,
                **(_without_optional_parents(name) | _own_reader(name, row) | _spread(name, row)),
            )
            for row in table
        ]
        for name, table in given.items()
    }
    _number(rows, given, "surgeries", "surgery_number", within="case_id", by="surgery_day")
    for table in reversed(TABLES):
        for column, parent in table.parents.items():
            if parent not in given:
                _add_missing(rows, parent, [row[column] for row in rows.get(table.name, [])])
    _number(rows, given, "cases", "case_number", within="patient_id", by="case_number")
    if "cases" not in given and "surgeries" in given:
        operated = {s["case_id"] for s in rows["surgeries"] if s["surgery_day"] == "0"}
        for case in rows["cases"]:
            if case["case_id"] not in operated:
                case["index_event"] = "diagnostic_imaging"
    if "surgeries" not in given:
        there = {row["case_id"] for row in rows.setdefault("surgeries", [])}
        for case in rows.get("cases", []):
            if case["index_event"] == "surgery" and case["case_id"] not in there:
                there.add(case["case_id"])
                key = f"O-{case['case_id']}"
                rows["surgeries"].append(
                    valid_row("surgeries", surgery_id=key, case_id=case["case_id"])
                )
    return {t.name: frame_of(t.name, list(rows[t.name])) for t in TABLES if rows.get(t.name)}


def _number(
    rows: dict[str, list[dict[str, str]]],
    given: Mapping[str, list[dict[str, str]]],
    table: str,
    column: str,
    *,
    within: str,
    by: str,
) -> None:
    """Number the rows of one patient or case 1, 2, 3 where the test does not."""
    if any(column in row for row in given.get(table, [])):
        return
    seen: dict[str, list[str]] = {}
    for row in sorted(rows.get(table, []), key=lambda row: float(row[by] or 0)):
        there = seen.setdefault(row[within], [])
        key = row[BY_NAME[table].key[0]]
        if key not in there:
            there.append(key)
        row[column] = str(there.index(key) + 1)


def _own_reader(table: str, row: Row) -> dict[str, str]:
    """A reader of its own for every read: two reads of a study in one round are by two readers."""
    return {"reader_id": f"reader-{row['read_id']}"} if table == "imaging_reads" else {}


def _spread(table: str, row: Row) -> dict[str, str]:
    """The row with a column `seq_*` spread over all columns that begin so and are not named."""
    spread = {
        column: value
        for name, value in row.items()
        if name.endswith("*")
        for column in BY_NAME[table].names
        if column.startswith(name[:-1])
    }
    return spread | {name: value for name, value in row.items() if not name.endswith("*")}


def _without_optional_parents(table: str) -> dict[str, str]:
    """Foreign keys that may stay empty, empty."""
    columns = BY_NAME[table].columns
    return {c.name: "" for c in columns if c.parent is not None and not c.required}


def _add_missing(rows: dict[str, list[dict[str, str]]], parent: str, wanted: list[str]) -> None:
    """Add one valid row of the parent per key that is named and not there."""
    name = BY_NAME[parent].key[0]
    there = rows.setdefault(parent, [])
    for value in dict.fromkeys(wanted):
        if value and value not in {row[name] for row in there}:
            there.append(valid_row(parent, **{name: value}))


def _unquoted(cell: str) -> str:
    """The cell without its double quotes, if it has them."""
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
