"""Parquet: values as text without loss, flat columns only."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.readers.parquet import read_parquet
from assets.readers.read_file import ReadFile
from schemas.profile import FileProfile


def part(*header: str) -> FileProfile:
    return FileProfile(
        file="table.parquet",
        format="parquet",
        header=header,
        ignored=dict.fromkeys(header, "no row in this test"),
        rows=(),
    )


def written(**columns: Any) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return out.getvalue()


def rules(found: ReadFile) -> list[tuple[str, int | None, str | None]]:
    return [(problem.rule, problem.line, problem.column) for problem in found.problems]


def test_values_are_text_that_says_exactly_their_value() -> None:
    columns = {
        "text": ["00123", "7.10", None],
        "whole": [2**62, -1, None],
        "number": [0.1, 5.0, None],
        "narrow": pl.Series([0.1, 5.0, None], dtype=pl.Float32),
        "decimal": pl.Series([Decimal("1.10"), Decimal("2.00"), None]),
        "truth": [True, False, None],
        "code": pl.Series(["a", "b", None], dtype=pl.Categorical),
    }
    found = read_parquet(written(**columns), part(*columns), 3)
    assert found.problems == ()
    assert found.frame.drop("_record").rows() == [
        (2, "00123", "4611686018427387904", "0.1", "0.1", "1.10", "TRUE", "a"),
        (3, "7.10", "-1", "5", "5", "2.00", "FALSE", "b"),
        (4, "", "", "", "", "", "", ""),
    ]


def test_what_is_no_number_stays_and_is_judged() -> None:
    data = written(a=pl.Series([float("nan"), float("inf")], dtype=pl.Float32), b=[float("nan"), 1])
    found = read_parquet(data, part("a", "b"), None)
    assert found.frame.select("a", "b").rows() == [("nan", "nan"), ("inf", "1")]


def test_a_date_or_a_list_is_refused_by_its_column() -> None:
    data = written(case_id=["C1"], day=[date(2020, 1, 2)])
    found = read_parquet(data, part("case_id", "day"), None)
    assert rules(found) == [("E_SCHEMA", None, "day")]
    assert found.found == 1
    nested = read_parquet(written(case_id=[["C1"]]), part("x"), None)
    assert rules(nested) == [("E_SCHEMA", None, None)]
    assert "case_id" not in nested.problems[0].message


def test_header_and_count_are_compared() -> None:
    data = written(case_id=["C1"], value=[1])
    assert rules(read_parquet(data, part("value", "case_id"), None)) == [("E_HEADER", 1, None)]
    assert rules(read_parquet(data, part("case_id", "value"), 2)) == [("E_COUNT", None, None)]


@pytest.mark.parametrize("data", [b"case_id\nC1\n", b"PAR1", b"", b"PAR1PAR1"])
def test_what_is_no_whole_file_is_not_opened(data: bytes) -> None:
    assert rules(read_parquet(data, part("x"), None)) == [("E_MAGIC", None, None)]


def test_a_tail_cut_off_is_not_opened() -> None:
    data = written(case_id=["C1"])
    assert rules(read_parquet(data[:-4], part("case_id"), None)) == [("E_MAGIC", None, None)]
