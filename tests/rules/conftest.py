"""The fixture `check_rule`: one rule on small text tables, judged in three ways that must agree."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import polars as pl
import pytest

from schemas.catalogue import checks_of
from schemas.tables import BY_NAME
from tests.rules_twin import Broken, Delivery
from tests.support.staging import stage_frames
from tests.support.text_tables import delivery_of, key_of, read_table
from warehouse.store import Store
from warehouse.validation.sqlpass import broken_checks
from warehouse.validation.suite import OfficialCount

#: Asks for a study that most small deliveries here do not have.
_ASKS_FOR_MORE = "R019"


class CheckRule(Protocol):
    """What a rule test calls."""

    def __call__(
        self,
        rule: str,
        *,
        refused: Sequence[str] = (),
        warned: Sequence[str] = (),
        by_others: Sequence[str] = (),
        **tables: str,
    ) -> None: ...


@pytest.fixture
def check_rule(tmp_path: Path) -> CheckRule:
    """Demand which rows of the last table break a rule, and that no other row breaks any.

    `refused` are the keys that break it at error level, `warned` at warning level; a key is named
    once per broken row. `by_others` are right by this rule and wrong by another one. Every other
    row of the delivery, parents included, must break nothing (but R019, which asks for a study).
    """
    calls = iter(range(100))

    def check(
        rule: str,
        *,
        refused: Sequence[str] = (),
        warned: Sequence[str] = (),
        by_others: Sequence[str] = (),
        **tables: str,
    ) -> None:
        *_, table = tables
        assert any(c.rule == rule for c in checks_of(table)), f"{table} has no rule {rule}"
        given = {name: read_table(text) for name, text in tables.items()}
        for name, rows in given.items():
            assert set(BY_NAME[name].key) <= set(rows[0]), f"{name}: name its key"
        delivery = delivery_of(given)
        with Store.open(tmp_path / f"{next(calls)}.duckdb") as store:
            stage_frames(store, delivery)
            found = _by_sql(store, delivery)
            assert found == _by_twin(delivery)
            _count_again(store, table, rule, found)
        wrong = {*refused, *warned, *by_others}
        assert wrong <= {key_of(table, row) for row in given[table]}, "no such key"
        for severity, keys in (("error", refused), ("warning", warned)):
            names = {c.column for c in checks_of(table) if (c.rule, c.severity) == (rule, severity)}
            broken = [k for t, k, r, c in found if (t, r) == (table, rule) and c in names]
            assert sorted(broken) == sorted(keys), f"{rule}, {severity}"
        assert set(by_others) <= {k for t, k, _, _ in found if t == table}, "right by all rules"
        others = [
            broken
            for broken in found
            if (broken[0] != table or broken[1] not in wrong) and broken[2] != _ASKS_FOR_MORE
        ]
        assert not others, "rows that the test calls right break a rule"

    return check


def _by_sql(store: Store, delivery: Mapping[str, pl.DataFrame]) -> list[Broken]:
    """Every broken (row, check) by the SQL pass."""
    return sorted(
        (name, key_of(name, rows.row(row, named=True)), check.rule, check.column)
        for name, rows in delivery.items()
        for checks in [checks_of(name)]
        for _, row, number in broken_checks(store, BY_NAME[name], checks).rows()
        for check in [checks[number]]
    )


def _by_twin(delivery: Mapping[str, pl.DataFrame]) -> list[Broken]:
    """Every broken (row, check) by the polars twin."""
    twin = Delivery(delivery)
    return sorted(
        (name, key, check.rule, check.column)
        for name in delivery
        for check in checks_of(name)
        for key in twin.broken_keys(check)
    )


def _count_again(store: Store, table: str, rule: str, found: Sequence[Broken]) -> None:
    """Demand that Great Expectations counts as many broken rows for each check of the rule."""
    checks = [check for check in checks_of(table) if check.rule == rule]
    counts = OfficialCount(store).count(BY_NAME[table], checks)
    ours = [
        sum((t, r, c) == (table, rule, check.column) for t, _, r, c in found) for check in checks
    ]
    assert counts == ours, f"{rule}: Great Expectations counts differently"
