"""The official count: every check as a Great Expectations expectation, run on the same DuckDB file.

Belongs here: the small SQL engine that GX needs on DuckDB, and the translation of checks into a
suite.
Does not belong here: writing the quarantine (`sqlpass`, `verdict`).
GX is imported inside functions: its import takes seconds, and `imsct check` never needs it.
Known traps, handled here: rows are fetched after the connection is closed (own engine); failing
keys
are cut to 20 (counts only are used); an engine error looks like a failed check (`_count` raises).
"""

import os
from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, Literal

from schemas.checks import (
    AnyCheck,
    ConflictCheck,
    DuplicateCheck,
    PredicateCheck,
    RangeCheck,
    ReferenceCheck,
    RequiredCheck,
    TextCheck,
    VocabularyCheck,
)
from schemas.errors import IntegrityError
from schemas.table import Table
from schemas.tables import BY_NAME
from warehouse.sql import TEXT_SUFFIX, Compiler, name
from warehouse.store import Store


class OfficialCount:
    """Counts of broken rows by Great Expectations, on the file of a store."""

    def __init__(self, store: Store) -> None:
        if store.path is None:
            raise IntegrityError("Great Expectations counts a store in a file, not one in memory.")
        from duckdb_sqlalchemy import ConnectionWrapper

        self._store = store
        self._kinds = _kinds()
        context = self._kinds.gx.get_context(mode="ephemeral")
        context.variables.progress_bars = self._kinds.ProgressBarsConfig(globally=False)
        self._source = context.add_datasource(
            datasource=self._kinds.Datasource(
                name="store",
                connection_string="duckdb:///:memory:",
                # The store's own database: a second connection with duckdb-sqlalchemy's settings
                # is refused while the store has the file open.
                kwargs={"creator": lambda: ConnectionWrapper(store.cursor())},
            )
        )

    def count(self, table: Table, checks: Sequence[AnyCheck]) -> list[int]:
        """Count the rows of a staged table that break each check.

        Returns
        -------
        list[int]
            One count per check, in their order.

        Raises
        ------
        IntegrityError
            If an expectation could not be evaluated.
        """
        if self._store.count("staged", table.name) == 0:
            return [0] * len(checks)  # GX gives no counts for an empty batch
        asset = self._source.add_query_asset(
            table.name, query=f"select * from staged.{name(table.name)}"
        )
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        suite = self._kinds.gx.ExpectationSuite(
            name=table.name,
            expectations=[self._expectation(check) for check in checks],
        )
        outcome = batch.validate(suite, result_format="BASIC")
        counts = {
            result.expectation_config.meta["check"]: _count(result) for result in outcome.results
        }
        self._source.delete_asset(table.name)
        return [counts[check.name] for check in checks]

    def _expectation(self, check: AnyCheck) -> Any:
        """One expectation per check: GX's own kinds where it has them, a query otherwise."""
        expect = self._kinds.gx.expectations
        text = check.column + TEXT_SUFFIX
        meta = {"check": check.name}
        match check:
            case TextCheck(pattern=pattern, forbidden=forbidden):
                kind = (
                    expect.ExpectColumnValuesToNotMatchRegex
                    if forbidden
                    else expect.ExpectColumnValuesToMatchRegex
                )
                # \A and \z: the whole cell, so that a line break cannot hide a tail
                return kind(column=text, regex=rf"\A(?:{pattern})\z", meta=meta)
            case VocabularyCheck(codes=codes):
                return expect.ExpectColumnValuesToBeInSet(
                    column=text, value_set=list(codes), meta=meta
                )
            case RangeCheck(low=low, high=high):
                return expect.ExpectColumnValuesToBeBetween(
                    column=check.column, min_value=low, max_value=high, meta=meta
                )
            case RequiredCheck(reason_column=None):
                return expect.ExpectColumnValuesToNotBeNull(column=text, meta=meta)
            case _:
                query = _query(check).replace("{", "{{").replace("}", "}}")
                return expect.UnexpectedRowsExpectation(
                    unexpected_rows_query=query.replace("__batch__", "(select * from {batch})"),
                    meta=meta,
                )


