"""The traps of Great Expectations on DuckDB, each against the real one: they are why `suite` is so.

A trap that is gone fails here: then the code that goes around it may go too.
"""

import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from schemas.tables import BY_NAME
from tests.support.rows import valid_delivery
from tests.support.staging import stage_frames
from warehouse.store import Store
from warehouse.validation import verdict
from warehouse.validation.suite import OfficialCount, _kinds

os.environ["GX_ANALYTICS_ENABLED"] = "false"
ROWS = 50


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with fifty patients of whom none has a known sex."""
    rows = [{"patient_id": f"P{n}", "sex": "f"} for n in range(ROWS)]
    stage_frames(store, valid_delivery(patients=rows))
    return store


def outcome(store: Store, expectation: Any, form: dict[str, Any]) -> Any:
    """What GX says of one expectation on the staged patients, through our engine."""
    source = OfficialCount(store)._source
    asset = source.add_query_asset("p", query="select * from staged.patients")
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    return batch.validate(expectation, result_format=form)


def complete(**more: int) -> dict[str, Any]:
    """The fullest result, with the key of every failing row asked for."""
    named = {"result_format": "COMPLETE", "unexpected_index_column_names": ["patient_id__text"]}
    return {**named, **more}


def bad_sex() -> Any:
    return _kinds().gx.expectations.ExpectColumnValuesToBeInSet(
        column="sex__text", value_set=["female", "male"]
    )


def test_failing_keys_are_cut_to_twenty_and_the_count_is_not(filled: Store) -> None:
    found = outcome(filled, bad_sex(), complete()).result
    assert len(found["unexpected_index_list"]) == 20
    assert found["unexpected_count"] == ROWS


def test_every_failing_key_is_named_where_more_are_asked_for(filled: Store) -> None:
    found = outcome(filled, bad_sex(), complete(partial_unexpected_count=1000)).result
    assert len(found["unexpected_index_list"]) == ROWS


def test_unique_over_two_columns_names_no_keys(filled: Store) -> None:
    twice = _kinds().gx.expectations.ExpectCompoundColumnsToBeUnique(
        column_list=["sex__text", "_file"]
    )
    found = outcome(filled, twice, complete(partial_unexpected_count=1000))
    assert not found.success
    assert found.result["unexpected_count"] == ROWS
    assert not found.result.get("unexpected_index_list")


def test_an_error_looks_like_a_failed_check_but_for_its_exception_info(filled: Store) -> None:
    nowhere = _kinds().gx.expectations.ExpectColumnValuesToNotBeNull(column="nowhere")
    found = outcome(filled, nowhere, {"result_format": "BASIC"})
    assert found.success is False
    assert "unexpected_count" not in found.result
    assert any(info["raised_exception"] for info in found.exception_info.values())


def test_out_of_the_box_rows_are_fetched_after_the_connection_is_closed(tmp_path: Path) -> None:
    """GX as it comes fails on good data; the engine of `suite` keeps the rows before it closes."""
    path = tmp_path / "plain.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create table cases as select 'c' || i as id from range(10) r(i)")
    plain = (
        _kinds()
        .gx.get_context(mode="ephemeral")
        .data_sources.add_sql("plain", connection_string=f"duckdb:///{path}")
    )
    asset = plain.add_table_asset("t", table_name="cases")
    batch = asset.add_batch_definition_whole_table("a").get_batch()
    good = _kinds().gx.expectations.ExpectColumnValuesToBeUnique(column="id")
    found = batch.validate(good)
    assert not found.success
    assert any(info["raised_exception"] for info in found.exception_info.values())


def test_an_empty_batch_is_counted_as_zero_without_asking_gx(store: Store) -> None:
    checks = verdict.checks_of("patients")
    assert OfficialCount(store).count(BY_NAME["patients"], checks) == [0] * len(checks)
