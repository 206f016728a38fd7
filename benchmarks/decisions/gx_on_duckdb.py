"""Great Expectations on a DuckDB file: as it comes, and through the small engine of this project.

Belongs here: how many kinds of expectation fail for a reason that is not the data.
Does not belong here: whether the counts are right (`tests/warehouse/test_validation.py`).
Run: python benchmarks/decisions/gx_on_duckdb.py
"""

import os
import tempfile
from pathlib import Path
from shutil import copyfile
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import duckdb
import great_expectations as gx
from _setting import say_setting
from duckdb_sqlalchemy import ConnectionWrapper
from great_expectations.data_context.types.base import ProgressBarsConfig

from warehouse.validation.suite import _kinds

E = gx.expectations
SUITE = [
    E.ExpectColumnValuesToNotBeNull(column="age"),
    E.ExpectColumnValuesToBeNull(column="nothing"),
    E.ExpectColumnValuesToBeUnique(column="id"),
    E.ExpectColumnValuesToBeBetween(column="age", min_value=0, max_value=110),
    E.ExpectColumnValuesToBeInSet(column="sex", value_set=["f", "m"]),
    E.ExpectColumnValuesToNotBeInSet(column="sex", value_set=["x"]),
    E.ExpectColumnValuesToMatchRegex(column="id", regex="^c[0-9]+$"),
    E.ExpectColumnValuesToNotMatchRegex(column="id", regex="^d"),
    E.ExpectColumnValueLengthsToBeBetween(column="id", min_value=2, max_value=9),
    E.ExpectColumnPairValuesAToBeGreaterThanB(column_A="last", column_B="first"),
    E.ExpectCompoundColumnsToBeUnique(column_list=["id", "age"]),
    E.ExpectColumnMeanToBeBetween(column="age", min_value=0, max_value=110),
    E.ExpectTableRowCountToEqual(value=1000),
    E.ExpectTableColumnsToMatchSet(column_set=["id", "age", "sex", "first", "last", "nothing"]),
    E.UnexpectedRowsExpectation(unexpected_rows_query="select * from {batch} where age < 0"),
]


def failures(source: Any) -> list[str]:
    """Kinds of expectation that could not be evaluated or that fail on good data."""
    batch = source.add_table_asset("t", table_name="cases").add_batch_definition_whole_table("a")
    found = batch.get_batch().validate(gx.ExpectationSuite(name="s", expectations=SUITE))
    return [r.expectation_config.type for r in found.results if not r.success]


def keys_named(source: Any, **more: int) -> int:
    """How many of the 899 failing rows a complete result names."""
    form = {"result_format": "COMPLETE", "unexpected_index_column_names": ["id"], **more}
    bad = E.ExpectColumnValuesToBeBetween(column="last", min_value=900)
    batch = source.get_asset("t").get_batch_definition("a").get_batch()
    return len(batch.validate(bad, result_format=form).result["unexpected_index_list"])


def main() -> None:
    """Print failing kinds both ways, and the keys named."""
    say_setting("great_expectations", "duckdb", "duckdb-sqlalchemy", "sqlalchemy")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "w.duckdb"
        with duckdb.connect(str(path)) as con:
            con.execute(
                "create table cases as select 'c' || i as id, i % 100 as age, 'f' as sex,"
                " i as first, i + 1 as last, null::integer as nothing from range(1000) r(i)"
            )
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        plain = context.data_sources.add_sql("plain", connection_string=f"duckdb:///{path}")
        failed = failures(plain)
        print(f"as it comes: {len(failed)} of {len(SUITE)} kinds fail on good data")
        # a copy: the pool of SQLAlchemy keeps the first file open with settings of its own
        con = duckdb.connect(str(copyfile(path, path.with_name("copy.duckdb"))))
        kinds = _kinds()
        arguments = {"creator": lambda: ConnectionWrapper(con.cursor())}
        memory = "duckdb:///:memory:"
        own = kinds.Datasource(name="own", connection_string=memory, kwargs=arguments)
        source = context.add_datasource(datasource=own)
        print(f"through our engine: {len(failures(source))} of {len(SUITE)}")
        print(f"keys named of 899 failing rows: {keys_named(source)}")
        wanted = keys_named(source, partial_unexpected_count=10_000)
        print(f"keys named with partial_unexpected_count raised: {wanted}")


if __name__ == "__main__":
    main()
