"""Published tables: every row, column and value that they name is there, and each is used once."""

from collections import Counter

import pytest

from assets.readers.evidence import read_published_counts
from schemas.columns import Code
from schemas.evidence import CONTRASTS, SIGNS, PublishedSign
from schemas.tables import TABLES

COLUMNS = {column.name: column for table in TABLES for column in table.columns}
BY_ID = {row["row_id"]: row for row in read_published_counts().iter_rows(named=True)}


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.column)
def test_a_sign_names_values_that_its_column_has(sign: PublishedSign) -> None:
    among = [] if sign.among is None else [sign.among]
    for name, levels in ((sign.column, (*sign.has, *sign.lacks)), *among):
        kind = COLUMNS[name].type
        assert isinstance(kind, Code)
        assert set(levels) <= {value.code for value in kind.vocabulary.values}
        assert len(set(levels)) == len(levels)
    assert sign.outcome in CONTRASTS
    if sign.among is not None:  # the small-cell rule of a report subtracts one value from another
        assert len(sign.has) == len(sign.lacks) == 1


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.column)
def test_the_two_rows_of_a_table_are_one_finding_of_its_study(sign: PublishedSign) -> None:
    for table in sign.tables:
        one, other = (BY_ID[row] for row in table.rows)
        assert (one["study"], one["finding"]) == (other["study"], other["finding"])
        assert one["study"] == table.study
        column = "extent_of_resection" if table.by_sign else sign.column
        assert one["maps_to"].startswith(column)
        groups = (sign.has[0], sign.lacks[0]) if table.by_sign else ("ependymoma", "astrocytoma")
        for row, group in zip((one, other), groups, strict=True):
            assert group in row["histology"]


def test_no_row_is_used_twice_and_no_pair_is_forgotten() -> None:
    used = Counter(row for sign in SIGNS for table in sign.tables for row in table.rows)
    assert set(used.values()) == {1}
    pairs = Counter(
        (row["study"], row["finding"])
        for row in BY_ID.values()
        if row["histology"] in ("ependymoma", "astrocytoma") and row["table"] != "case_mix"
    )
    paired = {pair for pair, n in pairs.items() if n == 2}
    assert paired == {
        (BY_ID[table.rows[0]]["study"], BY_ID[table.rows[0]]["finding"])
        for sign in SIGNS
        for table in sign.tables
        if not table.by_sign
    }
