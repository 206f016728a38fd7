"""Planted faults: all of them are quarantined, and nothing else but the rows that hang on them."""

from pathlib import Path

import polars as pl
import pytest

from analyses.simulation import PlantedFault, Registry, plant_faults, simulate_registry
from analyses.simulation.mutations_warnings import WARNINGS
from schemas.catalogue import all_checks
from schemas.tables import BY_NAME
from tests.rules_twin import broken_rows
from tests.support.staging import judge, stage_frames
from warehouse.accounts import close_accounts
from warehouse.store import Store

SEEDS = (1, 2)


@pytest.fixture(scope="module", params=SEEDS)
def faulty(request: pytest.FixtureRequest) -> tuple[Registry, list[PlantedFault]]:
    """A small registry with its planted faults."""
    registry = simulate_registry(cases=180, sites=6, seed=request.param)
    return plant_faults(registry, seed=request.param)


def test_every_planted_fault_and_only_those_are_refused(
    faulty: tuple[Registry, list[PlantedFault]], tmp_path: Path
) -> None:
    registry, planted = faulty
    found: set[tuple[str, str, str, str]] = set()
    held_back: set[tuple[str, str, str]] = set()
    with Store.open(tmp_path / "w.duckdb") as store:
        for number, (site, tables) in enumerate(sorted(registry.items()), start=1):
            stage_frames(store, tables, number=number, site=site)
            # One site is counted by Great Expectations too; the demo does it for all of them.
            judge(store, counted_twice=BY_NAME if number == 1 else ())
            accounts = close_accounts(store)
            assert (accounts["accepted"] + accounts["quarantined"]).sum() == sum(
                rows.height for rows in tables.values()
            )
        rows = store.rows(
            'select site, "table", key, "row", rule, "column" from quarantine.problems'
            " where severity = 'error'"
        )
        at_fault = {(str(r[0]), str(r[1]), r[3]) for r in rows if r[4] != "E_PARENT"}
        for site, table, key, row, rule, column in rows:
            if rule == "E_PARENT":
                held_back.add((str(site), str(table), str(row)))
            else:
                found.add((str(site), str(table), str(key), f"{rule} {column}"))
        refused = {
            (str(site), str(table), row)
            for site, table, row in store.rows(
                'select d.site, r."table", r."row" from quarantine.refused r'
                " join received.deliveries d using (delivery)"
            )
        }
    expected = {(f.site, f.table, _shown_key(f), f"{f.rule} {f.column}") for f in planted}
    assert found == expected
    assert refused == at_fault | {(s, t, int(r)) for s, t, r in held_back}
    assert held_back, "a refused parent must hold its children back"


def _shown_key(fault: PlantedFault) -> str:
    """The key as the quarantine shows it: none where the key itself is at fault."""
    table = BY_NAME[fault.table]
    if fault.rule in ("R004", "R007") and fault.column in table.key:
        return "None"
    return fault.key


def test_every_warning_can_be_planted_and_is_found_with_nothing_refused() -> None:
    """The reader of `truth.json` finds each warning at the row that it names."""
    registry = simulate_registry(cases=420, sites=6, seed=4)
    spoilt, planted = plant_faults(registry, seed=4, kinds=WARNINGS)
    warnings = {check.rule for check in all_checks() if check.severity == "warning"}
    assert {fault.rule for fault in planted} == warnings
    assert {fault.severity for fault in planted} == {"warning"}
    for site, tables in spoilt.items():
        found = broken_rows(tables)
        severities = {(c.table, c.rule, c.column): c.severity for c in all_checks()}
        assert {severities[t, rule, column] for t, _, rule, column in found} <= {"warning"}
        own = {(f.table, f.key, f.rule, f.column) for f in planted if f.site == site}
        assert own <= found
        assert not own & broken_rows(registry[site])


def test_every_rule_that_a_row_can_break_is_planted(
    faulty: tuple[Registry, list[PlantedFault]],
) -> None:
    _, planted = faulty
    errors = {check.rule for check in all_checks() if check.severity == "error"}
    # what breaks R008 is refused at the door with its whole file (E_PHI, tests/faults/D4-...)
    assert errors - {fault.rule for fault in planted} == {"R008"}


def test_the_sql_pass_and_its_polars_twin_find_the_same_rows(
    faulty: tuple[Registry, list[PlantedFault]],
) -> None:
    registry, _ = faulty
    for number, (site, tables) in enumerate(sorted(registry.items()), start=1):
        with Store.open(None) as store:
            stage_frames(store, tables, number=number, site=site)
            judge(store)
            rows = store.rows(
                'select "table", "row", rule, "column" from quarantine.problems'
                " where rule <> 'E_PARENT'"
            )
        ours = {
            (
                str(table),
                _key_of(tables[str(table)], str(table), int(str(row))),
                str(rule),
                str(col),
            )
            for table, row, rule, col in rows
        }
        assert ours == broken_rows(tables), site


def _key_of(rows: pl.DataFrame, table: str, row: int) -> str:
    """Key values of a row, joined as everywhere."""
    return "|".join(str(rows[name][row]) for name in BY_NAME[table].key)
