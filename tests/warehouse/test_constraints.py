"""The second net: what the declarations promise is kept by the published file itself."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl
import pytest

from schemas.errors import IntegrityError
from schemas.tables import BY_NAME, TABLES
from tests.support.rows import valid_delivery
from tests.support.staging import judge, stage_frames
from warehouse.accounts import close_accounts
from warehouse.constraints import constraints_of
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.snapshots import Snapshot, publish
from warehouse.store import Store

Frames = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    """The accepted rows of a small valid delivery."""
    with Store.open(tmp_path_factory.mktemp("store") / "w.duckdb") as store:
        stage_frames(store, valid_delivery())
        judge(store)
        close_accounts(store)
        return {
            table.name: store.read("core", table.name).select(c.name for c in table.kept_columns)
            for table in TABLES
        }


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


def published(home: Home, frames: Mapping[str, pl.DataFrame]) -> Snapshot:
    """A snapshot of these tables with every promise of their declarations."""
    return publish(
        {("core", name): frame for name, frame in frames.items()},
        home=home,
        ledger=Ledger.open(home.ledger),
        keys={("core", table.name): table.key for table in TABLES},
        constraints={("core", table.name): constraints_of(table) for table in TABLES},
    )


def test_a_snapshot_says_its_structure_itself(core: Frames, home: Home) -> None:
    snapshot = published(home, core)
    with duckdb.connect(str(snapshot.path), read_only=True) as con:
        found = con.execute(
            "select table_name, constraint_type, count(*) from duckdb_constraints()"
            " where schema_name = 'core' group by all"
        ).fetchall()
    counts = {(table, kind): n for table, kind, n in found}
    for table in TABLES:
        assert counts[table.name, "PRIMARY KEY"] == 1
        parents = [p for c, p in table.parents.items() if BY_NAME[p].key == (c,)]
        assert counts.get((table.name, "FOREIGN KEY"), 0) == len(parents)
        assert counts[table.name, "CHECK"] >= len(table.columns) / 2
    assert counts["imaging_measurements", "FOREIGN KEY"] == 2
    assert not [p for t in TABLES for p in constraints_of(t) if '"core"."sites"' in p]


@pytest.mark.parametrize(
    ("table", "column", "value", "words"),
    [
        ("patients", "sex", "Female", "value that its declaration does not allow"),
        ("patients", "sex", None, "value that its declaration does not allow"),
        ("patients", "provenance", "invented", "value that its declaration does not allow"),
        ("cases", "age_years", 470.0, "value that its declaration does not allow"),
        ("cases", "age_years", None, "value that its declaration does not allow"),
        ("cases", "age_years_missing_reason", "not_done", "does not allow"),
        ("imaging_reads", "reader_id", "a b", "value that its declaration does not allow"),
        ("cases", "patient_id", "P99", "names a parent that is not there"),
        ("cases", "case_id", None, "its key (case_id) is missing or repeated"),
    ],
)
def test_a_row_that_the_rules_let_through_by_mistake_is_not_published(
    core: Frames, home: Home, table: str, column: str, value: object, words: str
) -> None:
    kind = core[table].schema[column]
    spoilt = core[table].with_columns(pl.lit(value, dtype=kind).alias(column))
    with pytest.raises(IntegrityError) as refused:
        published(home, core | {table: spoilt})
    assert words in str(refused.value)
    assert f"core.{table}" in str(refused.value)
    assert "fault of the program" in str(refused.value)
    assert str(value) not in str(refused.value) or value is None
    assert not list(home.published.glob("*.duckdb"))


def test_a_repeated_key_is_not_published(core: Frames, home: Home) -> None:
    twice = core | {"cases": pl.concat([core["cases"]] * 2)}
    with pytest.raises(IntegrityError, match=r"its key \(case_id\) is missing or repeated"):
        published(home, twice)