def _query(check: AnyCheck) -> str:
    """Rows that break a check for which GX has no expectation of its own.

    Keys are counted by grouping here and by windows in `sqlpass`, parents by anti-join here and by
    joined marks there: two ways to the same count. GX puts an alias of its own behind the batch.
    """
    table = BY_NAME[check.table]
    text = name(check.column + TEXT_SUFFIX)
    match check:
        case RequiredCheck(reason_column=str(reason)):
            return (
                f"select 1 from __batch__ b where {text} is null"
                f" and {name(reason + TEXT_SUFFIX)} is null"
            )
        case DuplicateCheck() | ConflictCheck():
            keys = ", ".join(name(k + TEXT_SUFFIX) for k in table.key)
            content = ", ".join(name(c + TEXT_SUFFIX) for c in table.names)
            groups = (
                f"select _delivery, {keys}, count(*) as n, count(distinct row({content})) as kinds"
                f" from __batch__ b where {text} is not null group by all having n > 1"
            )
            is_conflict = isinstance(check, ConflictCheck)
            times, kinds = ("n", "kinds > 1") if is_conflict else ("n - 1", "kinds = 1")
            return f"select unnest(range({times})) from ({groups}) where {kinds}"
        case ReferenceCheck(parent=parent, parent_column=key):
            return (
                f"select 1 from __batch__ c where c.{text} is not null and not exists"
                f" (select 1 from staged.{name(parent)} p where p._delivery = c._delivery"
                f" and p.{name(key + TEXT_SUFFIX)} = c.{text})"
            )
        case PredicateCheck(holds=holds):
            compiler = Compiler(table, BY_NAME)
            return (
                f"select 1 from __batch__ t {compiler.joins([holds])}"
                f" where {compiler.predicate(holds)} is false"
            )
    raise TypeError(f"no query for a {type(check).__name__}")


def _count(result: Any) -> int:
    """Count of one result; an expectation that raised is an error, not a failed check."""
    for info in (result.exception_info, *result.exception_info.values()):
        if isinstance(info, dict) and info.get("raised_exception"):
            check = result.expectation_config.meta["check"]
            raise IntegrityError(
                f"{check}: Great Expectations could not evaluate this check "
                f"({str(info.get('exception_message'))[:200]}). Nothing was merged."
            )
    found = result.result
    if "unexpected_count" in found:
        return int(found["unexpected_count"])
    return int(found["observed_value"])


@cache
def _kinds() -> SimpleNamespace:
    """GX with the engine, the datasource and the two regex metrics that DuckDB needs."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    import sqlalchemy as sa
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.datasource.fluent import SQLDatasource
    from great_expectations.execution_engine.sqlalchemy_execution_engine import (
        SqlAlchemyExecutionEngine,
    )
    from great_expectations.expectations.metrics.map_metric_provider import (
        ColumnMapMetricProvider,
        column_condition_partial,
    )

    class DuckDBEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]  # GX has no types
        """Buffers the rows while the connection is open; DuckDB drops pending rows at close."""

        def execute_query(self, query: Any) -> Any:
            with self.get_connection() as connection:
                return connection.execute(query).freeze()()

        execute_query_in_transaction = execute_query

    class DuckDBDatasource(SQLDatasource):  # type: ignore[misc]  # GX has no types
        """A DuckDB file, read with the engine above."""

        type: Literal["duckdb_file"] = "duckdb_file"

        @property
        def execution_engine_type(self) -> Any:
            return DuckDBEngine

    class MatchRegex(ColumnMapMetricProvider):  # type: ignore[misc]  # GX has no types
        """`column_values.match_regex`, which GX does not know for DuckDB."""

        condition_metric_name = "column_values.match_regex"
        condition_value_keys = ("regex",)

        @column_condition_partial(engine=DuckDBEngine)  # type: ignore[untyped-decorator]
        def _sqlalchemy(cls, column: Any, regex: str, _dialect: Any, **kwargs: Any) -> Any:  # noqa: N805
            return sa.func.regexp_matches(column, regex)

    class NotMatchRegex(ColumnMapMetricProvider):  # type: ignore[misc]  # GX has no types
        """`column_values.not_match_regex`, likewise."""

        condition_metric_name = "column_values.not_match_regex"
        condition_value_keys = ("regex",)

        @column_condition_partial(engine=DuckDBEngine)  # type: ignore[untyped-decorator]
        def _sqlalchemy(cls, column: Any, regex: str, _dialect: Any, **kwargs: Any) -> Any:  # noqa: N805
            return sa.not_(sa.func.regexp_matches(column, regex))

    return SimpleNamespace(
        gx=gx, Datasource=DuckDBDatasource, ProgressBarsConfig=ProgressBarsConfig
    )
